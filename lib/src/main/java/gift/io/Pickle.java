package gift.io;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Reads Python's pickles as far as tensors and arrays need it, and runs nothing of Python's: a pickle is a program for
 * a small stack machine, and of its instructions those are known that build plain values. What it may call is what
 * {@link Names} offers.
 *
 * <p>Values: None null, numbers Boolean, Long, BigInteger, Double; text String (of a Python 2 string its bytes as Latin-1);
 * longer strings of bytes {@link Blob}, where they lie in the file; lists {@code List}, tuples {@code Object[]},
 * dictionaries {@code Map} with keys that are text, numbers or {@link Inert}.
 *
 * <p>Instructions, nested marks and text are bounded, so that a hostile file costs little memory and time.
 */
final class Pickle {
    /** What a pickle may name. */
    @FunctionalInterface
    interface Names {
        /** The value that a pickle means by a name, a {@link Function} where it may be called; null refuses it. */
        Object find(String module, String name);
    }

    /** What a pickle may call; {@link IllegalArgumentException} with a line for arguments that are not allowed. */
    @FunctionalInterface
    interface Function {
        Object call(Object[] arguments);
    }

    /** A value that takes a state after it was made. */
    interface Stateful {
        void state(Object state);
    }

    /** A class of which nothing is needed, and every object of it. */
    record Inert(String name) implements Function, Stateful {
        @Override
        public Object call(Object[] arguments) {
            return this;
        }

        @Override
        public void state(Object state) {}

        @Override
        public String toString() {
            return name;
        }
    }

    /** Bytes of the file that were not read. */
    record Blob(long position, long length) {}

    private static final int MAX_INSTRUCTIONS = 1_000_000; // CIFAR-100 has 250,000, a Stable Diffusion 30,000
    private static final int MAX_MARKS = 1000;
    private static final int BLOB = 1 << 10; // bytes; shorter ones are text

    private final PickleInput in;
    private final Names names;
    private final UnaryOperator<Object> persistent;
    private final ArrayList<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Pickle(PickleInput in, Names names, UnaryOperator<Object> persistent) {
        this.in = in;
        this.names = names;
        this.persistent = persistent;
    }

    /**
     * Reads one pickle, up to its end; what follows stays in the input.
     *
     * @param persistent what a persistent identifier stands for; {@link IllegalArgumentException} refuses it
     * @throws InputException in one line, whatever is wrong
     */
    static Object read(PickleInput in, Names names, UnaryOperator<Object> persistent) {
        long start = in.position();
        Pickle pickle = new Pickle(in, names, persistent);
        if (in.u8() != 0x80) {
            throw in.bad("no pickle begins at byte " + start);
        }
        int protocol = in.u8();
        if (protocol < 2 || protocol > 4) {
            throw in.bad("its pickle is of protocol " + protocol + "; 2, 3 and 4 are known");
        }
        try {
            for (int i = 0; i < MAX_INSTRUCTIONS; i++) {
                int code = in.u8();
                if (code == '.') {
                    return pickle.pop();
                }
                pickle.step(code);
            }
        } catch (IllegalArgumentException e) {
            throw in.bad(e.getMessage());
        }
        throw in.bad("it has more than " + MAX_INSTRUCTIONS + " instructions");
    }

