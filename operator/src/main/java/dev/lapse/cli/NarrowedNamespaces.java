package dev.lapse.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** Where a grant is to reach, if not everywhere that its entry says. */
final class NarrowedNamespaces {
    @Option(
            names = "--namespaces",
            split = ",",
            paramLabel = "NAME",
            description = "Only these of the entry's namespaces, separated by commas.")
    private List<String> namespaces = List.of();

    List<String> names() {
        return namespaces;
    }
}
