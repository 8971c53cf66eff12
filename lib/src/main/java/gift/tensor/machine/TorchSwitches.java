package gift.tensor.machine;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Switches of libtorch that DJL does not offer: which libraries may compute convolutions and products on a CPU, and
 * TF32 on a GPU. In Python they are {@code torch.backends.mkldnn.flags}, {@code torch.backends.nnpack.flags} and
 * {@code torch.backends.cuda.matmul.allow_tf32}.
 *
 * <p>They are called by their C++ names ({@code at::globalContext().setUserEnabled...}), as g++ and clang write them. Where
 * libtorch has other names (Windows) a switch does nothing and says so.
 */
public final class TorchSwitches {
    private static final String CONTEXT = "_ZN2at13globalContextEv";
    private static final String ONE_DNN = "_ZN2at7Context20setUserEnabledMkldnnEb";
    private static final String TF32 = "_ZN2at7Context18setAllowTF32CuBLASEb";
    private static final String NNPACK = "_ZN2at7Context20setUserEnabledNNPACKEb";

    /** By which the same as {@link #tf32} is said before the process starts. */
    public static final String TF32_VARIABLE = "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE";

    private TorchSwitches() {}

    /**
     * Whether products of fp32 matrices on a GPU round their factors to TF32; off unless it is switched on, while cuDNN's
     * convolutions use TF32 unless {@code NVIDIA_TF32_OVERRIDE=0} is in the environment. Returns whether the switch was found.
     */
    public static boolean tf32(boolean on) {
        return set(TF32, on);
    }

    /** Whether oneDNN may be used; on unless it is switched off. Returns whether the switch was found. */
    public static boolean oneDnn(boolean on) {
        return set(ONE_DNN, on);
    }

    /**
     * Whether NNPACK may be used. On processors that it does not know it never is, but says so on the error stream for
     * every convolution. Returns whether the switch was found.
     */
    public static boolean nnpack(boolean on) {
        return set(NNPACK, on);
    }

    private static boolean set(String name, boolean on) {
        try {
            Path library = library();
            if (library == null) {
                return false;
            }
            NativeLibrary torch = NativeLibrary.getInstance(library.toString());
            Pointer context = torch.getFunction(CONTEXT).invokePointer(new Object[0]);
            torch.getFunction(name).invokeVoid(new Object[] {context, on ? 1 : 0});
            return true;
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            return false; // no such name in this libtorch, or JNA cannot unpack its own library
        }
    }

    /** The file that holds libtorch's CPU part, or null. */
    private static Path library() {
        Path folder = Path.of(LibUtils.getLibtorchPath());
        return Stream.of("libtorch_cpu.so", "libtorch_cpu.dylib").map(folder::resolve).filter(Files::exists).findFirst()
                .orElse(null);
    }
}
