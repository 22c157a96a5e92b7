/*
 * Saving a snapshot: a digest of each account that the history knows, and of which it is not known
 * that it is as it was, goes into a stage by COPY, then all of those that differ from their open
 * version; then a handful of statements over whole sets merge it into the versions, all in the
 * transaction that adds the snapshot's row. What is unchanged touches no row. There is nothing to
 * compare an account with that is seen for the first time: its rows go where they belong by COPY.
 * Nothing that is merely missing is ever closed by an incomplete snapshot. Loading it again asks
 * for the versions that were open then.
 */
#include "store/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/mem.h"
#include "base/table.h"
#include "store/account.h"
#include "store/audit.h"
#include "store/binary.h"
#include "store/history.h"
#include "store/private.h"
#include "store/seats.h"

enum {
    UNLISTED_DAYS = 30,   /* that a last login waits for its account to be listed */
    PENDING_MANY = 10000, /* rows taken in at once that are worth clearing up after */
    AHEAD = 8,            /* accounts whose places in a table are fetched before their turn */
};

static struct digest version_digest(const struct account *account)
{
    const struct digest own = account_digest(account);

    return account_version_digest(account, &own);
}

static int compare_groups(const void *a, const void *b)
{
    const struct group *left = a, *right = b;
    int order = strcmp(left->id ? left->id : "", right->id ? right->id : "");

    return order ? order : strcmp(left->name ? left->name : "", right->name ? right->name : "");
}

static void add_groups(struct text *row, const struct account *account)
{
    CLEANUP(text_release) struct text list = TEXT_INIT;
    struct jsonw json = jsonw_to(&list);

    if (account_alike(account)->group_count == 0) {
        binary_json(row, "[]");
        return;
    }
    struct group *sorted = mem_calloc(account_alike(account)->group_count, sizeof(sorted[0]));
    memcpy(sorted, account_alike(account)->group,
           account_alike(account)->group_count * sizeof(sorted[0]));
    qsort(sorted, account_alike(account)->group_count, sizeof(sorted[0]), compare_groups);
    jsonw_begin_array(&json);
    for (size_t i = 0; i < account_alike(account)->group_count; i++) {
        jsonw_begin_object(&json);
        jsonw_field_string(&json, "id", sorted[i].id);
        jsonw_field_string(&json, "name", sorted[i].name);
        jsonw_end_object(&json);
    }
    jsonw_end_array(&json);
    free(sorted);
    binary_json(row, text_cstr(&list));
}

/* Accounts to store: with an id, there, and each id once; those that the history knows first. */
struct staged {
    const struct account *account;
    uint32_t *index;
    size_t count, known;
    int32_t last; /* number given in the store before those of the new ones */
};

static const struct account *staged_account(const struct staged *staged, size_t place)
{
    return &staged->account[staged->index[place]];
}

/* In the store. */
static int32_t staged_number(const struct staged *staged, size_t place)
{
    return place < staged->known ? staged_account(staged, place)->history.number
                                 : staged->last + (int32_t)(place - staged->known) + 1;
}

enum { VERSION_FIELDS = 14 };

static void add_version(struct text *row, const struct account *account)
{
    const struct digest digest = version_digest(account);

    const char *const field[] = {
        account_status_name(account->status),
        account->username,
        account->email,
        account_alike(account)->email2,
        account->name,
        account->employee_number,
        account_alike(account)->profile_id,
        account_alike(account)->country,
        account_alike(account)->department,
    };

    for (size_t i = 0; i < COUNT_OF(field); i++)
        binary_text(row, field[i]);
    add_groups(row, account);
    binary_boolean(row, account_alike(account)->groups_unreadable);
    binary_boolean(row, account->sso_only);
    binary_text(row, account_alike(account)->flaw);
    binary_digest(row, &digest);
}

/* Of whom it is not known that they are as they were. */
static void add_listed(struct text *row, const void *context, size_t place)
{
    const struct staged *staged = context;

    if (staged_account(staged, place)->as_stored)
        return;
    const struct digest digest = version_digest(staged_account(staged, place));
    binary_row(row, 2);
    binary_integer(row, staged_number(staged, place));
    binary_digest(row, &digest);
}

/* Of the known ones, those that are not what the history has open. */
struct differing {
    const struct staged *staged;
    uint32_t *place;
    size_t count;
};

