/** Rich output in a notebook: pictures, tables and live progress, with plain text as the fallback elsewhere. */
package gift.notebook;
