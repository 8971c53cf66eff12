package gift.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import gift.clip.ClipConfig;
import gift.diffusion.AutoencoderConfig;
import gift.diffusion.UNetConfig;
import gift.imagine.AdapterConfig;
import gift.imagine.HeadConfig;
import gift.nn.Activation;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlopsTest {
    /** One block of width 8 on 4 + 1 tokens, patches of 2 x 2, worked out by hand. */
    @Test
    void aSmallTransformer() {
        ClipConfig config = new ClipConfig(6, 4, List.of(1), 8, 2, 2, 7, 20, 4, 2, 1, Activation.QUICK_GELU);
        double patches = 2 * 4 * (8 * 3 * 2 * 2);
        double block = 2 * 5 * (3 * 8 * 8 + 8 * 8 + 2 * 4 * 8 * 8);
        double attention = 4 * 5 * 5 * 8;
        assertThat(Flops.image(config)).isEqualTo(patches + block + attention + 2 * 8 * 6);
        assertThat(Flops.text(config, 3)).isEqualTo(2 * 3 * (12 * 4 * 4) + 4 * 3 * 3 * 4 + 2 * 4 * 6);
    }

    /** Two of three tokens, width 2: queries and out 2 x 2 each, MLP 2 x 8 and 8 x 2; similarities and means 2 x 3. */
    @Test
    void whatTheLastBlockIsSpared() {
        assertThat(Flops.lastBlock(2, 2)).isEqualTo(2 * 2 * (4 + 4 + 16 + 16) + 2 * (2 * 2 * 3 * 2));
    }

    /** An adapter of one block, width 2, on three tokens, and a head of five prototypes, worked out by hand. */
    @Test
    void anAdapterAndAHead() {
        double weights = 2 * 6 + 2 * 2 + 2 * 4 + 4 * 2; // queries, keys, values; out; into and out of an MLP of width 4
        assertThat(Flops.adapter(new AdapterConfig(2, 2, 1, 1, 2), 3)).isEqualTo(2 * 3 * weights + 4 * 3 * 3 * 2);
        assertThat(Flops.head(new HeadConfig(5, 2, 3), 4)).isEqualTo(2 * (4 * 2 + 2 * 2 + 2 * 3 + 3 * 5));
    }

    /**
     * Published are 17.6e9 multiplications for an image of ViT-B/16, 0.4e12 for a call of Stable Diffusion's UNet, 4.1e9 for
     * a ResNet-50, to which CLIP's adds 0.24e9 in the stem, 1.04e9 by halving later and 0.42e9 in the last attention.
     */
    @Test
    void publishedModels() {
        assertThat(Flops.image(ClipConfig.VIT_B_16)).isCloseTo(35.1e9, within(0.2e9));
        assertThat(Flops.unet(UNetConfig.STABLE_DIFFUSION_1, 64, 64, 77)).isCloseTo(0.80e12, within(0.02e12));
        assertThat(Flops.decoder(AutoencoderConfig.STABLE_DIFFUSION_1, 64, 64)).isCloseTo(2.5e12, within(0.05e12));
        ClipConfig resnet = new ClipConfig(1024, 224, List.of(3, 4, 6, 3), 64, null, 32, 77, 49408, 512, 8, 12, Activation.QUICK_GELU);
        assertThat(Flops.image(resnet)).isCloseTo(11.6e9, within(0.2e9));
    }
}
