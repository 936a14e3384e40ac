package dev.lapse.guard;

import dev.lapse.guard.GuardEpoch.Parameters;
import dev.lapse.guard.GuardPart.Kind;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ParamRef;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Watches the installed policies, bindings and parameters of the guard, and reads what they are. */
final class KubernetesGuardParts implements AutoCloseable {
    /** The listener; called on threads of the client's. */
    interface Listener {
        /** What is installed may have changed, or has been read for the first time. */
        void look();

        /** The parameters that policies read were different for a while, though they may be the same again. */
        void parametersChanged();
    }

    private final SharedIndexInformer<ValidatingAdmissionPolicy> policies;
    private final SharedIndexInformer<ValidatingAdmissionPolicyBinding> bindings;
    private final SharedIndexInformer<ConfigMap> parameters;
    private final Listener listener;
    private final KubernetesShippedPolicies shipped = new KubernetesShippedPolicies();

    KubernetesGuardParts(KubernetesClient client, Listener listener) {
        this.listener = listener;
        // All policies and bindings are watched, without a label selector: an edited label must not hide a part.
        policies = client.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .runnableInformer(0);
        bindings = client.admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .runnableInformer(0);
        parameters = client.configMaps()
                .inNamespace(KubernetesGuardMemory.NAMESPACE)
                .withName(GuardEpoch.PARAMETERS)
                .runnableInformer(0);
        policies.addEventHandler(new Handler<>(this::part, UnaryOperator.identity(), listener::look, listener::look));
        bindings.addEventHandler(new Handler<>(this::part, UnaryOperator.identity(), listener::look, listener::look));
        // UIDs and generations never come back; data can.
        parameters.addEventHandler(new Handler<>(
                KubernetesGuardParts::parameters,
                Parameters::asPoliciesReadIt,
                listener::look,
                listener::parametersChanged));
    }

    void start() {
        informers().forEach(informer -> {
            informer.exceptionHandler((started, cause) -> true);
            var unused = informer.start().whenComplete((done, failure) -> listener.look());
        });
    }

    /** Whether all three have been read. */
    boolean read() {
        return informers().allMatch(SharedIndexInformer::hasSynced);
    }

    GuardEpoch epoch() {
        List<GuardPart> parts = Stream.concat(
                        policies.getStore().list().stream().map(this::part),
                        bindings.getStore().list().stream().map(this::part))
                .flatMap(Optional::stream)
                .toList();
        return GuardEpoch.of(parts, installedParameters());
    }

    GuardParameters parameters() {
        return installedParameters()
                .map(Parameters::data)
                .map(GuardParameters::parse)
                .orElse(GuardParameters.NONE);
    }

    /** The resourceVersion of the parameters that are installed; empty if there are none. */
    String parametersVersion() {
        return parameters.getStore().list().stream()
                .map(map -> map.getMetadata().getResourceVersion())
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        informers().forEach(SharedIndexInformer::stop);
    }

    private Optional<Parameters> installedParameters() {
        return parameters.getStore().list().stream()
                .map(KubernetesGuardParts::parameters)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Stream<SharedIndexInformer<?>> informers() {
        return Stream.of(policies, bindings, parameters);
    }

    private static Optional<Parameters> parameters(ConfigMap map) {
        return Optional.of(new Parameters(
                map.getMetadata().getUid(), Optional.ofNullable(map.getData()).orElse(Map.of())));
    }

    private Optional<GuardPart> part(ValidatingAdmissionPolicy policy) {
        String name = policy.getMetadata().getName();
        if (!GuardEpoch.POLICY_OF_BINDING.containsValue(name)) {
            return Optional.empty();
        }
        return Optional.of(new GuardPart(
                Kind.ValidatingAdmissionPolicy,
                name,
                name,
                policy.getMetadata().getUid(),
                policy.getMetadata().getGeneration(),
                faultOr(fault(policy), policy)));
    }

    static String fault(ValidatingAdmissionPolicy policy) {
        // An absent failurePolicy is Fail.
        return "Ignore".equals(policy.getSpec().getFailurePolicy())
                ? "has failurePolicy Ignore: what it cannot evaluate passes"
                : "";
    }

    private Optional<GuardPart> part(ValidatingAdmissionPolicyBinding binding) {
        String name = binding.getMetadata().getName();
        if (!GuardEpoch.POLICY_OF_BINDING.containsKey(name)) {
            return Optional.empty();
        }
        return Optional.of(new GuardPart(
                Kind.ValidatingAdmissionPolicyBinding,
                name,
                binding.getSpec().getPolicyName(),
                binding.getMetadata().getUid(),
                binding.getMetadata().getGeneration(),
                faultOr(fault(binding), binding)));
    }

    static String fault(ValidatingAdmissionPolicyBinding binding) {
        if (!binding.getSpec().getValidationActions().contains("Deny")) {
            return "lacks validationActions: [Deny]";
        }
        boolean rightParameters =
                GuardEpoch.WITHOUT_PARAMETERS.contains(binding.getSpec().getPolicyName())
                        || Optional.ofNullable(binding.getSpec().getParamRef())
                                .filter(KubernetesGuardParts::refusesWithoutParameters)
                                .isPresent();
        return rightParameters ? "" : "lacks paramRef to lapse-system/lapse-guard with parameterNotFoundAction: Deny";
    }

    private static boolean refusesWithoutParameters(ParamRef parameters) {
        return GuardEpoch.PARAMETERS.equals(parameters.getName())
                && KubernetesGuardMemory.NAMESPACE.equals(parameters.getNamespace())
                && "Deny".equals(parameters.getParameterNotFoundAction());
    }

    /** A plain weakness is described in its own words; any other difference by its place in the object. */
    private String faultOr(String plain, HasMetadata installed) {
        return plain.isEmpty()
                ? shipped.differenceOf(installed)
                        .map(KubernetesGuardParts::differs)
                        .orElse("")
                : plain;
    }

    private static String differs(String place) {
        return "is not the one that this version ships, it differs in " + place
                + ": apply the manifests of this version again; kubectl diff shows what was changed";
    }

    /** Reports changes that concern the guard: not other people's policies, and not changes of metadata alone. */
    private record Handler<T, P>(
            Function<T, Optional<P>> part, UnaryOperator<P> whatCounts, Runnable look, Runnable changed)
            implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T added) {
            // Objects that exist at the start arrive here too: they call for a look, but are no change.
            if (part.apply(added).isPresent()) {
                look.run();
            }
        }

        @Override
        public void onUpdate(T before, T after) {
            Optional<P> was = part.apply(before);
            Optional<P> is = part.apply(after);
            if (!was.map(whatCounts).equals(is.map(whatCounts))) {
                changed.run();
            } else if (!was.equals(is)) {
                look.run();
            }
        }

        @Override
        public void onDelete(T gone, boolean finalStateUnknown) {
            if (part.apply(gone).isPresent()) {
                changed.run();
            }
        }
    }
}
