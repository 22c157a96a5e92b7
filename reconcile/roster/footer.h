/*
 * roster/footer: whether a cell of CSV says what a pattern of roster.footer says: the line of sums,
 * the end of the report. A pattern is what stands there, and a `*` at its end what may follow; all
 * else is meant as written, other stars too, and a number for any number.
 */
#ifndef ROSTER_FOOTER_H
#define ROSTER_FOOTER_H

#include <stdbool.h>

#include "base/arena.h"

/* A pattern or a cell as they are compared; never NULL. */
const char *footer_text(struct arena *arena, const char *written) __attribute__((returns_nonnull));

/* Both by footer_text. A pattern without a letter fits no cell with a letter or a digit, and one
 * that ends within a word only a cell that goes on with a number or a mark: "Sum*" is not the
 * beginning of 'Summers'. */
bool footer_fits(const char *pattern, const char *cell);

/* False only when the pattern fits no cell that begins with this byte: a million rows are asked. */
bool footer_may_fit(const char *pattern, char first);

#endif
