/*
 * Whoever let a guard go saw one thing: the same cause, and nothing worse. Anything else is news,
 * and news is for a person. So it ends when the guard passes, when it finds something else or
 * something worse, after its days, and when they may not decide any more.
 */
#include "core/acknowledgement.h"

#include "base/text.h"

struct day acknowledgement_until(struct instant at, const struct zone *zone)
{
    return day_add(instant_day(at, zone), ACKNOWLEDGEMENT_DAYS);
}

const char *acknowledgement_end(struct arena *arena, const struct acknowledgement *given,
                                const struct acknowledgement_found *found, struct day today)
{
    if (given->refused)
        return given->refused;
    if (day_is_set(given->until) && day_compare(today, given->until) > 0)
        return arena_printf(arena, "it was given for %d days", ACKNOWLEDGEMENT_DAYS);
    if (!found->hold)
        return "the guard passes";
    if (!text_equal(given->cause, found->cause))
        return "the guard found something else than what was accepted";
    if (given->measure >= 0 && found->measure > given->measure)
        return arena_printf(arena,
                            "the guard found worse than what was accepted: %lld instead of %lld",
                            (long long)found->measure, (long long)given->measure);
    return NULL;
}
