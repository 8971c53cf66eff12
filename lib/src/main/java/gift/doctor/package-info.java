/** What is there and what is missing before a study runs, and how long it will take: {@code gift doctor}. */
package gift.study.doctor;
