package gift.cli;

import gift.data.catalog.Caches;
import gift.data.catalog.Catalog;
import gift.data.catalog.Catalog.Item;
import gift.data.catalog.CatalogCheck;
import gift.data.catalog.CatalogStore;
import gift.io.download.Download;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gets and checks the data sets and weights of the paper profile. */
@Command(name = "data", description = "The data sets and weights of the paper profile: what is there, get it, check it.",
        subcommands = {DataCommand.ListThem.class, DataCommand.Get.class, DataCommand.Check.class, DataCommand.Where.class,
            DataPackCommand.class})
final class DataCommand {
    private DataCommand() {}

    /** Where catalog and data are, and where the command prints. */
    static final class Options {
        @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:GIFT_DATA}",
                description = "folder of all data (or by GIFT_DATA; else gift-data in the home directory)")
        private Path data;

        @Option(names = "--catalog", paramLabel = "FILE", defaultValue = "data/catalog.json",
                description = "the catalog (default ${DEFAULT-VALUE})")
        private Path catalog;

        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        /** Where the command prints. */
        PrintWriter out() {
            return spec.commandLine().getOut();
        }

        /** {@link #out}, line by line. */
        Consumer<String> lines() {
            return Gift.lines(spec);
        }

        /** Says what is wrong on the error stream; the exit code. */
        int report(List<String> problems) {
            PrintWriter err = spec.commandLine().getErr();
            problems.forEach(line -> err.println("gift: " + line));
            err.flush();
            return problems.isEmpty() ? 0 : Gift.BAD_INPUT;
        }

        /** The folder of all data. */
        Path root() {
            return data == null || data.toString().isEmpty() ? Path.of(System.getProperty("user.home"), "gift-data") : data;
        }

        Catalog catalog() {
            return Catalog.read(Installation.find(catalog));
        }
    }

    /** A table of everything. */
    @Command(name = "list", description = "Everything in the catalog: size, whether it is there, licence.")
    static final class ListThem implements Callable<Integer> {
        @Mixin
        private Options options;

        @Override
        public Integer call() {
            PrintWriter out = options.out();
            Catalog catalog = options.catalog();
            catalog.items().forEach((name, item) -> out.printf(Locale.ROOT, "%-22s %9s  %-8s %s%n", name, size(item),
                    item.isThere(options.root()) ? "there" : item.files().isEmpty() ? "by hand" : "missing", item.licence()));
            new CatalogCheck(options.root()).own().forEach(name ->
                    out.printf(Locale.ROOT, "%-22s %9s  %-8s %s%n", name, "-", "own", "data_sets.json"));
            catalog.groups().forEach((name, members) -> out.println(name + ": " + String.join(", ", members)));
            out.flush();
            return 0;
        }

        private static String size(Item item) {
            long size = item.size();
            return item.files().isEmpty() || size < 0 ? "?" : String.format(Locale.ROOT, "%.1f MB", size / 1e6);
        }
    }

    /** Fetches what is missing. */
    @Command(name = "get", description = "Fetch what is missing of the items or groups named, verified and unpacked;"
            + " interrupted, it goes on where it stopped.")
    static final class Get implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", arity = "1..*", description = "names or groups of gift data list")
        private List<String> names;

        @Option(names = "--keep", description = "keep archives when they are unpacked")
        private boolean keep;

        @Mixin
        private Options options;

        @Override
        public Integer call() {
            PrintWriter out = options.out();
            Map<String, Item> wanted = options.catalog().wanted(names);
            wanted.forEach((name, item) -> out.println(name + ": " + item.licence() + "; cite " + item.cite()));
            out.flush();
            Caches caches = new Caches(System.getenv(), Path.of(System.getProperty("user.home")));
            List<String> problems = new CatalogStore(options.root(), caches, new Download(Download.Settings.DEFAULT), keep,
                    options.lines()).get(wanted);
            return options.report(problems);
        }
    }

    /** Compares what is there with what was published. */
    @Command(name = "check", description = "Count classes and images, compare checksums of weights.")
    static final class Check implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", arity = "1..*", description = "names or groups of gift data list, or own data sets")
        private List<String> names;

        @Option(names = "--pictures", description = "decode every image, too")
        private boolean images;

        @Mixin
        private Options options;

        @Override
        public Integer call() {
            PrintWriter out = options.out();
            CatalogCheck check = new CatalogCheck(options.root());
            List<String> own = names.stream().filter(check.own()::contains).toList();
            Map<String, Item> wanted = options.catalog().wanted(names.stream().filter(name -> !own.contains(name)).toList());
            int bad = 0;
            for (Map.Entry<String, Item> entry : wanted.entrySet()) {
                bad += say(entry.getKey(), check.problems(entry.getKey(), entry.getValue(), images), out);
            }
            for (String name : own) {
                bad += say(name, check.problems(name, images), out);
            }
            return bad == 0 ? 0 : 1;
        }

        private static int say(String name, List<String> problems, PrintWriter out) {
            if (problems.isEmpty()) {
                out.println(name + ": sound");
            }
            problems.forEach(out::println);
            out.flush();
            return problems.isEmpty() ? 0 : 1;
        }
    }

    /** Where things lie. */
    @Command(name = "path", description = "The folder of all data, or where items lie in it.")
    static final class Where implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", arity = "0..*", description = "names or groups of gift data list")
        private List<String> names = List.of();

        @Mixin
        private Options options;

        @Override
        public Integer call() {
            PrintWriter out = options.out();
            if (names.isEmpty()) {
                out.println(options.root());
            } else {
                options.catalog().wanted(names).values().forEach(item -> out.println(options.root().resolve(item.folder())));
            }
            out.flush();
            return 0;
        }
    }
}
