/*
 * Learning is quiet and hangs on a run; adopting is a person's word, and stands in the chain with
 * their name. Taking a history over renames it: nothing is copied out of it, so nothing can be
 * forgotten, and its chain goes on event by event. Only what the new name did meanwhile is carried.
 */
#include "store/portal.h"

#include "base/site.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/column.h"
#include "store/ruling.h"

static const struct column identity_columns[] = {
    COLUMN("host", struct store_identity, host),
    COLUMN("own_id", struct store_identity, own_id),
    COLUMN("url", struct store_identity, url),
    COLUMN("goes_on_as", struct store_identity, goes_on_as),
    COLUMN("known_snapshot_id", struct store_identity, known_snapshot_id),
    COLUMN_END,
};

/* Where a name has been: what it learned counts, whatever its address says since. */
static const char *host_of(struct arena *arena, const char *learned, const char *url)
{
    return learned ? learned : site_of(arena, url);
}

/* One that learned its host has run; of another the address must fit, and it counts when it did or
 * decided anything. */
static int is_older(const struct store *store, struct arena *arena, const PGresult *result, int i,
                    const char *host, bool *ret_is, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *did = NULL;
    const char *learned = pg_text(result, i, store_place_of(result, "host"));
    const char *url = pg_text(result, i, store_place_of(result, "url"));

    *ret_is = text_equal(host_of(arena, learned, url), host);
    if (!*ret_is || learned)
        return 0;
    if (PG_QUERY(store->pg, portal_did, PG_ONE, &did, err,
                 pg_text(result, i, store_place_of(result, "portal_id"))) < 0)
        return -1;
    *ret_is = pg_bool(did, 0, 0);
    return 0;
}

static int find_older(const struct store *store, struct arena *arena, const char *host,
                      const char **ret_name, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    bool is = false;

    if (PG_QUERY(store->pg, portal_older, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), host) < 0)
        return -1;
    *ret_name = NULL;
    for (int i = 0; i < PQntuples(result) && !is; i++) {
        if (is_older(store, arena, result, i, host, &is, err) < 0)
            return -1;
        if (is)
            *ret_name = store_string(arena, result, i, store_place_of(result, "name"));
    }
    return 0;
}

