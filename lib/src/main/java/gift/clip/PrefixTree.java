package gift.clip;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The distinct beginnings of N rows of tokens: one node for each token after each beginning, in the order in which they
 * first occur. "a cat" and "a dog" have three. Nodes that no row has fill up a multiple of four, which products are faster with.
 *
 * @param tokens (M) of the nodes
 * @param positions (M): how many tokens come before
 * @param rows (N T): the node of each token; after the end of a row that of its end
 * @param first (M): where a node occurs first, n T + t
 * @param last (N): the node of each row's end
 * @param seen (N T): 1 up to the end, then 0
 * @param length T, the tokens of the longest row
 */
record PrefixTree(long[] tokens, long[] positions, long[] rows, long[] first, long[] last, long[] seen, int length) {
    private static final int MULTIPLE = 4;

    /** @param ends the last place of each row that counts */
    static PrefixTree of(long[][] texts, int[] ends) {
        int n = texts.length;
        int length = 0;
        for (int end : ends) {
            length = Math.max(length, end + 1);
        }
        Map<List<Long>, Integer> nodes = new HashMap<>(); // by the node before, -1 for none, and the token
        List<int[]> places = new ArrayList<>();           // of the nodes, row and position
        long[] rows = new long[n * length];
        long[] last = new long[n];
        long[] seen = new long[n * length];
        for (int i = 0; i < n; i++) {
            int node = -1;
            for (int t = 0; t < length; t++) {
                if (t <= ends[i]) {
                    seen[i * length + t] = 1;
                    int[] place = {i, t};
                    node = nodes.computeIfAbsent(List.of((long) node, texts[i][t]), key -> {
                        places.add(place);
                        return places.size() - 1;
                    });
                }
                rows[i * length + t] = node;
            }
            last[i] = node;
        }
        while (places.size() % MULTIPLE > 0) {
            places.add(new int[] {0, 0});
        }
        int width = length;
        return new PrefixTree(places.stream().mapToLong(p -> texts[p[0]][p[1]]).toArray(),
                places.stream().mapToLong(p -> p[1]).toArray(), rows,
                places.stream().mapToLong(p -> (long) p[0] * width + p[1]).toArray(), last, seen, length);
    }
}
