/*
 * What the history adds to a snapshot that was just read, and what the guards compare it with.
 *
 * Evidence only ever makes an account safer from here: a newer login from the history clears it, an
 * unreadable one stays unreadable whatever was known before, and somebody counts as suspended by us
 * only as long as nothing shows them active afterwards.
 */
#include "store/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/mem.h"
#include "facts/account_index.h"
#include "store/account.h"
#include "store/column.h"
#include "store/ruling.h"

/* Of accounts in the history, collected. */
struct numbers {
    int64_t *item;
    size_t count, capacity;
};

/* Accounts by id while rows of the history stream by. */
struct lookup {
    struct arena *arena;
    struct snapshot *snapshot;
    struct account_index by_id;
    struct intern kept;
    struct account_sinces sinces;
    struct alike alikes;
    struct store_reader reader; /* of the statement whose rows stream by */
    uint32_t *place;            /* of a listed account, by its number in the store, plus 1 */
    size_t places, place_capacity;
    struct numbers unlisted, were_there; /* of accounts that are not listed */
    bool any_bound;                      /* of all that the history knows */
};

static void lookup_init(struct lookup *lookup, struct arena *arena, struct snapshot *snapshot)
{
    *lookup = (struct lookup){.arena = arena, .snapshot = snapshot, .sinces = {.arena = arena}};
    account_index_init(&lookup->by_id, snapshot->account, snapshot->count);
    intern_init(&lookup->kept, arena);
    alike_init(&lookup->alikes, arena, sizeof(struct account_alike));
}

static void lookup_release(struct lookup *lookup)
{
    account_index_release(&lookup->by_id);
    intern_release(&lookup->kept);
    alike_release(&lookup->alikes);
    free(lookup->place);
    free(lookup->unlisted.item);
    free(lookup->were_there.item);
}

static void add_number(struct numbers *numbers, int32_t number)
{
    numbers->item =
        mem_grow(numbers->item, numbers->count, &numbers->capacity, sizeof(numbers->item[0]));
    numbers->item[numbers->count++] = number;
}

static const int64_t *keep_numbers(struct arena *arena, const struct numbers *numbers)
{
    int64_t *kept = arena_calloc(arena, numbers->count + 1, sizeof(kept[0]));

    if (numbers->count > 0)
        memcpy(kept, numbers->item, numbers->count * sizeof(kept[0]));
    return kept;
}

/* What the history has open of a listed account. */
static void set_mark(struct lookup *lookup, const struct account *account,
                     const struct digest *version)
{
    struct snapshot *snapshot = lookup->snapshot;
    size_t at = (size_t)(account - snapshot->account);

    if (!snapshot->marks)
        return;
    if (snapshot->mark_count == 0) { /* a first snapshot has none */
        snapshot->mark = arena_calloc(snapshot->marks, snapshot->count, sizeof(snapshot->mark[0]));
        snapshot->mark_count = snapshot->count;
    }
    memcpy(snapshot->mark[at].byte, version->byte, sizeof(snapshot->mark[at].byte));
}

/* Somebody in the history whom the snapshot does not list. */
static void note_unlisted(struct lookup *lookup, int32_t number, bool was_there)
{
    add_number(&lookup->unlisted, number);
    if (was_there)
        add_number(&lookup->were_there, number);
}

static void keep_unlisted(struct lookup *lookup)
{
    struct snapshot *snapshot = lookup->snapshot;

    snapshot->unlisted = keep_numbers(lookup->arena, &lookup->unlisted);
    snapshot->unlisted_count = lookup->unlisted.count;
    snapshot->missing = keep_numbers(lookup->arena, &lookup->were_there);
    snapshot->missing_count = lookup->were_there.count;
}

/* NULL when the snapshot does not have it. */
static struct account *find_account(const struct lookup *lookup, const char *id)
{
    struct account *all = lookup->snapshot->account;
    uint32_t at = account_index_find(&lookup->by_id, all, id);

    return at == ACCOUNT_NOWHERE ? NULL : &all[at];
}

/* Numbers are dense: the history counts its accounts. */
static void set_place(struct lookup *lookup, int32_t number, const struct account *account)
{
    while (lookup->places <= (size_t)number) {
        lookup->place = mem_grow(lookup->place, lookup->places, &lookup->place_capacity,
                                 sizeof(lookup->place[0]));
        lookup->place[lookup->places++] = 0;
    }
    lookup->place[number] = (uint32_t)(account - lookup->snapshot->account) + 1;
}

/* Likewise, by its number. */
static struct account *find_numbered(const struct lookup *lookup, int32_t number)
{
    uint32_t place = (size_t)number < lookup->places ? lookup->place[number] : 0;

