package dev.lapse.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Who could act as the accounts that a request is about when it was asked: a right that is taken away later changes nothing. */
public record InsidersWhenAsked(
        @Required @JsonPropertyDescription("When the bindings were listed, before the review was opened.")
        Instant at,

        @Required
        @Size(max = 8)
        @JsonPropertyDescription("The accounts: the one that will hold the privilege, and the one that asked.")
        List<String> accounts,

        @Required
        @JsonPropertyDescription(
                "false: there were more than 64 of them, or more than can be kept, or a binding or role was too large to judge. Then no approval counts unless the entry says insiders: Allow.")
        boolean complete,

        @Required
        @Size(max = InsidersWhenAsked.MOST)
        @JsonPropertyDescription("Users and groups that could act as one of the accounts by RBAC.")
        List<Insider> insiders) {

    public static final int MOST = 64;

    /** The longest name that is recorded; who has a longer one cannot write it beside a verdict. */
    public static final int LONGEST_NAME = 253;

    public static final int MOST_BINDINGS = 16;

    /** The longest {@link Insider#by}. */
    public static final int LONGEST_BY = 160;

    /** In letters: a waiting request stays in the operator's memory, and tenants make as many as they like. */
    private static final int MOST_TEXT = 12 * 1024;

    private static final int MOST_ACCOUNTS = 8;

    /** As many of them as are kept; what had to be left out is said by {@code complete}. */
    public static InsidersWhenAsked of(Instant at, List<String> accounts, boolean complete, List<Insider> found) {
        List<Insider> kept = new ArrayList<>();
        int text = 0;
        for (Insider insider : found) {
            text += insider.letters();
            if (text > MOST_TEXT || kept.size() == MOST || insider.bindings().size() > MOST_BINDINGS) {
                return new InsidersWhenAsked(at, accounts, false, List.copyOf(kept));
            }
            kept.add(insider);
        }
        return new InsidersWhenAsked(at, accounts, complete, List.copyOf(kept));
    }

    public boolean covers(Collection<String> all) {
        return accounts.containsAll(all);
    }

    /** Whether there is no room for what would be found of another account. */
    public boolean full() {
        return accounts.size() >= MOST_ACCOUNTS;
    }

    /** Together with what was found of other accounts later. */
    public InsidersWhenAsked and(InsidersWhenAsked later) {
        Set<String> all = new LinkedHashSet<>(accounts);
        all.addAll(later.accounts());
        List<Insider> both = new ArrayList<>(insiders);
        both.addAll(later.insiders());
        return of(
                at,
                all.stream().limit(MOST_ACCOUNTS).toList(),
                complete && later.complete() && all.size() <= MOST_ACCOUNTS,
                both);
    }

    public enum Kind {
        User,
        Group
    }

    public record Insider(
            @Required @JsonPropertyDescription("User or Group.")
            Kind kind,

            @Required @Size(max = LONGEST_NAME) @JsonPropertyDescription("Its name, as the binding has it.")
            String name,

            @Required @Size(max = 512) @JsonPropertyDescription("The account that it could act as.")
            String account,

            @Required @Size(max = LONGEST_BY) @JsonPropertyDescription("By which right and binding, for people.")
            String by,

            @Required
            @Size(max = MOST_BINDINGS)
            @JsonPropertyDescription(
                    "Of a group: a hash for each binding that this rests on, and its role, as they stood. While they stand, the guard refuses its members if this is the account it asks about: the ServiceAccount that asked, or else the one that will hold.")
            List<String> bindings) {

        private int letters() {
            return name.length()
                    + account.length()
                    + by.length()
                    + bindings.stream().mapToInt(String::length).sum();
        }
    }
}
