package dev.lapse.credential;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Optional;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Seals text into a CMS envelope (RFC 5652, PEM) that only the owner of a certificate's key opens. */
public final class TokenEnvelope {
    private static final int LEAST_RSA_BITS = 2_048;

    private final X509Certificate certificate;
    private final Provider provider = new BouncyCastleProvider();

    private TokenEnvelope(X509Certificate certificate) {
        this.certificate = certificate;
    }

    /** @throws IllegalArgumentException if {@code pem} is no certificate that can be sealed to; the message says why */
    public static TokenEnvelope to(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (!(parser.readObject() instanceof X509CertificateHolder holder)) {
                throw new IllegalArgumentException("it holds no certificate");
            }
            X509Certificate certificate = new JcaX509CertificateConverter().getCertificate(holder);
            if (certificate.getPublicKey() instanceof RSAPublicKey key
                    && key.getModulus().bitLength() >= LEAST_RSA_BITS) {
                return new TokenEnvelope(certificate);
            }
            if (certificate.getPublicKey() instanceof ECPublicKey) {
                curve(certificate);
                return new TokenEnvelope(certificate);
            }
            throw new IllegalArgumentException("its key is neither RSA of at least 2048 bits nor elliptic curve");
        } catch (IOException | GeneralSecurityException unreadable) {
            throw new IllegalArgumentException("it cannot be read as a certificate", unreadable);
        }
    }

    /** Why {@code pem} cannot be sealed to; nothing if it can. */
    public static Optional<String> unusable(String pem) {
        try {
            to(pem);
            return Optional.empty();
        } catch (IllegalArgumentException why) {
            return Optional.ofNullable(why.getMessage());
        }
    }

    /** The envelope around {@code text}; {@code openssl cms -decrypt -inform PEM} opens it. */
    public String seal(String text) {
        try {
            CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
            generator.addRecipientInfoGenerator(recipient());
            var envelope = generator.generate(
                    new CMSProcessableByteArray(text.getBytes(StandardCharsets.UTF_8)),
                    new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC)
                            .setProvider(provider)
                            .build());
            StringWriter pem = new StringWriter();
            try (PemWriter writer = new PemWriter(pem)) {
                writer.writeObject(new PemObject("CMS", envelope.getEncoded()));
            }
            return pem.toString();
        } catch (CMSException | GeneralSecurityException failed) {
            // The message of the cause is not passed on: nobody can promise that it never quotes the text.
            throw new IllegalStateException(
                    "the token could not be sealed to the certificate in spec.credential.encryptTo");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The name of the curve. A curve given as numbers could be one that leaks the key. */
    private static String curve(X509Certificate certificate) {
        ASN1Encodable parameters = SubjectPublicKeyInfo.getInstance(
                        certificate.getPublicKey().getEncoded())
                .getAlgorithm()
                .getParameters();
        if (parameters instanceof ASN1ObjectIdentifier name) {
            return name.getId();
        }
        throw new IllegalArgumentException("its elliptic curve has no name");
    }

    private RecipientInfoGenerator recipient() throws GeneralSecurityException {
        if (certificate.getPublicKey() instanceof ECPublicKey) {
            var ephemeral = java.security.KeyPairGenerator.getInstance("EC", provider);
            ephemeral.initialize(new ECGenParameterSpec(curve(certificate)));
            var pair = ephemeral.generateKeyPair();
            return new JceKeyAgreeRecipientInfoGenerator(
                            CMSAlgorithm.ECDH_SHA256KDF, pair.getPrivate(), pair.getPublic(), CMSAlgorithm.AES256_WRAP)
                    .addRecipient(certificate)
                    .setProvider(provider);
        }
        var oaep = new JcaAlgorithmParametersConverter()
                .getAlgorithmIdentifier(
                        PKCSObjectIdentifiers.id_RSAES_OAEP,
                        new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return new JceKeyTransRecipientInfoGenerator(certificate, oaep).setProvider(provider);
    }
}
