/*
 * Rows of the newest plan are asked against the decisions that stand. A row that has a step was
 * carried out, or tried: its approval is used up, and the next plan says what is left of it.
 */
#include "job/overview.h"

#include <stdlib.h>

#include "base/table.h"
#include "base/text.h"
#include "store/ruling.h"
#include "store/step.h"

#define APPROVAL_LEAD_US (2 * DAY_US)
#define KEEP_LEAD_DAYS   7

struct look {
    struct job *job;
    const struct plan *plan;
    struct rule_book book;
    bool *has_step; /* of each row */
    struct table by_account;
    struct ruling_terms terms;
    struct status_stands stands;
    struct overview_ending ending;
};

static bool is_waiting(const struct look *look, size_t i)
{
    const struct plan_row *row = &look->plan->row[i];
    const struct ruled *ruled = &look->book.ruled[i];

    return row->action != ACTION_KEEP && !row->held_by && !look->has_step[i] && !ruled->keep &&
           !ruled->reject && !rule_is_approved(&look->book, i) && !rule_is_unasked(&look->book, i);
}

static void count_rows(struct look *look)
{
    for (size_t i = 0; i < look->plan->row_count; i++) {
        const struct plan_row *row = &look->plan->row[i];
        if (row->action == ACTION_KEEP || look->has_step[i])
            continue;
        look->stands.approved += rule_is_approved(&look->book, i) && row->needed > 0;
        if (!is_waiting(look, i))
            continue;
        look->stands.waiting++;
        look->stands.alone += look->book.ruled[i].approvers > 0;
        look->stands.due +=
            !day_is_set(row->not_before) || day_compare(row->not_before, look->job->today) <= 0;
    }
}

/* Whether the row it is about has enough people; one of which the plan has no row is not judged. */
static bool has_enough(const struct look *look, const struct ruling *ruling)
{
    uint32_t at = table_find(&look->by_account, ruling->account_id);

    for (; at != TABLE_END; at = table_next(&look->by_account, at)) {
        size_t i = table_value(&look->by_account, at);
        if (digest_compare(&look->plan->row[i].subject, &ruling->subject) == 0)
            return rule_is_approved(&look->book, i);
    }
    return true;
}

static void see_sight(struct look *look, struct instant at)
{
    if (!instant_is_set(look->ending.newest) || instant_compare(at, look->ending.newest) > 0)
        look->ending.newest = at;
}

static void take_approval(struct look *look, const struct ruling *ruling)
{
    struct instant ends = ruling_expires(ruling, &look->terms, has_enough(look, ruling));
    struct overview_ending *ending = &look->ending;

    if (!instant_is_set(ends) || instant_compare(ends, look->job->now) <= 0)
        return;
    if (!instant_is_set(look->stands.approval_first) ||
        instant_compare(ends, look->stands.approval_first) < 0)
        look->stands.approval_first = ends;
    struct instant sight = instant_add_us(ends, -APPROVAL_LEAD_US);
    if (instant_compare(sight, look->job->now) > 0)
        return;
    if (ending->approvals++ == 0 || instant_compare(ends, ending->approval_first) < 0)
        ending->approval_first = ends;
    ending->spread |= ruling->spread;
    see_sight(look, sight);
}

static void take_day(const struct look *look, struct status_decisions *decisions,
                     const struct ruling *ruling)
{
    if (day_compare(ruling->until, look->job->today) < 0)
        return;
    if (decisions->count++ == 0 || day_compare(ruling->until, decisions->first) < 0)
        decisions->first = ruling->until;
}

/* One that was made for a week or less is news to nobody. */
static void take_keep(struct look *look, const struct ruling *keep)
{
    struct day made = instant_day(keep->at, look->job->config->policy.zone);
    int left = day_between(look->job->today, keep->until);

    if (left < 0 || left > KEEP_LEAD_DAYS || day_between(made, keep->until) <= KEEP_LEAD_DAYS)
        return;
    look->ending.keep[look->ending.keeps++] = keep;
    see_sight(look,
              instant_add_us(keep->at, (day_between(made, keep->until) - KEEP_LEAD_DAYS) * DAY_US));
}

