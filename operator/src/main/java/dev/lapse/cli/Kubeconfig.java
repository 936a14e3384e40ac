package dev.lapse.cli;

import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the cluster and the credentials as kubectl does. The client library reads the files; what it passes over in
 * silence is an error here: a context that does not exist, and a user whose credential is this very program.
 */
final class Kubeconfig {
    private final @Nullable String context;
    private final List<io.fabric8.kubernetes.api.model.Config> files;

    Kubeconfig(@Nullable Path file, @Nullable String context) {
        this.context = context;
        if (file != null) {
            if (!Files.isReadable(file)) {
                throw Failure.because("there is no readable kubeconfig " + file);
            }
            System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, file.toString());
        }
        this.files = Config.getKubeconfigFilenames().stream()
                .map(Path::of)
                .filter(Files::isReadable)
                .map(Kubeconfig::read)
                .toList();
    }

    Config config(@Nullable String as, @Nullable List<String> asGroups) {
        Optional<AuthInfo> user = user();
        user.map(AuthInfo::getExec).filter(Kubeconfig::isThisProgram).ifPresent(own -> {
            throw Failure.because("context " + contextName().orElse("")
                    + " takes its credential from kubectl lapse itself: name the context of your own access with"
                    + " --context");
        });
        Config config = Config.autoConfigure(context);
        config.setRequestRetryBackoffLimit(1);
        config.setConnectionTimeout(10_000);
        config.setRequestTimeout(30_000);
        config.setUserAgent("kubectl-lapse/" + Main.version());
        impersonate(config, user, as, asGroups);
        if (files.isEmpty() && config.getAutoOAuthToken() == null) {
            throw Failure.because("there is no kubeconfig: set KUBECONFIG, or name one with --kubeconfig");
        }
        return config;
    }

    private static void impersonate(
            Config config, Optional<AuthInfo> user, @Nullable String as, @Nullable List<String> asGroups) {
        if (as == null && asGroups != null) {
            throw Failure.with(ExitCode.USAGE, "--as-group needs --as");
        }
        String name = as != null ? as : user.map(AuthInfo::getAs).orElse(null);
        if (name == null) {
            return;
        }
        List<String> groups = new ArrayList<>(asGroups == null ? List.of() : asGroups);
        if (as == null) {
            user.map(AuthInfo::getAsGroups).ifPresent(groups::addAll);
        }
        config.setImpersonateUsername(name);
        config.setImpersonateGroups(groups.toArray(String[]::new));
    }

    private Optional<AuthInfo> user() {
        Optional<String> wanted = contextName();
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        NamedContext found = first(wanted.get())
                .orElseThrow(() -> Failure.because("context " + wanted.get() + " does not exist in the kubeconfig"));
        return files.stream()
                .flatMap(each -> each.getUsers() == null ? Stream.empty() : each.getUsers().stream())
                .filter(each -> each.getName().equals(found.getContext().getUser()))
                .findFirst()
                .map(NamedAuthInfo::getUser);
    }

    private Optional<NamedContext> first(String name) {
        return files.stream()
                .flatMap(each -> each.getContexts() == null ? Stream.empty() : each.getContexts().stream())
                .filter(each -> name.equals(each.getName()) && each.getContext() != null)
                .findFirst();
    }

    private Optional<String> contextName() {
        return context != null
                ? Optional.of(context)
                : files.stream()
                        .map(io.fabric8.kubernetes.api.model.Config::getCurrentContext)
                        .filter(name -> name != null && !name.isEmpty())
                        .findFirst();
    }

    /** Asking itself for a credential, it would ask without end. */
    static boolean isThisProgram(ExecConfig exec) {
        List<String> words = exec.getArgs() == null ? List.of() : exec.getArgs();
        if (exec.getCommand() == null || exec.getCommand().isBlank()) {
            return false;
        }
        String program = Path.of(exec.getCommand()).getFileName().toString();
        boolean plugin = program.equals("kubectl-lapse") && words.contains("credential");
        boolean throughKubectl = program.equals("kubectl") && words.contains("lapse") && words.contains("credential");
        return plugin || throughKubectl;
    }

    private static io.fabric8.kubernetes.api.model.Config read(Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            return Serialization.unmarshal(content, io.fabric8.kubernetes.api.model.Config.class);
        } catch (IOException | RuntimeException unreadable) {
            // The parser's message may quote a token.
            throw Failure.because(file + " is no kubeconfig");
        }
    }
}
