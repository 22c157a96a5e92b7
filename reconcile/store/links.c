/*
 * Links are versions like accounts and people. Those that are open are read, and only what is not
 * as it was goes into a stage and is merged. An incomplete snapshot closes none of an account it
 * did not see.
 */
#include "store/links.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/private.h"

struct links {
    struct arena *scratch;
    struct arena *key; /* of one row */
    const struct account *account;
    const struct pairing *pairing;
    uint32_t *place;  /* by number: of an account in `account`, from 1; 0 = it is not there */
    int64_t numbers;  /* in `place` */
    bool *as_stored;  /* in `account`: what is open says the same */
    int64_t *missing; /* numbers of those of which one is open, and that are not there */
    size_t missing_count, missing_capacity;
};

static const char *link_word(enum link_kind kind)
{
    static const char *const word[] = {
        [LINK_AMBIGUOUS] = "ambiguous",
        [LINK_CONFLICT] = "conflict",
        [LINK_NONE] = "none",
        [LINK_ONE] = "one",
    };
    return word[kind];
}

/* By what key; of an account that leads to nobody, why nobody: a person said so, or somebody is
 * near, whose nights prove nothing (R6). */
static const char *matched_by(const struct pairing *pairing)
{
    bool near = pairing->kind == LINK_NONE && pairing->near != NEAR_NOBODY;

    return pairing->kind == LINK_ONE || pairing->key == MATCH_BY_LINKS_FILE
               ? match_key_name(pairing->key)
           : near ? "near"
                  : "";
}

static bool is_there(const struct account *account)
{
    return account->status != ACCOUNT_GONE && account->history.number != 0;
}

/* NULL where it leads to nobody. Until the next one is asked for. */
static const char *key_of(const struct links *links, const struct pairing *pairing)
{
    arena_clear(links->key);
    return pairing->kind == LINK_ONE ? person_key(links->key, pairing->person) : NULL;
}

static void add_link(struct text *row, const void *context, size_t number)
{
    const struct links *links = context;
    const struct account *account = &links->account[number];
    const struct pairing *pairing = &links->pairing[number];

    if (!is_there(account) || links->as_stored[number])
        return;
    store_copy_number(row, account->history.number);
    pg_copy_field(row, link_word(pairing->kind));
    pg_copy_field(row, matched_by(pairing));
    pg_copy_field(row, key_of(links, pairing));
    pg_copy_end_row(row);
}

/* --- against those that are open --- */

enum { OPEN_NUMBER, OPEN_KIND, OPEN_MATCHED_BY, OPEN_KEY }; /* columns of link_open_list */
#define OPEN_CURSOR "link_open_list"

static void find_places(struct links *links, size_t count)
{
    int32_t last = 0;

    for (size_t i = 0; i < count; i++)
        last = links->account[i].history.number > last ? links->account[i].history.number : last;
    links->numbers = (int64_t)last + 1;
    links->place = arena_calloc(links->scratch, (size_t)links->numbers, sizeof(links->place[0]));
    links->as_stored = arena_calloc(links->scratch, count + 1, sizeof(links->as_stored[0]));
    for (size_t i = 0; i < count; i++) {
        if (is_there(&links->account[i]))
            links->place[links->account[i].history.number] = (uint32_t)i + 1;
    }
}

static int compare(const PGresult *rows, int row, void *context, struct err *err)
{
    struct links *links = context;
    int64_t number = pg_int(rows, row, OPEN_NUMBER);
    uint32_t place = number < links->numbers ? links->place[number] : 0;

    (void)err;
    if (place == 0) {
        links->missing = mem_grow(links->missing, links->missing_count, &links->missing_capacity,
                                  sizeof(links->missing[0]));
        links->missing[links->missing_count++] = number;
        return 0;
    }
    const struct pairing *pairing = &links->pairing[place - 1];
    links->as_stored[place - 1] =
        text_equal(pg_text(rows, row, OPEN_KIND), link_word(pairing->kind)) &&
        text_equal(pg_text(rows, row, OPEN_MATCHED_BY), matched_by(pairing)) &&
        text_equal(pg_text(rows, row, OPEN_KEY), key_of(links, pairing));
    return 0;
}

static int compare_all(const struct store *store, struct links *links, size_t count,
                       struct err *err)
{
    const char *const parameter[] = {store_number(links->scratch, store->portal_id)};
    const char *sql = arena_printf(links->scratch, "declare " OPEN_CURSOR " cursor for\n%s",
                                   query_link_open_list);