static void add_account(struct text *row, const void *context, size_t i)
{
    const struct differing *differing = context;
    const struct staged *staged = differing->staged;
    size_t place = differing->place[i];

    binary_row(row, 1 + VERSION_FIELDS);
    binary_integer(row, staged_number(staged, place));
    add_version(row, staged_account(staged, place));
}

/* What came from the history is there already and says nothing new. */
static bool is_told(const struct login *login)
{
    return login->kind != LOGIN_NOT_READ && login->source != LOGIN_FROM_HISTORY;
}

enum { TOLD_FIELDS = 5, LOGIN_FIELDS = 1 + TOLD_FIELDS + 1 };

static void add_told(struct text *row, const struct login *login)
{
    binary_text(row, store_login_kind(login->kind));
    binary_time(row, login->kind == LOGIN_KNOWN ? login->at : INSTANT_NONE);
    binary_text(row, login->kind == LOGIN_UNREADABLE ? login->raw : NULL);
    binary_text(row, store_login_source(login->source));
    binary_time(row, login->seen_at);
}

static void add_read_at(struct text *row, const struct account *account)
{
    binary_time(row, account->history.read_anew ? account->history.read_at : INSTANT_NONE);
}

static void add_login(struct text *row, const void *context, size_t place)
{
    const struct login nothing = {.kind = LOGIN_NOT_READ,
                                  .source = LOGIN_FROM_HISTORY,
                                  .at = INSTANT_NONE,
                                  .seen_at = INSTANT_NONE};
    const struct account *account = staged_account(context, place);
    bool told = is_told(&account->login);

    if (!told && !account->history.read_anew)
        return;
    binary_row(row, LOGIN_FIELDS);
    binary_integer(row, staged_number(context, place));
    add_told(row, told ? &account->login : &nothing);
    add_read_at(row, account);
}

static size_t choose(const struct snapshot *snapshot, struct staged *staged)
{
    struct table seen;
    size_t nameless = 0;

    table_init(&seen, snapshot->count);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        if (i + AHEAD < snapshot->count && account[AHEAD].id)
            table_prefetch(&seen, account[AHEAD].id);
        if (account->status == ACCOUNT_GONE)
            continue;
        if (!account->id)
            nameless++;
        else if (table_value(&seen, table_put(&seen, account->id, (uint32_t)i)) == i)
            staged->index[staged->count++] = (uint32_t)i;
    }
    table_release(&seen);
    return nameless;
}

static void put_known_first(struct staged *staged)
{
    CLEANUP(mem_cleanup) uint32_t *fresh = mem_calloc(staged->count + 1, sizeof(fresh[0]));
    size_t count = 0;

    staged->known = 0;
    for (size_t i = 0; i < staged->count; i++) {
        if (staged_account(staged, i)->history.number != 0)
            staged->index[staged->known++] = staged->index[i];
        else
            fresh[count++] = staged->index[i];
    }
    memcpy(&staged->index[staged->known], fresh, count * sizeof(fresh[0]));
}

static int insert_row(const struct store *store, const struct store_run *run,
                      const struct snapshot *snapshot, int64_t id, size_t nameless, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct snapshot_totals totals = snapshot_count(snapshot);
    const char *const parameter[] = {
        store_number(&scratch, store->portal_id),
        store_number(&scratch, id),
        store_number(&scratch, run->id),
        store_time(&scratch, snapshot->taken_at),
        store_flag(snapshot->complete),
        snapshot->incomplete_reason,
        store_number(&scratch, (int64_t)totals.accounts),
        store_number(&scratch, (int64_t)totals.active),
        store_number(&scratch, (int64_t)totals.inactive),
        store_number(&scratch, (int64_t)totals.unreadable),
        store_number(&scratch, (int64_t)totals.gone),
        store_number(&scratch, (int64_t)nameless),
        store_number(&scratch, (int64_t)snapshot->requests),
        store_number(&scratch, (int64_t)snapshot->logins_read),
        snapshot->own_id,
        store_hex(&scratch, &snapshot->digest),
        snapshot->by_events ? "events" : "each",
        store_number(&scratch, (int64_t)snapshot->events),
        snapshot->logins_note,
        store_time(&scratch, snapshot->activity.since),
        snapshot->activity.missing,
    };

    return pg_run(store->pg, "snapshot_insert", query_snapshot_insert, PG_NOTHING, parameter,
                  COUNT_OF(parameter), NULL, err);
}

