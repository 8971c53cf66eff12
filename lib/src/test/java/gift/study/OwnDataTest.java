package gift.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gift.data.DatasetSource;
import gift.data.PairDataset;
import gift.image.Image;
import gift.image.ImageFiles;
import gift.io.AtomicFiles;
import gift.io.InputException;
import gift.sources.Sources;
import gift.study.StudyConfig.Reference;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Own data sets, and reference sets of published ones. */
class OwnDataTest {
    @TempDir
    Path root;

    private DatasetSource data() {
        return Sources.of(root, null, ".", List.of());
    }

    private void jpeg(String file, int grey) {
        byte[] rgb = new byte[3 * 64];
        Arrays.fill(rgb, (byte) grey);
        ImageFiles.writeJpeg(root.resolve(file), new Image(8, 8, rgb), 0.9f);
    }

    private ReferenceSet reference(String set, int images, String sentences) {
        ReferenceSet reference =
                new ReferenceSet("real", new Reference(set, "", "", images, sentences, 0, "", null), root, List.of("DTD"), data());
        reference.check();
        return reference;
    }

    @Test
    void aSetThatIsDescribedBesideTheOthers() {
        AtomicFiles.writeString(root.resolve("data_sets.json"), """
                {"Birds": {"folder": "photos/birds", "layout": "random", "templates": ["a photo of a {}, a type of bird."]}}
                """);
        for (int i = 0; i < 5; i++) {
            jpeg("photos/birds/blue_tit/" + i + ".jpg", i);
            jpeg("photos/birds/robin/" + i + ".jpg", i);
        }
        data().require(List.of("Birds", "MNIST"));
        assertThat(data().open("Birds").trainingPrompts()).first().isEqualTo("a photo of a blue tit, a type of bird.");
        assertThat(data().pairs("Birds").size()).isEqualTo(8);
        assertThat(RunFolder.hash(data().description("Birds"))).hasSize(64);
        assertThat(data().description("MNIST")).isNull();
        assertThatThrownBy(() -> data().require(List.of("Bird"))).isInstanceOf(InputException.class)
                .hasMessageContaining("did you mean 'Birds'?");
    }

    @Test
    void conceptualCaptions() {
        AtomicFiles.writeString(root.resolve("Validation_GCC-1.1.0-Validation.tsv"), "a dog\thttp://a\na cat\thttp://b\n");
        assertThat(reference("ConceptualCaptions", 0, "ConceptualCaptions").sentences()).containsExactly("a dog", "a cat");
        jpeg("val/1/1.jpg", 70);
        PairDataset pairs = reference("ConceptualCaptions", 0, "").read().get(0);
        assertThat(pairs.size()).isEqualTo(1);
        assertThat(pairs.text(0)).isEqualTo("a cat");
        assertThatThrownBy(() -> data().require(List.of("ConceptualCaptions"))).isInstanceOf(InputException.class)
                .hasMessageContaining("it is no task");
    }

    @Test
    void ofABigSetOnlyTheChosenImagesAreLookedAt() {
        for (int i = 0; i < 7; i++) {
            AtomicFiles.writeString(root.resolve("ImageNet/train/n01440764/" + i + ".JPEG"), "no image");
        }
        ReferenceSet some = reference("ImageNet", 2, "");
        assertThatThrownBy(some::read).isInstanceOf(InputException.class)
                .hasMessageStartingWith("ImageNet/train cannot be used").hasMessageNotContaining("more problems");
        assertThatThrownBy(reference("ImageNet", 0, "")::read).hasMessageContaining("and 4 more problems");
    }
}
