/*
 * Approval is counted per row: each row needs as many different people as the plan says of its
 * action, and nothing that a guard holds is approved unless that guard was overridden for this
 * plan.
 */
#include "core/review.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"

static bool names_row(const struct approval *approval, const struct plan_row *row)
{
    if (approval->all)
        return true;
    for (size_t i = 0; i < approval->count; i++) {
        if (text_equal(approval->account_id[i], row->account_id))
            return true;
    }
    return false;
}

size_t review_approvers(const struct review *review, const struct plan_row *row)
{
    size_t people = 0;

    for (size_t i = 0; i < review->approval_count; i++) {
        bool seen = false;
        if (!names_row(&review->approval[i], row))
            continue;
        for (size_t k = 0; k < i && !seen; k++)
            seen = text_equal(review->approval[k].who, review->approval[i].who) &&
                   names_row(&review->approval[k], row);
        people += !seen;
    }
    return people;
}

size_t review_needed(const struct plan *plan, const struct plan_row *row)
{
    const struct action_meaning *meaning = &actions[row->action];
    int needed = plan->approvals[meaning->approved_as];

    if (row->action == ACTION_KEEP)
        return 0;
    if (meaning->proposed_only && needed < 1)
        return 1;
    return needed > 0 ? (size_t)needed : 0;
}

bool review_is_overridden(const struct review *review, const char *guard)
{
    for (size_t i = 0; i < review->override_count; i++) {
        if (text_equal(review->override[i].guard, guard))
            return true;
    }
    return false;
}

bool review_is_approved(struct arena *arena, const struct plan *plan, const struct review *review,
                        const struct plan_row *row, const char **ret_reason)
{
    size_t needed = review_needed(plan, row), people = review_approvers(review, row);

    if (row->held_by && !review_is_overridden(review, row->held_by)) {
        *ret_reason = arena_printf(arena, "held by %s", row->held_by);
        return false;
    }
    if (people < needed) {
        *ret_reason = arena_printf(arena, "not approved: %zu of %zu people", people, needed);
        return false;
    }
    *ret_reason = needed ? arena_printf(arena, "approved by %zu", people)
                         : "needs no approval by the configuration";
    return true;
}

/* Whether a row is the account of somebody who goes by these names. */
static bool is_own_row(struct arena *arena, const struct plan_row *row, const char *who,
                       const char *email)
{
    const char *folded_who = fold_text(arena, who);
    const char *row_email = fold_text(arena, row->email);
    const char *username = fold_text(arena, row->username);
    const char *at = row_email ? strchr(row_email, '@') : NULL;

    if (email && (text_equal(fold_text(arena, email), row_email) ||
                  text_equal(fold_text(arena, email), username)))
        return true;
    if (text_equal(folded_who, username))
        return true;
    return !email && at && strlen(folded_who) == (size_t)(at - row_email) &&
           memcmp(folded_who, row_email, (size_t)(at - row_email)) == 0;
}

const char *review_refuse_approver(struct arena *arena, const struct plan *plan, const char *who,
                                   const struct approver *approver, size_t approver_count)
{
    const char *email = NULL;
    bool listed = approver_count == 0;

    for (size_t i = 0; i < approver_count; i++) {
        if (text_equal(approver[i].user, who)) {
            listed = true;
            email = approver[i].email;
        }
    }
    if (!listed)
        return arena_printf(arena, "user '%s' is not among the configured approvers", who);
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].action != ACTION_KEEP && is_own_row(arena, &plan->row[i], who, email))
            return arena_printf(
                arena, "the plan holds the own account of '%s': somebody else must approve it",
                who);
    }
    return NULL;
}

/* --- the files of --only and --except --- */

/* The first cell of a line: up to a comma, without quotes and the formula apostrophe. */
static const char *first_cell(struct arena *arena, const char *line, size_t length)
{
    const char *start = line;
    const char *comma;

    text_trim(&start, &length);
    comma = length ? memchr(start, ',', length) : NULL;
    if (comma)
        length = (size_t)(comma - start);
    text_trim(&start, &length);
    if (length >= 2 && start[0] == '"' && start[length - 1] == '"') {
        start++;
        length -= 2;
    }
    if (length && start[0] == '\'') {
        start++;
        length--;
    }
    return fold_text(arena, arena_strndup(arena, start, length));
}

static void index_rows(struct arena *arena, const struct plan *plan, struct table *table)
{
    table_init(table, plan->row_count * 3);
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        const char *const name[] = {fold_text(arena, row->account_id),
                                    fold_text(arena, row->email)};
        for (size_t k = 0; k < COUNT_OF(name) && row->action != ACTION_KEEP; k++) {
            if (name[k])
                table_add(table, name[k], (uint32_t)i);
        }
    }
}

static int select_line(const struct table *table, const char *cell, const char *file_name,
                       unsigned line, bool *named, struct err *err)
{
    uint32_t at = table_find(table, cell);

    if (at == TABLE_END)
        return err_set(err, ERR_USAGE, "%s:%u: '%s' is no account with an action in this plan",
                       file_name, line, cell);
    for (; at != TABLE_END; at = table_next(table, at))
        named[table_value(table, at)] = true;
    return 0;
}

static int select_all(struct arena *arena, const struct table *table, const char *text,
                      const char *file_name, bool *named, struct err *err)
{
    unsigned line = 0;

    for (const char *start = text; *start; line++) {
        const char *end = strchrnul(start, '\n');
        const char *cell = first_cell(arena, start, (size_t)(end - start));
        if (cell && !(line == 0 && text_equal(cell, "account_id")) &&
            select_line(table, cell, file_name, line + 1, named, err) < 0)
            return -1;
        start = *end ? end + 1 : end;
    }
    return 0;
}

int review_select(const struct plan *plan, const char *text, const char *file_name, bool *ret_named,
                  struct err *err)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    bool *named = arena_calloc(&arena, plan->row_count + 1, sizeof(named[0]));
    CLEANUP(table_release) struct table table;

    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3; /* spreadsheets put a byte order mark in front */
    index_rows(&arena, plan, &table);
    int failed = select_all(&arena, &table, text, file_name, named, err);
    if (!failed)
        memcpy(ret_named, named, plan->row_count * sizeof(named[0]));
    return failed;
}
