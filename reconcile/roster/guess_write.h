/*
 * roster/guess_write: a guess as settings of the group `roster`, with comments on what is open.
 */
#ifndef ROSTER_GUESS_WRITE_H
#define ROSTER_GUESS_WRITE_H

#include "config/write.h"
#include "roster/guess.h"

/* All of roster but where it comes from. */
void roster_guess_write(const struct roster_guess *guess, struct config_writing *writing);

/* What a person has said before, as comments of the configuration that was written then: it is not
 * asked as if it were new. */
void roster_guess_recall(struct roster_guess *guess, const char *config);

/* Takes those comments out of it, and those of what was open. */
void roster_guess_forget(struct text *config);

#endif
