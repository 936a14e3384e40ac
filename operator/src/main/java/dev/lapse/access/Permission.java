package dev.lapse.access;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One combination of attributes that a SubjectAccessReview can ask about; what does not apply is the empty string.
 *
 * <p>A wildcard stays one: the RBAC authorizer answers a question for verb {@code *} with yes only to whoever holds
 * {@code *}, which is what binding a role with a wildcard takes.
 *
 * @param nonResourceUrl not empty exactly if this is about a URL instead of a resource
 */
public record Permission(
        String verb, String apiGroup, String resource, String subresource, String name, String nonResourceUrl) {

    /** {@code resource} as rules write it: {@code pods/log} is resource pods, subresource log. */
    public static Permission onResource(String verb, String apiGroup, String resource, String name) {
        int slash = resource.indexOf('/');
        return slash < 0
                ? new Permission(verb, apiGroup, resource, "", name, "")
                : new Permission(verb, apiGroup, resource.substring(0, slash), resource.substring(slash + 1), name, "");
    }

    public static Permission onUrl(String verb, String url) {
        return new Permission(verb, "", "", "", "", url);
    }

    /**
     * Every combination that {@code rules} allow, each once, in the order of the rules. A role of a megabyte can write
     * billions of them: whoever does not know the role takes {@link AccessQuestions#sample}.
     */
    public static List<Permission> of(List<Rule> rules) {
        Set<Permission> all = new LinkedHashSet<>();
        for (Rule rule : rules) {
            long count = Combinations.count(rule);
            for (long i = 0; i < count; i++) {
                all.add(Combinations.at(rule, i));
            }
        }
        return List.copyOf(all);
    }

    public boolean isOnUrl() {
        return !nonResourceUrl.isEmpty();
    }

    public Permission withName(String other) {
        return new Permission(verb, apiGroup, resource, subresource, other, nonResourceUrl);
    }

    /** As people say it: {@code create pods/exec}, {@code get deployments.apps "shop"}, {@code get /metrics}. */
    public String describe() {
        if (isOnUrl()) {
            return verb + " " + nonResourceUrl;
        }
        return verb
                + " "
                + resource
                + (apiGroup.isEmpty() ? "" : "." + apiGroup)
                + (subresource.isEmpty() ? "" : "/" + subresource)
                + (name.isEmpty() ? "" : " \"" + name + "\"");
    }
}