/* New accounts get the numbers after the last one given. */
static int give_numbers(const struct store *store, struct staged *staged, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    put_known_first(staged);
    if (PG_QUERY(store->pg, account_number_take, PG_ONE, &result, err,
                 store_number(&scratch, store->portal_id),
                 store_number(&scratch, (int64_t)(staged->count - staged->known))) < 0)
        return -1;
    staged->last = (int32_t)pg_int(result, 0, 0);
    return 0;
}

/* --- accounts that the history knows --- */

static void find_places(struct arena *arena, const PGresult *number, struct differing *differing)
{
    const struct staged *staged = differing->staged;
    size_t count = (size_t)PQntuples(number);
    int32_t last = 0;

    for (size_t i = 0; i < staged->known; i++)
        last = staged_number(staged, i) > last ? staged_number(staged, i) : last;
    bool *differs = arena_calloc(arena, (size_t)last + 1, sizeof(differs[0]));
    for (size_t i = 0; i < count; i++)
        differs[pg_int(number, (int)i, 0)] = true;
    differing->place = arena_calloc(arena, count + 1, sizeof(differing->place[0]));
    for (size_t i = 0; i < staged->known; i++) {
        if (differs[staged_number(staged, i)])
            differing->place[differing->count++] = (uint32_t)i;
    }
}

/* Of whom something was told, new ones among them, against those that are known. */
static bool are_few(const struct staged *staged, size_t told)
{
    return store_are_few(told, staged->known);
}

/* A digest of each account that may have changed, then all of those whose digest is another one;
 * of none there is no stage. */
