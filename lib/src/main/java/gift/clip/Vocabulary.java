package gift.clip;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.io.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The symbols of a byte-pair tokenizer and the order in which neighbours merge, read from either published form.
 *
 * @param tokens symbol of each id
 * @param ids id of each symbol
 * @param ranks of each pair "left right": the lower, the earlier it merges
 */
record Vocabulary(List<String> tokens, Map<String, Integer> ids, Map<String, Integer> ranks, int start, int end) {
    static final String WORD_END = "</w>";
    static final String START = "<|startoftext|>";
    static final String END = "<|endoftext|>";
    /** The published list holds 262,144 merges; CLIP uses the first 49152 - 256 - 2. */
    static final int MAX_MERGES = 49152 - 256 - 2;

    private static final String PLAIN = "bpe_simple_vocab_16e6.txt";
    private static final String WHOLE = "tokenizer.json";
    private static final String FIRST_LINE = "#version: 0.2";
    private static final String MEND = "; download the vocabulary again";

    /** The vocabulary's file in a folder; null if there is none. */
    static Path in(Path folder) {
        return Stream.of("vocab.json", PLAIN + ".gz", PLAIN, WHOLE).map(folder::resolve).filter(Files::isRegularFile)
                .findFirst().orElse(null);
    }

    static Vocabulary load(Path path) {
        if (Files.isDirectory(path)) {
            Path file = in(path);
            if (file == null) {
                throw new InputException("no CLIP vocabulary in " + path + ": it needs vocab.json and merges.txt, or " + PLAIN
                        + ".gz, or " + WHOLE);
            }
            return load(file);
        }
        if (!Files.isRegularFile(path)) {
            throw new InputException("no CLIP vocabulary at " + path);
        }
        Path json = path.resolveSibling("vocab.json");
        String name = path.getFileName().toString();
        if (name.equals(WHOLE)) {
            return fromWhole(path);
        }
        if (name.endsWith(".json")) {
            return fromJson(path, path.resolveSibling("merges.txt"));
        }
        return name.equals("merges.txt") && Files.isRegularFile(json) ? fromJson(json, path) : fromMerges(path);
    }

    /**
     * OpenAI's form: the merges alone. Ids are, in order: the 256 bytes, the 256 bytes at the end of a word, one for
     * each merge, start of text, end of text.
     */
    private static Vocabulary fromMerges(Path file) {
        List<String> tokens = new ArrayList<>(ByteSymbols.ALL);
        ByteSymbols.ALL.forEach(symbol -> tokens.add(symbol + WORD_END));
        Map<String, Integer> ranks = merges(file, lines(file), new HashSet<>(tokens));
        ranks.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .forEach(merge -> tokens.add(merge.getKey().replace(" ", "")));
        tokens.add(START);
        tokens.add(END);
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        return new Vocabulary(tokens, ids, ranks, tokens.size() - 2, tokens.size() - 1);
    }

    /** Hugging Face's form: {@code vocab.json} gives the id of each symbol, {@code merges.txt} the order of merges. */
    private static Vocabulary fromJson(Path file, Path mergesFile) {
        Map<String, Integer> ids;
        try {
            ids = new ObjectMapper().readValue(text(file), new TypeReference<HashMap<String, Integer>>() {});
        } catch (JsonProcessingException e) {
            throw corrupt(file, "it is not a JSON object of whole numbers");
        }
        if (ids == null) {
            throw corrupt(file, "it is empty");
        }
        return of(file, ids, mergesFile, () -> lines(mergesFile));
    }

