/*
 * One user of the API becomes one account. A value that is missing, null or empty is no value; one
 * that cannot be read is a flaw, which keeps the account whatever the rules say (row P2), so
 * nothing here needs to guess.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "bynder/private.h"
#include "facts/roster.h"

enum { RAW_LIMIT = 200 };

void account_reader_init(struct account_reader *reader, struct arena *arena)
{
    *reader = (struct account_reader){.arena = arena, .scratch = ARENA_INIT};
    intern_init(&reader->kept, arena);
    intern_init(&reader->names, arena);
    table_init(&reader->lists, 64);
}

void account_reader_release(struct account_reader *reader)
{
    arena_release(&reader->scratch);
    intern_release(&reader->kept);
    intern_release(&reader->names);
    table_release(&reader->lists);
    free(reader->list);
    *reader = (struct account_reader){.arena = NULL};
}

static void add_flaw(struct account_reader *reader, struct account *account, const char *flaw)
{
    if (!account->flaw)
        account->flaw = intern_string(&reader->kept, flaw);
}

typedef enum json_found take_text(const struct json_object *, const char *, size_t, struct arena *,
                                  const char **);

/* A text member; *ret is NULL when there is no value, and it is a flaw when there is one that
 * cannot be read. */
static void take(struct account_reader *reader, const struct json_object *item, const char *name,
                 take_text *how, struct arena *arena, struct account *account, const char **ret)
{
    *ret = NULL;
    if (how(item, name, LIMIT_FIELD, arena, ret) == JSON_UNREADABLE) {
        CLEANUP(text_release) struct text flaw = TEXT_INIT;

        text_addf(&flaw, "'%s' is unreadable", name);
        add_flaw(reader, account, text_cstr(&flaw));
    }
    if (text_is_empty(*ret))
        *ret = NULL;
}

/* `text`, or another one that is the same and stays. */
static const char *keep(struct account_reader *reader, const char *text, const char *other)
{
    return text && other && strcmp(text, other) == 0 ? other : arena_strdup(reader->arena, text);
}

/* What an account calls itself is mostly what the roster calls the person, and its address is its
 * username: kept once. */
static void keep_names(struct account_reader *reader, struct account *account)
{
    static const struct person nobody;
    const struct person *person = NULL;

    if (reader->texts) {
        person = roster_texts_find(reader->texts, account->employee_number);
        person = person ? person : roster_texts_find(reader->texts, account->email);
        person = person ? person : roster_texts_find(reader->texts, account->username);
    }
    person = person ? person : &nobody;
    account->email = keep(reader, account->email, person->email);
    account->username = keep(reader, account->username, account->email);
    account->name = text_equal(account->name, person->name)
                        ? person->name
                        : intern_some(&reader->names, account->name);
    account->employee_number = keep(reader, account->employee_number, person->employee_number);
}

static const char *read_id(struct account_reader *reader, const struct json_object *item)
{
    const char *id = NULL;

    if (json_string(item, "id", LIMIT_FIELD, reader->arena, &id) != JSON_FOUND || !*id)
        return NULL;
    return id;
}

/* false: unreadable, so nothing is known of the status. */
static bool take_status(const struct json_object *item, enum json_found *ret_found,
                        enum account_status *ret_status)
{
    bool active = false;

    *ret_found = json_flag(item, "active", &active);
    if (*ret_found != JSON_FOUND)
        return false;
    *ret_status = active ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE;
    return true;
}

static bool take_group(struct account_reader *reader, const struct json_object *item,
                       struct group *group)
{
    const char *id = NULL, *name = NULL;

    if (!item || json_label(item, "id", LIMIT_FIELD, &reader->scratch, &id) != JSON_FOUND ||
        json_string(item, "name", LIMIT_FIELD, &reader->scratch, &name) == JSON_UNREADABLE)
        return false;
    group->id = intern_string(&reader->kept, id);
    group->name = intern_string(&reader->kept, name);
    return true;
}

static void add_measured(struct text *key, const char *text)
{
    text_add_int(key, text ? (int64_t)strlen(text) : -1);
    text_add_char(key, ':');
    text_add(key, text ? text : "");
}

/* The list kept once. */
static void keep_groups(struct account_reader *reader, const struct group *group, size_t count,
                        struct account *account)
{
    CLEANUP(text_release) struct text key = TEXT_INIT;

    for (size_t i = 0; i < count; i++) { /* with lengths: no two lists have the same key */
        add_measured(&key, group[i].id);
        add_measured(&key, group[i].name);
    }
    uint32_t entry = table_find(&reader->lists, text_cstr(&key));
    if (entry == TABLE_END) {
        struct group *copy = arena_calloc(reader->arena, count, sizeof(copy[0]));
        memcpy(copy, group, count * sizeof(copy[0]));
        reader->list = mem_grow(reader->list, reader->list_count, &reader->list_capacity,
                                sizeof(*reader->list));
        reader->list[reader->list_count] = (struct group_list){.group = copy, .count = count};
        table_add(&reader->lists, arena_strdup(reader->arena, text_cstr(&key)),
                  (uint32_t)reader->list_count++);
        entry = table_find(&reader->lists, text_cstr(&key));
    }
    account->group = reader->list[table_value(&reader->lists, entry)].group;
    account->group_count = (uint32_t)count; /* at most LIMIT_GROUPS */
}