int store_load_identity(const struct store *store, struct arena *arena, const char *host,
                        struct store_identity *ret_identity, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct store_identity identity = {.host = NULL};

    if (PG_QUERY(store->pg, portal_identity, PG_ONE, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    (void)store_read_row(identity_columns, result, 0, arena, &identity);
    if (host && find_older(store, arena, host, &identity.older_name, err) < 0)
        return -1;
    *ret_identity = identity;
    return 0;
}

static void read_known(const PGresult *result, int64_t *ret_known, int64_t *ret_of_those)
{
    *ret_known = pg_int(result, 0, store_place_of(result, "known"));
    *ret_of_those = pg_int(result, 0, store_place_of(result, "of_those"));
}

int store_count_known(const struct store *store, int64_t snapshot_id, int64_t *ret_known,
                      int64_t *ret_of_those, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (store_begin(store, err) < 0)
        return -1;
    int failed =
        PG_QUERY(store->pg, portal_known, PG_ONE, &result, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, snapshot_id));
    if (store_end(store, failed, err) < 0)
        return -1;
    read_known(result, ret_known, ret_of_those);
    return 0;
}

static int learn(const struct store *store, const struct store_run *run, const char *host,
                 const char *own_id, int64_t snapshot_id, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (store_hold(store, run->id, NULL, err) < 0 ||
        PG_QUERY(store->pg, portal_learn, PG_ONE, &result, err,
                 store_number(&scratch, store->portal_id), host, own_id,
                 store_number(&scratch, snapshot_id)) < 0)
        return -1;
    if (!pg_bool(result, 0, store_place_of(result, "is_new")))
        return 0;
    const struct store_audit_identity identity = {
        .word = "learned",
        .run_id = run->id,
        .host = host,
        .own_id = pg_text(result, 0, store_place_of(result, "own_id")),
    };
    return store_audit_identity(store, &identity, err);
}

int store_learn_identity(struct store *store, const struct store_run *run, const char *host,
                         const char *own_id, int64_t snapshot_id, struct err *err)
{
    if (pg_begin(store->pg, err) < 0)
        return -1;
    return store_end(store, learn(store, run, host, own_id, snapshot_id, err), err);
}

/* --- a person's word --- */

static int adopt(const struct store *store, struct arena *arena,
                 const struct store_adoption *adoption, const char **ret_before, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const struct store_audit_identity identity = {.word = "adopted",
                                                  .host = adoption->host,
                                                  .who = adoption->who,
                                                  .reason = adoption->reason};

    if (store_hold(store, 0, NULL, err) < 0 ||
        PG_QUERY(store->pg, portal_adopt, PG_ONE, &result, err,
                 store_number(arena, store->portal_id), adoption->host) < 0)
        return -1;
    *ret_before = store_string(arena, result, 0, 0);
    return store_audit_identity(store, &identity, err);
}

int store_adopt(struct store *store, struct arena *arena, const struct store_adoption *adoption,
                struct store_adopted *ret_adopted, struct err *err)
{
    struct store_adopted adopted = {.before = NULL};

    if (pg_begin(store->pg, err) < 0 ||
        store_end(store, adopt(store, arena, adoption, &adopted.before, err), err) < 0)
        return err_prefix(err, "the portal was not adopted");
    *ret_adopted = adopted;
    return 0;
}

/* --- under another name --- */

/* Two histories: what goes on, and what its new name wrote meanwhile (portal_id 0 = nothing). */
struct taking_over {
    struct store from, own;
    const char *host; /* where `from` has been; NULL = nowhere that can be told */
    const char *name;
    struct arena *arena;
    const struct store_adoption *adoption;
};

int store_find_portal(struct pg *pg, const char *name, struct store *ret_store, struct err *err)
{
    struct store store;

    if (store_find(pg, name, &store, err) < 0)
        return -1;
    if (store.portal_id == 0)
        return err_set(err, ERR_USAGE, "this history has no portal '%s'", name);
    *ret_store = store;
    return 0;
}

static int find_both(struct pg *pg, struct taking_over *both, struct err *err)
{
    struct store_identity identity;

    if (text_equal(both->name, both->adoption->name))
        return err_set(err, ERR_USAGE, "'%s' is the name that it has already", both->name);
    if (store_find_portal(pg, both->name, &both->from, err) < 0 ||
        store_find(pg, both->adoption->name, &both->own, err) < 0 ||
        store_load_identity(&both->from, both->arena, NULL, &identity, err) < 0)
        return -1;
    if (identity.goes_on_as)
        return err_set(err, ERR_USAGE,
                       "'%s' was set aside, and what counts of it goes on as '%s'; hint: 'portal "
                       "adopt --from %s' takes that over",
                       both->name, identity.goes_on_as, identity.goes_on_as);
    both->host = host_of(both->arena, identity.host, identity.url);
    return 0;
}

/* The names were looked up before there was a lock on them. */
static int find_again(struct pg *pg, struct taking_over *both, struct err *err)
{
    int64_t from = both->from.portal_id, own = both->own.portal_id;

    if (find_both(pg, both, err) < 0)
        return -1;
    if (both->from.portal_id == from && both->own.portal_id == own)
        return 0;
    return err_set(err, ERR_LOCKED,
                   "'%s' or '%s' became another history meanwhile; hint: look at who uses this "
                   "database besides, and try again",
                   both->name, both->adoption->name);
}

/* Another host is another portal, unless most of the accounts are the same. */
static int check_same(const struct taking_over *both, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    int64_t known = 0, of_those = 0;

    if (text_equal(both->host, both->adoption->host))
        return 0;
    if (PG_QUERY(both->from.pg, portal_overlap, PG_ONE, &result, err,
                 store_number(both->arena, both->from.portal_id),
                 store_number(both->arena, both->own.portal_id)) < 0)
        return -1;
    read_known(result, &known, &of_those);
    if (of_those * 2 >= known && of_those > 0)
        return 0;
    return err_set(err, ERR_HELD,
                   "'%s' was at '%s', and of its %lld accounts the newest reading of '%s' at '%s' "
                   "has %lld: that is another portal; hint: after a first plan under the new name "
                   "it can be told",
                   both->name, both->host ? both->host : "no host that can be told",
                   (long long)known, both->adoption->name, both->adoption->host,
                   (long long)of_those);
}

static int check_open(const struct taking_over *both, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (both->own.portal_id == 0)
        return 0;
    if (PG_QUERY(both->own.pg, open_steps, PG_ONE, &result, err,
                 store_number(both->arena, both->own.portal_id)) < 0)
        return -1;
    if (pg_int(result, 0, 0) == 0)
        return 0;
    return err_set(err, ERR_HELD,
                   "of %lld calls of '%s' nobody can tell yet what became of them: a run settles "
                   "that first",
                   (long long)pg_int(result, 0, 0), both->adoption->name);
}

/* What people decided under the new name is decided for good, but no act rests on it: keeps and
 * rejections, those that ended too, because who was ever rejected needs a person. */
static int carry_rulings(struct taking_over *both, int64_t *ret_count, struct err *err)
{
    struct store_ruling *one = NULL;
    size_t count = 0, kept = 0;

    if (store_load_rulings(&both->own, both->arena, (struct instant){0}, &one, &count, err) < 0)
        return -1;
    struct ruling *ruling = arena_calloc(both->arena, count + 1, sizeof(ruling[0]));
    for (size_t i = 0; i < count; i++) {
        bool stands = one[i].ruling.end == RULING_STANDS;
        if (one[i].ruling.kind == RULING_APPROVE ||
            (!stands && one[i].ruling.kind != RULING_REJECT))
            continue;
        ruling[kept] = one[i].ruling;
        ruling[kept].plan_id = ruling[kept].position = 0;
        kept++;
    }
    *ret_count = (int64_t)kept;
    return store_add_rulings(&both->from, ruling, kept, NULL, err);
}

static int carry(struct taking_over *both, struct store_adopted *adopted, const char **ret_acts,
                 struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *from = store_number(both->arena, both->from.portal_id);
    const char *own = store_number(both->arena, both->own.portal_id);

    if (PG_QUERY(both->from.pg, carry_accounts, PG_NOTHING, NULL, err, from, own) < 0 ||
        PG_QUERY(both->from.pg, carry_whole, PG_NOTHING, NULL, err, from, own) < 0 ||
        PG_QUERY(both->from.pg, carry_facts, PG_NOTHING, NULL, err, from, own) < 0 ||
        PG_QUERY(both->from.pg, carry_leaves, PG_NOTHING, NULL, err, from, own) < 0 ||
        PG_QUERY(both->from.pg, carry_first_events, PG_NOTHING, NULL, err, from, own) < 0 ||
        PG_QUERY(both->from.pg, carry_links, PG_NOTHING, NULL, err, from, own,
                 store_time(both->arena, both->adoption->at)) < 0 ||
        PG_QUERY(both->from.pg, carry_acts, PG_ONE, &result, err, from, own) < 0 ||
        PG_QUERY(both->from.pg, carry_seats, PG_NOTHING, NULL, err, from, own) < 0 ||
        PG_QUERY(both->from.pg, carry_returns, PG_NOTHING, NULL, err, from, own) < 0)
        return -1;
    adopted->acts = pg_int(result, 0, store_place_of(result, "count"));
    *ret_acts = store_string(both->arena, result, 0, store_place_of(result, "acts"));
    return carry_rulings(both, &adopted->decisions, err);
}

static int keep_names(const struct store *store, struct arena *arena, const char *name,
                      struct err *err)
{
    return PG_QUERY(store->pg, plan_name, PG_NOTHING, NULL, err,
                    store_number(arena, store->portal_id), name);
}

static int set_aside(struct taking_over *both, struct store_adopted *adopted, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const struct store_adoption *adoption = both->adoption;

    if (keep_names(&both->own, both->arena, adoption->name, err) < 0 ||
        PG_QUERY(both->own.pg, portal_set_aside, PG_ONE, &result, err,
                 store_number(both->arena, both->own.portal_id),
                 store_number(both->arena, both->from.portal_id),
                 store_time(both->arena, adoption->at)) < 0)
        return -1;
    adopted->set_aside = store_string(both->arena, result, 0, 0);
    const struct store_audit_identity identity = {.word = "set_aside",
                                                  .name = adopted->set_aside,
                                                  .goes_on_in = both->from.portal_id,
                                                  .who = adoption->who,
                                                  .reason = adoption->reason};
    return store_audit_identity(&both->own, &identity, err);
}

static int take_over(struct taking_over *both, struct store_adopted *adopted, struct err *err)
{
    const struct store_adoption *adoption = both->adoption;
    const char *acts = NULL;

    if (store_hold(&both->from, 0, NULL, err) < 0 || find_again(both->from.pg, both, err) < 0 ||
        check_same(both, err) < 0 || check_open(both, err) < 0)
        return -1;
    if (both->own.portal_id != 0 &&
        (store_hold(&both->own, 0, NULL, err) < 0 || carry(both, adopted, &acts, err) < 0 ||
         set_aside(both, adopted, err) < 0))
        return -1;
    const struct store_audit_identity identity = {.word = "renamed",
                                                  .before = both->name,
                                                  .name = adoption->name,
                                                  .host = adoption->host,
                                                  .acts = acts,
                                                  .who = adoption->who,
                                                  .reason = adoption->reason};
    if (keep_names(&both->from, both->arena, both->name, err) < 0 ||
        PG_QUERY(both->from.pg, portal_rename, PG_NOTHING, NULL, err,
                 store_number(both->arena, both->from.portal_id), adoption->name, adoption->url,
                 adoption->host) < 0)
        return -1;
    return store_audit_identity(&both->from, &identity, err);
}

int store_adopt_from(struct pg *pg, struct arena *arena, const char *from,
                     const struct store_adoption *adoption, struct store *ret_store,
                     struct store_adopted *ret_adopted, struct err *err)
{
    struct taking_over both = {.name = from, .arena = arena, .adoption = adoption};
    struct store_adopted adopted = {.before = NULL};

    if (find_both(pg, &both, err) < 0 || store_lock(&both.from, err) < 0 ||
        (both.own.portal_id != 0 && store_lock(&both.own, err) < 0) || pg_begin(pg, err) < 0 ||
        store_end(&both.from, take_over(&both, &adopted, err), err) < 0)
        return -1;
    adopted.before = both.host;
    *ret_store = both.from;
    *ret_adopted = adopted;
    return 0;
}

/* --- a record that went back --- */

int store_find_event(const struct store *store, const struct audit_head *head,
                     struct store_place *ret_place, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, record_has, PG_ONE, &result, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, head->sequence),
                 store_hex(&scratch, &head->hash)) < 0)
        return -1;
    *ret_place = (struct store_place){
        .has = pg_bool(result, 0, store_place_of(result, "has")),
        .aside = pg_bool(result, 0, store_place_of(result, "aside")),
        .ends_at = pg_int(result, 0, store_place_of(result, "ends_at")),
    };
    return 0;
}