    find_places(links, count);
    if (pg_run(store->pg, OPEN_CURSOR, sql, PG_NOTHING, parameter, COUNT_OF(parameter), NULL, err) <
        0)
        return -1;
    return pg_fetch(store->pg, OPEN_CURSOR, compare, links, err);
}

static size_t count_changed(const struct links *links, size_t count)
{
    size_t changed = 0;

    for (size_t i = 0; i < count; i++)
        changed += is_there(&links->account[i]) && !links->as_stored[i];
    return changed;
}

static int merge_links(const struct store *store, const struct snapshot *snapshot,
                       const struct roster *roster, struct links *links, struct err *err)
{
    struct arena *scratch = links->scratch;
    const char *portal = store_number(scratch, store->portal_id);
    const char *number = store_number(scratch, snapshot->id);
    CLEANUP(pg_clearp) PGresult *opened = NULL;

    if (compare_all(store, links, snapshot->count, err) < 0)
        return -1;
    size_t closed = snapshot->complete ? links->missing_count : 0;
    size_t changed = count_changed(links, snapshot->count);
    bool few = store_are_few(changed + closed, snapshot->count);
    if (changed + closed == 0)
        return 0;
    if (PG_QUERY(store->pg, stage_link_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_link_copy", query_stage_link_copy, add_link, links,
                   snapshot->count, err) < 0 ||
        PG_QUERY(store->pg, stage_link_analyze, PG_NOTHING, NULL, err) < 0 ||
        store_let_loop(store, few, "on", err) < 0 ||
        PG_QUERY(store->pg, link_close, PG_NOTHING, NULL, err, portal, number) < 0 ||
        (closed > 0 && PG_QUERY(store->pg, link_gone, PG_NOTHING, NULL, err, portal, number,
                                store_number_array(scratch, links->missing, closed)) < 0) ||
        PG_QUERY(store->pg, link_open, PG_NOTHING, &opened, err, portal, number,
                 store_time(scratch, roster_as_of(roster))) < 0 ||
        PG_QUERY(store->pg, link_once, PG_NOTHING, NULL, err, portal) < 0 ||
        store_let_loop(store, few, "off", err) < 0)
        return -1;
    return store_analyze(store, "link_version", query_analyze_links, pg_affected(opened),
                         snapshot->count, err);
}

static int save_links(const struct store *store, const struct snapshot *snapshot,
                      const struct roster *roster, struct links *links, double matched_percent,
                      bool proves, struct err *err)
{
    int64_t newest = 0;

    if (store_next(store, "run_fence", query_run_fence, store->run_id, &newest, err) < 0 ||
        merge_links(store, snapshot, roster, links, err) < 0 ||
        (proves && PG_QUERY(store->pg, roster_prove, PG_NOTHING, NULL, err,
                            store_number(links->scratch, store->portal_id),
                            store_number(links->scratch, roster->id)) < 0))
        return -1;
    return PG_QUERY(store->pg, snapshot_matched, PG_NOTHING, NULL, err,
                    store_number(links->scratch, store->portal_id),
                    store_number(links->scratch, snapshot->id),
                    arena_printf(links->scratch, "%.17g", matched_percent));
}

int store_save_links(struct store *store, const struct snapshot *snapshot,
                     const struct roster *roster, const struct pairing *pairing,
                     double matched_percent, bool proves, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(arena_release) struct arena key = ARENA_INIT;
    struct links links = {
        .scratch = &scratch, .key = &key, .account = snapshot->account, .pairing = pairing};

    int failed =
        store_begin(store, err) < 0 ||
        store_end(store, save_links(store, snapshot, roster, &links, matched_percent, proves, err),
                  err) < 0;
    free(links.missing);
    return failed ? err_prefix(err, "the links were not stored") : 0;
}

static int bind_all(const struct store *store, const struct protection_fit *fit, size_t count,
                    struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *portal = store_number(&scratch, store->portal_id);

    for (size_t i = 0; i < count; i++) {
        if (PG_QUERY(store->pg, protection_bind, PG_NOTHING, NULL, err, portal, fit[i].account->id,
                     fit[i].who) < 0)
            return -1;
    }
    return 0;
}

int store_bind_protections(struct store *store, const struct protection_fit *fit, size_t count,
                           struct err *err)
{
    if (count == 0)
        return 0;
    if (store_begin(store, err) < 0 || store_end(store, bind_all(store, fit, count, err), err) < 0)
        return err_prefix(err, "whom the protected entries are about was not stored");
    return 0;
}
