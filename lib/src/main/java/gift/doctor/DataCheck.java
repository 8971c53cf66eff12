package gift.doctor;

import gift.data.ClassNames;
import gift.data.DatasetSource;
import gift.data.Inspection;
import gift.data.Task;
import gift.data.catalog.Catalog.Counts;
import gift.data.catalog.Catalog.Item;
import gift.io.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Checks data sets with classes: present, readable, with the published counts and classes, training and test images distinct. */
final class DataCheck {
    private static final int NAMED = 5; // findings of one kind about one data set

    private final DatasetSource root;
    private final Place place;
    private final Pass pass;
    private final boolean parts;
    private final Findings findings;

    /** @param parts whether data sets may be parts of the published ones */
    DataCheck(DatasetSource root, Place place, Pass pass, boolean parts, Findings findings) {
        this.root = root;
        this.place = place;
        this.pass = pass;
        this.parts = parts;
        this.findings = findings;
    }

    /**
     * @param watched a data set that is never learnt: its training images are not looked at
     * @return null if it cannot be opened
     */
    Task check(String name, boolean watched) {
        String mend = place.mend(name);
        Task task = findings.attempt(name, mend, () -> {
            root.require(List.of(name));
            return root.openUnseen(name);
        });
        if (task == null) {
            return null;
        }
        counts(name, task, mend);
        names(name, task, mend);
        some(name, Inspection.labelProblems(task), mend);
        Inspection.notes(task).forEach(note -> findings.note(name, note));
        if (!root.needsInspection()) {
            sound(name, task, "painted");
            return task;
        }
        ContentHashes train = new ContentHashes(task.train());
        ContentHashes test = new ContentHashes(task.test());
        if (!watched) {
            some(name, pass.problems(task.train(), train), mend);
        }
        some(name, pass.problems(task.test(), test), mend);
        twins(name, train, test);
        sound(name, task, pass.isQuick() ? "a sample decoded" : "all decoded");
        return task;
    }

    private void sound(String name, Task task, String how) {
        if (!findings.faulty(name)) {
            findings.sound(name, size(new Counts(task.classNames().size(), task.train().size(), task.test().size())) + ", " + how);
        }
    }

    private void counts(String name, Task task, String mend) {
        Item item = root.isPublished(name) ? place.item(name) : null;
        if (item == null || item.counts() == null) {
            return;
        }
        Counts published = item.counts();
        Counts found = new Counts(task.classNames().size(), task.train().size(), task.test().size());
        if (!published.agree(found)) {
            String text = size(found) + "; published are " + size(published);
            if (parts) {
                findings.note(name, text);
            } else {
                findings.fault(name, text, mend + "; or --parts where a part is meant");
            }
        }
    }

    private static String size(Counts counts) {
        return String.format(Locale.ROOT, "%,d classes, %,d + %,d images", counts.classes(), counts.train(), counts.test());
    }

    private void names(String name, Task task, String mend) {
        if (!root.isPublished(name) || !ClassNames.sets().contains(name)) {
            return;
        }
        List<String> published = ClassNames.of(name).names().stream().map(DataCheck::plain).toList();
        List<String> unknown = task.classNames().stream().filter(n -> !published.contains(plain(n))).toList();
        some(name, unknown.stream().map(n -> "the class \"" + n + "\" is none of the published ones; the nearest is \""
                + Nearest.to(plain(n), published) + "\"").toList(), mend);
    }

    private static String plain(String className) {
        return className.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The first problems, and how many others there are. */
    private void some(String name, List<String> problems, String mend) {
        List<String> shown = new ArrayList<>(problems.subList(0, Math.min(NAMED, problems.size())));
        shown.forEach(problem -> findings.fault(name, problem, mend));
        if (problems.size() > NAMED) {
            findings.fault(name, "and " + (problems.size() - NAMED) + " lines more like this", mend);
        }
    }

    private void twins(String name, ContentHashes train, ContentHashes test) {
        ContentHashes.Twins across = train.in(test);
        if (across.count() > 0) {
            findings.warning(name, across.count() + " test images are training images, too (the first: " + across.first()
                    + ")", "fetch it again, unless its publisher's copy has them");
        }
        ContentHashes.Twins classes = train.ofOtherClass();
        if (classes.count() > 0) {
            findings.warning(name, classes.count() + " training images are there twice, under different classes (the first: "
                    + classes.first() + ")", "fetch it again, unless its publisher's copy has them");
        }
    }
}
