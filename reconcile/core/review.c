/*
 * A file that people made by hand or cut out of a report: what it names must be there, or nothing
 * of it counts.
 */
#include "core/review.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/table.h"

/* Accounts with an action, by id and by address. An id is never looked for among the addresses of
 * others while it is one: an address is what its owner made it. */
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
        if (row->action == ACTION_KEEP)
            continue;
        add(&index->by_id, fold_text(arena, row->account_id), i);
        add(&index->by_email, fold_text(arena, row->email), i);
    }
}

static int select_name(struct arena *arena, const struct index *index, const char *file,
                       const struct review_name *name, bool *named, struct err *err)
{
    const char *key = fold_text(arena, name->value);
    const struct table *table = &index->by_id;
    uint32_t at = table_find(table, key);

    if (at == TABLE_END) {
        table = &index->by_email;
        at = table_find(table, key);
    }
    if (at == TABLE_END)
        return err_set(err, ERR_USAGE, "%s:%u: '%s' is no account with an action in this plan",
                       file, name->row, name->value);
    if (table_next(table, at) != TABLE_END)
        return err_set(err, ERR_USAGE,
                       "%s:%u: '%s' are several accounts in this plan; hint: name each by its id",
                       file, name->row, name->value);
    named[table_value(table, at)] = true;
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
        if (select_name(&arena, &index, names->file, &names->name[i], named, err) < 0)
            return -1;
    }
    memcpy(ret_named, named, plan->row_count * sizeof(named[0]));
    return 0;
}