static int stage_accounts(const struct store *store, const struct staged *staged,
                          size_t *ret_differing, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *number = NULL;
    struct differing differing = {.staged = staged};
    size_t listed = 0;

    for (size_t i = 0; i < staged->known; i++)
        listed += !staged_account(staged, i)->as_stored;
    if (listed == 0)
        return 0;
    bool few = are_few(staged, listed);
    if (PG_QUERY(store->pg, stage_listed_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy_binary(store->pg, "stage_listed_copy", query_stage_listed_copy, add_listed,
                          staged, staged->known, err) < 0 ||
        PG_QUERY(store->pg, stage_listed_analyze, PG_NOTHING, NULL, err) < 0 ||
        store_let_loop(store, few, "on", err) < 0 ||
        PG_QUERY(store->pg, stage_listed_differing, PG_MANY, &number, err,
                 store_number(&scratch, store->portal_id)) < 0 ||
        store_let_loop(store, few, "off", err) < 0)
        return -1;
    find_places(&scratch, number, &differing);
    if (differing.count == 0)
        return 0;
    if (PG_QUERY(store->pg, stage_account_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy_binary(store->pg, "stage_account_copy", query_stage_account_copy, add_account,
                          &differing, differing.count, err) < 0)
        return -1;
    *ret_differing = differing.count;
    return PG_QUERY(store->pg, stage_account_analyze, PG_NOTHING, NULL, err);
}

static int close_missing(const struct store *store, const struct snapshot *snapshot,
                         const struct staged *staged, int64_t id, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    bool few = are_few(staged, snapshot->missing_count);

    if (snapshot->missing_count == 0)
        return 0;
    if (store_let_loop(store, few, "on", err) < 0 ||
        PG_QUERY(store->pg, account_gone, PG_NOTHING, NULL, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, id),
                 store_number_array(&scratch, snapshot->missing, snapshot->missing_count)) < 0)
        return -1;
    return store_let_loop(store, few, "off", err);
}

static int merge_differing(const struct store *store, const struct snapshot *snapshot, int64_t id,
                           size_t differing, int64_t *ret_opened, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *taken_at = store_time(&scratch, snapshot->taken_at);
    bool few = store_are_few(differing, 0);

    if (store_let_loop(store, few, "on", err) < 0 ||
        PG_QUERY(store->pg, account_activate, PG_NOTHING, NULL, err, portal) < 0 ||
        PG_QUERY(store->pg, account_became, PG_NOTHING, NULL, err, portal, taken_at) < 0 ||
        PG_QUERY(store->pg, account_profile, PG_NOTHING, NULL, err, portal, taken_at,
                 store_number(&scratch, id)) < 0 ||
        STORE_MERGE(store, account_close, id, err) < 0 ||
        store_merge(store, "account_open", query_account_open, id, ret_opened, err) < 0)
        return -1;
    return store_let_loop(store, few, "off", err);
}

static int merge_accounts(const struct store *store, const struct snapshot *snapshot,
                          const struct staged *staged, int64_t id, int64_t *ret_opened,
                          struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *taken_at = store_time(&scratch, snapshot->taken_at);
    const char *unlisted =
        store_number_array(&scratch, snapshot->unlisted, snapshot->unlisted_count);
    size_t differing = 0;

    if (stage_accounts(store, staged, &differing, err) < 0 ||
        (differing > 0 && merge_differing(store, snapshot, id, differing, ret_opened, err) < 0) ||
        PG_QUERY(store->pg, account_reactivated, PG_NOTHING, NULL, err, portal, taken_at,
                 unlisted) < 0 ||
        PG_QUERY(store->pg, account_regraded, PG_NOTHING, NULL, err, portal, taken_at, unlisted) <
            0)
        return -1;
    return snapshot->complete ? close_missing(store, snapshot, staged, id, err) : 0;
}

/* --- accounts seen for the first time --- */

/* What the rows of all of them have. */
struct fresh {
    const struct staged *staged;
    size_t count;
    int64_t portal_id, snapshot_id;
    struct instant taken_at, missing_at;
    const uint32_t *by_id; /* their places, in the order of their ids */
};

static int compare_ids(const void *a, const void *b, void *context)
{
    return strcmp(staged_account(context, *(const uint32_t *)a)->id,
                  staged_account(context, *(const uint32_t *)b)->id);
}

/* A snapshot's number is an integer here and in versions; the statements before these see to it
 * that it is one. */
static void add_fresh_login(struct text *row, const struct fresh *fresh,
                            const struct account *account)
{
    if (!is_told(&account->login)) {
        for (size_t i = 0; i < LOGIN_FIELDS; i++)
            binary_text(row, NULL);
        return;
    }
    binary_integer(row, (int32_t)fresh->snapshot_id);
    add_told(row, &account->login);
    add_read_at(row, account);
}

/* In the order of the index, which then grows at its end; likewise wherever many rows are added. */
static void add_fresh_account(struct text *row, const void *context, size_t i)
{
    const struct fresh *fresh = context;
    const struct account *account = staged_account(fresh->staged, fresh->by_id[i]);

    binary_row(row, 9 + LOGIN_FIELDS);
    binary_bigint(row, fresh->portal_id);
    binary_text(row, account->id);
    binary_integer(row, staged_number(fresh->staged, fresh->by_id[i]));
    binary_bigint(row, fresh->snapshot_id);
    binary_time(row, fresh->taken_at);
    binary_boolean(row, account->status == ACCOUNT_ACTIVE);
    binary_time(row, fresh->missing_at);
    binary_text(row, account_alike(account)->profile_id);
    binary_time(row, fresh->taken_at);
    add_fresh_login(row, fresh, account);
}

static void add_fresh_version(struct text *row, const void *context, size_t i)
{
    const struct fresh *fresh = context;
    size_t place = fresh->staged->known + i;

    binary_row(row, 3 + VERSION_FIELDS);
    binary_bigint(row, fresh->portal_id);
    binary_integer(row, staged_number(fresh->staged, place));
    binary_integer(row, (int32_t)fresh->snapshot_id);
    add_version(row, staged_account(fresh->staged, place));
}

static int insert_fresh(const struct store *store, const struct fresh *fresh, struct err *err)
{
    if (fresh->count == 0)
        return 0;
    if (store_copy_binary(store->pg, "account_copy", query_account_copy, add_fresh_account, fresh,
                          fresh->count, err) < 0)
        return -1;
    return store_copy_binary(store->pg, "account_version_copy", query_account_version_copy,
                             add_fresh_version, fresh, fresh->count, err);
}

static int find_fresh(const struct store *store, struct arena *arena,
                      const struct snapshot *snapshot, struct staged *staged, int64_t id,
                      struct fresh *ret_fresh, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    size_t count = staged->count - staged->known;

    *ret_fresh = (struct fresh){.staged = staged, .snapshot_id = id};
    if (count == 0)
        return 0;
    if (PG_QUERY(store->pg, account_missing_at, PG_ONE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, id)) < 0)
        return -1;
    uint32_t *by_id = arena_calloc(arena, count + 1, sizeof(by_id[0]));
    for (size_t i = 0; i < count; i++)
        by_id[i] = (uint32_t)(staged->known + i);
    qsort_r(by_id, count, sizeof(by_id[0]), compare_ids, staged);
    *ret_fresh = (struct fresh){
        .staged = staged,
        .count = count,
        .portal_id = store->portal_id,
        .snapshot_id = id,
        .taken_at = snapshot->taken_at,
        .missing_at = pg_instant(result, 0, 0),
        .by_id = by_id,
    };
    return 0;
}

