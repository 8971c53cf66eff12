package gift.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import gift.image.Image;
import gift.image.Preprocess;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostImagesTest {
    private final NDManager manager = Devices.newManager(Device.cpu());
    private final HostBuffers pool = new HostBuffers();

    @AfterEach
    void close() {
        manager.close();
    }

    /** Every value in every channel; {@code shift} tells images apart. */
    private static Image image(int shift) {
        byte[] rgb = new byte[3 * 16 * 16];
        for (int i = 0; i < 256; i++) {
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) (i + shift + 85 * c);
            }
        }
        return new Image(16, 16, rgb);
    }

    @Test
    void bytesAreNormalizedToTheSameBitsAsOnTheHost() {
        HostImages images = HostImages.of(2, i -> image(5 * i));
        NDArray seen = images.on(manager, pool);
        assertThat(seen.getShape()).isEqualTo(new Shape(2, 3, 16, 16));
        assertThat(seen.toFloatArray()).isEqualTo(images.values()).startsWith(Preprocess.normalize(image(0)))
                .endsWith(Preprocess.normalize(image(5)));
        assertThat(seen.getFloat(0, 2, 0, 0)).isEqualTo((170 / 255f - 0.40821073f) / 0.27577711f); // by hand
    }

    @Test
    void aBufferIsUsedOverAgainWhereItIsLargeEnough() {
        HostImages two = HostImages.of(2, i -> image(i));
        ByteBuffer first = two.fill(pool);
        assertThat(first.remaining()).isEqualTo(2 * 768);
        pool.give(first);
        ByteBuffer second = HostImages.of(1, i -> image(9)).fill(pool);
        assertThat(second).isSameAs(first);
        assertThat(second.remaining()).isEqualTo(768);
        assertThat(pool.take(8)).isNotSameAs(first);
        pool.give(second);
        assertThat(pool.take(10_000).capacity()).isEqualTo(10_000);
    }

    @Test
    void valuesStayAsTheyAreAndTurnBytesBesideThemIntoValues() {
        float[] values = RandomStream.of(1, "values").normals(768, 1);
        HostImages both = HostImages.of(List.of(image(1))).and(HostImages.ofValues(values, 1));
        assertThat(both.count()).isEqualTo(2);
        NDArray written = both.write(manager, both.fill(pool));
        assertThat(written.getDataType()).isEqualTo(DataType.FLOAT32);
        assertThat(Images.normalized(written).toFloatArray()).isEqualTo(both.on(manager).toFloatArray())
                .startsWith(Preprocess.normalize(image(1))).endsWith(values);
    }

    @Test
    void imagesOfOtherSizesAreRefused() {
        Image flat = new Image(4, 2, new byte[24]);
        assertThatThrownBy(() -> HostImages.of(List.of(image(0), flat))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an image of 4 x 2 does not go into a batch of 16 x 16");
    }

    @Test
    void packedNumbersComeApartAgain() {
        PackedNumbers numbers = new PackedNumbers();
        PackedNumbers.Part labels = numbers.add(new long[] {3, 1});
        PackedNumbers.Part tokens = numbers.add(new long[] {1, 2, 3, 4, 5, 6}, new Shape(2, 3));
        long writes = Transfers.writes();
        NDArray all = numbers.write(manager);
        assertThat(Transfers.writes() - writes).isEqualTo(1);
        assertThat(labels.of(all).toLongArray()).containsExactly(3, 1);
        assertThat(tokens.of(all).getShape()).isEqualTo(new Shape(2, 3));
        assertThat(tokens.of(all).toLongArray()).containsExactly(1, 2, 3, 4, 5, 6);
    }
}
