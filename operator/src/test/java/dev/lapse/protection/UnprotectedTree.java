package dev.lapse.protection;

import dev.lapse.protection.Protection.Removal;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A copy of the built project without one protection: the tree it comes from stays as it is. */
final class UnprotectedTree {
    private static final List<String> NEEDED =
            List.of("pom.xml", "crds", "dev", "docs", "examples", "helm", "README.md");
    private static final List<String> NEEDED_OF_THE_OPERATOR = List.of(
            "pom.xml", "src", "target/classes", "target/test-classes", "target/lib", "target/lapse-operator.jar");

    private final Path folder;

    private UnprotectedTree(Path folder) {
        this.folder = folder;
    }

    /** What was taken away leaves something that is no operator. */
    static final class DoesNotCompile extends RuntimeException {
        private static final long serialVersionUID = 1;

        DoesNotCompile(String why) {
            super(why);
        }
    }

    /** @param folder is made */
    static UnprotectedTree of(Path root, Path folder, Protection protection) throws IOException {
        for (String name : NEEDED) {
            copy(root.resolve(name), folder.resolve(name));
        }
        for (String name : NEEDED_OF_THE_OPERATOR) {
            copy(
                    root.resolve("operator").resolve(name),
                    folder.resolve("operator").resolve(name));
        }
        // By this Maven knows the project's folder.
        Files.createDirectories(folder.resolve(".mvn"));
        UnprotectedTree tree = new UnprotectedTree(folder);
        for (Removal removal : protection.without()) {
            Path file = folder.resolve(removal.file());
            Files.writeString(file, removal.in(Files.readString(file)));
        }
        List<Path> sources = protection.without().stream()
                .filter(Removal::isSource)
                .map(removal -> folder.resolve(removal.file()))
                .distinct()
                .toList();
        Path fresh = Files.createDirectories(folder.resolve("operator/target/unprotected"));
        if (!sources.isEmpty()) {
            tree.compile(sources, fresh);
        }
        tree.copyGuardTo(fresh.resolve("dev/lapse/guard"));
        tree.update(fresh);
        return tree;
    }

    Path folder() {
        return folder;
    }

    private void compile(List<Path> sources, Path fresh) throws IOException {
        Path target = folder.resolve("operator/target");
        var compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean done = compiler.getTask(
                            said,
                            files,
                            null,
                            List.of(
                                    "--release",
                                    "17",
                                    "-proc:none",
                                    "-parameters",
                                    "-nowarn",
                                    "-cp",
                                    classPath(target),
                                    "-d",
                                    fresh.toString()),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!done) {
                throw new DoesNotCompile(said.toString());
            }
        }
    }

    /** The operator compares the installed guard with the one in its jar: it must not notice what a story is to notice. */
    private void copyGuardTo(Path resources) throws IOException {
        Files.createDirectories(resources);
        try (Stream<Path> manifests = Files.list(folder.resolve("helm/lapse/manifests"))) {
            for (Path guard : manifests
                    .filter(file -> file.getFileName().toString().startsWith("20-guard-"))
                    .toList()) {
                Files.copy(guard, resources.resolve(guard.getFileName().toString()));
            }
        }
    }

    /** Only what changed, into the classes and into the jar that runs. */
    private void update(Path fresh) throws IOException {
        Path target = folder.resolve("operator/target");
        copy(fresh, target.resolve("classes"));
        int updated = java.util.spi.ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(
                        System.err,
                        System.err,
                        "--update",
                        "--file",
                        target.resolve("lapse-operator.jar").toString(),
                        "-C",
                        fresh.toString(),
                        ".");
        if (updated != 0) {
            throw new IllegalStateException("the jar could not be changed");
        }
    }

    private static String classPath(Path target) throws IOException {
        try (Stream<Path> libraries = Files.list(target.resolve("lib"))) {
            return Stream.concat(Stream.of(target.resolve("classes")), libraries)
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.createDirectories(copy.getParent());
                    Files.copy(
                            file,
                            copy,
                            java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    void delete() {
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path each, IOException failed) throws IOException {
                    Files.delete(each);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
