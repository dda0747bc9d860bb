package io.parley.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.parley.local.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What a real node tells Prometheus, and that the page, the alerts and the dashboard speak of nothing else.
@Tag("slow")
@ExtendWith(NodeOutput.class)
final class MetricsTest {
    private static final Path ALERTS = Path.of("ops", "prometheus", "alerts.yml");
    private static final Path DASHBOARD = Path.of("ops", "grafana", "parley.json");
    private static final Path PAGE = Path.of("docs", "operations.md");
    private static final Pattern ROW = Pattern.compile(
            "^\\| `([a-z_]+)` \\| (counter|gauge|histogram|summary) \\| ([^|]*)\\| .+\\|$", Pattern.MULTILINE);

    /// What Prometheus adds to everything it scrapes.
    private static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance");

    private static final Duration SOON = Duration.ofSeconds(10);

    private static NodeProcess node;
    private static World world;

    @BeforeAll
    static void start(@TempDir final Path data) {
        node = NodeProcess.start(data, Map.of("PARLEY_RATE_LIMITS", "off"));
        world = new World(node);
    }

    @AfterAll
    static void stop() {
        world.close();
        node.close();
    }

    private static Exposition look() {
        return Exposition.read(node.metrics());
    }

    @Test
    void messages_are_counted_on_their_way_from_the_tick_to_the_device() {
        final var before = look();
        final var ada = world.person("ada");
        final var bo = world.person("bo");
        for (int i = 0; i < 7; i++) {
            ada.sends("message " + i, bo);
        }
        bo.sees("message 6");
        bo.acknowledges(World.between(ada, bo), 7);
        bo.asks(Device.frame("heartbeat"));
        final var after = look();
        assertEquals(7, grown("parley_messages_accepted_total", Map.of(), before, after));
        assertEquals(7, grown("parley_message_accept_seconds_count", Map.of(), before, after));
        assertEquals(7, grown("parley_messages_pushed_total", Map.of(), before, after));
        assertTrue(grown("parley_message_accept_seconds_sum", Map.of(), before, after) > 0);
        assertTrue(grown("parley_persist_seconds_count", Map.of("entity", "conversation"), before, after) >= 1);
        assertTrue(grown("parley_persist_seconds_count", Map.of("entity", "user"), before, after) >= 1);
        assertTrue(grown("parley_persist_seconds_count", Map.of("entity", "account"), before, after) >= 2);
        assertTrue(grown("parley_journal_events_total", Map.of(), before, after) >= 7);
        assertTrue(grown("parley_password_hashes_total", Map.of(), before, after) >= 4);
        assertTrue(after.number("parley_entities", Map.of("entity", "conversation")) >= 1);
        assertTrue(after.number("parley_shards", Map.of("entity", "user")) >= 1);
        assertTrue(after.number("parley_sessions", Map.of()) >= 2);
        assertEquals(1, after.number("parley_ready", Map.of()));
        assertEquals(1, after.number("parley_cluster_members", Map.of()));
        assertTrue(after.number("parley_journal_bytes", Map.of()) > 4_096);
        Waiting.until(
                SOON,
                () -> grown("parley_messages_delivered_total", Map.of(), before, look()) == 7,
                () -> "seven were acknowledged, and not counted");
    }

    @Test
    void refusals_are_counted_by_their_code_and_where_they_were_said() {
        final var before = look();
        final var cy = world.person("cy");
        final var to = Device.frame("send").put("id", "m1").put("to", "nobody-of-this-name");
        to.putObject("body").put("type", "text").put("text", "hello?");
        assertEquals("unknown-user", cy.asks(to).path("code").asText());
        assertEquals(401, world.rest().get("/v1/conversations", "no token").status());
        final var after = look();
        assertEquals(
                1, grown("parley_refusals_total", Map.of("via", "websocket", "code", "unknown-user"), before, after));
        assertEquals(
                1, grown("parley_refusals_total", Map.of("via", "rest", "code", "unauthenticated"), before, after));
        assertEquals(1, grown("parley_account_refusals_total", Map.of("reason", "token_refused"), before, after));
    }

