/**
 * The units of a file on a Spark cluster: a driver, which {@code gift submit} starts, and what executors do for it. Uses Spark and
 * nothing of the library: a task is a process that runs {@code gift unit}. Start with {@code Driver}.
 */
package gift.spark;