/* --- last logins --- */

static int stage_logins(const struct store *store, const struct staged *staged, size_t told,
                        int64_t id, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *portal = store_number(&scratch, store->portal_id);
    bool few = are_few(staged, told);

    if (PG_QUERY(store->pg, stage_login_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy_binary(store->pg, "stage_login_copy", query_stage_login_copy, add_login, staged,
                          staged->known, err) < 0 ||
        PG_QUERY(store->pg, stage_login_analyze, PG_NOTHING, NULL, err) < 0 ||
        store_let_loop(store, few, "on", err) < 0 ||
        PG_QUERY(store->pg, login_replaced, PG_NOTHING, NULL, err, portal) < 0 ||
        STORE_MERGE(store, login_know, id, err) < 0 ||
        PG_QUERY(store->pg, login_read, PG_NOTHING, NULL, err, portal) < 0)
        return -1;
    return store_let_loop(store, few, "off", err);
}

/* What was pending and is taken in now is gone; *settled counts it. */
static int settle(const struct store *store, const struct snapshot *snapshot, bool few,
                  const char *sql, int64_t *settled, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *const parameter[] = {
        store_number(&scratch, store->portal_id),
        store_number_array(&scratch, snapshot->unlisted, snapshot->unlisted_count)};

    if (store_let_loop(store, few, "on", err) < 0 ||
        pg_run(store->pg, "settle", sql, PG_NOTHING, parameter, COUNT_OF(parameter), &result, err) <
            0)
        return -1;
    *settled += pg_affected(result);
    return store_let_loop(store, few, "off", err);
}

static int merge_logins(const struct store *store, const struct snapshot *snapshot,
                        const struct fresh *fresh, int64_t *settled, struct err *err)
{
    const struct staged *staged = fresh->staged;
    size_t news = 0;

    for (size_t i = 0; i < staged->count; i++) {
        const struct account *account = staged_account(staged, i);
        news += is_told(&account->login) || account->history.read_anew;
    }
    if (news == 0)
        return 0;
    if (staged->known != 0 && stage_logins(store, staged, news, fresh->snapshot_id, err) < 0)
        return -1;
    return settle(store, snapshot, are_few(staged, news), query_login_settle, settled, err);
}

static void add_activity(struct text *row, const void *context, size_t number)
{
    const struct staged *staged = context;
    const struct activity *activity = account_activity(staged_account(staged, number));

    if (!activity->is_new)
        return;
    store_copy_number(row, staged_number(staged, number));
    pg_copy_field(row, event_kinds[activity->kind].word);
    store_copy_time(row, activity->at);
    store_copy_time(row, activity->seen_at);
    pg_copy_end_row(row);
}

static int merge_activity(const struct store *store, const struct snapshot *snapshot,
                          const struct fresh *fresh, int64_t *settled, struct err *err)
{
    const struct staged *staged = fresh->staged;
    int64_t id = fresh->snapshot_id;
    size_t news = 0;

    for (size_t i = 0; i < staged->count; i++)
        news += account_activity(staged_account(staged, i))->is_new;
    if (news == 0)
        return 0;
    bool few = are_few(staged, news);
    if (PG_QUERY(store->pg, stage_activity_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_activity_copy", query_stage_activity_copy, add_activity,
                   staged, staged->count, err) < 0 ||
        store_let_loop(store, few, "on", err) < 0 ||
        STORE_MERGE(store, activity_add, id, err) < 0 ||
        store_let_loop(store, few, "off", err) < 0 ||
        STORE_MERGE(store, activity_know, id, err) < 0)
        return -1;
    return settle(store, snapshot, few, query_activity_settle, settled, err);
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* As it is stored. */
struct profile_row {
    const char *profile_id, *name, *roles;
    struct digest digest;
};

static void set_profile(struct arena *arena, const struct profile *profile, struct profile_row *row)
{
    CLEANUP(text_release) struct text list = TEXT_INIT;
    struct jsonw json = jsonw_to(&list);
    struct digest_stream *stream = digest_new();
    const char **role = arena_calloc(arena, profile->role_count + 1, sizeof(role[0]));

    digest_field(stream, profile->id);
    digest_field(stream, profile->name);
    for (size_t i = 0; i < profile->role_count; i++)
        role[i] = profile->role[i];
    qsort(role, profile->role_count, sizeof(role[0]), compare_strings);
    jsonw_begin_array(&json);
    for (size_t i = 0; i < profile->role_count; i++) {
        digest_field(stream, role[i]);
        jsonw_string(&json, role[i]);
    }
    jsonw_end_array(&json);
    *row = (struct profile_row){.profile_id = profile->id,
                                .name = profile->name,
                                .roles = arena_strdup(arena, text_cstr(&list)),
                                .digest = digest_finish(stream)};
}

static int compare_profiles(const void *a, const void *b)
{
    return strcmp(((const struct profile_row *)a)->profile_id,
                  ((const struct profile_row *)b)->profile_id);
}

static void add_profile(struct text *text, const void *context, size_t number)
{
    const struct profile_row *row = (const struct profile_row *)context + number;

    pg_copy_field(text, row->profile_id);
    pg_copy_field(text, row->name);
    pg_copy_field(text, row->roles);
    store_copy_digest(text, &row->digest);
    pg_copy_end_row(text);
}

/* As on most days: those that are open, in the order of their ids. */
static bool are_open(const PGresult *open, const struct profile_row *row, size_t count)
{
    bool same = (size_t)PQntuples(open) == count;

    for (size_t i = 0; same && i < count; i++) {
        struct digest digest = store_digest(open, (int)i, 0);
        same = digest_compare(&digest, &row[i].digest) == 0;
    }
    return same;
}

static int merge_profiles(const struct store *store, const struct snapshot *snapshot, int64_t id,
                          struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *open = NULL;
    const char *portal = store_number(&scratch, store->portal_id);
    size_t count = snapshot->profile_count;
    struct profile_row *row = arena_calloc(&scratch, count + 1, sizeof(row[0]));

    for (size_t i = 0; i < count; i++)
        set_profile(&scratch, &snapshot->profile[i], &row[i]);
    qsort(row, count, sizeof(row[0]), compare_profiles);
    if (PG_QUERY(store->pg, profile_open_list, PG_MANY, &open, err, portal) < 0)
        return -1;
    if (are_open(open, row, count))
        return 0;
    if (PG_QUERY(store->pg, stage_profile_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_profile_copy", query_stage_profile_copy, add_profile, row,
                   count, err) < 0 ||
        PG_QUERY(store->pg, profile_close, PG_NOTHING, NULL, err, portal,
                 store_number(&scratch, id), store_flag(snapshot->complete)) < 0)
        return -1;
    return STORE_MERGE(store, profile_open, id, err);
}

/* Events name users who are listed no more, or never were. They may only be missing from a list;
 * but a complete one does not miss them, and what is kept of them must not grow for ever. */
static int forget_unlisted(const struct store *store, const struct snapshot *snapshot,
                           struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct instant before = instant_add_us(snapshot->taken_at, -UNLISTED_DAYS * DAY_US);

    if (!snapshot->complete)
        return 0;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *limit = store_time(&scratch, before);
    if (PG_QUERY(store->pg, login_forget, PG_NOTHING, NULL, err, portal, limit) < 0)
        return -1;
    return PG_QUERY(store->pg, activity_forget, PG_NOTHING, NULL, err, portal, limit);
}

static int save_accounts(const struct store *store, const struct snapshot *snapshot,
                         struct staged *staged, int64_t id, int64_t *settled, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct fresh fresh;
    int64_t opened = 0;

    if (give_numbers(store, staged, err) < 0 ||
        merge_accounts(store, snapshot, staged, id, &opened, err) < 0 ||
        find_fresh(store, &scratch, snapshot, staged, id, &fresh, err) < 0 ||
        insert_fresh(store, &fresh, err) < 0 ||
        merge_logins(store, snapshot, &fresh, settled, err) < 0 ||
        merge_activity(store, snapshot, &fresh, settled, err) < 0)
        return -1;
    return store_analyze(store, "account_version", query_analyze_accounts,
                         opened + (int64_t)fresh.count, staged->count, err);
}

static int save(const struct store *store, const struct store_run *run,
                const struct snapshot *snapshot, struct staged *staged, int64_t *ret_id,
                int64_t *settled, struct err *err)
{
    size_t nameless = choose(snapshot, staged);

    if (store_next(store, "snapshot_number", query_snapshot_number, run->id, ret_id, err) < 0 ||
        insert_row(store, run, snapshot, *ret_id, nameless, err) < 0 ||
        save_accounts(store, snapshot, staged, *ret_id, settled, err) < 0 ||
        forget_unlisted(store, snapshot, err) < 0)
        return -1;
    if (merge_profiles(store, snapshot, *ret_id, err) < 0 ||
        store_save_seats(store, snapshot, *ret_id, err) < 0)
        return -1;
    return store_audit_snapshot(store, run, snapshot, *ret_id, nameless, err);
}

/* After a first reading of many: what was pending stays behind as dead rows, which every night
 * would walk over, for an embedded server rarely runs long enough to clear them by itself. What
 * cannot be cleared is cleared another time. */
static void clear_pending(const struct store *store, int64_t settled)
{
    CLEANUP(pg_clearp) PGresult *ours = NULL;

    if (settled < PENDING_MANY || PG_QUERY(store->pg, pending_is_ours, PG_ONE, &ours, NULL) < 0 ||
        !pg_bool(ours, 0, 0) || PG_QUERY(store->pg, pending_clear, PG_NOTHING, NULL, NULL) < 0)
        return;
}

/* What was known of the history holds until something is stored. */
static void forget_numbers(struct snapshot *snapshot)
{
    snapshot->numbered = false;
    snapshot->mark_count = snapshot->unlisted_count = snapshot->missing_count = 0;
}

int store_save_snapshot(struct store *store, const struct store_run *run, struct snapshot *snapshot,
                        struct saved_snapshot *ret_saved, struct err *err)
{
    CLEANUP(saved_snapshot_release) struct saved_snapshot saved = {.arena = ARENA_INIT};
    struct staged staged = {
        .account = snapshot->account,
        .index = arena_calloc(&saved.arena, snapshot->count + 1, sizeof(staged.index[0])),
    };

    bool was_numbered = snapshot->numbered;
    int64_t settled = 0;

    if (snapshot->source != SNAPSHOT_FROM_PORTAL)
        return err_set(err, ERR_INTERNAL, "a snapshot from an export is never stored");
    int failed = store_begin(store, err) < 0 ||
                 store_end(store,
                           store_number_accounts(store, &saved.arena, snapshot, err) ||
                               save(store, run, snapshot, &staged, &saved.id, &settled, err),
                           err) < 0;
    if (!was_numbered)
        forget_numbers(snapshot);
    if (failed)
        return err_prefix(err, "the snapshot was not stored");
    clear_pending(store, settled);
    saved.index = staged.index;
    saved.count = staged.count;
    saved.known = staged.known;
    saved.last = staged.last;
    *ret_saved = saved;
    saved.arena = ARENA_INIT;
    return 0;
}

void store_take_saved(struct snapshot *snapshot, const struct saved_snapshot *saved)
{
    for (size_t i = 0; i < saved->count; i++) {
        struct account *account = &snapshot->account[saved->index[i]];
        if (i >= saved->known)
            account->history.number = saved->last + (int32_t)(i - saved->known) + 1;
        account->history.read_anew = false;
        if (account->activity)
            account->activity->is_new = false;
    }
    snapshot->id = saved->id;
    forget_numbers(snapshot);
}

void saved_snapshot_release(struct saved_snapshot *saved)
{
    arena_release(&saved->arena);
}

/* --- a snapshot again --- */

struct loading {
    struct arena *arena;
    struct snapshot *snapshot;
    size_t capacity;
    struct store_account_reader reader;
};

static int add_loaded(const PGresult *row, void *context, struct err *err)
{
    struct loading *loading = context;
    struct snapshot *snapshot = loading->snapshot;

    if (snapshot->count == loading->capacity)
        return err_set(err, ERR_INTERNAL, "snapshot '%lld' has more versions than accounts",
                       (long long)snapshot->id);
    if (store_account(&loading->reader, row, 0, loading->arena, &snapshot->account[snapshot->count],
                      err) < 0)
        return -1;
    snapshot->count++;
    return 0;
}

static int load_profiles(const struct store *store, struct arena *arena, struct snapshot *snapshot,
                         struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, snapshot_profiles, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, snapshot->id)) < 0)
        return -1;
    return store_profiles(result, arena, &snapshot->profile, &snapshot->profile_count, err);
}

