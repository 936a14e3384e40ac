package dev.lapse.identity;

import dev.lapse.access.AccessOracle;
import dev.lapse.cluster.KubernetesCluster;
import dev.lapse.cluster.KubernetesEvents;
import dev.lapse.cluster.KubernetesWrites;
import dev.lapse.guard.GuardParameters;
import dev.lapse.guard.GuardState;
import dev.lapse.memory.KubernetesMemory;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.function.Supplier;

/** What all three controllers work with: there is one of each in the operator. */
public record KubernetesTools(
        KubernetesClient client,
        KubernetesCluster cluster,
        KubernetesWrites writes,
        KubernetesEvents events,
        KubernetesIdentities identities,
        KubernetesMemory memory,
        AccessOracle oracle,
        Supplier<GuardState> guard,
        Supplier<GuardParameters> parameters,
        InstantSource clock) {}
