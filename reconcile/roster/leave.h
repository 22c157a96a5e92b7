/*
 * roster/leave: words that say yes or no of who is on leave, whatever the system and the language.
 * What else says so is listed in roster.on_leave_words and roster.not_on_leave_words.
 */
#ifndef ROSTER_LEAVE_H
#define ROSTER_LEAVE_H

#include <stdbool.h>
#include <stddef.h>

#include "facts/person.h"

/* Of a folded word; LEAVE_UNSAID for one that says neither. */
enum person_leave roster_leave_of(const char *folded);

/* Whether it says yes or no. */
bool roster_is_plain_leave(const char *folded, bool *ret_yes);

/* The words, folded, that mean it. */
size_t roster_leave_words(enum person_leave meaning, const char *const **ret_word);

#endif
