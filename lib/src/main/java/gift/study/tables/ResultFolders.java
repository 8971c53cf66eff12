package gift.study.tables;

import java.nio.file.Path;

/**
 * Where results are.
 *
 * @param runs the run store
 * @param published the papers' numbers
 * @param reference matrices that are committed with the project, by study
 */
public record ResultFolders(Path runs, Path published, Path reference) {
    /** The project's layout below its folder {@code results}. */
    public static ResultFolders of(Path results) {
        return new ResultFolders(results.resolve("runs"), results.resolve("published"), results.resolve("mini/matrices"));
    }
}
