package io.parley.scenario;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an expression in PromQL names: enough of the language for the dashboard and the alerts, and an error
/// for everything else.
///
/// @param labelsByMetric each metric, with the labels it is selected by
/// @param grouping       the labels that results are grouped by
record PromQl(Map<String, Set<String>> labelsByMetric, Set<String> grouping) {
    private static final Set<String> FUNCTIONS = Set.of(
            "sum", "max", "min", "avg", "count", "rate", "increase", "histogram_quantile", "predict_linear", "time");
    private static final Set<String> GROUPINGS = Set.of("by", "without", "on", "ignoring");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool");
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:(?<range>\\[(?:[0-9]+[smhd]|\\$__rate_interval)])|(?<number>[0-9][0-9.]*(?:e[0-9]+)?)"
                    + "|(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\\{[^}]*})?|(?<sign>==|!=|>=|<=|[-+*/<>(),]))\\s*");
    private static final Pattern MATCHER =
            Pattern.compile("\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*(?:=~|!~|!=|=)\\s*\"[^\"]*\"\\s*(?:,|$)");

    static PromQl of(final String expression) {
        final var metrics = new LinkedHashMap<String, Set<String>>();
        final var grouping = new TreeSet<String>();
        final var token = TOKEN.matcher(expression);
        boolean inGrouping = false;
        int at = 0;
        int open = 0;
        while (at < expression.length()) {
            if (!token.find(at) || token.start() != at) {
                throw new IllegalArgumentException("not understood from here: " + expression.substring(at));
            }
            at = token.end();
            final var name = token.group("name");
            final var sign = token.group("sign");
            if (sign != null) {
                open += sign.equals("(") ? 1 : sign.equals(")") ? -1 : 0;
                inGrouping = inGrouping && !sign.equals(")");
            } else if (name != null && inGrouping) {
                grouping.add(name);
            } else if (name != null && GROUPINGS.contains(name)) {
                inGrouping = true;
            } else if (name != null && (FUNCTIONS.contains(name) || isFollowedByBracket(expression, at))) {
                if (!FUNCTIONS.contains(name)) {
                    throw new IllegalArgumentException(name + " is no function that is known here: " + expression);
                }
            } else if (name != null && !WORDS.contains(name)) {
                metrics.computeIfAbsent(name, _ -> new TreeSet<>()).addAll(matched(token.group("labels")));
            }
            if (open < 0) {
                throw new IllegalArgumentException("one bracket too many is closed: " + expression);
            }
        }
        if (open != 0 || metrics.isEmpty()) {
            throw new IllegalArgumentException("a bracket stays open, or nothing is asked for: " + expression);
        }
        return new PromQl(metrics, grouping);
    }

    private static boolean isFollowedByBracket(final String expression, final int at) {
        return at < expression.length() && expression.charAt(at) == '(';
    }

    private static Set<String> matched(@Nullable final String selector) {
        final var labels = new TreeSet<String>();
        final var inner = selector == null ? "" : selector.substring(1, selector.length() - 1);
        final var matcher = MATCHER.matcher(inner);
        int at = 0;
        while (at < inner.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw new IllegalArgumentException("no labels: " + inner);
            }
            labels.add(matcher.group(1));
            at = matcher.end();
        }
        return labels;
    }
}
