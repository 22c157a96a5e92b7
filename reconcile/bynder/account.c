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
    alike_init(&reader->alikes, arena, sizeof(reader->alike));
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
    alike_release(&reader->alikes);
    *reader = (struct account_reader){.arena = NULL};
}

static void add_flaw(struct account_reader *reader, const char *flaw)
{
    if (!reader->alike.flaw)
        reader->alike.flaw = intern_string(&reader->kept, flaw);
}

/* What was found of a text member: NULL when there is no value, and it is a flaw when there is one
 * that cannot be read. */
static const char *taken(struct account_reader *reader, const char *name, enum json_found found,
                         const char *text)
{
    if (found == JSON_UNREADABLE) {
        CLEANUP(text_release) struct text flaw = TEXT_INIT;

        text_addf(&flaw, "'%s' is unreadable", name);
        add_flaw(reader, text_cstr(&flaw));
    }
    return found != JSON_FOUND || !*text ? NULL : text;
}

/* Of the single user. */
static const char *take(struct account_reader *reader, const struct json_object *user,
                        const char *name)
{
    const char *text = NULL;
    enum json_found found = json_string(user, name, LIMIT_FIELD, &reader->scratch, &text);

    return taken(reader, name, found, text);
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

static const char *read_id(struct account_reader *reader, const struct json_view *item)
{
    const char *id = NULL;

    if (json_view_string(item, "id", LIMIT_FIELD, reader->arena, &id) != JSON_FOUND || !*id)
        return NULL;
    return id;
}

static enum account_status status_of(enum json_found found, bool active)
{
    if (found != JSON_FOUND)
        return ACCOUNT_UNREADABLE;
    return active ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE;
}

static bool take_group(struct account_reader *reader, const struct json_view *item,
                       struct group *group)
{
    const char *id = NULL, *name = NULL;
    struct arena *scratch = &reader->scratch;

    if (json_view_label(item, "id", LIMIT_FIELD, scratch, &id) != JSON_FOUND ||
        json_view_string(item, "name", LIMIT_FIELD, scratch, &name) == JSON_UNREADABLE)
        return false;
    group->id = intern_string(&reader->kept, id);
    group->name = intern_string(&reader->kept, name);
    return true;
}

/* The list kept once: of many accounts it is written alike. */
static void keep_groups(struct account_reader *reader, const char *written,
                        const struct group *group, size_t count)
{
    struct group *copy = arena_calloc(reader->arena, count, sizeof(copy[0]));

    memcpy(copy, group, count * sizeof(copy[0]));
    reader->list =
        mem_grow(reader->list, reader->list_count, &reader->list_capacity, sizeof(*reader->list));
    reader->list[reader->list_count] = (struct group_list){.group = copy, .count = count};
    table_add(&reader->lists, arena_strdup(reader->arena, written), (uint32_t)reader->list_count++);
}

/* false: one of them is unreadable. */
static bool read_groups(struct account_reader *reader, struct json_part array, const char *written,
                        size_t count)
{
    CLEANUP(json_view_release) struct json_view view = {.count = 0};
    struct group *group = arena_calloc(&reader->scratch, count, sizeof(group[0]));
    struct json_part element;
    size_t cursor = 0;

    for (size_t i = 0; json_next_element(array, &cursor, &element); i++) {
        if (*element.bytes != '{')
            return false;
        (void)json_view_read(&view, element); /* that no name is twice is known of the item */
        if (!take_group(reader, &view, &group[i]))
            return false;
    }
    keep_groups(reader, written, group, count);
    return true;
}

static void take_groups(struct account_reader *reader, const struct json_view *item)
{
    struct json_part array = {.bytes = ""};
    size_t count = 0;
    enum json_found found = json_view_part(item, "groups", &array);
    const char *written = arena_strndup(&reader->scratch, array.bytes, array.length);
    uint32_t entry = table_find(&reader->lists, written);

    if (found == JSON_FOUND && entry == TABLE_END) {
        found = json_view_array(item, "groups", LIMIT_GROUPS, &array, &count);
        if (found == JSON_FOUND && count > 0 && !read_groups(reader, array, written, count))
            found = JSON_UNREADABLE;
        entry = table_find(&reader->lists, written);
    }
    reader->alike.groups_unreadable = found == JSON_UNREADABLE;
    if (found != JSON_FOUND || entry == TABLE_END)
        return;
    const struct group_list *list = &reader->list[table_value(&reader->lists, entry)];
    reader->alike.group = list->group;
    reader->alike.group_count = (uint32_t)list->count; /* at most LIMIT_GROUPS */
}

/* What is kept elsewhere afterwards. */
static void take_passing(struct account_reader *reader, const struct json_view *item,
                         struct account *account)
{
    const struct {
        const char *name;
        enum json_found (*how)(const struct json_view *, const char *, size_t, struct arena *,
                               const char **);
        const char **ret;
    } members[] = {
        {"username", json_view_string, &account->username},
        {"email", json_view_string, &account->email},
        {"email2", json_view_string, &reader->alike.email2},
        {"name", json_view_string, &account->name},
        {"employeeNumber", json_view_label, &account->employee_number},
        {"profileId", json_view_label, &reader->alike.profile_id},
        {"country", json_view_string, &reader->alike.country},
    };

    for (size_t i = 0; i < COUNT_OF(members); i++) {
        const char *text = NULL;
        enum json_found found =
            members[i].how(item, members[i].name, LIMIT_FIELD, &reader->scratch, &text);
        *members[i].ret = taken(reader, members[i].name, found, text);
    }
}

bool account_reader_read(struct account_reader *reader, const struct json_view *item,
                         struct account *ret_account)
{
    struct account account = {.id = read_id(reader, item)};
    bool active = false;

    if (!account.id)
        return false;
    reader->alike = account_alike_none;
    if (!account_id_is_v4(account.id))
        add_flaw(reader, "'id' does not have the form of a user's id");
    enum json_found found = json_view_flag(item, "active", &active);
    account.status = status_of(found, active);
    if (account.status == ACCOUNT_UNREADABLE)
        add_flaw(reader, "'active' is unreadable");
    take_passing(reader, item, &account);
    keep_names(reader, &account);
    reader->alike.email2 = arena_strdup(reader->arena, reader->alike.email2);
    reader->alike.profile_id = intern_string(&reader->kept, reader->alike.profile_id);
    reader->alike.country = intern_string(&reader->kept, reader->alike.country);
    if (json_view_flag(item, "isSSOOnly", &account.sso_only) == JSON_UNREADABLE)
        add_flaw(reader, "'isSSOOnly' is unreadable");
    take_groups(reader, item);
    account_alike_share(&reader->alikes, &account, &reader->alike);
    arena_clear(&reader->scratch);
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
    bool active = false;

    account->login = take_login(reader, user, now);
    reader->alike = *account_alike(account);
    reader->alike.department = intern_string(&reader->kept, take(reader, user, "department"));
    /* The newer reading is the truer one, also when all it says is that nobody can tell. Only
     * silence changes nothing. */
    enum json_found found = json_flag(user, "active", &active);
    if (found != JSON_MISSING)
        account->status = status_of(found, active);
    if (account->status == ACCOUNT_UNREADABLE)
        add_flaw(reader, "'active' is unreadable");
    account_alike_share(&reader->alikes, account, &reader->alike);
    arena_release(&reader->scratch);
}

void account_reader_compose_name(struct account_reader *reader, const struct json_object *user,
                                 struct account *account)
{
    static const char *const parts[] = {"firstname", "infix", "lastname"};
    CLEANUP(text_release) struct text name = TEXT_INIT;

    reader->alike = *account_alike(account);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const char *part = take(reader, user, parts[i]);

        if (part)
            text_addf(&name, "%s%s", name.length > 0 ? " " : "", part);
    }
    if (name.length > 0)
        account->name = arena_strdup(reader->arena, text_cstr(&name));
    account_alike_share(&reader->alikes, account, &reader->alike);
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