    return place ? &lookup->snapshot->account[place - 1] : NULL;
}

static int each_of_portal(const struct store *store, const char *name, const char *sql,
                          const struct column *columns,
                          int (*each)(const PGresult *row, void *context, struct err *err),
                          struct lookup *lookup, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *const parameter[] = {store_number(&scratch, store->portal_id)};

    lookup->reader = (struct store_reader){.columns = columns};
    return pg_each(store->pg, name, sql, parameter, COUNT_OF(parameter), each, lookup, err);
}

/* --- what is known --- */

/* An account as the history has it. Text stays in the row: most of it is known already. */
struct state_row {
    const char *account_id;
    struct account_history life;
    struct account_since since;
    struct account_past past;
    struct login login;
    bool is_bound; /* protected entries once fitted it */
    /* The profile that since.profile_since is of, and the newest complete snapshot. */
    const char *profile_id;
    struct instant complete_at;
};

#define LIFE_COLUMNS                                                                               \
    COLUMN("account_no", struct state_row, life.number),                                           \
        COLUMN("first_seen", struct state_row, since.first_seen),                                  \
        COLUMN("created", struct state_row, since.created),                                        \
        COLUMN("ever_active", struct state_row, life.ever_active),                                 \
        COLUMN("once_linked", struct state_row, life.once_linked),                                 \
        COLUMN("missing_at", struct state_row, since.missing_at),                                  \
        COLUMN("became_active", struct state_row, past.became_active),                             \
        COLUMN("reactivated", struct state_row, past.reactivated_at),                              \
        COLUMN("regraded", struct state_row, past.regraded_at),                                    \
        COLUMN("profile_since", struct state_row, since.profile_since),                            \
        COLUMN("profile_other_at", struct state_row, past.profile_other_at)

static const struct column state_columns[] = {
    LIFE_COLUMNS,
    COLUMN("account_id", struct state_row, account_id),
    COLUMN_OF_WORDS("kind", struct state_row, login.kind, &store_login_kind_words),
    COLUMN_OF_WORDS("source", struct state_row, login.source, &store_login_source_words),
    COLUMN("at", struct state_row, login.at),
    COLUMN("raw", struct state_row, login.raw),
    COLUMN("seen_at", struct state_row, login.seen_at),
    COLUMN("read_at", struct state_row, life.read_at),
    COLUMN("is_bound", struct state_row, is_bound),
    COLUMN("profile_id", struct state_row, profile_id),
    COLUMN("complete_at", struct state_row, complete_at),
    COLUMN_END,
};

#define EARLIER_CURSOR "account_earlier"

static int declare(const struct store *store, const char *cursor, const char *hold,
                   const char *query, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *const parameter[] = {store_number(&scratch, store->portal_id)};
    const char *sql =
        arena_printf(&scratch, "declare %s no scroll cursor %s for\n%s", cursor, hold, query);

    return pg_run(store->pg, cursor, sql, PG_NOTHING, parameter, COUNT_OF(parameter), NULL, err);
}

/* Most have none of it. */
static bool has_past(const struct account_past *past)
{
    return instant_is_set(past->became_active) || instant_is_set(past->reactivated_at) ||
           instant_is_set(past->regraded_at) || instant_is_set(past->profile_other_at);
}

/* What a row of ours says of a life; the rest of the history stays. */
static void fill_life(struct lookup *lookup, const struct state_row *row, struct account *account)
{
    const struct account_history *life = &row->life;
    struct account_history *history = &account->history;

    history->number = life->number;
    history->since = account_since_shared(&lookup->sinces, &row->since);
    history->ever_active = life->ever_active || account->status == ACCOUNT_ACTIVE;
    history->once_linked = life->once_linked;
    history->first_event = life->first_event;
    if (!has_past(&row->past))
        return;
    struct account_past *past = account_past_of(lookup->arena, account);
    past->became_active = row->past.became_active;
    past->reactivated_at = row->past.reactivated_at;
    past->regraded_at = row->past.regraded_at;
    past->profile_other_at = row->past.profile_other_at;
}

/* What the snapshot says of the profile is of now: with another one its time begins. */
static void begin_profile(const struct lookup *lookup, const struct account *account,
                          struct state_row *row)
{
    struct instant since = row->since.profile_since;

    if (instant_is_set(since) && text_equal(row->profile_id, account_alike(account)->profile_id))
        return;
    row->since.profile_since = lookup->snapshot->taken_at;
    row->past.profile_other_at =
        instant_is_set(since) ? instant_later(since, row->complete_at) : INSTANT_NONE;
}

