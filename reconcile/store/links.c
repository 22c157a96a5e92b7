/*
 * Links are versions like accounts and people, and merged the same way. An incomplete snapshot
 * closes none of an account it did not see.
 */
#include "store/links.h"

#include "store/private.h"

struct links {
    struct arena *scratch;
    struct arena *key; /* of one row */
    const struct account *account;
    const struct pairing *pairing;
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

static void add_link(struct text *row, const void *context, size_t number)
{
    const struct links *links = context;
    const struct account *account = &links->account[number];
    const struct pairing *pairing = &links->pairing[number];
    bool one = pairing->kind == LINK_ONE;

    if (account->status == ACCOUNT_GONE || account->history.number == 0)
        return;
    store_copy_number(row, account->history.number);
    pg_copy_field(row, link_word(pairing->kind));
    pg_copy_field(row, matched_by(pairing));
    pg_copy_field(row, one ? person_key(links->key, pairing->person) : NULL);
    arena_clear(links->key);
    pg_copy_end_row(row);
}

static int merge_links(const struct store *store, const struct snapshot *snapshot,
                       const struct roster *roster, struct links *links, struct err *err)
{
    struct arena *scratch = links->scratch;
    const char *portal = store_number(scratch, store->portal_id);
    const char *number = store_number(scratch, snapshot->id);
    CLEANUP(pg_clearp) PGresult *opened = NULL;

    if (PG_QUERY(store->pg, stage_link_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_link_copy", query_stage_link_copy, add_link, links,
                   snapshot->count, err) < 0 ||
        PG_QUERY(store->pg, stage_link_analyze, PG_NOTHING, NULL, err) < 0 ||
        PG_QUERY(store->pg, stage_link_difference, PG_NOTHING, NULL, err, portal) < 0 ||
        PG_QUERY(store->pg, link_close, PG_NOTHING, NULL, err, portal, number,
                 store_flag(snapshot->complete)) < 0 ||
        PG_QUERY(store->pg, link_open, PG_NOTHING, &opened, err, portal, number,
                 store_time(scratch, roster_as_of(roster))) < 0 ||
        PG_QUERY(store->pg, link_once, PG_NOTHING, NULL, err, portal) < 0)
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

    if (store_begin(store, err) < 0 ||
        store_end(store, save_links(store, snapshot, roster, &links, matched_percent, proves, err),
                  err) < 0)
        return err_prefix(err, "the links were not stored");
    return 0;
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
