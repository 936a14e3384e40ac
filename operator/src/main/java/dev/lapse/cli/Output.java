package dev.lapse.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lapse.api.v1alpha1.PeoplesText;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command prints its answer. */
final class Output {
    enum Format {
        yaml,
        json,
        wide,
        name
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "yaml, json, wide or name; without it, sentences for people.")
    private @Nullable Format format;

    boolean isForPeople() {
        return format == null || format == Format.wide;
    }

    boolean isWide() {
        return format == Format.wide;
    }

    boolean isNames() {
        return format == Format.name;
    }

    /** @param sentence what people are told */
    String of(HasMetadata object, String sentence) {
        return isForPeople() ? PeoplesText.oneLine(sentence) : isNames() ? name(object) : data(object);
    }

    /** Anything that can be written as YAML. */
    String data(Object value) {
        return format == Format.json ? json(value) : yaml(value);
    }

    static String name(HasMetadata object) {
        return name(object.getKind(), object.getMetadata().getName());
    }

    static String name(String kind, String name) {
        return kind.toLowerCase(java.util.Locale.ROOT) + ".lapse.dev/" + name;
    }

    static String yaml(Object value) {
        return write(
                new YAMLMapper(YAMLFactory.builder()
                        .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                        .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                        .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                        .build()),
                value);
    }

    static String json(Object value) {
        return write(new ObjectMapper(), value);
    }

    /** Through a tree, so that objects and maps are written alike. */
    private static String write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writerWithDefaultPrettyPrinter()
                    .writeValueAsString(Serialization.unmarshal(Serialization.asJson(value), Object.class))
                    .stripTrailing();
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