static void set_department(struct lookup *lookup, struct account *account, const char *department)
{
    struct account_alike alike = *account_alike(account);

    alike.department = intern_string(&lookup->kept, department);
    account_alike_share(&lookup->alikes, account, &alike);
}

static void fill_login(struct lookup *lookup, const struct state_row *row, struct account *account)
{
    struct login known = row->login;

    account->history.read_at = row->life.read_at;
    if (known.kind == LOGIN_NOT_READ || login_is_ahead(&known, known.seen_at))
        return; /* P7: what never was says nothing the night after */
    account->history.told_by = known.source;
    known.source = LOGIN_FROM_HISTORY;
    known.raw = known.kind == LOGIN_UNREADABLE ? arena_strdup(lookup->arena, known.raw) : NULL;
    account->login = login_newest(known, account->login); /* equal is no news */
}

/* --- who is gone --- */

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

static const struct column life_columns[] = {
    LIFE_COLUMNS,
    COLUMN("unlinked_since", struct state_row, since.unlinked_since),
    COLUMN("first_event", struct state_row, life.first_event),
    COLUMN_END,
};

static int append_gone(const struct store *store, struct lookup *lookup, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct store_account_reader reader = store_account_reader();
    struct store_reader life = {.columns = life_columns};
    struct snapshot *snapshot = lookup->snapshot;

    if (!snapshot->complete || snapshot->missing_count == 0)
        return 0;
    if (PG_QUERY(store->pg, account_open_rows, PG_MANY, &result, err,
                 store_number(&scratch, store->portal_id),
                 store_number_array(&scratch, snapshot->missing, snapshot->missing_count)) < 0)
        return -1;
    size_t gone = (size_t)PQntuples(result);
    make_room(lookup->arena, snapshot, gone);
    for (size_t i = 0; i < gone; i++) {
        struct account *account = &snapshot->account[snapshot->count];
        struct state_row row = {.account_id = NULL};
        if (store_account(&reader, result, (int)i, lookup->arena, account, err) < 0)
            return -1;
        account->status = ACCOUNT_GONE;
        (void)store_read(&life, result, (int)i, NULL, &row);
        fill_life(lookup, &row, account);
        if (account->login.kind != LOGIN_NOT_READ)
            account->login.source = LOGIN_FROM_HISTORY;
        account_index_add(&lookup->by_id, snapshot->account, (uint32_t)snapshot->count++);
    }
    return 0;
}

/* --- an account's life --- */

static int fill_state(const PGresult *result, int number, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct state_row row = {.account_id = NULL};

    (void)err;
    (void)store_read(&lookup->reader, result, number, NULL, &row);
    lookup->any_bound |= row.is_bound;
    struct account *account = find_account(lookup, row.account_id);
    if (!account) {
        add_number(&lookup->unlisted, row.life.number);
        return 0;
    }
    set_place(lookup, row.life.number, account);
    begin_profile(lookup, account, &row);
    fill_life(lookup, &row, account);
    fill_login(lookup, &row, account);
    return 0;
}

struct version_row {
    const char *department;
    struct digest version;
    int32_t number;
    bool was_there; /* until now */
    bool had_none;  /* a seat, when it last showed whether it has one */
};

static const struct column version_columns[] = {
    COLUMN("account_no", struct version_row, number),
    COLUMN("version", struct version_row, version),
    COLUMN("department", struct version_row, department),
    COLUMN("was_there", struct version_row, was_there),
    COLUMN("had_none", struct version_row, had_none),
    COLUMN_END,
};

static int fill_version(const PGresult *result, int number, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct version_row row = {.department = NULL};

    (void)err;
    (void)store_read(&lookup->reader, result, number, NULL, &row);
    struct account *account = find_numbered(lookup, row.number);
    if (!account) {
        if (row.was_there)
            add_number(&lookup->were_there, row.number);
        return 0;
    }
    if (account->status == ACCOUNT_ACTIVE && row.had_none)
        account_past_of(lookup->arena, account)->became_active = lookup->snapshot->taken_at;
    if (!account_alike(account)->department && row.department)
        set_department(lookup, account, row.department);
    set_mark(lookup, account, &row.version);
    return 0;
}

struct link_row {
    const char *yesterday;
    struct instant unlinked_since;
    int32_t number;
};

static const struct column link_columns[] = {
    COLUMN("account_no", struct link_row, number),
    COLUMN("unlinked_since", struct link_row, unlinked_since),
    COLUMN("yesterday", struct link_row, yesterday),
    COLUMN_END,
};

