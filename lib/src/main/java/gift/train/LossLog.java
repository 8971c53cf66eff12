package gift.train;

import gift.io.AtomicFiles;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The losses of one task, a row for each update, as CSV. Written whole at every checkpoint. */
public final class LossLog {
    private final Path file;
    private final List<String> rows = new ArrayList<>();
    private String header = "";

    /** @param file that is written; a log that an interrupted run left there goes on by {@link #keep} */
    public LossLog(Path file) {
        this.file = file;
    }

    /** Takes over the first rows of the file that an interrupted run left. */
    public void keep(int updates) {
        if (updates == 0 || !Files.exists(file)) {
            return;
        }
        try {
            List<String> lines = Files.readAllLines(file);
            header = lines.get(0);
            rows.addAll(lines.subList(1, Math.min(lines.size(), updates + 1)));
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** A row more: the losses of the next update by name. */
    public void add(Map<String, Double> losses) {
        header = "update," + String.join(",", losses.keySet());
        rows.add(rows.size() + "," + losses.values().stream().map(v -> String.format(Locale.ROOT, "%.6f", v))
                .collect(Collectors.joining(",")));
    }

    /** Writes all rows, whole or not at all. */
    public void write() {
        AtomicFiles.writeString(file, header + "\n" + String.join("\n", rows) + "\n");
    }
}
