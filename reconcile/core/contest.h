/*
 * contest: what speaks against a link, in one sentence for the person who settles it: who is
 * contradicted by what, both people with number and row, and what to write (rows P4 and P6).
 */
#ifndef CORE_CONTEST_H
#define CORE_CONTEST_H

#include "core/condition.h"

/* P4: why the link is contested, K5 included; NULL when it is not. */
const char *contest_reason(struct arena *arena, const struct subject *subject,
                           const struct zone *zone);

/* P6: who is near; NULL when nobody is. */
const char *contest_near(struct arena *arena, const struct subject *subject);

#endif