static int fill_link(const PGresult *result, int number, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct link_row row = {.yesterday = NULL};

    (void)err;
    (void)store_read(&lookup->reader, result, number, NULL, &row);
    struct account *account = find_numbered(lookup, row.number);
    if (!account)
        return 0;
    account->history.yesterday = arena_strdup(lookup->arena, row.yesterday);
    if (instant_is_set(row.unlinked_since)) {
        struct account_since since = *account_since(account);
        since.unlinked_since = row.unlinked_since;
        account->history.since = account_since_shared(&lookup->sinces, &since);
    }
    return 0;
}

struct known_row {
    struct activity activity;
    int32_t number;
};

static const struct column known_columns[] = {
    COLUMN("account_no", struct known_row, number),
    COLUMN_OF_WORDS("kind", struct known_row, activity.kind, &event_kind_words),
    COLUMN("at", struct known_row, activity.at),
    COLUMN("seen_at", struct known_row, activity.seen_at),
    COLUMN_END,
};

static int fill_known(const PGresult *result, int number, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct known_row row = {.number = 0};

    (void)err;
    (void)store_read(&lookup->reader, result, number, NULL, &row);
    struct account *account = find_numbered(lookup, row.number);
    if (account)
        account_tell_activity(lookup->arena, account, row.activity);
    return 0;
}

struct first_row {
    const char *account_id;
    struct instant at;
};

static const struct column first_columns[] = {
    COLUMN("account_id", struct first_row, account_id),
    COLUMN("at", struct first_row, at),
    COLUMN_END,
};

static int fill_first(const PGresult *result, int number, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct first_row row = {.account_id = NULL};

    (void)err;
    (void)store_read(&lookup->reader, result, number, NULL, &row);
    struct account *account = find_account(lookup, row.account_id);
    if (account)
        account->history.first_event = row.at;
    return 0;
}

/* Each comes as it lies in its table; who is whom tells the first, which has id and number. While
 * the roster is read the server has time to find some of it ahead; while a list is, both processors
 * have enough to do. */
static const struct part {
    const char *cursor, *query;
    const struct column *columns;
    int (*fill)(const PGresult *rows, int row, void *context, struct err *err);
    bool is_ahead;
} parts[] = {
    {"account_state", query_account_state, state_columns, fill_state, true},
    {"account_versions", query_account_versions, version_columns, fill_version, false},
    {"account_links", query_account_links, link_columns, fill_link, true},
    {"account_activity", query_account_activity, known_columns, fill_known, false},
    {"first_event_list", query_first_event_list, first_columns, fill_first, false},
};

int store_ask_history(struct store *store, struct err *err)
{
    if (store_begin(store, err) < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (parts[i].is_ahead &&
            declare(store, parts[i].cursor, "with hold", parts[i].query, err) < 0)
            return store_end(store, -1, err);
    }
    if (declare(store, EARLIER_CURSOR, "with hold", query_account_earlier, err) < 0)
        return store_end(store, -1, err);
    store->is_asked = true;
    return pg_commit_later(store->pg, "account_state, account_links, account_earlier", err);
}

void store_forget_asked(struct store *store)
{
    if (!store->is_asked)
        return;
    store->is_asked = false;
    pg_forget_commit(store->pg);
    if (pg_run(store->pg, "close", "close all", PG_NOTHING, NULL, 0, NULL, NULL) < 0)
        return; /* with the connection it goes as well */
}

/* What is known of every account: asked for now, or before. */
static int load_state(const struct store *store, struct lookup *lookup, struct err *err)
{
    lookup->snapshot->mark_count = 0;
    if (store->is_asked && pg_committed(store->pg, err) < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const struct part *part = &parts[i];
        bool is_held = store->is_asked && part->is_ahead;

        lookup->reader = (struct store_reader){.columns = part->columns};
        if ((!is_held && declare(store, part->cursor, "", part->query, err) < 0) ||
            pg_fetch(store->pg, part->cursor, part->fill, lookup, err) < 0)
            return -1;
    }
    keep_unlisted(lookup);
    return 0;
}

struct pending_row {
    const char *account_id, *department;
    struct login login;
};

static const struct column pending_columns[] = {
    COLUMN("account_id", struct pending_row, account_id),
    COLUMN_OF_WORDS("source", struct pending_row, login.source, &store_login_source_words),
    COLUMN_OF_WORDS("kind", struct pending_row, login.kind, &store_login_kind_words),
    COLUMN("at", struct pending_row, login.at),
    COLUMN("raw", struct pending_row, login.raw),
    COLUMN("seen_at", struct pending_row, login.seen_at),
    COLUMN("department", struct pending_row, department),
    COLUMN_END,
};

