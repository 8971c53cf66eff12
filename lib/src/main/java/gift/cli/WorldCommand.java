package gift.cli;

import gift.data.ImageDataset;
import gift.data.Task;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.InputException;
import gift.mini.Sheet;
import gift.mini.World;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the mini world and writes parts of it. */
@Command(name = "world", description = "Show the mini world: its parts, contact sheets, images as an image folder.")
final class WorldCommand implements Callable<Integer> {
    @Option(names = "--list", description = "print the parts and their classes")
    private boolean list;

    @Option(names = "--part", paramLabel = "NAME", defaultValue = World.WEB,
            description = "web, generic or a task (default ${DEFAULT-VALUE})")
    private String part;

    @Option(names = "--sheet", paramLabel = "OUT.png", description = "write a contact sheet, a row of test images a class")
    private Path sheet;

    @Option(names = "--columns", paramLabel = "N", defaultValue = "6",
            description = "images of each class on the sheet (default ${DEFAULT-VALUE})")
    private int columns;

    @Option(names = "--export", paramLabel = "DIR", description = "write DIR/NAME/train and test, a folder a class")
    private Path export;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (!list && sheet == null && export == null) {
            throw new InputException("nothing to do: give --list, --sheet OUT.png or --export DIR");
        }
        if (columns < 1) {
            throw new InputException("--columns " + columns + " must be at least 1");
        }
        Task task = World.open(part);
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            World.names().stream().map(World::open).forEach(t -> out.println(t.name() + " (" + t.classNames().size()
                    + " classes, " + t.train().size() + " + " + t.test().size() + " images): "
                    + String.join(", ", t.classNames())));
        }
        if (sheet != null) {
            ImageFiles.writePng(sheet, sheet(task.test()));
            out.println("contact sheet in " + sheet);
        }
        if (export != null) {
            Path folder = export.resolve(task.name());
            write(task.train(), folder.resolve("train"));
            write(task.test(), folder.resolve("test"));
            out.println((task.train().size() + task.test().size()) + " images in " + folder);
        }
        out.flush();
        return 0;
    }

    private Image sheet(ImageDataset data) {
        List<Sheet.Row> rows = new ArrayList<>();
        ImageDataset some = data.firstPerClass(columns);
        for (int c = 0; c < data.classNames().size(); c++) {
            int label = c;
            List<Image> images =
                    IntStream.range(0, some.size()).filter(i -> some.label(i) == label).mapToObj(some::image).toList();
            rows.add(new Sheet.Row(data.classNames().get(c), images));
        }
        return Sheet.of(rows, rows.size() > 40 ? 6 : 4, 1);
    }

    private static void write(ImageDataset data, Path folder) {
        for (int i = 0; i < data.size(); i++) {
            String name = data.classNames().get(data.label(i)).replace(' ', '_');
            Path file = folder.resolve(name).resolve(String.format(Locale.ROOT, "%05d.png", i));
            if (!Files.exists(file)) {
                ImageFiles.writePng(file, data.image(i));
            }
        }
    }
}
