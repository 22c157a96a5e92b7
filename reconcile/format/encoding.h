/*
 * encoding: turns the bytes of a text file into UTF-8, strictly, in pieces of any size.
 *
 * A byte that the stated encoding does not have refuses the file, with line and byte offset: a
 * character that was guessed would be a name or an address that nobody wrote. NUL is refused too.
 * A byte order mark is dropped when it agrees with the stated encoding and refused when it does
 * not. Not for encodings that are to be found out: what is not stated is not known.
 */
#ifndef FORMAT_ENCODING_H
#define FORMAT_ENCODING_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/err.h"

struct encoding;

/* Takes whole characters of UTF-8 without NUL; length is never 0. -1 stops the conversion. */
typedef int encoding_sink(void *context, const char *utf8, size_t length, struct err *err);

/* name as iconv knows it, without suffixes such as //IGNORE; else ERR_CONFIG. `UTF-16` and `UTF-32`
 * without LE or BE need a byte order mark in the file. */
int encoding_new(const char *name, struct encoding **ret_encoding, struct err *err)
    __attribute__((warn_unused_result));
void encoding_free(struct encoding *encoding);
CLEANUP_POINTER(struct encoding, encoding_freep, encoding_free)

/* The next bytes. ERR_ROSTER for an illegal sequence, NUL or a disagreeing byte order mark, else
 * what the sink said. */
int encoding_push(struct encoding *encoding, const char *bytes, size_t length, encoding_sink *sink,
                  void *context, struct err *err) __attribute__((warn_unused_result));
/* The end: a character that is cut in the middle is an error, and so is a file in an encoding of
 * single bytes whose characters beyond ASCII are all of UTF-8. */
int encoding_finish(struct encoding *encoding, encoding_sink *sink, void *context, struct err *err)
    __attribute__((warn_unused_result));

#endif