/* A run that was cut off read this, and no snapshot has taken it. */
static int fill_pending(const PGresult *result, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct pending_row row = {.login = {.kind = LOGIN_NEVER}}; /* which no word says */

    (void)err;
    if (!store_read(&lookup->reader, result, 0, NULL, &row))
        row.login.kind = LOGIN_NOT_READ;
    struct account *account = find_account(lookup, row.account_id);
    if (!account || account->status == ACCOUNT_GONE)
        return 0;
    struct login known = account->login;
    row.login.raw = arena_strdup(lookup->arena, row.login.raw);
    if (row.login.source != LOGIN_FROM_SINGLE_READ) {
        account->login = login_newest(known, row.login);
        return 0;
    }
    account->login = row.login;
    set_department(lookup, account, row.department);
    snapshot_reread(lookup->snapshot, account, known, row.login.seen_at);
    return 0;
}

/* --- activity --- */

struct activity_row {
    const char *account_id;
    struct activity activity;
};

static const struct column activity_columns[] = {
    COLUMN("account_id", struct activity_row, account_id),
    COLUMN_OF_WORDS("kind", struct activity_row, activity.kind, &event_kind_words),
    COLUMN("at", struct activity_row, activity.at),
    COLUMN("seen_at", struct activity_row, activity.seen_at),
    COLUMN_END,
};

/* Read by a run that was cut off, likewise. */
static int fill_pending_activity(const PGresult *result, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct activity_row row = {.activity = {.is_new = true}};

    (void)err;
    (void)store_read(&lookup->reader, result, 0, NULL, &row);
    struct account *account = find_account(lookup, row.account_id);
    if (account)
        account_tell_activity(lookup->arena, account, row.activity);
    return 0;
}

/* Who is not in the history yet is first seen now. */
static void begin_history(struct lookup *lookup)
{
    struct snapshot *snapshot = lookup->snapshot;
    const struct account_since now = {.first_seen = snapshot->taken_at,
                                      .profile_since = snapshot->taken_at};
    const struct account_since *shared = account_since_shared(&lookup->sinces, &now);

    for (size_t i = 0; i < snapshot->count; i++) {
        struct account *account = &snapshot->account[i];
        account->history = (struct account_history){
            .since = shared,
            .ever_active = account->status == ACCOUNT_ACTIVE,
        };
    }
}

struct act_row {
    const char *account_id;
    struct instant done_at;
    enum person_status person_status;
    bool undone_by_us, readings_missing;
    int64_t act_id;
};

static const struct column act_columns[] = {
    COLUMN("account_id", struct act_row, account_id),
    COLUMN("done_at", struct act_row, done_at),
    COLUMN_OF_WORDS("person_status", struct act_row, person_status, &person_status_words),
    COLUMN("undone_by_us", struct act_row, undone_by_us),
    COLUMN("readings_missing", struct act_row, readings_missing),
    COLUMN("act_id", struct act_row, act_id),
    COLUMN_END,
};

static int fill_act(const PGresult *result, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct act_row row = {.person_status = PERSON_UNKNOWN};

    (void)err;
    (void)store_read(&lookup->reader, result, 0, NULL, &row);
    struct account *account = find_account(lookup, row.account_id);
    if (!account)
        return 0;
    struct account_past *past = account_past_of(lookup->arena, account);
    bool is_active_now = account->status == ACCOUNT_ACTIVE &&
                         instant_compare(lookup->snapshot->taken_at, row.done_at) > 0;
    if (instant_compare(past->reactivated_at, row.done_at) <= 0)
        past->reactivated_at = is_active_now ? lookup->snapshot->taken_at : INSTANT_NONE;
    bool active_since = instant_is_set(past->reactivated_at);
    past->acted_at = row.done_at;
    past->suspended_act = row.undone_by_us ? 0 : row.act_id;
    past->suspended_as = row.undone_by_us ? PERSON_UNKNOWN : row.person_status;
    past->reactivated_since = active_since && !row.undone_by_us;
    past->reactivation_unknown = !active_since && !row.undone_by_us && row.readings_missing;
    if (active_since || row.undone_by_us)
        return 0;
    past->suspended_by_us = row.done_at;
    return 0;
}

struct downgrade_row {
    const char *account_id;
    struct account_downgrade downgrade;
    struct instant restored_at; /* by us, since; none = not */
};

