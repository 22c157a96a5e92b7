/*
 * Reading accounts and profiles back out of their versions. The rows are our own, but the list of
 * groups is parsed as strictly as if it came from outside: a hand may have been at it.
 */
#include "store/account.h"

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

int store_profile(const PGresult *row, int number, struct arena *arena, struct profile *ret_profile,
                  struct err *err)
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
