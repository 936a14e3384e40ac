package dev.lapse.grant;

import dev.lapse.api.v1alpha1.GrantPhase;
import dev.lapse.api.v1alpha1.PrivilegeGrant;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;

/** Makes grants small that are seldom looked at: those that have ended, of which there are ever more. */
final class KubernetesPacking {
    /** What nearly every grant says, so that it takes no room in any of them; what is most often said is last. */
    private static final byte[] DICTIONARY = String.join(
                    "",
                    "\"notBefore\":\"\"notAfter\":\"\"requestedByVia\":\"\"revokedBy\":\"\"revokeReason\":\"\"revoked\":true",
                    "{\"apiVersion\":\"lapse.dev/v1alpha1\",\"kind\":\"PrivilegeGrant\",\"metadata\":{\"creationTimestamp\":\"20",
                    "\",\"finalizers\":[\"lapse.dev/",
                    "\"],\"generation\":1,\"name\":\"\",\"namespace\":\"\",\"resourceVersion\":\"\",\"uid\":\"\"},",
                    "\"spec\":{\"identityRef\":{\"name\":\"\"},\"privilege\":\"\",\"duration\":\"\",\"reason\":\"\",",
                    "\"requestedBy\":\"\",\"requestedByAs\":[\"\"],\"credential\":{\"type\":\"Token\"},\"revoked\":false},",
                    "\"status\":{\"observedGeneration\":1,\"phase\":\"Expired\",\"proof\":{\"generation\":1,\"epoch\":\"\",\"at\":\"20",
                    "\"},\"review\":\"\",\"resolved\":{\"identityUID\":\"\",\"subjectUID\":\"\",\"role\":\"ClusterRole/\",\"roleUIDs\":[\"\"],",
                    "\"rulesHash\":\"\",\"risks\":[],\"namespaces\":[\"\"],\"namespaceUIDs\":[\"\"],\"principal\":\"Dedicated\",",
                    "\"principalName\":\"system:serviceaccount:lapse-principals:lapse-\",\"entryHash\":\"\"},\"activatedAt\":\"20",
                    "\",\"expiresAt\":\"20\",\"objects\":[{\"kind\":\"RoleBinding\",{\"kind\":\"Secret\",{\"kind\":\"ServiceAccount\",",
                    "\"namespace\":\"lapse-principals\",\"name\":\"lapse-\",\"uid\":\"\",\"state\":\"Gone\"}],\"credentials\":[],",
                    "\"dies\":\"ByOperator\",\"end\":{\"cause\":\"Expired\",\"dueAt\":\"20\",\"effectiveAt\":\"20\",\"verifiedAt\":\"20\"},",
                    "\"history\":[{\"phase\":\"\",\"at\":\"20\"}],\"seal\":\"\",\"conditions\":[{\"type\":\"Stalled\",{\"type\":\"AccessRemoved\",",
                    "{\"type\":\"Ready\",{\"type\":\"Active\",\"status\":\"True\",\"status\":\"False\",\"observedGeneration\":1,",
                    "\"lastTransitionTime\":\"20\",\"reason\":\"Expired\",\"message\":\"access was gone \"}]}}")
            .getBytes(StandardCharsets.UTF_8);

    private final KubernetesSerialization json;

    KubernetesPacking(KubernetesSerialization json) {
        this.json = json;
    }

    /** A grant in some hundred bytes, and beside it what a walk over all of them asks for. */
    final class Packed {
        private final String namespace;
        private final String name;
        private final String uid;
        private final String version;
        private final String identity;
        private final GrantPhase phase;
        private final byte[] bytes;

        private Packed(PrivilegeGrant grant) {
            namespace = grant.getMetadata().getNamespace().intern();
            name = grant.getMetadata().getName();
            uid = grant.getMetadata().getUid();
            version = grant.getMetadata().getResourceVersion();
            identity = grant.getSpec().identityRef().name().intern();
            phase = GrantGlance.phase(grant);
            bytes = deflated(json.asJson(grant));
        }

        /** As it was. */
        PrivilegeGrant grant() {
            return json.unmarshal(new ByteArrayInputStream(inflated(bytes)), PrivilegeGrant.class);
        }

        /** Which grant it is, of which identity, and its phase; nothing else. */
        PrivilegeGrant outline() {
            return json.convertValue(
                    Map.of(
                            "metadata",
                            Map.of("namespace", namespace, "name", name, "uid", uid, "resourceVersion", version),
                            "spec",
                            Map.of("identityRef", Map.of("name", identity)),
                            "status",
                            Map.of("phase", phase)),
                    PrivilegeGrant.class);
        }

        int bytes() {
            return bytes.length;
        }
    }

    Packed pack(PrivilegeGrant grant) {
        return new Packed(grant);
    }

    private static byte[] deflated(String text) {
        Deflater deflater = new Deflater();
        try {
            deflater.setDictionary(DICTIONARY);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DeflaterOutputStream packing = new DeflaterOutputStream(bytes, deflater)) {
                packing.write(text.getBytes(StandardCharsets.UTF_8));
            }
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        } finally {
            deflater.end();
        }
    }

    private static byte[] inflated(byte[] packed) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] part = new byte[8_192];
            while (!inflater.finished()) {
                int read = inflater.inflate(part);
                if (read == 0 && inflater.needsDictionary()) {
                    inflater.setDictionary(DICTIONARY);
                } else if (read == 0 && inflater.needsInput()) {
                    throw new IllegalStateException("a packed grant is cut off");
                }
                bytes.write(part, 0, read);
            }
            return bytes.toByteArray();
        } catch (DataFormatException impossible) {
            throw new IllegalStateException("a packed grant is damaged", impossible);
        } finally {
            inflater.end();
        }
    }
}