static const struct column downgrade_columns[] = {
    COLUMN("account_id", struct downgrade_row, account_id),
    COLUMN("act_id", struct downgrade_row, downgrade.act),
    COLUMN("done_at", struct downgrade_row, downgrade.at),
    COLUMN("from_profile", struct downgrade_row, downgrade.from),
    COLUMN("to_profile", struct downgrade_row, downgrade.to),
    COLUMN("from_roles", struct downgrade_row, downgrade.from_roles),
    COLUMN_OF_WORDS("person_status", struct downgrade_row, downgrade.as, &person_status_words),
    COLUMN("restored_at", struct downgrade_row, restored_at),
    COLUMN_END,
};

/* Another profile than our newest downgrade gave: as the history has it, or as this list shows it
 * for the first time. An account that tells none tells nothing. */
static int fill_downgrade(const PGresult *result, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct downgrade_row row = {.downgrade = {.as = PERSON_UNKNOWN}};

    (void)err;
    (void)store_read(&lookup->reader, result, 0, lookup->arena, &row);
    struct account *account = find_account(lookup, row.account_id);
    if (!account)
        return 0;
    struct account_past *past = account_past_of(lookup->arena, account);
    struct account_downgrade *downgrade = arena_alloc(lookup->arena, sizeof(*downgrade));
    bool shows = account->status == ACCOUNT_ACTIVE || account->status == ACCOUNT_INACTIVE;
    bool is_news = shows && !account_alike(account)->flaw && account_alike(account)->profile_id &&
                   !text_equal(account_alike(account)->profile_id, row.downgrade.to) &&
                   instant_compare(lookup->snapshot->taken_at, row.downgrade.at) > 0;
    *downgrade = row.downgrade;
    if (past->downgrade) { /* it came first */
        struct account_downgrade *last = past->downgrade;
        while (last->earlier)
            last = last->earlier;
        last->earlier = downgrade;
        return 0;
    }
    if (instant_compare(past->regraded_at, downgrade->at) <= 0)
        past->regraded_at = is_news ? lookup->snapshot->taken_at : INSTANT_NONE;
    downgrade->restored = instant_is_set(row.restored_at);
    downgrade->other_at = instant_is_set(past->regraded_at) ? past->regraded_at : row.restored_at;
    past->downgrade = downgrade;
    return 0;
}

static const struct column announcement_columns[] = {
    COLUMN("rule", struct announcement, rule),
    COLUMN("action", struct announcement, action),
    COLUMN("to_profile", struct announcement, to_profile),
    COLUMN("announced_on", struct announcement, on),
    COLUMN("login_at", struct announcement, login_at),
    COLUMN("announced_at", struct announcement, at),
    COLUMN("not_before", struct announcement, not_before),
    COLUMN("told", struct announcement, told),
    COLUMN_END,
};

static const struct column unreached_columns[] = {
    COLUMN("rule", struct unreached, rule),
    COLUMN("address", struct unreached, address),
    COLUMN("why", struct unreached, why),
    COLUMN_END,
};

static int load_announcements(const struct store *store, struct lookup *lookup, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    size_t count = 0;

    if (PG_QUERY(store->pg, announcement_list, PG_MANY, &result, err,
                 store_number(lookup->arena, store->portal_id)) < 0)
        return -1;
    const struct announcement *list =
        store_read_all(announcement_columns, sizeof(list[0]), result, lookup->arena, &count);
    int account_id = store_place_of(result, "account_id");
    for (size_t i = 0; i < count; i++) {
        struct account *account = find_account(lookup, pg_text(result, (int)i, account_id));
        if (!account)
            continue;
        struct account_past *past = account_past_of(lookup->arena, account);
        if (past->announcement_count == 0)
            past->announcement = &list[i];
        past->announcement_count++; /* rows of one account stand together */
    }
    return 0;
}

static const struct column earlier_columns[] = {
    COLUMN("name", struct account_earlier, name),
    COLUMN("email", struct account_earlier, email),
    COLUMN("employee_number", struct account_earlier, employee_number),
    COLUMN_END,
};

/* Asked for now, or before, and with it all that was asked before. */
static int ask_earlier(const struct store *store, struct arena *arena, PGresult **ret_result,
                       struct err *err)
{
    if (!store->is_asked)
        return PG_QUERY(store->pg, account_earlier, PG_MANY, ret_result, err,
                        store_number(arena, store->portal_id));
    if (pg_run(store->pg, EARLIER_CURSOR, "fetch all from " EARLIER_CURSOR, PG_MANY, NULL, 0,
               ret_result, err) < 0)
        return -1;
    return pg_run(store->pg, "close", "close all", PG_NOTHING, NULL, 0, NULL, err);
}

