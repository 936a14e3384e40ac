package dev.lapse.condition;

/** Why something is not done, and what to do about it. */
public record Refusal(Reason reason, String message) {}