/* Approvals of whoever it was: what became of them since that backup nobody knows. */
static int end_approvals(const struct store *store, struct arena *arena,
                         const struct store_restore *restore, size_t *ret_void, struct err *err)
{
    struct store_standing *standing = NULL;
    size_t count = 0, over = 0, all = 0;

    if (store_load_standing(store, arena, &standing, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        all += standing[i].rulings.count;
    struct store_ruling_end *end = arena_calloc(arena, all + 1, sizeof(end[0]));
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < standing[i].rulings.count; k++) {
            const struct ruling *ruling = &standing[i].rulings.item[k];
            if (ruling->kind == RULING_APPROVE && ruling->end == RULING_STANDS)
                end[over++] = (struct store_ruling_end){
                    .id = ruling->id,
                    .end = RULING_VOID,
                    .reason = "the record went back to a backup, and what was done since is not "
                              "known"};
        }
    }
    *ret_void = over;
    return store_close_rulings(store, restore->who, end, over, restore->at, err);
}

static int accept_restore(const struct store *store, const struct store_restore *restore,
                          size_t *ret_void, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    if (store_hold(store, 0, NULL, err) < 0 ||
        end_approvals(store, &scratch, restore, ret_void, err) < 0 ||
        PG_QUERY(store->pg, plan_last, PG_NOTHING, NULL, err,
                 store_number(&scratch, store->portal_id),
                 store_number(&scratch, restore->last_plan)) < 0)
        return -1;
    return store_audit_restore(store, restore->kept.sequence ? &restore->kept : NULL,
                               restore->last_plan, restore->who, restore->reason, err);
}

int store_accept_restore(struct store *store, const struct store_restore *restore, size_t *ret_void,
                         struct err *err)
{
    size_t over = 0;

    if (text_is_empty(restore->reason))
        return err_set(err, ERR_USAGE, "'audit accept-restore' needs a reason");
    if (pg_begin(store->pg, err) < 0 ||
        store_end(store, accept_restore(store, restore, &over, err), err) < 0)
        return err_prefix(err, "the restore was not accepted");
    *ret_void = over;
    return 0;
}