static int load_accounts(const struct store *store, struct arena *arena, size_t capacity,
                         struct snapshot *snapshot, struct err *err)
{
    struct loading loading = {.arena = arena,
                              .snapshot = snapshot,
                              .capacity = capacity,
                              .reader = store_account_reader()};
    const char *const parameter[] = {store_number(arena, store->portal_id),
                                     store_number(arena, snapshot->id)};

    snapshot->account = arena_calloc(arena, capacity + 1, sizeof(snapshot->account[0]));
    return pg_each(store->pg, "snapshot_accounts", query_snapshot_accounts, parameter,
                   COUNT_OF(parameter), add_loaded, &loading, err);
}

struct snapshot_row {
    struct snapshot snapshot;
    size_t versions;
};

static const struct column snapshot_columns[] = {
    COLUMN("taken_at", struct snapshot_row, snapshot.taken_at),
    COLUMN("complete", struct snapshot_row, snapshot.complete),
    COLUMN("incomplete_reason", struct snapshot_row, snapshot.incomplete_reason),
    COLUMN("own_id", struct snapshot_row, snapshot.own_id),
    COLUMN("requests", struct snapshot_row, snapshot.requests),
    COLUMN("logins_read", struct snapshot_row, snapshot.logins_read),
    COLUMN("digest", struct snapshot_row, snapshot.digest),
    COLUMN("activity_since", struct snapshot_row, snapshot.activity.since),
    COLUMN("activity_note", struct snapshot_row, snapshot.activity.missing),
    COLUMN("versions", struct snapshot_row, versions),
    COLUMN_END,
};

