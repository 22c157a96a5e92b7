/*
 * explain: decisions as sentences with their evidence, for people who review at their desk and for
 * the one who asks a year later why.
 */
#ifndef CORE_EXPLAIN_H
#define CORE_EXPLAIN_H

#include "core/condition.h"

/* `idle: last login 2026-05-01 (205 days ago, from single read) is at or over 90 days; …`: one part
 * per condition of the rule that needs evidence, joined by `; `. */
const char *explain_rule(struct arena *arena, const struct rule *rule,
                         const struct subject *subject, const struct policy *policy);

/* " (2026-11-20, 2026-11-21)": the days of the rosters that an absence rests on, of many the first
 * and the newest; "" for none. */
const char *explain_absence(struct arena *arena, const struct absence *absence,
                            const struct zone *zone);

/* A person as `'Jane Doe' (employee 1042, row 17)`, as much of it as there is. */
const char *explain_person(struct arena *arena, const struct person *person);

#endif
