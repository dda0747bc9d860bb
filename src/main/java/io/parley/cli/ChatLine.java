package io.parley.cli;

/// What a person typed into a chat. Pure.
sealed interface ChatLine {
    /// To be sent.
    record Say(String text) implements ChatLine {}

    record Quit() implements ChatLine {}

    record Help() implements ChatLine {}

    record Tell() implements ChatLine {}

    /// A command that does not exist.
    record Unknown(String command) implements ChatLine {}

    /// Only white space.
    record Nothing() implements ChatLine {}

    /// What [Help] shows.
    String HELP = """
            /info   who this is, the connection, and who is there
            /quit   ends the chat (also: end of input)
            /help   this
            //text  sends /text; everything else is sent as it is""";

    static ChatLine parse(final String line) {
        if (line.isBlank()) {
            return new Nothing();
        }
        if (!line.startsWith("/")) {
            return new Say(line);
        }
        if (line.startsWith("//")) {
            return new Say(line.substring(1));
        }
        return switch (line.strip()) {
            case "/quit", "/q", "/exit" -> new Quit();
            case "/help", "/?" -> new Help();
            case "/info" -> new Tell();
            default -> new Unknown(line.strip());
        };
    }
}
