package dev.lapse.review;

import dev.lapse.api.v1alpha1.AccessReviewSpec;
import dev.lapse.api.v1alpha1.AccessReviewStatus.Item;
import dev.lapse.api.v1alpha1.AccessReviewStatus.SeenVerdict;
import dev.lapse.api.v1alpha1.Decision.Verdict;
import dev.lapse.api.v1alpha1.PeoplesText;
import dev.lapse.api.v1alpha1.PinnedEntry;
import dev.lapse.api.v1alpha1.ReviewedRequest;
import dev.lapse.api.v1alpha1.StatusText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a review asks, in words for people, and the command that answers. */
public final class ReviewItems {
    private static final int LONGEST_ITEM = 1_024;

    private ReviewItems() {}

    /** @param roleChangedAt by entry, if its role was ever seen to change */
    static List<Item> of(AccessReviewSpec spec, List<SeenVerdict> verdicts, Map<String, Instant> roleChangedAt) {
        List<Item> items = new ArrayList<>();
        ReviewedRequest request = spec.request();
        if (request != null) {
            spec.itemHashes()
                    .forEach((name, hash) -> items.add(item(
                            name,
                            sentence(spec),
                            request.grantUID(),
                            hash,
                            verdicts,
                            roleChangedAt.get(request.privilege()))));
        }
        spec.pinned()
                .forEach(entry -> items.add(item(
                        entry.name(),
                        sentence(spec, entry),
                        String.valueOf(spec.identityUID()),
                        entry.hash(),
                        verdicts,
                        roleChangedAt.get(entry.name()))));
        return List.copyOf(items);
    }

    private static Item item(
            String name,
            String what,
            String uid,
            String hash,
            List<SeenVerdict> verdicts,
            @Nullable Instant roleChangedAt) {
        return new Item(
                name,
                StatusText.fit(what, LONGEST_ITEM),
                uid,
                hash,
                decided(name, verdicts).map(SeenVerdict::verdict).orElse(null),
                roleChangedAt);
    }

    /** The last verdict on an item that counts. */
    public static Optional<SeenVerdict> decided(String item, List<SeenVerdict> verdicts) {
        return verdicts.stream()
                .filter(verdict -> verdict.counts() && verdict.item().equals(item))
                .reduce((earlier, later) -> later);
    }

    /** What the whole review is about. */
    public static String sentence(AccessReviewSpec spec) {
        return spec.campaign()
                ? spec.opener() + " asks whether what identities may ask for is still right"
                : ReviewTerms.of(spec.type()).sentence(spec);
    }

    /** @param does what whoever it is about does, with a space before and after */
    public static String sentence(AccessReviewSpec spec, ReviewedRequest request, String does) {
        return PeoplesText.oneLine(request.requestedBy()
                + (request.claimed() ? " (claimed, nobody knows who wrote it)" : "")
                + does + request.role()
                + " in "
                + where(request.namespaces())
                + " for " + request.duration() + " (entry " + request.privilege() + " of "
                + spec.identity() + ", held by " + request.principalName() + ")"
                + request.unusual().stream().map(told -> "; " + told).collect(Collectors.joining())
                + (request.risks().isEmpty() ? "" : "; risks: " + String.join(", ", request.risks()))
                + (request.incident() == null ? "" : "; incident " + request.incident())
                + "; because: " + request.reason());
    }

    public static String sentence(AccessReviewSpec spec, PinnedEntry entry) {
        return PeoplesText.oneLine(entry.role() + " in " + where(entry.namespaces()) + " for up to "
                + entry.maxDuration() + " (entry "
                + entry.name() + " of " + spec.identity() + ", principal " + entry.principal() + "), entitled by "
                + (entry.entitledBy() == null ? "nobody" : entry.entitledBy())
                + (entry.entitledByVia() == null ? "" : " (claimed, written by " + entry.entitledByVia() + ")")
                + (entry.risks().isEmpty() ? "" : "; risks: " + String.join(", ", entry.risks())));
    }

    private static String where(List<String> namespaces) {
        return namespaces.isEmpty() ? "the whole cluster" : String.join(", ", namespaces);
    }

    /** Whole but for the name, which nobody knows before somebody decides; of the first item that nobody has decided. */
    static @Nullable String patch(ReviewFacts facts, List<SeenVerdict> verdicts) {
        return facts.spec().itemHashes().entrySet().stream()
                .filter(item -> facts.spec().request() != null
                        || decided(item.getKey(), verdicts).isEmpty())
                .findFirst()
                .map(item -> patch(facts, item))
                .orElse(null);
    }

    private static String patch(ReviewFacts facts, Map.Entry<String, String> item) {
        boolean afterwards = facts.spec().type().afterwards();
        return "kubectl patch accessreviews.lapse.dev " + facts.name() + " --namespace " + facts.namespace()
                + " --type json --patch '[{\"op\": \"add\", \"path\": \"/spec/decisions/-\", \"value\": {\"item\": \""
                + item.getKey()
                + "\", \"by\": \"<your user name>\", \"verdict\": \""
                + (afterwards ? Verdict.Keep : Verdict.Approve)
                + "\", \"itemHash\": \""
                + item.getValue() + "\"}}]'";
    }
}