static int load_earlier(const struct store *store, struct lookup *lookup, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    size_t count = 0;

    if (ask_earlier(store, lookup->arena, &result, err) < 0)
        return -1;
    const struct account_earlier *list =
        store_read_all(earlier_columns, sizeof(list[0]), result, lookup->arena, &count);
    int account_id = store_place_of(result, "account_id");
    for (size_t i = 0; i < count; i++) {
        struct account *account = find_account(lookup, pg_text(result, (int)i, account_id));
        if (!account)
            continue;
        struct account_past *past = account_past_of(lookup->arena, account);
        if (past->earlier_count == 0)
            past->earlier = &list[i];
        past->earlier_count++; /* rows of one account stand together */
    }
    return 0;
}

static int load_bound(const struct store *store, struct lookup *lookup, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (!lookup->any_bound)
        return 0;
    if (PG_QUERY(store->pg, account_bound, PG_MANY, &result, err,
                 store_number(lookup->arena, store->portal_id)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    const char **who = arena_calloc(lookup->arena, count + 1, sizeof(who[0]));
    int account_id = store_place_of(result, "account_id"), at = store_place_of(result, "who");
    for (size_t i = 0; i < count; i++) {
        struct account *account = find_account(lookup, pg_text(result, (int)i, account_id));
        who[i] = arena_strdup(lookup->arena, pg_text(result, (int)i, at));
        if (!account)
            continue;
        struct account_past *past = account_past_of(lookup->arena, account);
        if (past->bound_count == 0)
            past->bound = &who[i];
        past->bound_count++; /* likewise */
    }
    return 0;
}

static int load_unreached(const struct store *store, struct lookup *lookup, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    size_t count = 0;

    if (PG_QUERY(store->pg, unreached_list, PG_MANY, &result, err,
                 store_number(lookup->arena, store->portal_id)) < 0)
        return -1;
    const struct unreached *list =
        store_read_all(unreached_columns, sizeof(list[0]), result, lookup->arena, &count);
    int account_id = store_place_of(result, "account_id");
    for (size_t i = 0; i < count; i++) {
        struct account *account = find_account(lookup, pg_text(result, (int)i, account_id));
        if (!account)
            continue;
        struct account_past *past = account_past_of(lookup->arena, account);
        if (past->unreached_count == 0)
            past->unreached = &list[i];
        past->unreached_count++; /* rows of one account stand together */
    }
    return 0;
}

static int load_rulings(const struct store *store, struct lookup *lookup, struct err *err)
{
    struct store_standing *standing = NULL;
    size_t count = 0;

    if (store_load_standing(store, lookup->arena, &standing, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct account *account = find_account(lookup, standing[i].account_id);
        if (account)
            account_past_of(lookup->arena, account)->rulings = &standing[i].rulings;
    }
    return 0;
}

static int load_history(const struct store *store, struct arena *arena, struct snapshot *snapshot,
                        struct err *err)
{
    struct lookup lookup;

    lookup_init(&lookup, arena, snapshot);
    begin_history(&lookup);
    int failed = load_state(store, &lookup, err) || append_gone(store, &lookup, err) ||
                 each_of_portal(store, "login_pending_list", query_login_pending_list,
                                pending_columns, fill_pending, &lookup, err) ||
                 each_of_portal(store, "activity_pending_list", query_activity_pending_list,
                                activity_columns, fill_pending_activity, &lookup, err) ||
                 each_of_portal(store, "account_acts", query_account_acts, act_columns, fill_act,
                                &lookup, err) ||
                 each_of_portal(store, "account_downgrades", query_account_downgrades,
                                downgrade_columns, fill_downgrade, &lookup, err) ||
                 load_announcements(store, &lookup, err) || load_unreached(store, &lookup, err) ||
                 load_earlier(store, &lookup, err) || load_bound(store, &lookup, err) ||
                 load_rulings(store, &lookup, err);
    lookup_release(&lookup);
    return failed ? -1 : 0;
}

int store_load_history(struct store *store, struct arena *arena, struct snapshot *snapshot,
                       struct err *err)
{
    if (store_begin_still(store, err) < 0 ||
        store_end(store, load_history(store, arena, snapshot, err), err) < 0)
        return -1;
    store->is_asked = false;
    snapshot->numbered = true;
    return 0;
}

/* --- numbers of accounts --- */

struct number_row {
    const char *account_id;
    int32_t number;
    bool was_there;
};

static const struct column number_columns[] = {
    COLUMN("account_id", struct number_row, account_id),
    COLUMN("account_no", struct number_row, number),
    COLUMN("was_there", struct number_row, was_there),
    COLUMN_END,
};

static int fill_number(const PGresult *result, void *context, struct err *err)
{
    struct lookup *lookup = context;
    struct number_row row = {.number = 0};

    (void)err;
    (void)store_read(&lookup->reader, result, 0, NULL, &row);
    struct account *account = find_account(lookup, row.account_id);
    if (!account || account->status == ACCOUNT_GONE)
        note_unlisted(lookup, row.number, row.was_there);
    if (!account)
        return 0;
    account->history.number = row.number;
    return 0;
}

int store_number_accounts(const struct store *store, struct arena *arena, struct snapshot *snapshot,
                          struct err *err)
{
    struct lookup lookup;

    if (snapshot->numbered)
        return 0;
    lookup_init(&lookup, arena, snapshot);
    int failed = each_of_portal(store, "account_numbers", query_account_numbers, number_columns,
                                fill_number, &lookup, err);
    keep_unlisted(&lookup);
    lookup_release(&lookup);
    snapshot->numbered = failed == 0;
    return failed;
}

/* --- what the guards compare with --- */

static const struct column guard_columns[] = {
    COLUMN("first_plan", struct guard_history, first_plan),
    COLUMN("last_roster_people", struct guard_history, last_roster_people),
    COLUMN("same_bytes_since", struct guard_history, same_bytes_since),
    COLUMN("last_snapshot_accounts", struct guard_history, last_snapshot_accounts),
    COLUMN("older_copy_of", struct guard_history, older_copy_of),
    COLUMN("deprovisioned_since", struct guard_history, deprovisioned_since),
    COLUMN("matched_at", struct guard_history, matched_at),
    COLUMN("history_since", struct guard_history, history_since),
    COLUMN("last_run_day", struct guard_history, last_run_day),
    COLUMN("policy_seen_at", struct guard_history, policy_seen_at),
    COLUMN("is_base", struct guard_history, is_base),
    COLUMN_END,
};

/* Of the actions that have a limit. */
static int load_windows(const struct store *store, struct arena *arena, const struct limits *limits,
                        struct instant now, struct guard_history *history, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *name[ACTION_COUNT], *days[ACTION_COUNT];
    size_t count = 0;

    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a)) {
        if (!actions[a].guard)
            continue;
        name[count] = action_name(a);
        days[count++] = store_number(arena, limits->of[a].rolling_days);
    }
    if (PG_QUERY(store->pg, acts_in_window, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_text_array(arena, name, count),
                 store_text_array(arena, days, count), store_time(arena, now)) < 0)
        return -1;
    int action = store_place_of(result, "action"), acts = store_place_of(result, "acts");
    for (int i = 0; i < PQntuples(result); i++) {
        enum action which;
        if (action_parse(pg_text(result, i, action), &which))
            history->in_window[which] = pg_int(result, i, acts);
    }
    return 0;
}

int store_load_guard_history(struct store *store, struct arena *arena, const struct limits *limits,
                             const struct roster *roster, const struct digest *policy_text,
                             struct instant now, struct guard_history *ret_history, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct digest content = roster_content(roster), values = roster_values(roster);

    if (PG_QUERY(store->pg, guard_history, PG_ONE, &result, err,
                 store_number(arena, store->portal_id), store_hex(arena, &roster->digest),
                 store_hex(arena, &content), store_hex(arena, policy_text),
                 store_hex(arena, &values), store_number(arena, store->run_id)) < 0)
        return -1;
    struct guard_history history = {.policy_text = *policy_text};
    (void)store_read_row(guard_columns, result, 0, arena, &history);
    history.last_matched_percent =
        pg_double(result, 0, store_place_of(result, "last_matched_percent"));
    if (load_windows(store, arena, limits, now, &history, err) < 0)
        return -1;
    *ret_history = history;
    return 0;
}

static const struct column proof_columns[] = {
    COLUMN("as_of", struct roster_proof, as_of),
    COLUMN("read_at", struct roster_proof, read_at),
    COLUMN("content", struct roster_proof, values),
    COLUMN("few", struct roster_proof, few),
    COLUMN_END,
};

int store_load_proofs(struct store *store, struct arena *arena, struct roster_proof **ret_proof,
                      size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    size_t count = 0;

    if (PG_QUERY(store->pg, roster_proofs, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, ROSTER_FEW)) < 0)
        return -1;
    const struct roster_proof *newest_first =
        store_read_all(proof_columns, sizeof(newest_first[0]), result, arena, &count);
    struct roster_proof *proof = arena_calloc(arena, count + 1, sizeof(proof[0]));
    for (size_t i = 0; i < count; i++)
        proof[count - 1 - i] = newest_first[i];
    *ret_proof = proof;
    *ret_count = count;
    return 0;
}
