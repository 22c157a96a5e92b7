/*
 * acknowledgement: a guard of evidence that a person let go, and for how long that lasts. What was
 * accepted is a cause, and how bad it was. It is no approval: it only says that what the guard
 * found is as it should be. Specification: docs/decisions.md "Letting a guard of evidence go".
 */
#ifndef CORE_ACKNOWLEDGEMENT_H
#define CORE_ACKNOWLEDGEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/instant.h"

#define ACKNOWLEDGEMENT_DAYS 7

struct acknowledgement {
    int64_t id;
    const char *guard;
    int64_t plan_id;
    const char *who, *reason;
    struct instant at;
    struct day until;    /* its last day; none = not told */
    const char *cause;   /* what exactly was accepted */
    int64_t measure;     /* how bad it was; negative = cannot be compared */
    const char *refused; /* why the word of who gave it does not count any more; NULL = it does */
};

/* The last day of one that was given at this moment. */
struct day acknowledgement_until(struct instant at, const struct zone *zone);

/* What a guard found tonight. */
struct acknowledgement_found {
    bool hold;
    const char *cause; /* of what holds; NULL = nobody can accept it */
    int64_t measure;   /* more is worse; negative = cannot be compared */
};

/* Why it does not stand any more, a sentence; NULL = it lasts, and what was found is let go. Arena.
 */
const char *acknowledgement_end(struct arena *arena, const struct acknowledgement *given,
                                const struct acknowledgement_found *found, struct day today);

#endif
