/**
 * {@code kubectl lapse}: what people and their tools do with Lapse's objects, with nothing but their own rights. It talks to
 * the API server alone, never to the operator.
 */
@NullMarked
package dev.lapse.cli;

import org.jspecify.annotations.NullMarked;
