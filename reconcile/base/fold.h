/*
 * fold: the forms under which names and addresses are compared (ICU).
 *
 * Two people type the same address in different cases and normal forms; two different people must
 * not become one. So comparison uses the folded form and nothing looser, and the looser forms
 * (skeleton) only ever serve to notice that somebody is *near* (decision row P6) and keep them.
 *
 * A result lives in the arena or is the argument itself, when nothing had to change.
 */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include <stdbool.h>

#include "base/arena.h"

/* Trimmed, NFC, full Unicode case folding (the string itself when it is already so).
 * Invalid UTF-8 folds to itself, and so does what has more than 30 marks on a letter. NULL gives
 * NULL; a blank string gives NULL as well. ASCII is fast.
 */
const char *fold_text(struct arena *arena, const char *string);

/* Whether fold_text makes this of the string; `folded` is of its making. Most need not be made. */
bool fold_is(struct arena *arena, const char *string, const char *folded);

/* Folded, every run of blanks one space: for names of people. NULL for a blank one. */
const char *fold_name(struct arena *arena, const char *string);

/* As fold_name, with accents and other combining marks taken off ('José' meets 'Jose'). */
const char *fold_plain_name(struct arena *arena, const char *string);

/* UTS #39 skeleton of the folded form: equal for strings that look alike ('paypal' with Cyrillic
 * letters). NULL gives NULL. */
const char *fold_skeleton(struct arena *arena, const char *string);

#endif
