import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Called by the Maven build, which runs it from source: installs what package-lock.json names, builds the web client into a
 * directory, checks and tests it. Each step is left out while nothing it depends on has changed, so that a start of the node
 * does not wait for it. In plain Java because it must be able to say that Node is missing.
 */
public final class BuildWeb {
  private static final Path WEB = Path.of("src", "main", "web");
  private static final String NEEDED = "The web client needs Node 20.19 or newer and npm: install them (nodejs.org, or your"
      + " system's packages), or leave the client out with -Dweb.skip";

  public static void main(String[] args) throws Exception {
    Path target = Path.of("target");
    Files.createDirectories(target);
    String node = output("node", "--version");
    if (node.isEmpty() || !newEnough(node) || output(npm(), "--version").isEmpty()) {
      System.err.println(NEEDED + (node.isEmpty() ? "." : ". Found: node " + node + "."));
      System.exit(1);
    }
    unlessDone(WEB.resolve("node_modules/.installed"), node + hash(List.of(WEB.resolve("package-lock.json"))), () -> {
      run(npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error");
    });
    String sources = hash(sources());
    switch (args[0]) {
      case "build" -> {
        Path out = Path.of(args[1]).toAbsolutePath();
        unlessDone(out.resolve("built"), sources, () -> {
          run(npx(), "vite", "build", "--logLevel", "warn", "--outDir", out.toString());
          list(out);
        });
      }
      case "check" -> unlessDone(target.resolve("web-checked"), sources, () -> {
        run(npm(), "run", "--silent", "check");
        run(npm(), "test", "--silent");
      });
      case "e2e" -> { // args: the JVM's flags, the tests' class path, whether there is no Cassandra; the browser tests start nodes so
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> said = output(java, "-Dparley.jvm.flags=" + args[1], "-cp", args[2], "io.parley.local.ProgramArchive")
            .lines()
            .toList();
        if (said.size() < 2) {
          System.err.println("The node that the browser tests start cannot be put into an archive.");
          System.exit(1);
        }
        List<String> program = said.subList(said.size() - 2, said.size()); // flags, class path; before them, how it was made
        Files.writeString(target.resolve("web-node.txt"),
            String.join("\n", java, args[1], program.get(0), program.get(1), args[3]));
        run(npx(), "playwright", "test");
      }
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static void unlessDone(Path mark, String of, Step step) throws IOException, InterruptedException {
    if (Files.exists(mark) && Files.readString(mark).equals(of)) {
      return;
    }
    step.run();
    Files.writeString(mark, of);
  }

  /** The node reads from the class path, where directories cannot be listed. What precompress.ts has put beside a file is found by its name. */
  private static void list(Path out) throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      List<String> names = files.filter(Files::isRegularFile)
          .filter(file -> !isCompressed(file))
          .map(file -> out.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
      Files.writeString(out.resolve("files.txt"), String.join("\n", names) + "\n");
    }
  }

  private static boolean isCompressed(Path file) {
    String name = file.getFileName().toString();
    return (name.endsWith(".br") || name.endsWith(".gz"))
        && Files.exists(file.resolveSibling(name.substring(0, name.length() - 3)));
  }

  /** Also the stored frames, which the client's tests read. */
  private static List<Path> sources() throws IOException {
    try (Stream<Path> client = Files.walk(WEB); Stream<Path> frames = Files.walk(Path.of("docs", "protocol"))) {
      return Stream.concat(client, frames)
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(WEB.resolve("node_modules")) && !file.startsWith(WEB.resolve("dist")))
          .sorted()
          .toList();
    }
  }

  private static String hash(List<Path> files) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
    for (Path file : files) {
      digest.update(file.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      digest.update(Files.readAllBytes(file));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static boolean newEnough(String version) {
    String[] parts = version.replaceFirst("^v", "").split("\\.");
    int major = Integer.parseInt(parts[0]);
    return major > 20 || major == 20 && Integer.parseInt(parts[1]) >= 19;
  }

  private static String npm() {
    return System.getProperty("os.name").startsWith("Windows") ? "npm.cmd" : "npm";
  }

  private static String npx() {
    return System.getProperty("os.name").startsWith("Windows") ? "npx.cmd" : "npx";
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int status = new ProcessBuilder(command).directory(WEB.toFile()).inheritIO().start().waitFor();
    if (status != 0) {
      System.err.println("Building the web client: " + String.join(" ", command) + " ended with " + status + ".");
      System.exit(1);
    }
  }

  /** Empty if the command is not there. */
  private static String output(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? said : "";
    } catch (IOException missing) {
      return "";
    }
  }
}
