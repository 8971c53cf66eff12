package gift.results;

import java.nio.file.Path;

/**
 * Where results are.
 *
 * @param runs the run store
 * @param published the papers' numbers
 * @param reference matrices that are committed with the project, by study
 */
public record ResultFolders(Path runs, Path published, Path reference) {}
