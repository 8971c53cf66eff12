package gift.sources;

import gift.data.ClassNames;
import gift.data.DatasetSource;
import gift.data.PairDataset;
import gift.data.Task;
import gift.data.ValidationSplit;
import gift.data.packed.Packs;
import gift.data.readers.Datasets;
import gift.data.readers.FolderSet;
import gift.data.readers.ImageFolder;
import gift.io.AtomicFiles;
import gift.io.FileNames;
import gift.io.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder that data sets come from: published ones by name, and own ones, as image folders or described in
 * data_sets.json ({@link FolderSet}).
 */
public final class FolderSource implements DatasetSource {
    private final Path root;
    private final Map<String, FolderSet> own; // those of data_sets.json
    private final Packs packs; // null where images come from their files
    private final boolean validation; // whether validation images stand in place of the test images

    /** @param root a folder that is there */
    public FolderSource(Path root) {
        this(root, null, false);
    }

    private FolderSource(Path root, Packs packs, boolean validation) {
        this.root = root;
        this.packs = packs;
        this.validation = validation;
        this.own = FolderSet.in(root);
    }

    @Override
    public Path path() {
        return root;
    }

    @Override
    public Path folder() {
        return root;
    }

    @Override
    public boolean isPublished(String name) {
        return Datasets.names().contains(name) && !own.containsKey(name);
    }

    /** The class prompts of all data sets whose classes the project knows. */
    @Override
    public List<String> namingTexts() {
        return ClassNames.sets().stream().flatMap(set -> ClassNames.of(set).trainingPrompts().stream()).toList();
    }

    /** The published names, those of data_sets.json and the folders with own images. */
    @Override
    public List<String> names() {
        List<String> known = new ArrayList<>(Datasets.names());
        known.addAll(own.keySet());
        known.remove("ImageFolder"); // a layout, not a data set
        try (Stream<Path> folders = Files.list(root)) {
            folders.map(FileNames::require).filter(f -> Files.isDirectory(f.resolve("train"))).map(f -> f.getFileName().toString())
                    .forEach(known::add);
        } catch (IOException e) {
            throw new InputException("cannot list " + root + ": " + AtomicFiles.reason(e), e);
        }
        return known.stream().distinct().toList();
    }

    @Override
    public boolean knows(String name) {
        return Datasets.names().contains(name) || own.containsKey(name) || isFolder(name);
    }

    private boolean isFolder(String name) {
        boolean oneFolder = !name.isBlank() && !name.matches("\\.{1,2}|.*[/\\\\].*"); // runs name files by it
        return oneFolder && !Datasets.names().contains(name) && Files.isDirectory(root.resolve(name));
    }

    @Override
    public boolean isPairs(String name) {
        return Datasets.pairNames().contains(name);
    }

    @Override
    public Task openUnseen(String name) {
        Task published = published(name);
        return validation ? ValidationSplit.of(published) : published;
    }

    /** With the published splits. */
    private Task published(String name) {
        return packs == null ? fromFiles(name) : packs.of(fromFiles(name));
    }

    @Override
    public FolderSource forValidation() {
        return new FolderSource(root, packs, true);
    }

    private Task fromFiles(String name) {
        if (own.containsKey(name)) {
            return own.get(name).open(name, root);
        }
        return isFolder(name) ? ImageFolder.open(root.resolve(name)) : Datasets.open(name, root);
    }

    @Override
    public FolderSet description(String name) {
        return own.get(name);
    }

    @Override
    public PairDataset pairs(String name) {
        PairDataset ofFiles = pairsOfFiles(name);
        PairDataset pairs = packs == null ? ofFiles : packs.of(name, ofFiles);
        return !validation || isPairs(name) ? pairs
                : PairDataset.some(pairs, ValidationSplit.training(published(name).train()));
    }

    private PairDataset pairsOfFiles(String name) {
        if (isPairs(name)) {
            return Datasets.openPairs(name, root);
        }
        Task task = published(name);
        return PairDataset.of(task.train(), task.templates().get(0));
    }

    @Override
    public List<String> captions(String name) {
        return isPairs(name) ? Datasets.captions(name, root) : DatasetSource.super.captions(name);
    }

    @Override
    public FolderSource packed(Path folder) {
        return new FolderSource(root, new Packs(folder, root), validation);
    }

    @Override
    public boolean isPacked() {
        return packs != null;
    }

    @Override
    public void requireResolution(int resolution) {
        if (packs != null) {
            packs.requireResolution(resolution);
        }
    }

    @Override
    public Map<String, String> changes() {
        return packs == null ? Map.of() : packs.changes();
    }
}
