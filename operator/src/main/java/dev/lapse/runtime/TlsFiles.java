package dev.lapse.runtime;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificate, key and client authorities, read from files and read again when these change, as those of a mounted
 * Secret do.
 */
final class TlsFiles extends AbstractLifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
    private static final long LOOK_EVERY_MILLIS = 1_000;
    private static final char[] NO_PASSWORD = {};

    private final HttpSettings settings;
    private final SslContextFactory.Server context = new SslContextFactory.Server();
    private final ScheduledExecutorScheduler timer = new ScheduledExecutorScheduler("tls-files", true);
    private String read;

    TlsFiles(HttpSettings settings) throws IOException {
        this.settings = settings;
        read = content();
        use();
    }

    SslContextFactory.Server context() {
        return context;
    }

    @Override
    protected void doStart() throws Exception {
        timer.start();
        lookLater();
    }

    @Override
    protected void doStop() throws Exception {
        timer.stop();
    }

    private void lookLater() {
        timer.schedule(this::look, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** If files are half written, or do not fit each other yet, the old ones serve until the next look. */
    private void look() {
        try {
            String now = content();
            if (!now.equals(read)) {
                context.reload(factory -> use());
                read = now;
                LOG.atInfo().addKeyValue("certificate", settings.certificate()).log("certificate read again");
            }
        } catch (Exception unusable) {
            LOG.atWarn()
                    .addKeyValue("error", unusable.getMessage())
                    .log("the new certificate cannot be used yet, the old one still serves");
        }
        if (isRunning()) {
            lookLater();
        }
    }

    private String content() throws IOException {
        return text(settings.certificate())
                + text(settings.key())
                + (settings.clientAuthorities().isEmpty() ? "" : text(settings.clientAuthorities()));
    }

    private static String text(String file) throws IOException {
        return Files.readString(Path.of(file));
    }

    private void use() {
        try {
            KeyStore own = empty();
            own.setKeyEntry(
                    "server",
                    key(settings.key()),
                    NO_PASSWORD,
                    certificates(settings.certificate()).toArray(X509Certificate[]::new));
            context.setKeyStore(own);
            context.setKeyStorePassword("");
            if (!settings.clientAuthorities().isEmpty()) {
                KeyStore authorities = empty();
                for (X509Certificate each : certificates(settings.clientAuthorities())) {
                    authorities.setCertificateEntry("authority-" + authorities.size(), each);
                }
                context.setTrustStore(authorities);
                // Probes have no certificate to show. So the path of a request decides whether one is needed.
                context.setWantClientAuth(true);
            }
        } catch (IOException | GeneralSecurityException unusable) {
            throw new IllegalArgumentException(
                    "the files of http-tls-certificate, http-tls-key and http-client-authorities cannot be used: "
                            + unusable.getMessage(),
                    unusable);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<X509Certificate> certificates(String file) throws IOException, GeneralSecurityException {
        List<X509Certificate> all = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text(file)))) {
            for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                if (each instanceof X509CertificateHolder certificate) {
                    all.add(new JcaX509CertificateConverter().getCertificate(certificate));
                }
            }
        }
        if (all.isEmpty()) {
            throw new IOException(file + " holds no certificate");
        }
        return all;
    }

    private static PrivateKey key(String file) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(text(file)))) {
            for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                if (each instanceof PEMKeyPair pair) {
                    return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                }
                if (each instanceof PrivateKeyInfo key) {
                    return new JcaPEMKeyConverter().getPrivateKey(key);
                }
            }
        }
        throw new IOException(file + " holds no private key");
    }
}
