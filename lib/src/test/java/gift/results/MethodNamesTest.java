package gift.results;

import static org.assertj.core.api.Assertions.assertThat;

import gift.continual.Methods;
import org.junit.jupiter.api.Test;

class MethodNamesTest {
    @Test
    void everyMethodOfTheProjectHasADisplayName() {
        assertThat(Methods.byName().keySet()).allSatisfy(id -> assertThat(MethodNames.display(id)).isNotEqualTo(id));
        assertThat(MethodNames.display("own")).isEqualTo("own");
    }
}
