package dev.lapse.fault;

import java.util.Locale;

/** Who receives a grant's privilege, and with what credential. */
enum Shape {
    DEDICATED_TOKEN("Dedicated", "Token"),
    DEDICATED_MINT("Dedicated", "Mint"),
    SUBJECT_TOKEN("Subject", "Token"),
    SUBJECT_NONE("Subject", "None");

    final String principal;
    final String credential;

    Shape(String principal, String credential) {
        this.principal = principal;
        this.credential = credential;
    }

    /** As part of a namespace's name. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    boolean token() {
        return credential.equals("Token");
    }

    boolean dedicated() {
        return principal.equals("Dedicated");
    }
}
