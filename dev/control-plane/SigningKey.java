import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** Writes a new ES256 key pair for service account tokens: the private key as PKCS#8, the public one beside it. */
class SigningKey {
    public static void main(String[] args) throws Exception {
        var pair = generator().generateKeyPair();
        write(Path.of(args[0]), "PRIVATE KEY", pair.getPrivate().getEncoded());
        write(Path.of(args[1]), "PUBLIC KEY", pair.getPublic().getEncoded());
    }

    // Twice as fast to sign with as RSA, and what a minting operator waits for.
    private static KeyPairGenerator generator() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator;
    }

    private static void write(Path file, String type, byte[] der) throws Exception {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.createFile(file, ownerOnly);
        Files.writeString(file, "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }
}
