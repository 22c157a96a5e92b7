/*
 * Each remark is a count, and silent at nothing. They are no part of what people approve.
 */
#include "core/remark.h"

#include "base/text.h"
#include "core/protect.h"

/* P4 where nothing would be due, whoever it is. */
static size_t count_idle_contests(const struct snapshot *snapshot, const struct decided *decided)
{
    size_t count = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct decision one = decided_at(decided, i);
        count += text_equal(one.clause, "P4") && !one.finding;
    }
    return count;
}

/* Active accounts that never led to anybody (R6). */
static size_t count_never_linked(const struct snapshot *snapshot, const struct decided *decided)
{
    size_t count = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        const struct decision one = decided_at(decided, i);
        count += account->status == ACCOUNT_ACTIVE && one.person == PERSON_ABSENT &&
                 !account->history.once_linked && !one.finding &&
                 one.pairing->key != MATCH_BY_LINKS_FILE;
    }
    return count;
}

size_t remark_all(struct arena *arena, const struct policy *policy, const struct matching *matching,
                  const struct policy_context *context, const struct decided *decided,
                  const char *ret_sentence[static REMARKS_MAX])
{
    const struct pairing *pairing =
        context->snapshot->count ? decided_at(decided, 0).pairing : NULL;
    const struct link_override *const *line = NULL;
    const char *const *who = NULL;
    const struct {
        size_t count;
        const char *one, *many; /* behind the number */
    } remarks[] = {
        {protections_unused(arena, policy, context, pairing, &who),
         "protected entry fits no account: it protects nobody (check names it)",
         "protected entries fit no account: they protect nobody (check names them)"},
        {match_unused_lines(arena, matching, context->snapshot, &line),
         "line of the links file fits no account (check names it)",
         "lines of the links file fit no account (check names them)"},
        {count_idle_contests(context->snapshot, decided),
         "account leads to more than one person, and nothing would be due for any of them: kept",
         "accounts lead to more than one person, and nothing would be due for any of them: kept"},
        {count_never_linked(context->snapshot, decided),
         "active account never led to anybody in a roster (an agency, a shared mailbox?): no rule "
         "about absence is for it; a person may look",
         "active accounts never led to anybody in a roster (agencies, shared mailboxes?): no rule "
         "about absence is for them; a person may look through the list (show --full)"},
    };
    size_t count = 0;

    _Static_assert(sizeof(remarks) / sizeof(remarks[0]) == REMARKS_MAX, "one each");
    for (size_t i = 0; i < REMARKS_MAX; i++) {
        if (remarks[i].count > 0)
            ret_sentence[count++] =
                arena_printf(arena, "%zu %s", remarks[i].count,
                             remarks[i].count == 1 ? remarks[i].one : remarks[i].many);
    }
    return count;
}