static void take_groups(struct account_reader *reader, const struct json_object *item,
                        struct account *account)
{
    const struct json_object *array = NULL;
    size_t count = 0;
    enum json_found found = json_array(item, "groups", LIMIT_GROUPS, &array, &count);
    struct group *group;

    account->groups_unreadable = found == JSON_UNREADABLE;
    if (found != JSON_FOUND || count == 0)
        return;
    group = arena_calloc(&reader->scratch, count, sizeof(group[0]));
    for (size_t i = 0; i < count; i++) {
        if (!take_group(reader, json_array_object(array, i), &group[i])) {
            account->groups_unreadable = true;
            return;
        }
    }
    keep_groups(reader, group, count, account);
}

bool account_reader_read(struct account_reader *reader, const struct json_object *item,
                         struct account *ret_account)
{
    struct account account = {.id = read_id(reader, item)};
    struct arena *scratch = &reader->scratch;
    enum json_found found;

    if (!account.id)
        return false;
    if (!account_id_is_v4(account.id))
        add_flaw(reader, &account, "'id' does not have the form of a user's id");
    if (!take_status(item, &found, &account.status))
        add_flaw(reader, &account, "'active' is unreadable");
    take(reader, item, "username", json_string, scratch, &account, &account.username);
    take(reader, item, "email", json_string, scratch, &account, &account.email);
    take(reader, item, "email2", json_string, reader->arena, &account, &account.email2);
    take(reader, item, "name", json_string, scratch, &account, &account.name);
    take(reader, item, "employeeNumber", json_label, scratch, &account, &account.employee_number);
    keep_names(reader, &account);
    take(reader, item, "profileId", json_label, scratch, &account, &account.profile_id);
    take(reader, item, "country", json_string, scratch, &account, &account.country);
    account.profile_id = intern_string(&reader->kept, account.profile_id);
    account.country = intern_string(&reader->kept, account.country);
    if (json_flag(item, "isSSOOnly", &account.sso_only) == JSON_UNREADABLE)
        add_flaw(reader, &account, "'isSSOOnly' is unreadable");
    take_groups(reader, item, &account);
    arena_release(scratch);
    *ret_account = account;
    return true;
}

static struct login take_login(struct account_reader *reader, const struct json_object *user,
                               struct instant now)
{
    struct login login = {
        .kind = LOGIN_UNREADABLE, .source = LOGIN_FROM_SINGLE_READ, .seen_at = now};
    const char *text = NULL;
    enum json_found found = json_label(user, "lastLogin", RAW_LIMIT, &reader->scratch, &text);

    if (found == JSON_MISSING || found == JSON_NULL || (found == JSON_FOUND && !*text))
        login.kind = LOGIN_NEVER;
    else if (found == JSON_FOUND && instant_parse_bynder(text, &login.at))
        login.kind = LOGIN_KNOWN;
    else
        login.raw = json_raw(user, "lastLogin", RAW_LIMIT, reader->arena);
    return login;
}

void account_reader_refresh(struct account_reader *reader, const struct json_object *user,
                            struct instant now, struct account *account)
{
    enum account_status status = ACCOUNT_UNREADABLE;
    enum json_found found;

    account->login = take_login(reader, user, now);
    take(reader, user, "department", json_string, &reader->scratch, account, &account->department);
    account->department = intern_string(&reader->kept, account->department);
    /* The newer reading is the truer one, also when all it says is that nobody can tell. Only
     * silence changes nothing. */
    if (take_status(user, &found, &status) || found == JSON_UNREADABLE || found == JSON_NULL)
        account->status = status;
    if (account->status == ACCOUNT_UNREADABLE)
        add_flaw(reader, account, "'active' is unreadable");
    arena_release(&reader->scratch);
}

void account_reader_compose_name(struct account_reader *reader, const struct json_object *user,
                                 struct account *account)
{
    static const char *const parts[] = {"firstname", "infix", "lastname"};
    CLEANUP(text_release) struct text name = TEXT_INIT;

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const char *part;

        take(reader, user, parts[i], json_string, &reader->scratch, account, &part);
        if (part)
            text_addf(&name, "%s%s", name.length > 0 ? " " : "", part);
    }
    if (name.length > 0)
        account->name = arena_strdup(reader->arena, text_cstr(&name));
    arena_release(&reader->scratch);
}

void account_read_particulars(const struct json_object *user, struct arena *arena,
                              struct particulars *ret_particulars)
{
    for (size_t i = 0; i < PARTICULAR_COUNT; i++) {
        const char *value = NULL;

        if (json_label(user, particular_names[i], LIMIT_FIELD, arena, &value) == JSON_UNREADABLE)
            value = json_raw(user, particular_names[i], LIMIT_FIELD, arena);
        ret_particulars->value[i] = text_is_empty(value) ? NULL : value;
    }
}
