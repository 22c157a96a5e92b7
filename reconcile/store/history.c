/*
 * What the history adds to a snapshot that was just read, and what the guards compare it with.
 *
 * Evidence only ever makes an account safer from here: a newer login from the history clears it, an
 * unreadable one stays unreadable whatever was known before, and somebody counts as suspended by us
 * only as long as nothing shows them active afterwards.
 */
#include "store/history.h"

#include <string.h>

#include "base/intern.h"
#include "base/table.h"
#include "store/account.h"
#include "store/private.h"

/* Accounts by id while rows of the history stream by. */
struct lookup {
    struct arena *arena;
    struct snapshot *snapshot;
    struct table by_id;
    struct intern kept;
    struct text missing; /* array literal of ids: who was there until now and is not listed */
    size_t missing_count;
};

static void lookup_init(struct lookup *lookup, struct arena *arena, struct snapshot *snapshot)
{
    *lookup = (struct lookup){.arena = arena, .snapshot = snapshot, .missing = TEXT_INIT};
    table_init(&lookup->by_id, snapshot->count);
    intern_init(&lookup->kept, arena);
    for (size_t i = 0; i < snapshot->count; i++) {
        if (snapshot->account[i].id)
            table_add(&lookup->by_id, snapshot->account[i].id, (uint32_t)i);
    }
}

static void lookup_release(struct lookup *lookup)
{
    table_release(&lookup->by_id);
    intern_release(&lookup->kept);
    text_release(&lookup->missing);
}

/* The account a row is about, by its first column; NULL when the snapshot does not have it. */
static struct account *lookup_row(const struct lookup *lookup, const PGresult *row, int number)
{
    uint32_t entry = table_find(&lookup->by_id, pg_text(row, number, 0));

    return entry == TABLE_END ? NULL
                              : &lookup->snapshot->account[table_value(&lookup->by_id, entry)];
}

static int each_of_portal(const struct store *store, const char *name, const char *sql,
                          int (*each)(const PGresult *row, void *context, struct err *err),
                          struct lookup *lookup, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *const parameter[] = {store_number(&scratch, store->portal_id)};

    return pg_each(store->pg, name, sql, parameter, COUNT_OF(parameter), each, lookup, err);
}

/* --- last logins --- */

static struct login known_login(const struct lookup *lookup, const PGresult *row)
{
    struct login login = {
        .kind = store_login_kind_parse(pg_text(row, 0, 6)),
        .source = LOGIN_FROM_HISTORY,
        .at = pg_instant(row, 0, 7),
        .seen_at = pg_instant(row, 0, 9),
    };

    if (login.kind == LOGIN_UNREADABLE)
        login.raw = store_string(lookup->arena, row, 0, 8);
    return login;
}

static void fill_login(struct lookup *lookup, const PGresult *row, struct account *account)
{
    account->history.read_at = pg_instant(row, 0, 10);
    if (!account->department)
        account->department = intern_string(&lookup->kept, pg_text(row, 0, 11));
    if (PQgetisnull(row, 0, 6))
        return;
    account->history.told_by = store_login_source_parse(pg_text(row, 0, 13));
    account->login = login_newest(known_login(lookup, row), account->login); /* equal is no news */
}

/* --- who is gone --- */

/* One more element of an array literal. */
static void add_element(struct text *array, const char *value)
{
    text_add(array, array->length ? ",\"" : "{\"");
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            text_add_char(array, '\\');
        text_add_char(array, *value);
    }
    text_add_char(array, '"');
}

static void note_missing(struct lookup *lookup, const PGresult *row)
{
    bool was_there = !PQgetisnull(row, 0, 12) && pg_bool(row, 0, 12);

    if (!was_there || !lookup->snapshot->complete)
        return;
    add_element(&lookup->missing, pg_text(row, 0, 0));
    lookup->missing_count++;
}

/* Five columns from `first` on. */
static void fill_life(const PGresult *row, int number, int first, struct account *account)
{
    account->history.number = (int32_t)pg_int(row, number, first);
    account->history.first_seen = pg_instant(row, number, first + 1);
    account->history.created = pg_instant(row, number, first + 2);
    account->history.ever_active =
        pg_bool(row, number, first + 3) || account->status == ACCOUNT_ACTIVE;
    account->history.unlinked_since = pg_instant(row, number, first + 4);
}

