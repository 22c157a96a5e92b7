/*
 * A file that people made by hand or cut out of a report: what it names must be there, or nothing
 * of it counts.
 */
#include "core/review.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/table.h"
#include "base/text.h"
#include "facts/account.h"

/* Accounts of the plan by id and by address, those that are kept too: an address of two of them
 * says neither. An id is never looked for among the addresses of others: an address is what its
 * owner made it. */
struct index {
    struct table by_id, by_email;
};

static void index_release(struct index *index)
{
    table_release(&index->by_id);
    table_release(&index->by_email);
}

static void add(struct table *table, const char *key, size_t row)
{
    if (key)
        table_add(table, key, (uint32_t)row);
}

static void index_rows(struct arena *arena, const struct plan *plan, struct index *index)
{
    table_init(&index->by_id, plan->row_count);
    table_init(&index->by_email, plan->row_count);
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        add(&index->by_id, fold_text(arena, row->account_id), i);
        add(&index->by_email, fold_text(arena, row->email), i);
    }
}

static int refuse(const char *file, const struct review_name *name, const char *what,
                  struct err *err)
{
    return err_set(err, ERR_USAGE, "%s:%u: '%s' %s", file, name->row, name->value, what);
}

/* Folding finds what may be meant: another spelling that folds alike can be somebody else's. */
static bool is_written_so(const struct plan_row *row, bool by_id, const char *value)
{
    return strcasecmp(by_id ? row->account_id : row->email, value) == 0;
}

static int select_name(struct arena *arena, const struct plan *plan, const struct index *index,
                       const char *file, const struct review_name *name, bool *named,
                       struct err *err)
{
    const char *key = fold_text(arena, name->value);
    uint32_t at = table_find(&index->by_id, key);
    bool by_id = at != TABLE_END || account_id_is_v4(name->value);
    const struct table *table = by_id ? &index->by_id : &index->by_email;

    if (!by_id)
        at = table_find(table, key);
    if (at == TABLE_END)
        return refuse(file, name, "is no account with an action in this plan", err);
    if (table_next(table, at) != TABLE_END)
        return refuse(file, name, "are several accounts in this plan; hint: name each by its id",
                      err);
    const struct plan_row *row = &plan->row[table_value(table, at)];
    if (!is_written_so(row, by_id, name->value))
        return refuse(file, name,
                      "is written otherwise in this plan; hint: name the account by its id", err);
    if (row->action == ACTION_KEEP)
        return refuse(file, name, "is kept by this plan: there is nothing to decide", err);
    if (name->username && !text_equal(name->username, row->username))
        return err_set(err, ERR_USAGE,
                       "%s:%u: is no row of this plan's CSV: '%s' has another username; hint: keep "
                       "the header of the report, or write one id a line",
                       file, name->row, name->value);
    named[row - plan->row] = true;
    return 0;
}

int review_select(const struct plan *plan, const struct review_names *names, bool *ret_named,
                  struct err *err)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    bool *named = arena_calloc(&arena, plan->row_count + 1, sizeof(named[0]));
    CLEANUP(index_release) struct index index;

    index_rows(&arena, plan, &index);
    for (size_t i = 0; i < names->count; i++) {
        if (select_name(&arena, plan, &index, names->file, &names->name[i], named, err) < 0)
            return -1;
    }
    memcpy(ret_named, named, plan->row_count * sizeof(named[0]));
    return 0;
}
