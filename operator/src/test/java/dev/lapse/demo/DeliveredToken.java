package dev.lapse.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import java.text.ParseException;
import java.time.Instant;

/** What the token in a delivered kubeconfig says of itself. It is never shown. */
record DeliveredToken(String id, Instant expires) {
    static DeliveredToken in(String kubeconfig) {
        try {
            String token = new YAMLMapper()
                    .readTree(kubeconfig)
                    .at("/users/0/user/token")
                    .asText();
            JWTClaimsSet claims = JWTParser.parse(token).getJWTClaimsSet();
            return new DeliveredToken(
                    claims.getJWTID(), claims.getExpirationTime().toInstant());
        } catch (JsonProcessingException | ParseException unreadable) {
            // The parsers' messages may quote the token.
            throw new Unexpected("a kubeconfig with a token", "something else");
        }
    }
}