/* Room for `more` accounts behind those that are there. */
static void make_room(struct arena *arena, struct snapshot *snapshot, size_t more)
{
    if (snapshot->capacity >= snapshot->count + more)
        return;
    struct account *all = arena_calloc(arena, snapshot->count + more, sizeof(snapshot->account[0]));
    if (snapshot->count > 0)
        memcpy(all, snapshot->account, snapshot->count * sizeof(all[0]));
    snapshot->account = all;
    snapshot->capacity = snapshot->count + more;
}

static int append_gone(const struct store *store, struct lookup *lookup, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct snapshot *snapshot = lookup->snapshot;

    if (lookup->missing_count == 0)
        return 0;
    text_add_char(&lookup->missing, '}');
    if (PG_QUERY(store->pg, account_open_rows, PG_MANY, &result, err,
                 store_number(lookup->arena, store->portal_id), text_cstr(&lookup->missing)) < 0)
        return -1;
    size_t gone = (size_t)PQntuples(result);
    make_room(lookup->arena, snapshot, gone);
    for (size_t i = 0; i < gone; i++) {
        struct account *account = &snapshot->account[snapshot->count];
        if (store_account(result, (int)i, lookup->arena, account, err) < 0)
            return -1;
        account->status = ACCOUNT_GONE;
        if (account->login.kind != LOGIN_NOT_READ)
            account->login.source = LOGIN_FROM_HISTORY;
        account->history.suspended_as = PERSON_UNKNOWN;
        fill_life(result, (int)i, 19, account);
        table_add(&lookup->by_id, account->id, (uint32_t)snapshot->count++);
    }
    return 0;
}

/* --- an account's life --- */

static int fill_state(const PGresult *row, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct account *account = lookup_row(lookup, row, 0);

    (void)err;
    if (account) {
        fill_life(row, 0, 1, account);
        fill_login(lookup, row, account);
    } else {
        note_missing(lookup, row);
    }
    return 0;
}

/* A run that was cut off read this, and no snapshot has taken it. */
static int fill_pending(const PGresult *row, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct account *account = lookup_row(lookup, row, 0);

    (void)err;
    if (!account || account->status == ACCOUNT_GONE)
        return 0;
    struct login known = account->login;
    struct login pending = {
        .kind = PQgetisnull(row, 0, 2) ? LOGIN_NEVER : store_login_kind_parse(pg_text(row, 0, 2)),
        .source = store_login_source_parse(pg_text(row, 0, 1)),
        .at = pg_instant(row, 0, 3),
        .raw = store_string(lookup->arena, row, 0, 4),
        .seen_at = pg_instant(row, 0, 5),
    };
    if (pending.source != LOGIN_FROM_SINGLE_READ) {
        account->login = login_newest(known, pending);
        return 0;
    }
    account->login = pending;
    account->department = intern_string(&lookup->kept, pg_text(row, 0, 6));
    snapshot_reread(lookup->snapshot, account, known, pending.seen_at);
    return 0;
}

/* Who is not in the history yet is first seen now. */
static void begin_history(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        struct account *account = &snapshot->account[i];
        account->history = (struct account_history){
            .first_seen = snapshot->taken_at,
            .ever_active = account->status == ACCOUNT_ACTIVE,
            .suspended_as = PERSON_UNKNOWN,
        };
    }
}

static int fill_act(const PGresult *row, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct account *account = lookup_row(lookup, row, 0);

    (void)err;
    if (!account)
        return 0;
    struct instant done = pg_instant(row, 0, 1);
    bool undone_by_us = pg_bool(row, 0, 3);
    bool active_since =
        pg_bool(row, 0, 4) || (account->status == ACCOUNT_ACTIVE &&
                               instant_compare(lookup->snapshot->taken_at, done) > 0);
    account->history.reactivated_since = active_since && !undone_by_us;
    if (active_since || undone_by_us)
        return 0;
    account->history.suspended_by_us = done;
    account->history.suspended_as = person_status_parse(pg_text(row, 0, 2));
    return 0;
}

