package gift.data.catalog;

import java.io.IOException;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the head of an HTTP response says of a file and its parts (RFC 9110). */
final class HttpAnswer {
    private static final Pattern RANGE = Pattern.compile("bytes (?:(\\d{1,18})-\\d{1,18}|\\*)/(\\d{1,18}|\\*)");

    private HttpAnswer() {}

    /** @throws IOException for a status that is neither success nor redirection; {@link Download.Final} if it is for good */
    static void refuse(int status) throws IOException {
        String message = "the server answers " + status;
        if (status == 408 || status == 429 || status >= 500) {
            throw new IOException(message);
        }
        throw new Download.Final(message + switch (status) {
            case 401, 403 -> " (not allowed: perhaps its terms must be accepted or a login is needed)";
            case 404, 410 -> " (gone)";
            default -> "";
        });
    }

    /** The first byte of the part that came, or -1. */
    static long start(ResponseInfo head) {
        Matcher range = range(head);
        return range.matches() && range.group(1) != null ? Long.parseLong(range.group(1)) : -1;
    }

    /** The length of the whole file, or -1 if the server does not say. */
    static long total(ResponseInfo head, long start) {
        Matcher range = range(head);
        if (range.matches()) {
            return range.group(2).equals("*") ? -1 : Long.parseLong(range.group(2));
        }
        long length = head.headers().firstValueAsLong("Content-Length").orElse(-1);
        return head.statusCode() == 200 ? length : length < 0 ? -1 : start + length;
    }

    private static Matcher range(ResponseInfo head) {
        return RANGE.matcher(head.headers().firstValue("Content-Range").orElse(""));
    }

    /** By what the server will know the file again: a strong entity tag, else the date. */
    static Optional<String> validator(ResponseInfo head) {
        Optional<String> tag = head.headers().firstValue("ETag").filter(text -> !text.startsWith("W/"));
        return tag.isPresent() ? tag : head.headers().firstValue("Last-Modified");
    }
}
