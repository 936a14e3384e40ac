package dev.lapse.api.v1alpha1;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The compiler makes a builder for this record. {@code XBuilder.stagedBuilder()} asks for each part by its name, in
 * order, and has no {@code build()} before the last one; {@code XBuilder.builder(x)} copies all parts but those named.
 */
@RecordBuilder.Template(
        options =
                @RecordBuilder.Options(
                        builderMode = RecordBuilder.BuilderMode.STANDARD_AND_STAGED,
                        // A part that was forgotten must not become an empty one.
                        emptyDefaultForOptional = false,
                        // For NullAway: a part that may be null says so in the builder as well.
                        inheritComponentAnnotations = true,
                        enableGetters = false,
                        enableWither = false,
                        addStaticBuilder = false))
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.TYPE)
public @interface BuiltByName {}