    private void step(int code) {
        switch (code) {
            case '(' -> mark();
            case '0' -> pop();
            case '1' -> popToMark();
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) in.i32());
            case 'K' -> push((long) in.u8());
            case 'M' -> push((long) in.u16());
            case 0x8a -> push(number(in.u8()));
            case 'G' -> push(in.f64());
            case 'X' -> push(in.utf8(in.u32()));
            case 0x8c -> push(in.utf8(in.u8()));
            case 0x8d -> push(in.utf8(in.i64()));
            case 'T' -> push(bytes(in.u32()));
            case 'U', 'C' -> push(bytes(in.u8()));
            case 'B' -> push(bytes(in.u32()));
            case 0x8e -> push(bytes(in.i64()));
            case ']' -> push(new ArrayList<>(0));
            case 'a' -> append(Arrays.asList(pop(1)));
            case 'e' -> append(Arrays.asList(popToMark()));
            case ')' -> push(new Object[0]);
            case 't' -> push(popToMark());
            case 0x85 -> push(pop(1));
            case 0x86 -> push(pop(2));
            case 0x87 -> push(pop(3));
            case '}' -> push(new LinkedHashMap<>());
            case 's' -> put(pop(2));
            case 'u' -> put(popToMark());
            case 'c' -> push(named(in.line(), in.line()));
            case 0x93 -> {
                Object[] name = pop(2);
                push(named(text(name[0]), text(name[1])));
            }
            case 'R', 0x81 -> call(pop(2)); // to call a class makes an object of it, as NEWOBJ does
            case 'b' -> build(pop());
            case 'q' -> memo.put(in.u8(), top());
            case 'r' -> memo.put(in.i32(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> push(remembered(in.u8()));
            case 'j' -> push(remembered(in.i32()));
            case 'Q' -> push(persistent.apply(pop()));
            case 0x95 -> in.require(in.i64()); // a frame: how many bytes to read ahead
            default -> throw in.bad("instruction 0x" + Integer.toHexString(code) + " before byte " + in.position()
                    + " is none that tensors need");
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    /** The topmost value above the last mark. */
    private Object top() {
        if (stack.size() <= (marks.isEmpty() ? 0 : marks.peek())) {
            throw in.bad("it takes a value that was never put there, before byte " + in.position());
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private Object[] pop(int count) {
        Object[] values = new Object[count];
        for (int i = count - 1; i >= 0; i--) {
            values[i] = pop();
        }
        return values;
    }

    private void mark() {
        if (marks.size() == MAX_MARKS) {
            throw in.bad("it is nested more than " + MAX_MARKS + " deep");
        }
        marks.push(stack.size());
    }

    private Object[] popToMark() {
        if (marks.isEmpty()) {
            throw in.bad("it ends a list that never began, before byte " + in.position());
        }
        List<Object> values = stack.subList(marks.pop(), stack.size());
        Object[] result = values.toArray();
        values.clear();
        return result;
    }

    private Object remembered(int index) {
        Object value = memo.get(index);
        if (value == null && !memo.containsKey(index)) {
            throw in.bad("it recalls value " + index + ", which it never stored, before byte " + in.position());
        }
        return value;
    }

    /** A whole number in as many bytes, the lowest first. */
    private Number number(int length) {
        if (length > 16) {
            throw in.bad("it has a number of " + length + " bytes");
        }
        byte[] bytes = new byte[length + 1]; // the highest first, and one more in which the sign goes on
        for (int i = length; i > 0; i--) {
            bytes[i] = (byte) in.u8();
        }
        bytes[0] = (byte) (length > 0 && bytes[1] < 0 ? -1 : 0);
        BigInteger value = new BigInteger(bytes);
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    private Object bytes(long length) {
        return length < BLOB ? new String(in.bytes(length), StandardCharsets.ISO_8859_1)
                : new Blob(in.skip(length), length);
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> values) {
        if (!(top() instanceof List<?> list)) {
            throw in.bad("it appends to what is no list, before byte " + in.position());
        }
        ((List<Object>) list).addAll(values);
    }

    @SuppressWarnings("unchecked")
    private void put(Object[] keysAndValues) {
        if (!(top() instanceof Map<?, ?> map) || keysAndValues.length % 2 != 0) {
            throw in.bad("it puts values into what is no dictionary, before byte " + in.position());
        }
        for (int i = 0; i < keysAndValues.length; i += 2) {
            Object key = keysAndValues[i];
            if (!(key instanceof String || key instanceof Number || key instanceof Inert)) { // a container could hold itself
                throw in.bad("a key of a dictionary is neither text nor a number, before byte " + in.position());
            }
            ((Map<Object, Object>) map).put(key, keysAndValues[i + 1]);
        }
    }

    private Object named(String module, String name) {
        Object value = names.find(module, name);
        if (value == null) {
            String what = (module + "." + name).replaceAll("[^ -~]", "?");
            throw in.bad("it asks for " + (what.length() > 100 ? what.substring(0, 100) + "..." : what)
                    + ", which weights do not need; nothing was run");
        }
        return value;
    }

    private String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw in.bad("it uses as a name what is no text, before byte " + in.position());
    }

    private void call(Object[] functionAndArguments) {
        if (!(functionAndArguments[0] instanceof Function function)
                || !(functionAndArguments[1] instanceof Object[] arguments)) {
            throw in.bad("it calls what is no function, before byte " + in.position());
        }
        push(function.call(arguments));
    }

    private void build(Object state) {
        if (top() instanceof Stateful value) {
            value.state(state);
        } else if (!(top() instanceof Map)) { // an ordered dictionary's state says how it was made
            throw in.bad("it gives a state to what has none, before byte " + in.position());
        }
    }
}
