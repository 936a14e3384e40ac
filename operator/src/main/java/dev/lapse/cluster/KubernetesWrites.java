package dev.lapse.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lapse.api.v1alpha1.Lapse;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;

/** Writes that are fenced: a deletion by UID, and a patch that tests what it changes. */
public final class KubernetesWrites {
    private final KubernetesClient client;

    public KubernetesWrites(KubernetesClient client) {
        this.client = client;
    }

    /** A client that never repeats a request by itself, for callers that block others while they wait. */
    public KubernetesClient client() {
        return client;
    }

    /** What became of a deletion. */
    public enum Deletion {
        /** The object had this UID, and is gone. */
        Deleted,
        /** There is no object of this name. */
        Absent,
        /** An object of this name exists, with another UID. */
        AnotherUid
    }

    /**
     * Deletes the object at {@code path} if it still has this UID.
     *
     * @throws KubernetesClientException if the API server could not be asked or refused
     */
    public Deletion delete(String path, String uid) {
        DeleteOptions options = new DeleteOptionsBuilder()
                .withPropagationPolicy("Background")
                .withNewPreconditions()
                .withUid(uid)
                .endPreconditions()
                .build();
        try {
            client.raw(path, "DELETE", options);
            return Deletion.Deleted;
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == KubernetesFailure.CONFLICT) {
                return Deletion.AnotherUid;
            }
            if (refused.getCode() == KubernetesFailure.NOT_FOUND) {
                return Deletion.Absent;
            }
            throw refused;
        }
    }

    /** Adds {@code finalizer} to {@code object}, if it is still the version that was read. */
    public <T extends HasMetadata> T addFinalizer(T object, String finalizer, String path) {
        List<String> finalizers = finalizers(object, path);
        finalizers.add(finalizer);
        return setFinalizers(object, finalizers);
    }

    /** Removes {@code finalizer} from {@code object}, if it is still the version that was read. */
    public <T extends HasMetadata> T removeFinalizer(T object, String finalizer, String path) {
        List<String> finalizers = finalizers(object, path);
        finalizers.remove(finalizer);
        return setFinalizers(object, finalizers);
    }

    /**
     * All finalizers of the object. If it has more than are kept, they are read again, so that those of others are not
     * lost.
     */
    private List<String> finalizers(HasMetadata object, String path) {
        List<String> held = object.getMetadata().getFinalizers();
        if (!held.contains(Lapse.MORE_FINALIZERS)) {
            return new ArrayList<>(held);
        }
        HasMetadata whole = client.getKubernetesSerialization().unmarshal(client.raw(path), object.getClass());
        return new ArrayList<>(whole.getMetadata().getFinalizers());
    }

    private <T extends HasMetadata> T setFinalizers(T object, List<String> finalizers) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        patch.addObject()
                .put("op", "test")
                .put("path", "/metadata/uid")
                .put("value", object.getMetadata().getUid());
        // The API server answers 409 to a patch that names another version than the current one.
        patch.addObject()
                .put("op", "replace")
                .put("path", "/metadata/resourceVersion")
                .put("value", object.getMetadata().getResourceVersion());
        ArrayNode value = patch.addObject()
                .put("op", "add")
                .put("path", "/metadata/finalizers")
                .putArray("value");
        finalizers.forEach(value::add);
        return client.resource(object).patch(PatchContext.of(PatchType.JSON), patch.toString());
    }
}
