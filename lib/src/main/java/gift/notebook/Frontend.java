package gift.notebook;

import java.lang.reflect.Method;
import java.util.Map;

/**
 * The notebook kernel of this JVM, found by reflection: the library compiles and runs without one.
 *
 * <p>What is shown is a map from MIME type to content; images are base64 text. The kernel's own renderers are not
 * asked, because they drop the last one or two bytes of an image whose length is no multiple of three.
 */
final class Frontend {
    private static final String KERNEL_HOLDER = "io.github.spencerpark.ijava.IJava";
    private static final String DISPLAY_DATA = "io.github.spencerpark.jupyter.kernel.display.DisplayData";

    private Frontend() {}

    /** True if this JVM is a notebook kernel. */
    static boolean present() {
        return kernel() != null;
    }

    /**
     * Shows one output under the running cell.
     *
     * @param id the name under which {@link #update} finds this output again; null for one that stays as it is
     * @throws IllegalStateException if this JVM is no notebook kernel
     */
    static void display(Map<String, String> content, String id) {
        send(content, id, false);
    }

    /**
     * Replaces the output that was displayed under {@code id}.
     *
     * @throws IllegalStateException if this JVM is no notebook kernel
     */
    static void update(Map<String, String> content, String id) {
        send(content, id, true);
    }

    private static void send(Map<String, String> content, String id, boolean again) {
        Object kernel = kernel();
        if (kernel == null) {
            throw new IllegalStateException("not inside a notebook");
        }
        // What was printed before must appear before.
        System.out.flush();
        System.err.flush();
        try {
            Class<?> dataType = Class.forName(DISPLAY_DATA, true, kernel.getClass().getClassLoader());
            Object data = dataType.getConstructor().newInstance();
            Method put = dataType.getMethod("putData", String.class, Object.class);
            for (Map.Entry<String, String> entry : content.entrySet()) {
                put.invoke(data, entry.getKey(), entry.getValue());
            }
            if (again) {
                Object io = kernel.getClass().getMethod("getIO").invoke(kernel);
                Object stream = io.getClass().getField("display").get(io);
                stream.getClass().getMethod("updateDisplay", String.class, dataType).invoke(stream, id, data);
            } else {
                if (id != null) {
                    dataType.getMethod("setDisplayId", String.class).invoke(data, id);
                }
                kernel.getClass().getMethod("display", dataType).invoke(kernel, data);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this notebook kernel's display function is not the known one", e);
        }
    }

    private static Object kernel() {
        try {
            return Class.forName(KERNEL_HOLDER).getMethod("getKernelInstance").invoke(null);
        } catch (ReflectiveOperationException | LinkageError e) {
            return null;
        }
    }
}
