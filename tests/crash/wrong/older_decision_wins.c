/*
 * Wrong on purpose: once approved, always approved. A keep, a rejection or a withdrawal that came
 * later ends nothing, and does not spare whom somebody approved before.
 */
#include "base/arena.h"
#include "core/plan.h"
#include "core/ruling.h"
#include "wrong_sql.h"

struct ruled __real_ruling_find(struct arena *arena, const struct rulings *rulings,
                                const struct ruling_view *view, const struct plan_row *row);
struct ruled __wrap_ruling_find(struct arena *arena, const struct rulings *rulings,
                                const struct ruling_view *view, const struct plan_row *row);
const struct ruling *__real_ruling_spares(const struct rulings *rulings, bool of_login,
                                          enum person_status person, struct day today);
const struct ruling *__wrap_ruling_spares(const struct rulings *rulings, bool of_login,
                                          enum person_status person, struct day today);

/* Whether an approval is older. */
static bool comes_too_late(const struct rulings *rulings, const struct ruling *ruling)
{
    for (size_t i = 0; i < rulings->count; i++) {
        if (rulings->item[i].kind == RULING_APPROVE && rulings->item[i].id < ruling->id)
            return true;
    }
    return false;
}

struct ruled __wrap_ruling_find(struct arena *arena, const struct rulings *rulings,
                                const struct ruling_view *view, const struct plan_row *row)
{
    size_t count = rulings ? rulings->count : 0;
    struct ruling *item = arena_calloc(arena, count + 1, sizeof(item[0]));
    struct rulings older = {.item = item};

    for (size_t i = 0; i < count; i++) {
        if (!comes_too_late(rulings, &rulings->item[i]) || rulings->item[i].kind == RULING_APPROVE)
            item[older.count++] = rulings->item[i];
    }
    return __real_ruling_find(arena, &older, view, row);
}

const struct ruling *__wrap_ruling_spares(const struct rulings *rulings, bool of_login,
                                          enum person_status person, struct day today)
{
    const struct ruling *keep = __real_ruling_spares(rulings, of_login, person, today);

    return keep && comes_too_late(rulings, keep) ? NULL : keep;
}

static const struct wrong_sql wrong[] = {
    {"ruling_standing", "coalesce(end_word, '') as end_word",
     "case when end_word in ('newer', 'withdrawn') then '' else coalesce(end_word, '') end as"
     " end_word"},
    {"ruling_standing", "ended_at is null or", "ended_at is null or kind = 'approve' or"},
    {"step_may", "a.ended_at is null",
     "(a.ended_at is null or a.end_word in ('newer', 'withdrawn'))"},
    {"step_may", "j.ended_at is null", "false"},
    {"plan_not_approved", "a.ended_at is null",
     "(a.ended_at is null or a.end_word in ('newer', 'withdrawn'))"},
    {"plan_not_approved", "j.ended_at is null", "false"},
};
WRONG_SQL(wrong)
