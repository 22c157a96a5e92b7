/*
 * Reading accounts and profiles back out of their versions. The rows are our own, but the list of
 * groups is parsed as strictly as if it came from outside: a hand may have been at it.
 */
#include "store/account.h"

#include "base/limits.h"
#include "base/text.h"
#include "format/json.h"

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

static int read_groups(const char *list, struct arena *arena, struct account_alike *alike,
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
    alike->group = group;
    alike->group_count = (uint32_t)count;
    return 0;
}

/* A row of it. */
struct account_row {
    struct account account;
    struct account_alike alike;
    struct activity activity;
};

static const struct column account_columns[] = {
    COLUMN("account_id", struct account_row, account.id),
    COLUMN_OF_WORDS("status", struct account_row, account.status, &account_status_words),
    COLUMN("username", struct account_row, account.username),
    COLUMN("email", struct account_row, account.email),
    COLUMN("email2", struct account_row, alike.email2),
    COLUMN("name", struct account_row, account.name),
    COLUMN("employee_number", struct account_row, account.employee_number),
    COLUMN("profile_id", struct account_row, alike.profile_id),
    COLUMN("country", struct account_row, alike.country),
    COLUMN("department", struct account_row, alike.department),
    COLUMN("groups_unreadable", struct account_row, alike.groups_unreadable),
    COLUMN("sso_only", struct account_row, account.sso_only),
    COLUMN("flaw", struct account_row, alike.flaw),
    COLUMN_OF_WORDS("kind", struct account_row, account.login.kind, &store_login_kind_words),
    COLUMN("at", struct account_row, account.login.at),
    COLUMN("raw", struct account_row, account.login.raw),
    COLUMN_OF_WORDS("source", struct account_row, account.login.source, &store_login_source_words),
    COLUMN("seen_at", struct account_row, account.login.seen_at),
    COLUMN_OF_WORDS("active_kind", struct account_row, activity.kind, &event_kind_words),
    COLUMN("active_at", struct account_row, activity.at),
    COLUMN("active_seen_at", struct account_row, activity.seen_at),
    COLUMN_END,
};

static const struct column groups_columns[] = {
    {.name = "groups", .type = COLUMN_STRING},
    COLUMN_END,
};

struct store_account_reader store_account_reader(void)
{
    return (struct store_account_reader){.account = {.columns = account_columns},
                                         .groups = {.columns = groups_columns}};
}

int store_account(struct store_account_reader *reader, const PGresult *row, int number,
                  struct arena *arena, struct account *ret_account, struct err *err)
{
    struct account_row read = {.account = {.status = ACCOUNT_UNREADABLE}};
    const char *groups = NULL;

    (void)store_read(&reader->account, row, number, arena, &read);
    (void)store_read(&reader->groups, row, number, NULL, &groups);
    if (read_groups(groups, arena, &read.alike, err) < 0)
        return err_prefix(err, "account '%s'", read.account.id);
    *account_alike_own(arena, &read.account) = read.alike;
    account_tell_activity(arena, &read.account, read.activity);
    *ret_account = read.account;
    return 0;
}

/* --- profiles --- */

struct profile_row {
    struct profile profile;
    const char *roles;
};

static const struct column profile_columns[] = {
    COLUMN("profile_id", struct profile_row, profile.id),
    COLUMN("name", struct profile_row, profile.name),
    COLUMN("roles", struct profile_row, roles),
    COLUMN_END,
};

static int read_roles(const char *list, struct arena *arena, struct profile *profile,
                      struct err *err)
{
    CLEANUP(json_freep) struct json_object *holder = NULL;
    const struct json_object *array = NULL;
    size_t count = 0;

    if (parse_list(list, &holder, &array, LIMIT_LIST, &count, err) < 0)
        return err_prefix(err, "profile '%s'", profile->id);
    const char **role = arena_calloc(arena, count + 1, sizeof(role[0]));
    for (size_t i = 0; i < count; i++) {
        if (json_array_string(array, i, LIMIT_FIELD, arena, &role[i]) != JSON_FOUND)
            return err_set(err, ERR_INTERNAL, "profile '%s' has a role that is none", profile->id);
    }
    profile->role = role;
    profile->role_count = count;
    return 0;
}

int store_profiles(const PGresult *result, struct arena *arena, struct profile **ret_profile,
                   size_t *ret_count, struct err *err)
{
    size_t count = 0;
    const struct profile_row *row =
        store_read_all(profile_columns, sizeof(row[0]), result, arena, &count);
    struct profile *profile = arena_calloc(arena, count + 1, sizeof(profile[0]));

    for (size_t i = 0; i < count; i++) {
        profile[i] = row[i].profile;
        if (read_roles(row[i].roles, arena, &profile[i], err) < 0)
            return -1;
    }
    *ret_profile = profile;
    *ret_count = count;
    return 0;
}
