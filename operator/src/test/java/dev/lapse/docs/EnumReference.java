package dev.lapse.docs;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The constants of an enum with the sentences above them: the JDK's own parser reads them from the source. */
final class EnumReference {
    private EnumReference() {}

    static String table(Path sources, Class<? extends Enum<?>> type) throws IOException {
        StringBuilder table = new StringBuilder();
        CrdReference.row(table, "word", "what it says");
        CrdReference.row(table, "---", "---");
        sentences(sources, type)
                .forEach((constant, sentence) -> CrdReference.row(table, CrdReference.code(constant), sentence));
        return table.toString();
    }

    /** Every constant, in order. One without a sentence is an error: readers of status meet each of them. */
    static Map<String, String> sentences(Path sources, Class<? extends Enum<?>> type) throws IOException {
        Map<String, String> sentences = new LinkedHashMap<>();
        Class<?> outermost = type;
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        Path file = sources.resolve(outermost.getName().replace('.', '/') + ".java");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask) compiler.getTask(null, files, null, List.of(), null, files.getJavaFileObjects(file));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new Constants(docs, type.getSimpleName(), sentences).scan(unit, null);
            }
        }
        for (Enum<?> constant : type.getEnumConstants()) {
            if (sentences.getOrDefault(constant.name(), "").isEmpty()) {
                throw new IllegalStateException(
                        type.getSimpleName() + "." + constant.name() + " has no Javadoc sentence");
            }
        }
        return sentences;
    }

    private static final class Constants extends TreePathScanner<Void, Void> {
        private final DocTrees docs;
        private final String type;
        private final Map<String, String> sentences;

        Constants(DocTrees docs, String type, Map<String, String> sentences) {
            this.docs = docs;
            this.type = type;
            this.sentences = sentences;
        }

        @Override
        public Void visitClass(ClassTree tree, Void unused) {
            if (tree.getKind() == Tree.Kind.ENUM && tree.getSimpleName().contentEquals(type)) {
                for (Tree member : tree.getMembers()) {
                    if (member instanceof VariableTree constant && isConstant(constant)) {
                        DocCommentTree comment = docs.getDocCommentTree(new TreePath(getCurrentPath(), member));
                        sentences.put(constant.getName().toString(), comment == null ? "" : sentence(comment));
                    }
                }
            }
            return super.visitClass(tree, null);
        }

        private boolean isConstant(VariableTree variable) {
            return String.valueOf(variable.getType()).equals(type);
        }

        private static String sentence(DocCommentTree comment) {
            StringBuilder text = new StringBuilder();
            comment.getFullBody().forEach(text::append);
            return text.toString()
                    .replaceAll("\\{@(?:code|link|literal) ([^}]*)}", "`$1`")
                    .replaceAll("\\s+", " ")
                    .strip();
        }
    }
}
