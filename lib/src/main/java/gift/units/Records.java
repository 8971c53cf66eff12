package gift.units;

import gift.io.AtomicFiles;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Json;
import gift.units.UnitRecord.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The records of units: {@code .units/<name>-<fingerprint>/<thousand>/<index>.<state>.json}, one small file a unit. The state is
 * part of the name, so that a look into the folders tells those of all. Another list of units has another fingerprint, and
 * with it other records.
 */
final class Records {
    static final String LIST = "units.json";

    private static final int IN_FOLDER = 1000;
    private static final int FINGERPRINT = 8; // characters

    private final Units units;
    private final Path folder;
    private final String fingerprint;

    Records(Units units) {
        this.units = units;
        String ids = String.join("\n", IntStream.range(0, units.size()).mapToObj(units::id).toList());
        this.fingerprint = Hashes.sha256(ids.getBytes(StandardCharsets.UTF_8)).substring(0, FINGERPRINT);
        this.folder = units.above().resolve(".units").resolve(units.name() + "-" + fingerprint);
    }

    Path folder() {
        return folder;
    }

    /** Of the list of all units, 8 characters. */
    String fingerprint() {
        return fingerprint;
    }

    /** Notes that the units are prepared. */
    void begin() {
        if (!isBegun()) {
            AtomicFiles.writeString(folder.resolve(LIST), Json.write(Map.of("name", units.name(), "units", units.size())));
        }
    }

    /** Whether the units are prepared, as seen from here. */
    boolean isBegun() {
        return Files.exists(folder.resolve(LIST));
    }

    private Path file(int index, State state) {
        return folder.resolve(String.format(Locale.ROOT, "%03d", index / IN_FOLDER)).resolve(index + "." + state + ".json");
    }

    /** The states by index as the names of the files tell them; null for a unit that nobody has tried. */
    State[] states() {
        State[] states = new State[units.size()];
        for (int first = 0; first < states.length; first += IN_FOLDER) {
            String[] names = file(first, State.DONE).getParent().toFile().list(); // null where there is no folder
            for (String name : names == null ? new String[0] : names) {
                String[] parts = name.split("\\.");
                if (parts.length == 3 && parts[0].matches("\\d{1,9}") && Integer.parseInt(parts[0]) < states.length) {
                    int index = Integer.parseInt(parts[0]);
                    State state = State.valueOf(parts[1].toUpperCase(Locale.ROOT));
                    if (states[index] == null || state.compareTo(states[index]) > 0) { // both: its writer died between
                        states[index] = state;
                    }
                }
            }
        }
        return states;
    }

    /** That of a unit; without attempts if nobody has tried it. */
    UnitRecord read(int index) {
        UnitRecord found = null;
        for (State state : State.values()) {
            Path file = file(index, state);
            if (Files.exists(file)) {
                UnitRecord record = Json.read(file, UnitRecord.class);
                found = found == null || record.attempts().size() >= found.attempts().size() ? record : found;
            }
        }
        return found == null ? new UnitRecord(index, units.id(index), List.of()) : found;
    }

    /** Writes that of a unit, and then removes the one of its state before. */
    void write(UnitRecord record) {
        State now = record.last().state();
        AtomicFiles.note(file(record.index(), now), Json.line(record) + "\n");
        try {
            for (State state : State.values()) {
                if (state != now) {
                    Files.deleteIfExists(file(record.index(), state));
                }
            }
        } catch (IOException e) {
            throw new InputException("cannot write into " + folder + ": " + AtomicFiles.reason(e), e);
        }
    }
}
