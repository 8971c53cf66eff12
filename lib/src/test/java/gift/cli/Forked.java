package gift.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command in a process of its own, which can be killed. */
final class Forked {
    private Forked() {}

    static Process start(Object... arguments) throws IOException {
        return builder(List.of(), arguments).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** As {@link #start}, with everything that it prints in a file. */
    static Process startLogged(Path log, Object... arguments) throws IOException {
        return startLogged(log, List.of(), arguments);
    }

    /** The same with further options of the JVM. */
    static Process startLogged(Path log, List<String> options, Object... arguments) throws IOException {
        return builder(options, arguments).redirectOutput(log.toFile()).start();
    }

    /** The same with other variables of the environment, each {@code NAME=VALUE}. */
    static Process startLogged(Path log, List<String> environment, List<String> options, Object... arguments)
            throws IOException {
        ProcessBuilder builder = builder(options, arguments);
        environment.forEach(one -> builder.environment().put(one.replaceFirst("=.*", ""), one.replaceFirst(".*?=", "")));
        return builder.redirectOutput(log.toFile()).start();
    }

    /** As {@link #startLogged(Path, Object...)}, from another current folder. */
    static Process inFolder(Path current, Path log, Object... arguments) throws IOException {
        return builder(List.of(), arguments).directory(current.toFile()).redirectOutput(log.toFile()).start();
    }

    private static ProcessBuilder builder(List<String> options, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "gift.cli.Gift"));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ProcessBuilder(command).redirectErrorStream(true);
    }
}
