/*
 * Wrong on purpose: a night that keeps the account for certain ends no approval of it. It sleeps,
 * and is there again when the row is.
 */
#include "core/ruling.h"

enum ruling_end __real_ruling_judge(struct arena *arena, const struct ruling *ruling,
                                    const struct ruling_terms *terms,
                                    const struct ruling_night *night, const char **ret_reason);
enum ruling_end __wrap_ruling_judge(struct arena *arena, const struct ruling *ruling,
                                    const struct ruling_terms *terms,
                                    const struct ruling_night *night, const char **ret_reason);

enum ruling_end __wrap_ruling_judge(struct arena *arena, const struct ruling *ruling,
                                    const struct ruling_terms *terms,
                                    const struct ruling_night *night, const char **ret_reason)
{
    enum ruling_end end = __real_ruling_judge(arena, ruling, terms, night, ret_reason);

    return end == RULING_KEPT ? RULING_STANDS : end;
}
