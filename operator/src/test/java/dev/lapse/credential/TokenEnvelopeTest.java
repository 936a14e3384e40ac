package dev.lapse.credential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenEnvelopeTest {
    private static final String SECRET = "eyJhbGciOiJFUzI1NiJ9.not-a-real-token";

    @ParameterizedTest
    @CsvSource({"RSA, 2048, SHA256withRSA", "RSA, 3072, SHA256withRSA", "EC, 256, SHA256withECDSA"})
    void onlyTheKeyOfTheCertificateOpensIt(String algorithm, int bits, String signature) throws Exception {
        KeyPair keys = keys(algorithm, bits);
        String certificate = pem(certificate(keys, signature));

        String sealed = TokenEnvelope.to(certificate).seal(SECRET);

        assertThat(sealed).startsWith("-----BEGIN CMS-----").doesNotContain(SECRET);
        assertThat(open(sealed, keys)).isEqualTo(SECRET);
    }

    @Test
    void twoEnvelopesOfOneTextDiffer() throws Exception {
        TokenEnvelope envelope = TokenEnvelope.to(pem(certificate(keys("EC", 256), "SHA256withECDSA")));

        assertThat(envelope.seal(SECRET)).isNotEqualTo(envelope.seal(SECRET));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"
            })
    void whatIsNoCertificateIsUnusable(String pem) {
        assertThat(TokenEnvelope.unusable(pem)).isPresent();
    }

    @Test
    void aShortRsaKeyIsUnusable() throws Exception {
        String certificate = pem(certificate(keys("RSA", 1024), "SHA256withRSA"));

        assertThat(TokenEnvelope.unusable(certificate))
                .hasValueSatisfying(why -> assertThat(why).contains("2048"));
    }

    private static KeyPair keys(String algorithm, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(KeyPair keys, String signature) throws Exception {
        X500Name name = new X500Name("CN=reader");
        Date from = Date.from(Instant.parse("2026-01-01T00:00:00Z"));
        Date to = Date.from(Instant.parse("2036-01-01T00:00:00Z"));
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(name, BigInteger.ONE, from, to, name, keys.getPublic())
                        .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate())));
    }

    private static String pem(X509Certificate certificate) throws Exception {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(certificate);
        }
        return text.toString();
    }

    private static String open(String sealed, KeyPair keys) throws Exception {
        try (PEMParser parser = new PEMParser(new StringReader(sealed))) {
            CMSEnvelopedData envelope = new CMSEnvelopedData(ContentInfo.getInstance(parser.readObject()));
            RecipientInformation recipient =
                    envelope.getRecipientInfos().getRecipients().iterator().next();
            byte[] content = recipient.getContent(
                    keys.getPrivate().getAlgorithm().equals("EC")
                            ? new JceKeyAgreeEnvelopedRecipient(keys.getPrivate())
                                    .setProvider(new BouncyCastleProvider())
                            : new JceKeyTransEnvelopedRecipient(keys.getPrivate())
                                    .setProvider(new BouncyCastleProvider()));
            return new String(content, StandardCharsets.UTF_8);
        }
    }
}