static int load_announcements(const struct store *store, struct lookup *lookup, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct arena *arena = lookup->arena;

    if (PG_QUERY(store->pg, announcement_list, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    struct announcement *list = arena_calloc(arena, count + 1, sizeof(list[0]));
    for (int i = 0; i < (int)count; i++) {
        struct account *account = lookup_row(lookup, result, i);
        list[i] = (struct announcement){
            .rule = store_string(arena, result, i, 1),
            .on = pg_day(result, i, 2),
            .login_at = pg_instant(result, i, 3),
        };
        if (!account)
            continue;
        if (account->history.announcement_count == 0)
            account->history.announcement = &list[i];
        account->history.announcement_count++; /* rows of one account stand together */
    }
    return 0;
}

static int load_history(const struct store *store, struct arena *arena, struct snapshot *snapshot,
                        struct err *err)
{
    struct lookup lookup;

    begin_history(snapshot);
    lookup_init(&lookup, arena, snapshot);
    int failed =
        each_of_portal(store, "account_state", query_account_state, fill_state, &lookup, err) ||
        append_gone(store, &lookup, err) ||
        each_of_portal(store, "login_pending_list", query_login_pending_list, fill_pending, &lookup,
                       err) ||
        each_of_portal(store, "account_acts", query_account_acts, fill_act, &lookup, err) ||
        load_announcements(store, &lookup, err);
    lookup_release(&lookup);
    return failed ? -1 : 0;
}

int store_load_history(struct store *store, struct arena *arena, struct snapshot *snapshot,
                       struct err *err)
{
    if (store_begin(store, err) < 0 ||
        store_end(store, load_history(store, arena, snapshot, err), err) < 0)
        return -1;
    snapshot->numbered = true;
    return 0;
}

/* --- numbers of accounts --- */

static int fill_number(const PGresult *row, void *context, struct err *err)
{
    struct account *account = lookup_row(context, row, 0);

    (void)err;
    if (account)
        account->history.number = (int32_t)pg_int(row, 0, 1);
    return 0;
}

int store_number_accounts(const struct store *store, struct arena *arena, struct snapshot *snapshot,
                          struct err *err)
{
    struct lookup lookup;

    if (snapshot->numbered)
        return 0;
    lookup_init(&lookup, arena, snapshot);
    int failed =
        each_of_portal(store, "account_numbers", query_account_numbers, fill_number, &lookup, err);
    lookup_release(&lookup);
    snapshot->numbered = failed == 0;
    return failed;
}

/* --- what the guards compare with --- */

static int64_t int_or(const PGresult *result, int column, int64_t otherwise)
{
    return PQgetisnull(result, 0, column) ? otherwise : pg_int(result, 0, column);
}

int store_load_guard_history(struct store *store, struct arena *arena, const struct limits *limits,
                             const struct roster *roster, struct instant now,
                             struct guard_history *ret_history, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, guard_history, PG_ONE, &result, err,
                 store_number(arena, store->portal_id), store_hex(arena, &roster->digest),
                 store_time(arena, now),
                 store_number(arena, limits->of[ACTION_SUSPEND].rolling_days),
                 store_number(arena, limits->of[ACTION_DEPROVISION].rolling_days)) < 0)
        return -1;
    *ret_history = (struct guard_history){
        .first_plan = pg_bool(result, 0, 0),
        .last_roster_people = int_or(result, 1, -1),
        .same_bytes_since = pg_instant(result, 0, 2),
        .last_snapshot_accounts = int_or(result, 3, -1),
        .last_matched_percent = PQgetisnull(result, 0, 4) ? -1 : pg_double(result, 0, 4),
        .in_window =
            {[ACTION_SUSPEND] = pg_int(result, 0, 5), [ACTION_DEPROVISION] = pg_int(result, 0, 6)},
        .last_run_day = pg_day(result, 0, 7),
    };
    return 0;
}

int store_load_good_rosters(struct store *store, struct arena *arena,
                            const struct instant **ret_good, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, roster_good_times, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    struct instant *good = arena_calloc(arena, count + 1, sizeof(good[0]));
    for (size_t i = 0; i < count; i++)
        good[count - 1 - i] = pg_instant(result, (int)i, 0);
    *ret_good = good;
    *ret_count = count;
    return 0;
}
