package io.parley.local;

import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What a Cassandra node is started with: its configuration, its log's, and the command line.
final class CassandraFiles {
    private static final int TOKENS = 4;
    private static final BigInteger ALL_TOKENS = BigInteger.TWO.pow(64);

    /// Cassandra reaches into the JDK.
    private static final List<String> EXPORTS = List.of(
            "java.base/jdk.internal.misc",
            "java.base/jdk.internal.ref",
            "java.base/sun.nio.ch",
            "java.management.rmi/com.sun.jmx.remote.internal.rmi",
            "java.rmi/sun.rmi.registry",
            "java.rmi/sun.rmi.server",
            "java.sql/java.sql");

    private static final List<String> OPENS = List.of(
            "java.base/java.io",
            "java.base/java.lang",
            "java.base/java.lang.module",
            "java.base/java.lang.reflect",
            "java.base/java.math",
            "java.base/java.net",
            "java.base/java.nio",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.atomic",
            "java.base/jdk.internal.loader",
            "java.base/jdk.internal.math",
            "java.base/jdk.internal.module",
            "java.base/jdk.internal.ref",
            "java.base/jdk.internal.reflect",
            "java.base/jdk.internal.util.jar",
            "java.base/sun.nio.ch",
            "jdk.management/com.sun.management.internal");

    private CassandraFiles() {}

    /// Each node owns every n-th part of the tokens, so that all own as much. No node bootstraps, and each is a
    /// seed: a node starts also when it is the only one. Small where a 512 MiB heap asks for it; what a
    /// production ring would decide otherwise by its size only is left as it comes.
    ///
    /// @param number of the node, from 1
    static String yaml(final CassandraSettings ring, final int number) {
        final var address = ring.addresses().get(number - 1);
        return """
            cluster_name: parley-local
            num_tokens: %d
            initial_token: "%s"
            auto_bootstrap: false
            partitioner: org.apache.cassandra.dht.Murmur3Partitioner
            endpoint_snitch: SimpleSnitch
            seed_provider:
              - class_name: org.apache.cassandra.locator.SimpleSeedProvider
                parameters:
                  - seeds: "%s"
            listen_address: %s
            storage_port: %d
            rpc_address: %s
            native_transport_port: %d
            start_native_transport: true

            authenticator: AllowAllAuthenticator
            authorizer: AllowAllAuthorizer
            hinted_handoff_enabled: true
            hints_flush_period: 1s
            max_hints_file_size: 16MiB
            auto_snapshot: false
            incremental_backups: false

            %s
            commitlog_segment_size: 16MiB
            commitlog_total_space: 256MiB
            memtable_heap_space: 96MiB
            memtable_offheap_space: 96MiB
            memtable_flush_writers: 1
            concurrent_reads: 16
            concurrent_writes: 16
            concurrent_compactors: 1
            key_cache_size: 8MiB
            row_cache_size: 0MiB
            counter_cache_size: 0MiB
            file_cache_size: 32MiB
            networking_cache_size: 32MiB
            column_index_cache_size: 2KiB
            """.formatted(
                        TOKENS,
                        tokens(ring.nodes(), number),
                        String.join(",", ring.addresses()),
                        address,
                        ring.storagePort(),
                        address,
                        ring.nativePort(),
                        switch (ring.commitLog()) {
                            case PERIODIC -> "commitlog_sync: periodic\ncommitlog_sync_period: 10s";
                            case BATCH -> "commitlog_sync: batch";
                            case GROUP -> "commitlog_sync: group\ncommitlog_sync_group_window: 5ms";
                        });
    }

    static String logback(final Path log) {
        return """
            <configuration>
              <appender name="file" class="ch.qos.logback.core.rolling.RollingFileAppender">
                <file>%1$s</file>
                <rollingPolicy class="ch.qos.logback.core.rolling.FixedWindowRollingPolicy">
                  <fileNamePattern>%1$s.%%i</fileNamePattern>
                  <minIndex>1</minIndex>
                  <maxIndex>1</maxIndex>
                </rollingPolicy>
                <triggeringPolicy class="ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy">
                  <maxFileSize>20MB</maxFileSize>
                </triggeringPolicy>
                <encoder>
                  <pattern>%%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %%-5level [%%thread] %%logger{1} %%msg%%n</pattern>
                </encoder>
              </appender>
              <root level="INFO">
                <appender-ref ref="file"/>
              </root>
            </configuration>
            """.formatted(log.toAbsolutePath());
    }