static void take(struct look *look, const struct ruling *ruling)
{
    if (ruling->end != RULING_STANDS)
        return;
    switch (ruling->kind) {
    case RULING_KEEP:
        take_day(look, &look->stands.keeps, ruling);
        take_keep(look, ruling);
        return;
    case RULING_REJECT:
        take_day(look, &look->stands.rejects, ruling);
        return;
    case RULING_AGAIN:
        take_day(look, &look->stands.agains, ruling);
        return;
    case RULING_APPROVE:
        take_approval(look, ruling);
        return;
    case RULING_KIND_COUNT:
        return;
    }
}

static int compare_keeps(const void *a, const void *b)
{
    const struct ruling *left = *(const struct ruling *const *)a;
    const struct ruling *right = *(const struct ruling *const *)b;
    int order = day_compare(left->until, right->until);

    return order ? order : (left->id > right->id) - (left->id < right->id);
}

static int take_rulings(struct look *look, struct err *err)
{
    struct store_standing *standing = NULL;
    size_t accounts = 0, all = 0;

    if (store_load_standing(look->job->store, look->job->arena, &standing, &accounts, err) < 0)
        return -1;
    for (size_t i = 0; i < accounts; i++)
        all += standing[i].rulings.count;
    look->ending.keep = arena_calloc(look->job->arena, all + 1, sizeof(look->ending.keep[0]));
    for (size_t i = 0; i < accounts; i++) {
        for (size_t k = 0; k < standing[i].rulings.count; k++)
            take(look, &standing[i].rulings.item[k]);
    }
    qsort(look->ending.keep, look->ending.keeps, sizeof(look->ending.keep[0]), compare_keeps);
    return 0;
}

static int find_steps(struct look *look, struct err *err)
{
    struct store_step *step = NULL;
    size_t count = 0;

    look->has_step =
        arena_calloc(look->job->arena, look->plan->row_count + 1, sizeof(look->has_step[0]));
    if (look->plan->id <= 0)
        return 0;
    if (store_load_steps(look->job->store, look->job->arena, look->plan->id, &step, &count, err) <
        0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)step[i].position - 1;
        if (at < look->plan->row_count && step[i].state != STEP_APPROVED)
            look->has_step[at] = true;
    }
    return 0;
}

static int look_at_all(struct look *look, struct err *err)
{
    struct job *job = look->job;
    struct status_stands *stands = &look->stands;
    struct acknowledgement *acknowledgement = NULL;
    char digest[DIGEST_HEX_SIZE];

    if (rule_book_open(job, job->arena, look->plan, &look->book, err) < 0 ||
        find_steps(look, err) < 0 || take_rulings(look, err) < 0 ||
        store_load_acknowledgements(job->store, job->arena, &acknowledgement,
                                    &stands->acknowledgements, err) < 0 ||
        store_load_announced(job->store, job->arena, job->today, stands, err) < 0)
        return -1;
    count_rows(look);
    stands->acknowledgement = acknowledgement;
    stands->known = true;
    if (look->plan->id > 0)
        stands->digest = arena_strdup(job->arena, digest_hex(&look->plan->digest, digest));
    return 0;
}

int overview_load(struct job *job, const struct plan *newest, struct status_stands *ret_stands,
                  struct overview_ending *ret_ending, struct err *err)
{
    static const struct plan nothing = {.row_count = 0};
    struct look look = {.job = job, .plan = newest ? newest : &nothing, .terms = rule_terms(job)};

    table_init(&look.by_account, look.plan->row_count);
    for (size_t i = 0; i < look.plan->row_count; i++) {
        if (look.plan->row[i].action != ACTION_KEEP && look.plan->row[i].account_id)
            table_add(&look.by_account, look.plan->row[i].account_id, (uint32_t)i);
    }
    int failed = look_at_all(&look, err);
    table_release(&look.by_account);
    if (failed)
        return -1;
    if (ret_stands)
        *ret_stands = look.stands;
    if (ret_ending)
        *ret_ending = look.ending;
    return 0;
}
