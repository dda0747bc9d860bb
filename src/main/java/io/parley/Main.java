package io.parley;

/// Starts one node.
public final class Main {
    private Main() {}

    public static void main(final String[] args) {
        System.out.println("hello " + Runtime.version());
    }
}
