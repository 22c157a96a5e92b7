/*
 * fuzz: what the targets share. A target is one file, fuzz_NAME.c, that hands what libFuzzer
 * invents to a reader and says what must hold of what it made of it; its first comment lists,
 * behind `Reads:`, the files whose lines the table of `make fuzz` counts. See tests/fuzz/README.md.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the process, as a finding. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fuzz_fail(__FILE__, __LINE__, #condition);                                             \
    } while (0)
void fuzz_fail(const char *file, int line, const char *condition) __attribute__((noreturn));

/* What is left of an input. */
struct bytes {
    const char *at;
    size_t left;
};

struct bytes bytes_of(const uint8_t *data, size_t size);
/* The next byte as a number from 0 to below - 1; 0 when nothing is left. */
unsigned bytes_choice(struct bytes *bytes, unsigned below);
/* Up to eight bytes as a number of any sign. */
int64_t bytes_number(struct bytes *bytes);
/* Up to the next line break, or all that is left, as a string: a NUL ends it early. */
const char *bytes_line(struct bytes *bytes, struct arena *arena);
/* Likewise, but NULL for an empty one. */
const char *bytes_line_or_none(struct bytes *bytes, struct arena *arena);
/* All that is left, with a NUL behind it. */
const char *bytes_rest(struct bytes *bytes, struct arena *arena);
/* The same as UTF-8 without NUL, as the database gives text: what is none is cut off. */
const char *bytes_utf8_line(struct bytes *bytes, struct arena *arena);

/* Writes a file of mode 0600 in a directory of this process, which goes away with it. The path is
 * valid until the next call with this name, of which there are few. */
const char *fuzz_file(const char *name, const void *content, size_t size);
const char *fuzz_directory(void);

#endif
