package dev.lapse.cli;

import picocli.CommandLine.Option;

/** Whether to write at all. */
final class DryRun {
    enum Strategy {
        none,
        client,
        server
    }

    @Option(
            names = "--dry-run",
            paramLabel = "none|client|server",
            arity = "0..1",
            fallbackValue = "client",
            preprocessor = OnlyBehindEquals.class,
            description = {
                "client, or nothing behind it: print what would be written, and write nothing.",
                "server: let the API server judge it, and write nothing."
            })
    private Strategy strategy = Strategy.none;

    boolean isClient() {
        return strategy == Strategy.client;
    }

    boolean isServer() {
        return strategy == Strategy.server;
    }

    String mark() {
        return isServer() ? " (server dry run)" : "";
    }
}