    private static double grown(
            final String name, final Map<String, String> labels, final Exposition before, final Exposition after) {
        return after.number(name, labels) - before.number(name, labels);
    }

    @Test
    void who_asks_for_open_metrics_gets_them() throws IOException, InterruptedException {
        final var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.managementPort() + "/metrics"))
                                .header("Accept", "application/openmetrics-text; version=1.0.0")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertTrue(answer.headers().firstValue("Content-Type").orElse("").startsWith("application/openmetrics-text"));
        assertTrue(answer.body().endsWith("# EOF\n"));
        assertTrue(answer.body().contains("# TYPE parley_messages_accepted counter\n"));
    }

    @Test
    void the_page_has_every_metric_and_no_other() throws IOException {
        final var documented = new TreeMap<String, String>();
        ROW.matcher(Files.readString(PAGE))
                .results()
                .forEach(row -> documented.put(
                        row.group(1),
                        row.group(2) + " "
                                + new TreeSet<>(Pattern.compile("`([a-z_]+)`")
                                        .matcher(row.group(3))
                                        .results()
                                        .map(label -> label.group(1))
                                        .toList())));
        final var exported = new TreeMap<String, String>();
        look().families().forEach((name, family) -> exported.put(name, family.type() + " " + family.labels()));
        assertEquals(lines(exported), lines(documented));
    }

    @Test
    void the_page_has_every_limit_and_every_reason() throws IOException {
        final var page = Files.readString(PAGE);
        for (final var label : List.of("limit", "reason")) {
            for (final var family : look().families().values()) {
                for (final var sample : family.samples()) {
                    final var value = sample.labels().get(label);
                    assertTrue(value == null || page.contains("`" + value + "`"), family.name() + " " + value);
                }
            }
        }
    }

    private static String lines(final Map<String, String> map) {
        final var text = new StringBuilder();
        map.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
        return text.toString();
    }

    // the alerts

    record Rules(List<Group> groups) {}

    record Group(String name, List<Rule> rules) {}

    record Rule(
            String alert, String expr, String duration, Map<String, String> labels, Map<String, String> annotations) {
        @JsonCreator
        static Rule of(
                @JsonProperty("alert") final String alert,
                @JsonProperty("expr") final String expr,
                @JsonProperty("for") final String duration,
                @JsonProperty("labels") final Map<String, String> labels,
                @JsonProperty("annotations") final Map<String, String> annotations) {
            return new Rule(alert, expr, duration, labels, annotations);
        }
    }

    private static List<Rule> rules(final String yaml) throws IOException {
        return YAMLMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build()
                .readValue(yaml, Rules.class)
                .groups()
                .stream()
                .flatMap(group -> group.rules().stream())
                .toList();
    }

    @Test
    void alerts_ask_for_what_the_node_exports() throws IOException {
        final var exported = look();
        final var rules = rules(Files.readString(ALERTS));
        assertTrue(rules.size() > 10, "the rules are found");
        for (final var rule : rules) {
            check(rule.alert(), rule.expr(), exported);
            for (final var text : rule.annotations().values()) {
                Pattern.compile("\\{\\{ \\$labels\\.([a-z_]+)")
                        .matcher(text)
                        .results()
                        .forEach(label -> assertTrue(
                                labelsOfResult(rule.expr(), exported).contains(label.group(1)),
                                rule.alert() + " has no label " + label.group(1)));
            }
        }
    }

    @Test
    void every_alert_has_a_severity_a_summary_and_a_section_that_says_what_to_do() throws IOException {
        final var anchors = new TreeSet<String>();
        Pattern.compile("^#+ (.+)$", Pattern.MULTILINE)
                .matcher(Files.readString(PAGE))
                .results()
                .forEach(heading -> anchors.add(heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-')));
        final var names = new TreeSet<String>();
        for (final var rule : rules(Files.readString(ALERTS))) {
            assertTrue(names.add(rule.alert()), rule.alert() + " comes twice");
            assertTrue(Set.of("page", "ticket").contains(rule.labels().get("severity")), rule.alert());
            assertEquals(
                    Set.of("summary", "description", "runbook"),
                    rule.annotations().keySet(),
                    rule.alert());
            final var runbook = rule.annotations().getOrDefault("runbook", "");
            assertTrue(runbook.startsWith("docs/operations.md#"), runbook);
            assertTrue(anchors.contains(runbook.substring(runbook.indexOf('#') + 1)), runbook + " is no section");
        }
    }

    @Test
    void a_rule_with_a_word_that_prometheus_does_not_know_is_noticed() throws IOException {
        final var misspelt = Files.readString(ALERTS).replaceFirst("        annotations:", "        anotations:");
        assertThrows(IOException.class, () -> rules(misspelt));
        final var exported = look();
        assertThrows(AssertionError.class, () -> check("x", "rate(parley_no_such_total[5m]) > 0", exported));
        assertThrows(
                AssertionError.class,
                () -> check("x", "sum by (limit) (rate(parley_dead_letters_total[5m]))", exported));
        assertThrows(AssertionError.class, () -> check("x", "parley_sessions{entity=\"user\"}", exported));
        assertThrows(IllegalArgumentException.class, () -> PromQl.of("sum(parley_sessions"));
        assertThrows(IllegalArgumentException.class, () -> PromQl.of("rat(parley_sessions[5m])"));
    }

    // the dashboard

    @Test
    void the_dashboard_asks_for_what_the_node_exports() throws IOException {
        final var dashboard = JsonMapper.builder().build().readTree(Files.readString(DASHBOARD));
        final var exported = look();
        final var expressions = new ArrayList<String>();
        final var ids = new TreeSet<Integer>();
        for (final var panel : dashboard.path("panels")) {
            assertTrue(ids.add(panel.path("id").asInt()), "each panel has an id of its own");
            final var title = panel.path("title").asText();
            assertFalse(title.isBlank());
            for (final var target : panel.path("targets")) {
                expressions.add(target.path("expr").asText());
                check(title, target.path("expr").asText(), exported);
                final var legend = target.path("legendFormat").asText();
                Pattern.compile("\\{\\{([a-z_]+)}}")
                        .matcher(legend)
                        .results()
                        .forEach(label -> assertTrue(
                                labelsOfResult(target.path("expr").asText(), exported)
                                        .contains(label.group(1)),
                                title + " has no label " + label.group(1)));
            }
        }
        assertTrue(expressions.size() > 40, "the expressions are found");
        for (final var metric : exported.families().keySet()) { // what nobody looks at need not be exported
            assertTrue(
                    Set.of("jvm_threads_deadlocked", "process_max_fds").contains(metric)
                            || expressions.stream().anyMatch(expression -> expression.contains(metric)),
                    metric + " is on no panel");
        }
        assertEquals(
                Set.of("datasource", "instance"),
                names(dashboard.path("templating").path("list")));
    }

    private static Set<String> names(final JsonNode list) {
        final var names = new TreeSet<String>();
        list.forEach(each -> names.add(each.path("name").asText()));
        return names;
    }

    private static void check(final String where, final String expression, final Exposition exported) {
        final var asked = PromQl.of(expression);
        final var known = exported.labelsByName();
        asked.labelsByMetric().forEach((metric, labels) -> {
            assertTrue(metric.equals("up") || known.containsKey(metric), where + " asks for " + metric);
            final var beyond = new TreeSet<>(labels);
            beyond.removeAll(known.getOrDefault(metric, Set.of()));
            beyond.removeAll(OF_THE_SCRAPE);
            assertEquals(Set.of(), beyond, where + " asks " + metric + " for labels it does not have");
            final var grouping = new TreeSet<>(asked.grouping());
            grouping.removeAll(known.getOrDefault(metric, Set.of()));
            grouping.removeAll(OF_THE_SCRAPE);
            assertEquals(Set.of(), grouping, where + " groups " + metric + " by labels it does not have");
        });
    }

    private static Set<String> labelsOfResult(final String expression, final Exposition exported) {
        final var asked = PromQl.of(expression);
        if (!asked.grouping().isEmpty()) {
            return asked.grouping();
        }
        final var labels = new TreeSet<>(OF_THE_SCRAPE);
        asked.labelsByMetric()
                .keySet()
                .forEach(metric -> labels.addAll(exported.labelsByName().getOrDefault(metric, Set.of())));
        return labels;
    }
}
