/*
 * unseen: characters that do not show, or that look like a blank and are none: what makes two texts
 * differ that look the same. For comparing titles without them, and for showing them in a message.
 */
#ifndef BASE_UNSEEN_H
#define BASE_UNSEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Blanks of other alphabets, marks of width zero, directions, byte order marks, and U+FFFD, which
 * stands for a character that was lost. The blank and the no-break space are none of these. */
bool unseen_is(int32_t c);

/* Appends the string with every run of blanks of any kind one space, none at the ends, and what has
 * no width left out. */
void unseen_fold(struct text *text, const char *string);

/* Appends the beginning of the string as text_add_excerpt does, what does not show as `<U+200B>`
 * and the no-break space as `<NBSP>`. */
void unseen_show(struct text *text, const char *string, size_t limit);

#endif
