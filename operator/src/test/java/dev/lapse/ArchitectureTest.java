package dev.lapse;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import dev.lapse.access.Rule;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds the shape of the operator: who may import whom, who may touch the cluster, and who may know the time. */
@AnalyzeClasses(packages = "dev.lapse", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    /** Each may import those before it. A new package takes its place here. */
    private static final List<String> ORDER = List.of(
            "api",
            "condition",
            "access",
            "cluster",
            "credential",
            "guard",
            "memory",
            "lane",
            "identity",
            "review",
            "grant");

    /** Where programs start: these import all of the above, and nobody imports them. */
    private static final List<String> PROGRAMS = List.of("runtime", "cli");

    /** What only the hall, the package that they are in, may import; and no room imports another. */
    private static final Map<String, List<String>> ROOMS = Map.of(
            "grant", List.of("request", "begin", "end", "tell"),
            "review", List.of("verdict", "kind", "campaign"));

    private static final List<String> PURE = List.of("condition", "access");

    @ArchTest
    static void onlyTheHallReachesARoom(JavaClasses all) {
        ROOMS.forEach((hall, rooms) -> rooms.forEach(room -> classes()
                .that()
                .resideInAPackage("dev.lapse." + hall + "." + room)
                .should()
                .onlyHaveDependentClassesThat()
                // Where everything is put together.
                .resideInAnyPackage("dev.lapse." + hall, "dev.lapse." + hall + "." + room, "dev.lapse.runtime")
                .because("whoever changes a room needs to know nothing but the room and its hall")
                .check(all)));
    }

    @ArchTest
    static final ArchRule A_CHECK_SEES_NO_CLIENT = noClasses()
            .that()
            .resideInAPackage("dev.lapse.grant.request")
            .and()
            .haveSimpleNameEndingWith("Checks")
            .should()
            .dependOnClassesThat(theClientOrTheSdk())
            .because("what a request needs is decided from facts");

    @ArchTest
    static final ArchRule EVERY_CLASS_HAS_A_PLACE =
            classes().should().resideInAnyPackage(packages(ORDER, PROGRAMS)).allowEmptyShould(true);

    @ArchTest
    static final ArchRule IMPORTS_RUN_DOWNWARD = importsRunDownward().allowEmptyShould(true);

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.lapse.(*)..").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule PURE_BY_DEFAULT_EFFECTFUL_BY_NAME = noClasses()
            .that(not(mayTouchTheCluster()))
            .should()
            .dependOnClassesThat(theClientOrTheSdk())
            .allowEmptyShould(true)
            .because("a decision that reads or writes the cluster by itself can be neither replayed nor tested");

    @ArchTest
    static final ArchRule THE_API_TAKES_NO_MORE_OF_THE_CLIENT_THAN_ITS_BASE_CLASS = noClasses()
            .that()
            .resideInAPackage("dev.lapse.api..")
            .should()
            .dependOnClassesThat(theClientOrTheSdk().and(not(type(CustomResource.class))))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule PURE_PACKAGES_PARSE_KUBERNETES_OBJECTS_ONCE = noClasses()
            .that(resideInAnyPackage(packages(PURE)).and(not(type(Rule.class))).and(not(mayTouchTheCluster())))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fabric8..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule THE_COMMAND_LINE_KNOWS_NOTHING_OF_THE_OPERATOR = noClasses()
            .that()
            .resideInAPackage("dev.lapse.cli..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(packages(
                    List.of("cluster", "credential", "guard", "lane", "identity", "review", "grant", "runtime"))))
            .allowEmptyShould(true)
            .because("it starts anew for each command, and shows what the API server knows");

    @ArchTest
    static final ArchRule TIME_IS_AN_ARGUMENT = noClasses()
            .that(not(resideInAnyPackage(packages(PROGRAMS))))
            .should()
            .accessTargetWhere(theSystemClock())
            .allowEmptyShould(true)
            .because("what depends on the time of day must be decidable for any time of day");

    @ArchTest
    static final ArchRule ONLY_THE_START_OF_A_PROGRAM_TAKES_A_CLOCK = noClasses()
            .that(resideInAnyPackage(packages(PROGRAMS)).and(not(outermostName("Main"))))
            .should()
            .accessTargetWhere(theSystemClock())
            .allowEmptyShould(true)
            .because("one clock is made, and handed to whoever needs it");

    @ArchTest
    static final ArchRule NOBODY_SLEEPS = noClasses()
            .should()
            .accessTargetWhere(call("a sleep", Set.of("java.lang.Thread", "java.util.concurrent.TimeUnit"), "sleep"))
            .allowEmptyShould(true)
            .because("waiting is the scheduler's: a sleeping thread ends no grant");

    @ArchTest
    static final ArchRule NO_PART_OF_A_RECORD_IS_FORGOTTEN = noClasses()
            .should()
            .accessTargetWhere(anEmptyBuilder())
            .allowEmptyShould(true)
            .because("a part that nobody names would be null or false: stagedBuilder() asks for each of them");

    private static LayeredArchitecture importsRunDownward() {
        LayeredArchitecture layers =
                layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
        for (String name : ORDER) {
            layers = layers.layer(name).definedBy("dev.lapse." + name + "..");
        }
        for (String name : PROGRAMS) {
            layers = layers.layer(name).definedBy("dev.lapse." + name + "..");
        }
        for (String name : PROGRAMS) {
            layers = layers.whereLayer(name).mayNotBeAccessedByAnyLayer();
        }
        for (int i = 0; i < ORDER.size(); i++) {
            List<String> above = new ArrayList<>(ORDER.subList(i + 1, ORDER.size()));
            above.addAll(PROGRAMS);
            layers = layers.whereLayer(ORDER.get(i)).mayOnlyBeAccessedByLayers(above.toArray(String[]::new));
        }
        return layers;
    }

    private static DescribedPredicate<JavaClass> mayTouchTheCluster() {
        return resideInAnyPackage(packages(PROGRAMS))
                .or(resideInAPackage("dev.lapse.api.."))
                .or(outermostName("Kubernetes.*|.*Reconciler|.*EventSources"));
    }

    private static DescribedPredicate<JavaClass> theClientOrTheSdk() {
        return resideInAnyPackage("io.fabric8.kubernetes.client..", "io.javaoperatorsdk..");
    }

    /** What a class nests is part of it. */
    private static DescribedPredicate<JavaClass> outermostName(String pattern) {
        return describe("are, or are nested in, a class named " + pattern, javaClass -> {
            JavaClass outermost = javaClass;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return outermost.getSimpleName().matches(pattern);
        });
    }

    /** Calls and method references alike. {@code System.nanoTime} is left out: it tells how long, not what time it is. */
    private static DescribedPredicate<JavaAccess<?>> theSystemClock() {
        return describe("the system clock is read", access -> {
            JavaClass owner = access.getTargetOwner();
            return (owner.getPackageName().equals("java.time")
                            && access.getName().equals("now")
                            && !takesAClock(access))
                    || (owner.isEquivalentTo(Clock.class)
                            && access.getName().matches("system.*|tick(Millis|Seconds|Minutes)"))
                    || (owner.isEquivalentTo(System.class) && access.getName().equals("currentTimeMillis"))
                    || (owner.getName().matches("java.util.(Date|GregorianCalendar)")
                            && access.getName().equals("<init>")
                            && parameters(access).isEmpty())
                    || (owner.getName().equals("java.util.Calendar")
                            && access.getName().equals("getInstance"));
        });
    }

    /** Of those that the compiler makes for a record. */
    private static DescribedPredicate<JavaAccess<?>> anEmptyBuilder() {
        return describe(
                "a record's builder begins without any part",
                access -> access.getTargetOwner().getPackageName().startsWith("dev.lapse.")
                        && access.getTargetOwner().getSimpleName().endsWith("Builder")
                        && access.getName().equals("builder")
                        && parameters(access).isEmpty());
    }

    private static boolean takesAClock(JavaAccess<?> access) {
        return parameters(access).stream().anyMatch(parameter -> parameter.isEquivalentTo(Clock.class));
    }

    private static List<JavaClass> parameters(JavaAccess<?> access) {
        return access.getTarget() instanceof CodeUnitAccessTarget target ? target.getRawParameterTypes() : List.of();
    }

    private static DescribedPredicate<JavaAccess<?>> call(String description, Set<String> owners, String name) {
        return describe(
                description + " is called",
                access -> owners.contains(access.getTargetOwner().getName())
                        && access.getName().equals(name));
    }

    @SafeVarargs
    private static String[] packages(List<String>... names) {
        return Arrays.stream(names)
                .flatMap(List::stream)
                .map(name -> "dev.lapse." + name + "..")
                .toArray(String[]::new);
    }
}
