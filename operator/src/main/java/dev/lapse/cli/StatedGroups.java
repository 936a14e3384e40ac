package dev.lapse.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** The groups that a person states beside their name. */
final class StatedGroups {
    private static final int MOST = 4;

    @Option(
            names = "--group",
            split = ",",
            paramLabel = "GROUP",
            description = "State this group of yours beside your name, at most 4; without it, those that are needed.")
    private List<String> groups = List.of();

    /** @return empty if none was stated: then it is those that are needed */
    List<String> checked() {
        if (groups.size() > MOST) {
            throw Failure.with(ExitCode.USAGE, "--group takes at most " + MOST + " groups");
        }
        return groups;
    }
}