    private static String tokens(final int nodes, final int number) {
        final int all = nodes * TOKENS;
        return IntStream.range(0, TOKENS)
                .map(each -> each * nodes + number - 1)
                .mapToObj(place -> ALL_TOKENS
                        .multiply(BigInteger.valueOf(2L * place + 1))
                        .divide(BigInteger.valueOf(2L * all))
                        .subtract(ALL_TOKENS.shiftRight(1))
                        .toString())
                .collect(Collectors.joining(","));
    }

    /// The command line of a node whose files stand in a directory.
    static List<String> command(final CassandraSettings ring, final int number, final Path directory) {
        final var classpath = classpath();
        final var command = new ArrayList<String>(List.of(
                Jdk17.java().toString(),
                "-Xms" + ring.heapMiB() / 2 + "m",
                "-Xmx" + ring.heapMiB() + "m",
                "-Xss256k",
                "-XX:+UseSerialGC", // several nodes share the cores and the memory of one machine
                "-XX:MaxDirectMemorySize=" + ring.heapMiB() / 2 + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+PerfDisableSharedMem",
                "-XX:ErrorFile=" + directory.resolve("crash.log"),
                "-javaagent:" + jamm(classpath),
                "-Djava.security.manager=allow",
                "-Djava.awt.headless=true",
                "-Djava.io.tmpdir=" + directory.resolve("tmp"), // native libraries that a kill would leave behind
                "-Djdk.attach.allowAttachSelf=true",
                "-Dio.netty.tryReflectionSetAccessible=true",
                "-Dlogback.configurationFile=" + directory.resolve("logback.xml"),
                "-Dcassandra.config=" + directory.resolve("cassandra.yaml").toUri(),
                "-Dcassandra.storagedir=" + directory,
                "-Dcassandra.logdir=" + directory,
                "-Dcassandra.foreground=yes",
                "-Dcassandra.ring_delay_ms=500",
                // else it follows the line above, and who starts slowly is forgotten after half a second
                "-Dcassandra.gossip_quarantine_delay_ms=20000",
                "-Dcassandra.skip_wait_for_gossip_to_settle=0",
                "-Dcassandra.shutdown_announce_in_ms=500",
                "-Dcassandra.superuser_setup_delay_ms=0",
                "-Dcassandra.system_distributed.default_rf=" + ring.nodes())); // CassandraProbe asks it
        if (ring.shortLived()) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        ring.jmxPortOf(number).ifPresent(port -> command.add("-Dcassandra.jmx.local.port=" + port));
        EXPORTS.forEach(each -> command.add("--add-exports=" + each + "=ALL-UNNAMED"));
        OPENS.forEach(each -> command.add("--add-opens=" + each + "=ALL-UNNAMED"));
        command.addAll(List.of("-cp", classpath, "org.apache.cassandra.service.CassandraDaemon"));
        return command;
    }

    /// A script that is this node's `nodetool`.
    static String nodetool(final int jmxPort, final Path directory) {
        final var command = new ArrayList<String>(List.of(
                Jdk17.java().toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-Duser.home=" + directory.resolve("tmp"), // where it writes down what it was asked
                "-Dlogback.configurationFile=" + directory.resolve("logback.xml")));
        EXPORTS.forEach(each -> command.add("--add-exports=" + each + "=ALL-UNNAMED"));
        OPENS.forEach(each -> command.add("--add-opens=" + each + "=ALL-UNNAMED"));
        command.addAll(
                List.of("-cp", classpath(), "org.apache.cassandra.tools.NodeTool", "-p", Integer.toString(jmxPort)));
        return command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" ", "#!/bin/sh\nexec ", ""))
                + " \"$@\"\n";
    }

    /// As the build has written it down.
    private static String classpath() {
        final var file = Path.of(System.getProperty("parley.cassandra.classpath", "target/cassandra.classpath"));
        final var remedy = ": run mvn -Dweb.skip test-compile, without -Dcassandra.skip";
        try {
            final var classpath = Files.readString(file).strip();
            jars(classpath)
                    .filter(jar -> !Files.exists(Path.of(jar)))
                    .findFirst()
                    .ifPresent(jar -> {
                        throw new LocalTrouble("Cassandra's " + jar + " is gone" + remedy);
                    });
            return classpath;
        } catch (final IOException missing) {
            throw new LocalTrouble("Cassandra's class path does not stand in " + file + remedy, missing);
        }
    }

    /// It measures objects on the heap; Cassandra does not start without.
    private static String jamm(final String classpath) {
        return jars(classpath)
                .filter(jar -> Path.of(jar).getFileName().toString().startsWith("jamm-"))
                .findFirst()
                .orElseThrow(() -> new LocalTrouble("Cassandra's class path has no jamm"));
    }

    private static Stream<String> jars(final String classpath) {
        return Arrays.stream(classpath.split(File.pathSeparator));
    }
}
