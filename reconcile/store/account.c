/*
 * Reading accounts and profiles back out of their versions. The rows are our own, but the list of
 * groups is parsed as strictly as if it came from outside: a hand may have been at it.
 */
#include "base/limits.h"
#include "base/text.h"
#include "format/json.h"
#include "store/private.h"

/* A list that stands alone, as the member of an object, which is what the JSON reader takes. */
static int parse_list(const char *list, struct json_object **ret_holder,
                      const struct json_object **ret_array, size_t limit, size_t *ret_count,
                      struct err *err)
{
    CLEANUP(text_release) struct text document = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *holder = NULL;

    text_addf(&document, "{\"list\":%s}", list);
    if (json_parse_object(text_cstr(&document), document.length, &holder, err) < 0)
        return err_prefix(err, "the history holds a broken list");
    if (json_array(holder, "list", limit, ret_array, ret_count) != JSON_FOUND)
        return err_set(err, ERR_INTERNAL, "the history holds a list that is none");
    *ret_holder = TAKE(holder);
    return 0;
}

static int read_groups(const char *list, struct arena *arena, struct account *account,
                       struct err *err)
{
    CLEANUP(json_freep) struct json_object *holder = NULL;
    const struct json_object *array = NULL;
    size_t count = 0;

    if (text_equal(list, "[]"))
        return 0;
    if (parse_list(list, &holder, &array, LIMIT_GROUPS, &count, err) < 0)
        return -1;
    struct group *group = arena_calloc(arena, count + 1, sizeof(group[0]));
    for (size_t i = 0; i < count; i++) {
        const struct json_object *one = json_array_object(array, i);
        if (!one)
            return err_set(err, ERR_INTERNAL, "the history holds a group that is none");
        (void)json_string(one, "id", LIMIT_FIELD, arena, &group[i].id);
        (void)json_string(one, "name", LIMIT_FIELD, arena, &group[i].name);
    }
    account->group = group;
    account->group_count = (uint32_t)count;
    return 0;
}

static struct login read_login(const PGresult *row, int number, struct arena *arena)
{
    return (struct login){
        .kind = store_login_kind_parse(pg_text(row, number, 14)),
        .at = pg_instant(row, number, 15),
        .raw = store_string(arena, row, number, 16),
        .source = store_login_source_parse(pg_text(row, number, 17)),
        .seen_at = pg_instant(row, number, 18),
    };
}

int store_account(const PGresult *row, int number, struct arena *arena, struct account *ret_account,
                  struct err *err)
{
    struct account account = {
        .id = store_string(arena, row, number, 0),
        .status = account_status_parse(pg_text(row, number, 1)),
        .username = store_string(arena, row, number, 2),
        .email = store_string(arena, row, number, 3),
        .email2 = store_string(arena, row, number, 4),
        .name = store_string(arena, row, number, 5),
        .employee_number = store_string(arena, row, number, 6),
        .profile_id = store_string(arena, row, number, 7),
        .country = store_string(arena, row, number, 8),
        .department = store_string(arena, row, number, 9),
        .groups_unreadable = pg_bool(row, number, 11),
        .sso_only = pg_bool(row, number, 12),
        .flaw = store_string(arena, row, number, 13),
        .login = read_login(row, number, arena),
    };

    if (read_groups(pg_text(row, number, 10), arena, &account, err) < 0)
        return err_prefix(err, "account '%s'", account.id);
    *ret_account = account;
    return 0;
}

/* --- a snapshot again --- */

struct loading {
    struct arena *arena;
    struct snapshot *snapshot;
    size_t capacity;
};

static int add_account(const PGresult *row, void *context, struct err *err)
{
    struct loading *loading = context;
    struct snapshot *snapshot = loading->snapshot;

    if (snapshot->count == loading->capacity)
        return err_set(err, ERR_INTERNAL, "snapshot '%lld' has more versions than accounts",
                       (long long)snapshot->id);
    if (store_account(row, 0, loading->arena, &snapshot->account[snapshot->count], err) < 0)
        return -1;
    snapshot->count++;
    return 0;
}

static int read_profile(const PGresult *row, int number, struct arena *arena,
                        struct profile *ret_profile, struct err *err)
{
    CLEANUP(json_freep) struct json_object *holder = NULL;
    const struct json_object *array = NULL;
    size_t count = 0;

    if (parse_list(pg_text(row, number, 2), &holder, &array, LIMIT_LIST, &count, err) < 0)
        return err_prefix(err, "profile '%s'", pg_text(row, number, 0));
    const char **role = arena_calloc(arena, count + 1, sizeof(role[0]));
    for (size_t i = 0; i < count; i++) {
        if (json_array_string(array, i, LIMIT_FIELD, arena, &role[i]) != JSON_FOUND)
            return err_set(err, ERR_INTERNAL, "profile '%s' has a role that is none",
                           pg_text(row, number, 0));
    }
    *ret_profile = (struct profile){
        .id = store_string(arena, row, number, 0),
        .name = store_string(arena, row, number, 1),
        .role = role,
        .role_count = count,
    };
    return 0;
}

static int load_profiles(const struct store *store, struct arena *arena, struct snapshot *snapshot,
                         struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, snapshot_profiles, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, snapshot->id)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    snapshot->profile = arena_calloc(arena, count + 1, sizeof(snapshot->profile[0]));
    for (size_t i = 0; i < count; i++) {
        if (read_profile(result, (int)i, arena, &snapshot->profile[i], err) < 0)
            return -1;
    }
    snapshot->profile_count = count;
    return 0;
}

static int load_accounts(const struct store *store, struct arena *arena, size_t capacity,
                         struct snapshot *snapshot, struct err *err)
{
    struct loading loading = {.arena = arena, .snapshot = snapshot, .capacity = capacity};
    const char *const parameter[] = {store_number(arena, store->portal_id),
                                     store_number(arena, snapshot->id)};

    snapshot->account = arena_calloc(arena, capacity + 1, sizeof(snapshot->account[0]));
    return pg_each(store->pg, "snapshot_accounts", query_snapshot_accounts, parameter,
                   COUNT_OF(parameter), add_account, &loading, err);
}

static int load_snapshot(const struct store *store, struct arena *arena, int64_t id,
                         struct snapshot *ret_snapshot, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *portal = store_number(arena, store->portal_id);
    const char *number = store_number(arena, id);

    if (PG_QUERY(store->pg, snapshot_load, PG_MAYBE, &result, err, portal, number) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_USAGE, "the history has no snapshot '%lld'", (long long)id);
    struct snapshot snapshot = {
        .id = id,
        .taken_at = pg_instant(result, 0, 0),
        .complete = pg_bool(result, 0, 1),
        .incomplete_reason = store_string(arena, result, 0, 2),
        .own_id = store_string(arena, result, 0, 3),
        .requests = (size_t)pg_int(result, 0, 4),
        .logins_read = (size_t)pg_int(result, 0, 5),
        .digest = store_digest(result, 0, 6),
    };
    if (load_accounts(store, arena, (size_t)pg_int(result, 0, 7), &snapshot, err) < 0 ||
        load_profiles(store, arena, &snapshot, err) < 0)
        return -1;
    *ret_snapshot = snapshot;
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
