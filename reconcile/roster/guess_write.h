/*
 * roster/guess_write: a guess as settings of the group `roster`, with comments on what is open.
 */
#ifndef ROSTER_GUESS_WRITE_H
#define ROSTER_GUESS_WRITE_H

#include "config/write.h"
#include "roster/guess.h"

/* All of roster but where it comes from. */
void roster_guess_write(const struct roster_guess *guess, struct config_writing *writing);

#endif
