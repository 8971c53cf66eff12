package gift.data.catalog;

import gift.io.AtomicFiles;
import gift.io.InputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where other programs keep what they have downloaded: Hugging Face ({@code HF_HUB_CACHE}, {@code HF_HOME}, {@code
 * ~/.cache/huggingface}), PyTorch Hub ({@code TORCH_HOME}, {@code ~/.cache/torch}), OpenAI's CLIP ({@code ~/.cache/clip}).
 */
public final class Caches {
    private final Path huggingFace;
    private final Path torch;
    private final Path clip;

    /**
     * @param environment that of the process
     * @param home of the user
     */
    public Caches(Map<String, String> environment, Path home) {
        Path cache = environment.containsKey("XDG_CACHE_HOME") ? Path.of(environment.get("XDG_CACHE_HOME")) : home.resolve(".cache");
        Path hfHome = environment.containsKey("HF_HOME") ? Path.of(environment.get("HF_HOME")) : cache.resolve("huggingface");
        this.huggingFace = environment.containsKey("HF_HUB_CACHE") ? Path.of(environment.get("HF_HUB_CACHE"))
                : hfHome.resolve("hub");
        this.torch = environment.containsKey("TORCH_HOME") ? Path.of(environment.get("TORCH_HOME")) : cache.resolve("torch");
        this.clip = home.resolve(".cache").resolve("clip");
    }

    /**
     * Files that may be the one at this address.
     *
     * @param byName also those that only have its name, in caches without addresses; whether they are the one that is
     *     meant, a checksum must say
     */
    public List<Path> candidates(URI address, boolean byName) {
        String path = address.getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        List<Path> found = new ArrayList<>();
        String[] parts = path.split("/", 6); // "", owner, repository, resolve, revision, file
        if ("huggingface.co".equals(address.getHost()) && parts.length == 6 && parts[3].equals("resolve")) {
            found.addAll(snapshots(huggingFace.resolve("models--" + parts[1] + "--" + parts[2]).resolve("snapshots"), parts[5]));
        }
        if (byName) {
            found.add(clip.resolve(name));
            found.add(torch.resolve("hub").resolve("checkpoints").resolve(name));
        }
        return found.stream().filter(Files::isRegularFile).toList();
    }

    private static List<Path> snapshots(Path folder, String file) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> revisions = Files.list(folder)) {
            return revisions.map(revision -> revision.resolve(file)).sorted().toList();
        } catch (IOException e) {
            throw new InputException("cannot list " + folder + ": " + AtomicFiles.reason(e), e);
        }
    }
}
