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
    /** What nearly every grant says, so that it takes no room in any of them. */
    private static final byte[] DICTIONARY =
            ("{\"apiVersion\":\"lapse.dev/v1alpha1\",\"kind\":\"PrivilegeGrant\",\"metadata\":{\"creationTimestamp\":\"2026-"
                            + "\",\"finalizers\":[\"lapse.dev/revoke\"],\"generation\":1,\"labels\":{\"annotations\":{\"name\":\"namespace\":\"resourceVersion\":\"uid\":\""
                            + "},\"spec\":{\"identityRef\":{\"name\":\"privilege\":\"duration\":\"reason\":\"requestedBy\":\"requestedByAs\":{\"groups\":[\"claims\":\"revoked\":false,"
                            + "\"credential\":{\"type\":\"Token\",\"secretName\":\"notBefore\":\"notAfter\":\"requestedVia\":\"},\"status\":{\"phase\":\"Expired\",\"observedGeneration\":1,"
                            + "\"conditions\":[{\"lastTransitionTime\":\"2026-\",\"message\":\"\",\"observedGeneration\":1,\"reason\":\"Expired\",\"status\":\"True\",\"type\":\"Ready\"},"
                            + "\"type\":\"Active\"},\"type\":\"Approved\"},\"type\":\"Stalled\"},\"status\":\"False\",\"activatedAt\":\"expiresAt\":\"proof\":{\"proved\":true,\"epoch\":\""
                            + "\"resolved\":{\"role\":{\"kind\":\"ClusterRole\",\"name\":\"uid\":\"rulesHash\":\"namespaces\":[\"principal\":{\"serviceAccount\":{\"namespace\":\"lapse-principals\","
                            + "\"name\":\"lapse-\"author\":\"objects\":[{\"kind\":\"RoleBinding\",\"kind\":\"ServiceAccount\",\"kind\":\"Secret\",\"state\":\"Gone\",\"uid\":\""
                            + "\"end\":{\"cause\":\"Expired\",\"dueAt\":\"2026-\",\"effectiveAt\":\"verifiedAt\":\"by\":\"restsOn\":\"access was gone \",\"review\":\"seal\":\"grant/2:\"}}")
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
            phase = GrantEventSources.phase(grant);
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
