package gift.generate;

import gift.data.PairFolder;
import gift.generate.GenerationPlan.Draw;
import gift.io.Hashes;
import gift.io.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The prompt of every image of a plan: drawn from the pool of its task, or the row of a list. */
public final class Prompts {
    private final GenerationPlan plan;
    private final Map<String, List<String>> pools;
    private final Set<String> generic;
    private final List<List<String>> ofTask = new ArrayList<>();       // the pool or the list of each task
    private final List<int[]> drawn = new ArrayList<>(); // by Python's generator: numbers in the pool of each task

    /**
     * @param folder of the plan's file
     * @throws InputException if a pool is unknown, or a file of prompts or a list cannot be used
     */
    public Prompts(GenerationPlan plan, Path folder) {
        this.plan = plan;
        this.pools = plan.pools(folder);
        this.generic = new HashSet<>(pools.get(plan.generic()));
        boolean listed = !plan.lists().isEmpty();
        PythonRandom random = new PythonRandom(plan.seed());
        for (int t = 0; t < plan.tasks().size(); t++) {
            ofTask.add(listed ? list(folder, plan.tasks().get(t)) : plan.poolOf(t, pools));
            if (plan.draw() == Draw.PYTHON) {
                int[] numbers = new int[Math.max(plan.listRows(), plan.images())];
                for (int j = 0; j < numbers.length; j++) {
                    numbers[j] = random.below(ofTask.get(t).size());
                }
                drawn.add(numbers);
            }
        }
    }

    private List<String> list(Path folder, String task) {
        Path lists = folder.resolve(plan.lists()).normalize();
        if (lists.equals(folder.resolve(plan.output()).normalize())) {
            throw new InputException("plan: lists and output are the same folder, " + lists + ": choose another output, where a"
                    + " table stands for finished images");
        }
        Path csv = PairFolder.texts(PairFolder.of(lists, task));
        List<PairFolder.Row> rows = PairFolder.rows(csv);
        if (rows.size() < plan.images()) {
            throw new InputException(csv + " has " + rows.size() + " rows, the plan wants " + plan.images() + " images a task");
        }
        for (int j = 0; j < plan.images(); j++) {
            String name = PairFolder.image(Path.of(""), j).toString();
            if (!rows.get(j).fileName().equals(name)) {
                throw new InputException(csv + ", row " + (j + 1) + ": names " + rows.get(j).image() + ", expected " + name
                        + ": row j is the prompt of image j");
            }
        }
        return rows.subList(0, plan.images()).stream().map(PairFolder.Row::text).toList();
    }

    private int number(int task, int image) {
        return !plan.lists().isEmpty() ? image : plan.draw() == Draw.PYTHON ? drawn.get(task)[image]
                : plan.draw(task, image, ofTask.get(task).size());
    }

    /** The prompt of image j of task k, both from 0. */
    public String text(int task, int image) {
        return ofTask.get(task).get(number(task, image));
    }

    /** Whether it is of the generic pool, not of a class of an earlier task. */
    boolean isGeneric(int task, int image) {
        return plan.lists().isEmpty() ? number(task, image) < pools.get(plan.generic()).size()
                : isGeneric(text(task, image));
    }

    /** Whether a prompt is one of the generic pool. */
    boolean isGeneric(String prompt) {
        return generic.contains(prompt);
    }

    /** SHA-256 of every pool, by name; of a list by {@code lists/<task>}. */
    Map<String, String> hashes() {
        Map<String, String> hashes = new LinkedHashMap<>();
        pools.forEach((name, pool) -> hashes.put(name, hash(pool)));
        if (!plan.lists().isEmpty()) {
            plan.tasks().forEach(task -> hashes.put("lists/" + task, hash(ofTask.get(plan.tasks().indexOf(task)))));
        }
        return hashes;
    }

    private static String hash(List<String> texts) {
        return Hashes.sha256(String.join("\n", texts).getBytes(StandardCharsets.UTF_8));
    }
}
