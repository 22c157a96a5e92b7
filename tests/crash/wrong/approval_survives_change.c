/*
 * Wrong on purpose: an approval is about an account, and not about what the row said of it. Nothing
 * that changes ends it, and whatever the row is about tonight, it counts.
 */
#include "base/arena.h"
#include "core/plan.h"
#include "core/ruling.h"
#include "wrong_sql.h"

enum ruling_end __real_ruling_judge(struct arena *arena, const struct ruling *ruling,
                                    const struct ruling_terms *terms,
                                    const struct ruling_night *night, const char **ret_reason);
enum ruling_end __wrap_ruling_judge(struct arena *arena, const struct ruling *ruling,
                                    const struct ruling_terms *terms,
                                    const struct ruling_night *night, const char **ret_reason);
struct ruled __real_ruling_find(struct arena *arena, const struct rulings *rulings,
                                const struct ruling_view *view, const struct plan_row *row);
struct ruled __wrap_ruling_find(struct arena *arena, const struct rulings *rulings,
                                const struct ruling_view *view, const struct plan_row *row);

enum ruling_end __wrap_ruling_judge(struct arena *arena, const struct ruling *ruling,
                                    const struct ruling_terms *terms,
                                    const struct ruling_night *night, const char **ret_reason)
{
    enum ruling_end end = __real_ruling_judge(arena, ruling, terms, night, ret_reason);

    return end == RULING_CHANGED ? RULING_STANDS : end;
}

struct ruled __wrap_ruling_find(struct arena *arena, const struct rulings *rulings,
                                const struct ruling_view *view, const struct plan_row *row)
{
    size_t count = rulings ? rulings->count : 0;
    struct ruling *item = arena_calloc(arena, count + 1, sizeof(item[0]));
    const struct rulings same = {.item = item, .count = count};

    for (size_t i = 0; i < count; i++) {
        item[i] = rulings->item[i];
        item[i].subject = row->subject;
    }
    return __real_ruling_find(arena, &same, view, row);
}

static const struct wrong_sql wrong[] = {
    {"step_may", "a.subject = r.subject", "a.action = r.action"},
    {"plan_not_approved", "a.subject = r.subject", "a.action = r.action"},
};
WRONG_SQL(wrong)
