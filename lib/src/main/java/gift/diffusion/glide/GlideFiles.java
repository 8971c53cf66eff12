package gift.diffusion.glide;

import gift.clip.ByteTokenizer;
import gift.io.Hashes;
import gift.io.InputException;
import gift.io.Problems;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a GLIDE: {@code base.pt} and {@code upsample.pt}, as published or converted to {@code .safetensors}, and the
 * vocabulary {@code vocab.bpe.gz} or {@code vocab.bpe} (of the published repository; GPT-2's {@code merges.txt} is the same).
 */
record GlideFiles(Path base, Path upsampler, Path vocabulary) {
    private static final List<String> BASE = List.of("base.pt", "base.safetensors");
    private static final List<String> UPSAMPLER = List.of("upsample.pt", "upsample.safetensors");
    private static final List<String> VOCABULARY = List.of("vocab.bpe.gz", "vocab.bpe", "merges.txt");

    /** Whether a folder is that of a GLIDE: one of its networks lies there. */
    static boolean isIn(Path folder) {
        return Stream.concat(BASE.stream(), UPSAMPLER.stream()).anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
    }

    /** @throws InputException naming what is missing */
    static GlideFiles in(Path folder) {
        return new GlideFiles(file(folder, BASE, "the network for 64 x 64"),
                file(folder, UPSAMPLER, "the network for 256 x 256"), file(folder, VOCABULARY, "the vocabulary"));
    }

    private static Path file(Path folder, List<String> names, String what) {
        return names.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst().orElseThrow(() ->
                new InputException("no GLIDE in " + folder + ": it lacks " + what + ", " + String.join(" or ", names)));
    }

    /** SHA-256 over the hashes of the three files. */
    String hash() {
        StringBuilder listing = new StringBuilder();
        for (Path file : List.of(base, upsampler, vocabulary)) {
            listing.append(file.getFileName()).append(' ').append(Hashes.sha256(file)).append('\n');
        }
        return Hashes.sha256(listing.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** What keeps the files from being a GLIDE, one line each; reads names and shapes, but no weights. */
    List<String> problems() {
        Problems problems = new Problems();
        ByteTokenizer tokenizer = problems.attempt(() -> ByteTokenizer.load(vocabulary));
        GlideConfig first = problems.attempt(() -> GlideUNet.check(base));
        GlideConfig second = problems.attempt(() -> GlideUNet.check(upsampler));
        if (problems.none()) {
            problems.attempt(() -> requireFit(first, second, tokenizer));
        }
        return problems.lines();
    }

    /** @throws InputException if the parts are not of one model */
    void requireFit(GlideConfig first, GlideConfig second, ByteTokenizer tokenizer) {
        if (first.isUpsampler() || !second.isUpsampler()) {
            Path wrong = first.isUpsampler() ? base : upsampler;
            throw new InputException(wrong + " is " + (first.isUpsampler() ? "an upsampler" : "a base network")
                    + " of GLIDE (its input has " + (first.isUpsampler() ? 6 : 3) + " channels): are the two files exchanged?");
        }
        for (GlideConfig config : List.of(first, second)) {
            if (config.vocabulary() != tokenizer.vocabularySize()) {
                throw new InputException(vocabulary + " has " + tokenizer.vocabularySize() + " tokens, "
                        + (config == first ? base : upsampler) + " knows " + config.vocabulary());
            }
        }
    }
}
