package gift.sentences;

import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import gift.io.Texts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Sentences of a language model, recorded as they come: every answer is a line of the record, on the disk before the next
 * question. Asked again, only what the record lacks is asked for; half a line, which a killed process leaves, is dropped.
 */
public final class LiveSentences implements SentenceSource {
    private final ChatSettings settings;
    private final ChatClient client;
    private final Path record;
    private final BooleanSupplier stop;
    private final Questions questions;
    private final List<Sentence> known = new ArrayList<>();

    /** What is asked for a class's sentence of a number, from 0. */
    @FunctionalInterface
    public interface Questions {
        String of(String label, int number);
    }

    /** The same question, that of the settings, for all sentences of a class. */
    public LiveSentences(ChatSettings settings, Path record, BooleanSupplier stop) {
        this(settings, (label, number) -> settings.prompt().replace("{}", label), record, stop);
    }

    /**
     * @param record file of all answers, JSON lines; goes on where it ends
     * @param stop whether to end before the next question
     */
    public LiveSentences(ChatSettings settings, Questions questions, Path record, BooleanSupplier stop) {
        this.questions = questions;
        this.settings = settings;
        this.client = new ChatClient(settings);
        this.record = record;
        this.stop = stop;
        if (Files.exists(record)) {
            dropHalfLine();
            known.addAll(RecordedSentences.parse(record.toString(), Texts.lines(record)));
            known.stream().filter(one -> !one.source().equals(settings.model())).findFirst().ifPresent(one -> {
                throw new InputException(record + " holds sentences of " + one.source() + ", not of " + settings.model()
                        + ": choose another file, or the same model");
            });
        }
    }

    private void dropHalfLine() {
        try (FileChannel channel = FileChannel.open(record, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            long end = channel.size();
            while (end > 0 && (channel.read(one.clear(), end - 1) != 1 || one.get(0) != '\n')) {
                end--;
            }
            channel.truncate(end);
        } catch (IOException e) {
            throw new InputException("cannot read " + record + ": " + AtomicFiles.reason(e), e);
        }
    }

    @Override
    public String name() {
        return settings.model();
    }

    @Override
    public List<Sentence> sentences(String label, int wanted) {
        List<Sentence> own = new ArrayList<>(known.stream().filter(one -> one.label().equals(label)).toList());
        while (own.size() < wanted) {
            InputException.require(!stop.getAsBoolean(), "stopped; the sentences so far are recorded in " + record
                    + ", and the same command goes on from there");
            Sentence one = new Sentence(label, client.sentence(label, questions.of(label, own.size())), settings.model());
            append(one);
            known.add(one);
            own.add(one);
        }
        return List.copyOf(own.subList(0, wanted));
    }

    private void append(Sentence one) {
        byte[] line = (Json.line(one) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            Path folder = record.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(record, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND)) {
                ByteBuffer bytes = ByteBuffer.wrap(line);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
        } catch (IOException e) {
            throw new InputException("cannot write " + record + ": " + AtomicFiles.reason(e), e);
        }
    }
}
