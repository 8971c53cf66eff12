package gift.data.readers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gift.Shared;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class TorchRandomTest {
    @Test
    void publishedFirstNumbersOfTheMersenneTwister() {
        TorchRandom random = new TorchRandom(5489); // the default seed of the reference implementation
        assertThat(new long[] {random.random(), random.random(), random.random()})
                .containsExactly(3499211612L, 581869302L, 3890346734L);
        for (int i = 4; i < 10000; i++) {
            random.random();
        }
        assertThat(random.random()).isEqualTo(4123659995L); // the 10000th, as the C++ standard demands
    }

    @Test
    void permutationsEqualThoseOfTorch() throws Exception {
        JsonNode splits = new ObjectMapper()
                .readTree(Shared.require("facts/random_splits.json").toFile()).get("splits");
        for (JsonNode facts : splits) {
            int n = facts.get("length").asInt();
            int[] permutation = TorchRandom.randperm(n, 42);
            ByteBuffer bytes = ByteBuffer.allocate(8 * n).order(ByteOrder.LITTLE_ENDIAN);
            for (int value : permutation) {
                bytes.putLong(value);
            }
            assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())))
                    .isEqualTo(facts.get("sha256_of_int64_le_permutation").asText());

            TorchRandom.Split split = TorchRandom.randomSplit(n, 0.8, 42);
            assertThat(split.train()).hasSize(facts.get("train").asInt());
            assertThat(split.test()).hasSize(facts.get("test").asInt());
            for (int i = 0; i < 20; i++) {
                assertThat(split.train()[i]).isEqualTo(facts.get("first_20_train").get(i).asInt());
                assertThat(split.test()[i]).isEqualTo(facts.get("first_20_test").get(i).asInt());
            }
        }
        assertThat(splits).hasSize(3);
    }

    @Test
    void smallPermutations() {
        assertThat(TorchRandom.randperm(0, 1)).isEmpty();
        assertThat(TorchRandom.randperm(1, 1)).containsExactly(0);
        assertThat(TorchRandom.randperm(100, 7)).doesNotHaveDuplicates().hasSize(100);
    }
}
