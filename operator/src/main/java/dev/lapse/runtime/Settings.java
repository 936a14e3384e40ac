package dev.lapse.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.lapse.access.SeparationOfDuties;
import dev.lapse.api.v1alpha1.ActorType;
import dev.lapse.api.v1alpha1.BuiltByName;
import dev.lapse.api.v1alpha1.Durations;
import dev.lapse.grant.Crowd;
import dev.lapse.identity.Profile;
import dev.lapse.review.Aliases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything an administrator can set, parsed once at start.
 *
 * @param http where and how health and metrics are served
 * @param leaderElection whether instances agree on one leader
 * @param instance this process's name among the instances; a Pod's name, so that a restarted container keeps its lease
 * @param guardSettle how long after the first refusal the guard is taken to stand on every API server
 * @param sweepEvery how often what no open grant answers for is looked for
 * @param reconcilers how many passes run at once
 * @param expiryWorkers how many ends are carried out at once
 * @param crowdLimits how many grants may give access at once
 * @param apiServer the API server's address to write into delivered kubeconfigs; empty: the one the operator uses
 * @param profiles what each actor type allows
 * @param subjectUsers namespace to the user names an identity there may name as its subject
 * @param aliases which user names belong to one person
 * @param duties which sets of permissions nobody may hold together
 * @param longestWaiver how far ahead a waiver of that may end
 * @param campaignNotice how long a campaign of certifications gives people at least
 * @param endedFile where grants that ended early outlive the process, or {@link StatePlace#AUTO}; empty: nowhere
 */
@BuiltByName
public record Settings(
        HttpSettings http,
        boolean leaderElection,
        String instance,
        Duration guardSettle,
        Duration sweepEvery,
        int reconcilers,
        int expiryWorkers,
        Crowd.Limits crowdLimits,
        String apiServer,
        Map<ActorType, Profile> profiles,
        Map<String, Set<String>> subjectUsers,
        Aliases aliases,
        SeparationOfDuties duties,
        Duration longestWaiver,
        Duration campaignNotice,
        String endedFile) {

    /** A setting that cannot be used; the message names it, where it came from and what is wanted. */
    public static final class Invalid extends Exception {
        private static final long serialVersionUID = 1L;

        Invalid(String message) {
            super(message);
        }
    }

    /** A setting's name in flags and file, its default, and what it is for. */
    enum Name {
        HTTP_HOST("0.0.0.0", "address that /healthz, /readyz and /metrics are served on"),
        HTTP_PORT("8080", "port for them; 0 takes a free one"),
        HTTP_CONNECTIONS(
                "256", "connections to them at once, 16 to 4096; one more closes the oldest that has no answer yet"),
        HTTP_CONNECTION_LIFE("10s", "a connection to them is closed after so long, whatever it is at"),
        HTTP_TLS_CERTIFICATE("", "file with a certificate chain (PEM) to serve them over TLS with; empty: plain HTTP"),
        HTTP_TLS_KEY("", "file with its private key (PEM); both files are read again when they change"),
        HTTP_CLIENT_AUTHORITIES(
                "",
                "file with certificates (PEM): whoever reads /metrics shows one that these signed; probes show none"),
        LEADER_ELECTION("true", "true or false: whether instances agree on one leader"),
        INSTANCE("", "name of this process among the instances; empty: the host's name, in Kubernetes the Pod's"),
        GUARD_SETTLE("30s", "from so long after the guard's first refusal on, names are proved"),
        SWEEP_EVERY("1m", "so often, objects that no open grant answers for are looked for and removed"),
        RECONCILERS("8", "passes that run at once, 1 to 64"),
        EXPIRY_WORKERS("8", "ends that are carried out at once, 1 to 64"),
        GRANTS_PER_IDENTITY(
                "1000", "grants of one identity that give access at once; the next one waits until one ends"),
        GRANTS_PER_NAMESPACE(
                "5000", "grants of one namespace that give access at once; the next one waits until one ends"),
        LONGEST_WAIVER("90d", "how far ahead a waiver of conflicting duties may end when it is used"),
        CAMPAIGN_NOTICE("24h", "a campaign of certifications gives people at least so long"),
        ENDED_FILE(
                StatePlace.AUTO,
                "file on a disk that outlives the process: grants that ended early, so that those a restore of etcd brings"
                        + " back are ended again, and beside it what is remembered, so that an older memory is noticed."
                        + " auto: ended-INSTANCE in folder $STATE_DIRECTORY, or else in the first that can be written of"
                        + " /var/lib/lapse, $XDG_STATE_HOME/lapse, ~/.local/state/lapse, where those of other instances are"
                        + " read too; empty: only the running process knows"),
        API_SERVER("", "address of the API server in delivered kubeconfigs; empty: the one the operator uses");

        final String fallback;
        final String description;

        Name(String fallback, String description) {
            this.fallback = fallback;
            this.description = description;
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final Set<String> FILE_ONLY = Set.of("profiles", "subject-users", "aliases", "duties", "conflicts");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** A flag wins over the environment, the environment over the file, the file over the default. */
    public static Settings load(Map<String, String> flags, Map<String, String> environment, @Nullable Path file)
            throws Invalid {
        JsonNode tree = read(file == null ? path(environment.get("LAPSE_CONFIG")) : file);
        Set<String> known = Arrays.stream(Name.values()).map(Name::text).collect(Collectors.toCollection(HashSet::new));
        for (String flag : flags.keySet()) {
            if (!known.contains(flag)) {
                throw new Invalid("--set " + flag + ": there is no such setting; there are "
                        + String.join(", ", known.stream().sorted().toList()));
            }
        }
        known.addAll(FILE_ONLY);
        for (Map.Entry<String, JsonNode> property : tree.properties()) {
            if (!known.contains(property.getKey())) {
                throw new Invalid(
                        "setting " + property.getKey() + " in the settings file: there is no such setting; there are "
                                + String.join(", ", known.stream().sorted().toList()));
            }
        }
        Source source = new Source(flags, environment, tree);
        return SettingsBuilder.stagedBuilder()
                .http(http(source))
                .leaderElection(source.yesOrNo(Name.LEADER_ELECTION))
                .instance(
                        source.text(Name.INSTANCE).isEmpty()
                                ? environment.getOrDefault("HOSTNAME", "lapse-operator")
                                : source.text(Name.INSTANCE))
                .guardSettle(source.duration(Name.GUARD_SETTLE))
                .sweepEvery(source.duration(Name.SWEEP_EVERY))
                .reconcilers(source.number(Name.RECONCILERS, 1, 64))
                .expiryWorkers(source.number(Name.EXPIRY_WORKERS, 1, 64))
                .crowdLimits(new Crowd.Limits(
                        source.number(Name.GRANTS_PER_IDENTITY, 1, 1_000_000),
                        source.number(Name.GRANTS_PER_NAMESPACE, 1, 1_000_000)))
                .apiServer(source.text(Name.API_SERVER))
                .profiles(ProfileSettings.read(tree.path("profiles")))
                .subjectUsers(subjectUsers(tree.path("subject-users")))
                .aliases(aliases(tree.path("aliases")))
                .duties(DutySettings.read(tree.path("duties"), tree.path("conflicts")))
                .longestWaiver(source.duration(Name.LONGEST_WAIVER))
                .campaignNotice(source.duration(Name.CAMPAIGN_NOTICE))
                .endedFile(source.text(Name.ENDED_FILE))
                .build();
    }

    private static HttpSettings http(Source source) throws Invalid {
        HttpSettings http = new HttpSettings(
                source.text(Name.HTTP_HOST),
                source.number(Name.HTTP_PORT, 0, 65_535),
                source.number(Name.HTTP_CONNECTIONS, 16, 4_096),
                source.duration(Name.HTTP_CONNECTION_LIFE),
                source.text(Name.HTTP_TLS_CERTIFICATE),
                source.text(Name.HTTP_TLS_KEY),
                source.text(Name.HTTP_CLIENT_AUTHORITIES));
        if (http.certificate().isEmpty() != http.key().isEmpty()) {
            throw new Invalid("settings http-tls-certificate and http-tls-key: name both files, or none");
        }
        if (!http.tls() && !http.clientAuthorities().isEmpty()) {
            throw new Invalid("setting http-client-authorities: needs http-tls-certificate and http-tls-key as well");
        }
        return http;
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null || text.isEmpty() ? null : Path.of(text);
    }

    private static JsonNode read(@Nullable Path file) throws Invalid {
        if (file == null) {
            return YAML.createObjectNode();
        }
        try {
            JsonNode tree = YAML.readTree(Files.readString(file));
            if (tree == null || tree.isNull() || tree.isMissingNode()) {
                return YAML.createObjectNode();
            }
            if (!tree.isObject()) {
                throw new Invalid("settings file " + file + ": must be a YAML mapping of setting to value");
            }
            return tree;
        } catch (IOException unreadable) {
            throw new Invalid("settings file " + file + " cannot be read: " + unreadable.getMessage());
        }
    }

    private record Source(Map<String, String> flags, Map<String, String> environment, JsonNode file) {
        String text(Name name) {
            String flag = flags.get(name.text());
            if (flag != null) {
                return flag;
            }
            String variable = environment.get("LAPSE_" + name.name());
            if (variable != null) {
                return variable;
            }
            return file.has(name.text()) ? file.get(name.text()).asText() : name.fallback;
        }

        /** What to call the setting in an error: as the person wrote it. */
        String origin(Name name) {
            if (flags.containsKey(name.text())) {
                return "--set " + name.text();
            }
            return environment.containsKey("LAPSE_" + name.name())
                    ? "environment variable LAPSE_" + name.name()
                    : "setting " + name.text() + " in the settings file";
        }

        int number(Name name, int least, int most) throws Invalid {
            try {
                int number = Integer.parseInt(text(name).strip());
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException notANumber) {
                // The error below says what is wanted.
            }
            throw invalid(name, "a whole number from " + least + " to " + most);
        }

        boolean yesOrNo(Name name) throws Invalid {
            return switch (text(name).strip()) {
                case "true" -> true;
                case "false" -> false;
                default -> throw invalid(name, "true or false");
            };
        }

        Duration duration(Name name) throws Invalid {
            return Durations.parse(text(name).strip())
                    .orElseThrow(() -> invalid(name, "a duration such as 30s or 1m30s"));
        }

        private Invalid invalid(Name name, String wanted) {
            return new Invalid(origin(name) + " is \"" + text(name) + "\": must be " + wanted);
        }
    }

    private static Map<String, Set<String>> subjectUsers(JsonNode tree) throws Invalid {
        Map<String, Set<String>> users = new HashMap<>();
        for (Map.Entry<String, JsonNode> property : new TreeMap<>(
                        tree.properties().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                .entrySet()) {
            if (!property.getValue().isArray()) {
                throw new Invalid("setting subject-users." + property.getKey()
                        + " in the settings file: must be a list of user names");
            }
            Set<String> names = new HashSet<>();
            property.getValue().forEach(name -> names.add(name.asText()));
            users.put(property.getKey(), Set.copyOf(names));
        }
        return Map.copyOf(users);
    }

    /** One list for each person, with all of their user names. */
    private static Aliases aliases(JsonNode tree) throws Invalid {
        String wanted =
                "setting aliases in the settings file: must be a list with, for each person, a list of at least two"
                        + " user names";
        if (!tree.isMissingNode() && !tree.isArray()) {
            throw new Invalid(wanted);
        }
        List<List<String>> people = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode person : tree) {
            List<String> names = new ArrayList<>();
            person.forEach(name -> names.add(name.asText()));
            if (!person.isArray() || names.size() < 2) {
                throw new Invalid(wanted);
            }
            for (String name : names) {
                if (!seen.add(name)) {
                    throw new Invalid("setting aliases in the settings file: " + name + " is named twice");
                }
            }
            people.add(List.copyOf(names));
        }
        return new Aliases(people);
    }
}
