package gift.image;

import gift.io.AtomicFiles;
import gift.io.Disguise;
import gift.io.InputException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads images from files and writes them. */
public final class ImageFiles {
    static {
        ImageIO.setUseCache(false); // no temporary files on the disk
    }

    private ImageFiles() {}

    /** Width and height in pixels. */
    public record Size(int width, int height) {}

    /**
     * Decodes one image file (JPEG, also CMYK; PNG, GIF, BMP, TIFF, WebP) to 8-bit RGB, as {@link Image#of} describes.
     * Of an animation, the first image (of an animated WebP none); of a GIF the whole screen ({@link GifScreen}). A stored orientation (EXIF) or colour profile is not applied; CMYK becomes RGB by
     * the rule of the TwelveMonkeys decoder, at most one level from Pillow's.
     *
     * @throws InputException naming the file, if it is missing, cut off, damaged or no image
     */
    public static Image read(Path file) {
        return decode(file, (reader, screen) -> {
            String[] cutOff = new String[1];
            reader.addIIOReadWarningListener((IIOReadWarningListener) (source, warning) -> {
                if (meansCutOff(warning)) {
                    cutOff[0] = warning;
                }
            });
            BufferedImage image = reader.read(0);
            if (cutOff[0] != null) { // the decoder has filled the rest with grey
                throw new Unreadable("it is cut off; fetch it again");
            }
            return screen == null ? Image.of(image) : screen.with(Image.of(image));
        });
    }

    /** Reads the size alone, without decoding the pixels. */
    public static Size size(Path file) {
        return decode(file, (reader, screen) -> screen == null ? new Size(reader.getWidth(0), reader.getHeight(0))
                : new Size(screen.width(), screen.height()));
    }

    /** Writes a PNG, whole or not at all; no value is lost. */
    public static void writePng(Path file, Image image) {
        AtomicFiles.write(file, out -> encode(image, "png", Float.NaN, out));
    }

    /**
     * Writes a JPEG, whole or not at all.
     *
     * @param quality from 0 (small) to 1 (good)
     */
    public static void writeJpeg(Path file, Image image, float quality) {
        byte[] bytes = jpeg(image, quality);
        AtomicFiles.write(file, out -> out.write(bytes));
    }

    /**
     * {@link #writeJpeg(Path, Image, float)} with a comment in the file, which {@link #comment} reads; one of many in its folder
     * ({@link AtomicFiles#writeOneOfMany}).
     */
    public static void writeJpeg(Path file, Image image, float quality, String comment) {
        byte[] bytes = jpeg(image, quality);
        AtomicFiles.writeOneOfMany(file, out -> out.write(JpegSegments.withComment(bytes, comment)));
    }

    /** The comment in a JPEG file; empty where there is none. */
    public static Optional<String> comment(Path file) {
        try {
            return JpegSegments.comment(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    @FunctionalInterface
    private interface Decoding<T> {
        /** @param screen of a GIF, else null */
        T from(ImageReader reader, GifScreen screen) throws IOException;
    }

    private static <T> T decode(Path file, Decoding<T> decoding) {
        if (!Files.isRegularFile(file)) {
            throw new InputException("no image at " + file);
        }
        // From memory: an image is small, and no handle of a file stays open.
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InputException("cannot read the image " + file + ": " + AtomicFiles.reason(e), e);
        }
        try (ImageInputStream in = new MemoryCacheImageInputStream(
                new ByteArrayInputStream(JpegSegments.withoutProfile(bytes)))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new InputException("not an image in a known format (JPEG, PNG, GIF, BMP, TIFF, WebP): " + file + " "
                        + Disguise.of(file).orElse(kind(bytes)));
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, false);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > Integer.MAX_VALUE / 3) {
                    throw new Unreadable("it has " + pixels + " pixels, too many");
                }
                return decoding.from(reader, GifScreen.of(bytes));
            } finally {
                reader.dispose();
            }
        } catch (InputException e) {
            throw e;
        } catch (LinkageError e) { // of libwebp, which is unpacked to the folder of temporary files
            throw new InputException("cannot read " + file + ": the decoder of WebP cannot be loaded ("
                    + AtomicFiles.oneLine(e) + "); name a folder from which programs may be loaded by -Djava.io.tmpdir, or"
                    + " convert the image to PNG", e);
        } catch (IOException | RuntimeException e) {
            if (GifScreen.of(bytes) == null && new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.ISO_8859_1)
                    .contains("ANIM")) {
                throw new InputException(file + " is an animated WebP; save its first image", e);
            }
            boolean said = e instanceof IOException && !(e instanceof EOFException) && e.getMessage() != null;
            throw new InputException("unreadable image " + file + ": " + (e instanceof Unreadable ? e.getMessage()
                    : "it is cut off or damaged" + (said ? " (" + AtomicFiles.oneLine(e) + ")" : "") + "; fetch it again"), e);
        }
    }

    /** Why a file is not read, in words of ours. */
    private static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1;

        Unreadable(String reason) {
            super(reason);
        }
    }

    /** What a file is that is no known image, as the end of a sentence. */
    private static String kind(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, 12), StandardCharsets.ISO_8859_1);
        String box = start.startsWith("ftyp", 4) ? start.substring(8).strip() : "";
        String kind = box.startsWith("avi") ? "AVIF" : !box.isEmpty() ? "HEIF, or another film or image of that family"
                : start.startsWith("\u00ff\n") || start.startsWith("JXL ", 4) ? "JPEG XL"
                : start.startsWith("\0\0\0\fjP") ? "JPEG 2000" : start.startsWith("%PDF") ? "PDF"
                : start.startsWith("8BPS") ? "Photoshop's" : start.startsWith("<svg") || start.startsWith("<?xml") ? "SVG" : "";
        return kind.isEmpty() ? "begins with '" + start.replaceAll("[^ -~]+", " ").strip() + "'"
                : "is " + kind + "; convert it to PNG or JPEG";
    }

    /**
     * Whether a decoder's warning says that the data ended early. Others, such as stray bytes or a broken colour
     * profile, leave the pixels whole; files in public data sets have them.
     */
    private static boolean meansCutOff(String warning) {
        String text = warning.toLowerCase(Locale.ROOT);
        return text.contains("premature end of input") || text.contains("premature end of jpeg file")
                || text.contains("truncated") || text.contains("unexpected end");
    }

    /** The bytes of a JPEG. */
    public static byte[] jpeg(Image image, float quality) {
        if (!(quality >= 0 && quality <= 1)) {
            throw new InputException("JPEG quality " + quality + " is not between 0 and 1");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            encode(image, "jpeg", quality, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail to take bytes
        }
        return bytes.toByteArray();
    }

    /** @param quality NaN for a format that has none */
    private static void encode(Image image, String format, float quality, OutputStream out) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            if (!Float.isNaN(quality)) {
                settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                settings.setCompressionQuality(quality);
            }
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image.toBufferedImage(), null, null), settings);
        } finally {
            writer.dispose();
        }
    }
}
