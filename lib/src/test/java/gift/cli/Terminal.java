package gift.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A command run in this process: its exit code and what it printed. */
record Terminal(int code, String out, String err) {
    static Terminal run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Gift.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        String[] texts = java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
        return new Terminal(line.execute(texts), out.toString(), err.toString());
    }
}
