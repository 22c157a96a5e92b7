/*
 * seat_guess: of which class of seat Bynder counts a profile, as far as its roles let one guess.
 * Any right of a Heavy user makes a Heavy user, else any right of a Regular one a Regular one, else
 * it is Light (Bynder's help, "Types of user profiles"). Contracts move rights from one class to
 * another, so this is for people to begin with: nothing is decided by it. Pure.
 */
#ifndef CORE_SEAT_GUESS_H
#define CORE_SEAT_GUESS_H

#include "facts/snapshot.h"

enum seat_guess { SEAT_LIGHT = 0, SEAT_REGULAR, SEAT_HEAVY, SEAT_GUESS_COUNT };

enum seat_guess seat_guess(const struct profile *profile);
/* "Light", "Regular", "Heavy" */
const char *seat_guess_name(enum seat_guess guess);

#endif
