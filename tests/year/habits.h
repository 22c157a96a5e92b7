/*
 * habits: on which days a person would log in, and at what time. Whether they can is the portal's
 * matter.
 */
#ifndef YEAR_HABITS_H
#define YEAR_HABITS_H

#include "base/instant.h"

#include "company.h"

bool habits_wants_in(const struct company *company, size_t who, struct day day);
/* Between seven and nineteen o'clock of that day. */
struct instant habits_time(const struct company *company, size_t who, struct day day);
/* The newest day before `day` on which they wanted in, at most `back` days before; none. */
struct day habits_last_before(const struct company *company, size_t who, struct day day, int back);

#endif
