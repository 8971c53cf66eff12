package gift.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The operators of {@code ops.py} (among the resources) as libtorch runs them. A TorchScript archive is a zip of four stored
 * files; this class writes one in memory and lets libtorch load it, once a process, when {@link NativeOps} first needs it.
 */
final class TorchScriptModule {
    static final NDManager MANAGER = Devices.newManager(Device.cpu());
    static final PtSymbolBlock BLOCK = load("ops.py");

    private TorchScriptModule() {}

    /**
     * The operators of a resource.
     *
     * @throws ai.djl.engine.EngineException if this libtorch lacks one of them
     */
    static PtSymbolBlock load(String resource) {
        try {
            byte[] archive = archive(resource);
            return JniUtils.loadModule((PtNDManager) MANAGER, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The archive as libtorch reads it: version, an object of class M in pickle form, no constants, the code. */
    private static byte[] archive(String resource) throws IOException {
        byte[] code;
        try (InputStream in = NativeOps.class.getResourceAsStream(resource)) {
            code = in.readAllBytes();
        }
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        object.write(new byte[] {(byte) 0x80, 2});                                    // protocol 2
        object.write("c__torch__\nM\n)".getBytes(StandardCharsets.US_ASCII));         // class __torch__.M, ()
        object.write(new byte[] {(byte) 0x81, '}', '(', 'X', 8, 0, 0, 0});            // new, {, mark, string of 8
        object.write("training".getBytes(StandardCharsets.US_ASCII));
        object.write(new byte[] {(byte) 0x89, 'u', 'b', '.'});                        // false, set, build, stop

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "m/version", "10\n".getBytes(StandardCharsets.US_ASCII));
            store(zip, "m/data.pkl", object.toByteArray());
            store(zip, "m/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "m/code/__torch__.py", code);
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