    /** As transformers has saved it since version 5: all in one file, merges as pairs or as "left right". */
    private static Vocabulary fromWhole(Path file) {
        JsonNode tree = Json.pythonTree(file);
        Map<String, Integer> ids = new HashMap<>();
        tree.path("model").path("vocab").properties().forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt(-1)));
        tree.path("added_tokens").forEach(token -> ids.put(token.path("content").asText(), token.path("id").asInt(-1)));
        List<String> lines = new ArrayList<>(List.of(FIRST_LINE));
        tree.path("model").path("merges").forEach(merge ->
                lines.add(merge.isArray() ? merge.path(0).asText() + " " + merge.path(1).asText() : merge.asText()));
        return of(file, ids, file, () -> lines.toArray(String[]::new));
    }

    private static Vocabulary of(Path file, Map<String, Integer> ids, Path mergesFile, Supplier<String[]> lines) {
        String[] tokens = new String[ids.size()];
        ids.forEach((token, id) -> {
            if (id == null || id < 0 || id >= tokens.length || tokens[id] != null) {
                throw corrupt(file, "id " + id + " of '" + token + "' is not one of 0.." + (tokens.length - 1) + ", each once");
            }
            tokens[id] = token;
        });
        for (String symbol : ByteSymbols.ALL) {
            needed(file, ids, symbol);
            needed(file, ids, symbol + WORD_END);
        }
        Map<String, Integer> ranks = merges(mergesFile, lines.get(), new HashSet<>(ids.keySet()));
        ranks.keySet().forEach(pair -> needed(file, ids, pair.replace(" ", "")));
        return new Vocabulary(List.of(tokens), ids, ranks, needed(file, ids, START), needed(file, ids, END));
    }

    private static int needed(Path file, Map<String, Integer> ids, String token) {
        Integer id = ids.get(token);
        if (id == null) {
            throw corrupt(file, "it lacks '" + token + "'");
        }
        return id;
    }

    /** One merge a line after a first line of version information; each must join symbols that {@code known} holds or an earlier line made. */
    private static Map<String, Integer> merges(Path file, String[] lines, Set<String> known) {
        if (!lines[0].contains("#version")) {
            throw corrupt(file, "its first line is not '" + FIRST_LINE + "'");
        }
        Map<String, Integer> ranks = new HashMap<>();
        for (int i = 1; i < lines.length && i <= MAX_MERGES; i++) {
            String[] pair = lines[i].split(" ", -1);
            if (pair.length != 2 || !known.contains(pair[0]) || !known.contains(pair[1])) {
                throw corrupt(file, "line " + (i + 1) + " does not merge two known symbols");
            }
            if (ranks.put(lines[i], i - 1) != null) {
                throw corrupt(file, "line " + (i + 1) + " repeats an earlier merge");
            }
            known.add(pair[0] + pair[1]);
        }
        return ranks;
    }

    private static String[] lines(Path file) {
        return text(file).split("\r?\n");
    }

    /** Writes Hugging Face's form. */
    void save(Path folder, int contextLength) {
        Map<String, Integer> inOrder = new LinkedHashMap<>();
        tokens.forEach(token -> inOrder.put(token, ids.get(token)));
        AtomicFiles.writeString(folder.resolve("vocab.json"), Json.line(inOrder) + "\n");
        String merges = ranks.entrySet().stream().sorted(Map.Entry.comparingByValue()).map(Map.Entry::getKey)
                .collect(Collectors.joining("\n", FIRST_LINE + "\n", "\n"));
        AtomicFiles.writeString(folder.resolve("merges.txt"), merges);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("tokenizer_class", "CLIPTokenizer");
        settings.put("bos_token", START);
        settings.put("eos_token", END);
        settings.put("unk_token", END);
        settings.put("pad_token", END);
        settings.put("do_lower_case", true);
        settings.put("model_max_length", contextLength);
        AtomicFiles.writeString(folder.resolve("tokenizer_config.json"), Json.write(settings));
    }

    private static String text(Path file) {
        return text(file, "CLIP");
    }

    /**
     * The text of a vocabulary's file, unpacked where its name ends in {@code .gz}.
     *
     * @param model whose vocabulary it is, for messages
     */
    static String text(Path file, String model) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InputException("cannot read the " + model + " vocabulary " + file + ": is it there?", e);
        }
        try {
            if (file.toString().endsWith(".gz")) {
                try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                    bytes = in.readAllBytes();
                }
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw corrupt(file, model, "it is not UTF-8");
        } catch (IOException e) {
            throw corrupt(file, model, "it does not unpack");
        }
    }

    private static InputException corrupt(Path file, String what) {
        return corrupt(file, "CLIP", what);
    }

    static InputException corrupt(Path file, String model, String what) {
        return new InputException("not a " + model + " vocabulary: " + file + ": " + what + MEND);
    }
}
