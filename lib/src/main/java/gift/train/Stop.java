package gift.train;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a long job in good order when the user interrupts it (Ctrl-C, SIGTERM): the job finishes its step, writes a
 * checkpoint and returns; only then does the process end. Without this the engine's native code would be torn down
 * while it computes.
 */
public final class Stop {
    /** System property that holds the process id for {@link #withParent}. */
    public static final String PARENT = "gift.parent";

    private static final long PATIENCE = 120; // seconds for one step and a checkpoint
    private static final long LOOK = 500; // milliseconds
    private static final int INTERRUPTED = 130; // exit code of what the user ended
    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static volatile boolean requested;

    private Stop() {}

    /** What a job throws once it has written its checkpoint. */
    public static final class Requested extends RuntimeException {
        public Requested() {
            super("stopped at a checkpoint; the same command goes on from there");
        }
    }

    /** From now on a request to end the process waits for {@link #ended}. To be called once, by the main thread. */
    public static void listen() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            boolean interrupted = ENDED.getCount() > 0;
            requested = true;
            try {
                if (ENDED.await(PATIENCE, TimeUnit.SECONDS) && interrupted) {
                    Runtime.getRuntime().halt(INTERRUPTED); // whatever the signal was
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "stop"));
    }

    /**
     * From now on this process ends, as by SIGTERM, when the one that started it goes away, however that ends: an orphan
     * has another parent.
     *
     * @param parent its process id
     */
    public static void withParent(long parent) {
        Thread watch = new Thread(() -> {
            try {
                while (ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(-1L) == parent) {
                    Thread.sleep(LOOK);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            System.exit(INTERRUPTED);
        }, "parent");
        watch.setDaemon(true);
        watch.start();
    }

    /** Whether the process is asked to end; jobs look after every step. */
    public static boolean requested() {
        return requested;
    }

    /** For places that need no checkpoint of their own: does nothing, or throws {@link Requested}. */
    public static void check() {
        if (requested) {
            throw new Requested();
        }
    }

    /**
     * Waits a moment.
     *
     * @throws Requested if the process is asked to end
     */
    public static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Requested();
        }
        check();
    }

    /** The job has returned and computes no more. */
    public static void ended() {
        ENDED.countDown();
    }
}