static int load_snapshot(const struct store *store, struct arena *arena, int64_t id,
                         struct snapshot *ret_snapshot, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct snapshot_row row = {.snapshot = {.id = id}};

    if (PG_QUERY(store->pg, snapshot_load, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, id)) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_USAGE, "the history has no snapshot '%lld'", (long long)id);
    (void)store_read_row(snapshot_columns, result, 0, arena, &row);
    if (load_accounts(store, arena, row.versions, &row.snapshot, err) < 0 ||
        load_profiles(store, arena, &row.snapshot, err) < 0)
        return -1;
    *ret_snapshot = row.snapshot;
    return 0;
}

int store_load_snapshot(struct store *store, struct arena *arena, int64_t id,
                        struct snapshot *ret_snapshot, struct err *err)
{
    if (store_begin(store, err) < 0)
        return -1;
    return store_end(store, load_snapshot(store, arena, id, ret_snapshot, err), err);
}

static int load_newest(const struct store *store, struct arena *arena,
                       struct snapshot *ret_snapshot, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, snapshot_newest, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    if (PQntuples(result) == 0) {
        *ret_snapshot = (struct snapshot){.id = 0};
        return 0;
    }
    return load_snapshot(store, arena, pg_int(result, 0, 0), ret_snapshot, err);
}

int store_load_newest_snapshot(struct store *store, struct arena *arena,
                               struct snapshot *ret_snapshot, struct err *err)
{
    if (store_begin(store, err) < 0)
        return -1;
    return store_end(store, load_newest(store, arena, ret_snapshot, err), err);
}
