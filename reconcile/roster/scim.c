/*
 * Servers write the names of attributes in any case and `active` in any type; what cannot be told
 * is told of that value, and the row is rejected by the intake.
 */
#include "roster/scim.h"

#include <json-c/json.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "roster/json_value.h"

#define CORE       "urn:ietf:params:scim:schemas:core:2.0:"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

enum { EMAILS_MOST = 100 };

/* Where an attribute stands in a User. */
enum place { PLACE_TOP, PLACE_NAME, PLACE_ENTERPRISE, PLACE_EMAILS, PLACE_ACTIVE, PLACE_DISPLAY };

static const struct attribute {
    const char *name;
    enum place place;
    const char *member;
} attributes[] = {
    {"userName", PLACE_TOP, "userName"},
    {"externalId", PLACE_TOP, "externalId"},
    {"displayName", PLACE_DISPLAY, "displayName"},
    {"title", PLACE_TOP, "title"},
    {"userType", PLACE_TOP, "userType"},
    {"active", PLACE_ACTIVE, "active"},
    {"emails", PLACE_EMAILS, "value"},
    {"name.formatted", PLACE_NAME, "formatted"},
    {"name.givenName", PLACE_NAME, "givenName"},
    {"name.familyName", PLACE_NAME, "familyName"},
    {"employeeNumber", PLACE_ENTERPRISE, "employeeNumber"},
    {"department", PLACE_ENTERPRISE, "department"},
    {"division", PLACE_ENTERPRISE, "division"},
    {"organization", PLACE_ENTERPRISE, "organization"},
    {"costCenter", PLACE_ENTERPRISE, "costCenter"},
};

static const struct attribute *attribute_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        if (strcasecmp(attributes[i].name, name) == 0)
            return &attributes[i];
    }
    return NULL;
}

/* --- the mapping --- */

static bool maps_nothing(const struct config_roster *config)
{
    bool mapped = config->column.name.count > 0;

    for (size_t i = 0; i < COUNT_OF(config->column.of); i++)
        mapped = mapped || config->column.of[i];
    return !mapped;
}

static int check_attribute(const char *name, struct err *err)
{
    if (!name || attribute_of(name))
        return 0;
    return err_set(err, ERR_CONFIG,
                   "roster.columns names '%s', which no SCIM user has; hint: userName, emails, "
                   "externalId, employeeNumber, displayName, name.givenName, name.familyName, "
                   "active, department",
                   name);
}

int roster_scim_settle(struct config_roster *config, bool *ret_default, struct err *err)
{
    static const char *const names[] = {"displayName"};
    static const char *const employed[] = {"true"};
    static const char *const departed[] = {"false"};

    *ret_default = maps_nothing(config);
    if (*ret_default) {
        config->column.of[ROSTER_EMPLOYEE_NUMBER] = "employeeNumber";
        config->column.of[ROSTER_EMAIL] = "emails";
        config->column.of[ROSTER_USERNAME] = "userName";
        config->column.of[ROSTER_STATUS] = "active";
        config->column.of[ROSTER_DEPARTMENT] = "department";
        config->column.name = (struct name_list){.item = names, .count = COUNT_OF(names)};
    }
    if (config->status.employed.count + config->status.on_leave.count +
            config->status.departed.count ==
        0) {
        config->status.employed = (struct name_list){.item = employed, .count = 1};
        config->status.departed = (struct name_list){.item = departed, .count = 1};
    }
    for (size_t i = 0; i < COUNT_OF(config->column.of); i++) {
        if (check_attribute(config->column.of[i], err) < 0)
            return -1;
    }
    for (size_t i = 0; i < config->column.name.count; i++) {
        if (check_attribute(config->column.name.item[i], err) < 0)
            return -1;
    }
    return 0;
}

/* --- values --- */

enum json_found roster_scim_member(const struct json_object *object, const char *name,
                                   struct json_object **ret_member)
{
    enum json_found found = JSON_MISSING;
    struct json_object_iterator it, end;

    /* the macro of json-c takes no const object */
    it = json_object_iter_begin((struct json_object *)(uintptr_t)object);
    end = json_object_iter_end((struct json_object *)(uintptr_t)object);
    for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
        if (strcasecmp(json_object_iter_peek_name(&it), name) != 0)
            continue;
        if (found != JSON_MISSING)
            return JSON_UNREADABLE;
        *ret_member = json_object_iter_peek_value(&it);
        found = *ret_member ? JSON_FOUND : JSON_NULL;
    }
    return found;
}

static bool is_text(const struct json_object *value, const char *text)
{
    return json_object_is_type(value, json_type_string) &&
           strcasecmp(json_object_get_string((struct json_object *)(uintptr_t)value), text) == 0;
}

bool roster_scim_is_group(const struct json_object *element)
{
    struct json_object *schemas = NULL, *meta = NULL, *type = NULL;
    bool group = false, user = false;

    if (roster_scim_member(element, "schemas", &schemas) == JSON_FOUND &&
        json_object_is_type(schemas, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(schemas); i++) {
            const struct json_object *schema = json_object_array_get_idx(schemas, i);
            group |= is_text(schema, CORE "Group");
            user |= is_text(schema, CORE "User") || is_text(schema, ENTERPRISE);
        }
    }
    if (group || user)
        return group && !user;
    return roster_scim_member(element, "meta", &meta) == JSON_FOUND &&
           json_object_is_type(meta, json_type_object) &&
           roster_scim_member(meta, "resourceType", &type) == JSON_FOUND && is_text(type, "Group");
}

const char *roster_scim_of_user(const struct json_object *element)
{
    static const char *const names[] = {"userName", "emails", "active", "name", ENTERPRISE};
    struct json_object *value = NULL;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (roster_scim_member(element, names[i], &value) != JSON_MISSING)
            return names[i];
    }
    return NULL;
}

/* Of a number that servers write as one the digits are its text. */
static enum json_found text_in(const struct json_object *object, const char *member,
                               struct arena *arena, const char **ret_value, const char **ret_flaw)
{
    bool numbers = strcmp(member, "employeeNumber") == 0;
    struct json_object *value = NULL;
    enum json_found found = roster_scim_member(object, member, &value);

    if (found == JSON_UNREADABLE)
        *ret_flaw = "is there twice, in other capitals";
    return found == JSON_FOUND ? roster_json_text(value, NULL, numbers, arena, ret_value, ret_flaw)
                               : found;
}

static enum json_found find_in(const struct json_object *user, const char *object,
                               const char *member, struct arena *arena, const char **ret_value,
                               const char **ret_flaw)
{
    struct json_object *inner = NULL;
    enum json_found found = roster_scim_member(user, object, &inner);

    if (found != JSON_FOUND)
        return found == JSON_UNREADABLE ? found : JSON_MISSING;
    if (json_object_is_type(inner, json_type_object))
        return text_in(inner, member, arena, ret_value, ret_flaw);
    *ret_flaw = "stands below something that is no object";
    return JSON_UNREADABLE;
}

/* An entry of the list: an object with marks, or the bare address. */
struct emails {
    size_t count, primaries, works;
    struct json_object *only, *primary, *work;
};

static bool note_email(struct emails *emails, struct json_object *email)
{
    struct json_object *mark = NULL;
    enum json_found found = JSON_MISSING;
    bool primary = false;

    emails->count++;
    emails->only = email;
    if (json_object_is_type(email, json_type_string))
        return true;
    if (!json_object_is_type(email, json_type_object))
        return false;
    found = roster_scim_member(email, "primary", &mark);
    if (found == JSON_UNREADABLE || (found == JSON_FOUND && !roster_json_flag(mark, &primary)))
        return false;
    emails->primaries += primary;
    if (primary)
        emails->primary = email;
    found = roster_scim_member(email, "type", &mark);
    if (found == JSON_FOUND && json_object_is_type(mark, json_type_string) &&
        strcasecmp(json_object_get_string(mark), "work") == 0) {
        emails->works++;
        emails->work = email;
    }
    return found != JSON_UNREADABLE;
}

/* The address that says it is primary; without such a mark the one of work, or the only one. Of
 * several nobody knows. */
static struct json_object *choose_email(const struct emails *emails)
{
    if (emails->primaries > 0)
        return emails->primaries == 1 ? emails->primary : NULL;
    if (emails->works > 0)
        return emails->works == 1 ? emails->work : NULL;
    return emails->count == 1 ? emails->only : NULL;
}

static enum json_found find_email(const struct json_object *user, struct arena *arena,
                                  const char **ret_value, const char **ret_flaw)
{
    static const char flaw[] =
        "is no list of addresses of which one is primary, or one of type work; hint: let the "
        "server mark one as primary, or leave emails out of roster.columns: userName alone finds "
        "people as well";
    struct json_object *list = NULL, *chosen;
    struct emails emails = {.count = 0};
    enum json_found found = roster_scim_member(user, "emails", &list);
    bool is_list = found == JSON_FOUND && json_object_is_type(list, json_type_array);

    *ret_flaw = flaw;
    if (found != JSON_FOUND)
        return found;
    if (is_list && json_object_array_length(list) > EMAILS_MOST)
        return JSON_UNREADABLE;
    for (size_t i = 0; is_list && i < json_object_array_length(list); i++) {
        if (!note_email(&emails, json_object_array_get_idx(list, i)))
            return JSON_UNREADABLE;
    }
    if (is_list && emails.count == 0)
        return JSON_NULL;
    chosen = is_list ? choose_email(&emails) : list;
    if (!chosen)
        return JSON_UNREADABLE;
    if (json_object_is_type(chosen, json_type_string))
        return roster_json_text(chosen, NULL, false, arena, ret_value, ret_flaw);
    return json_object_is_type(chosen, json_type_object)
               ? text_in(chosen, "value", arena, ret_value, ret_flaw)
               : JSON_UNREADABLE;
}

static enum json_found find_active(const struct json_object *user, const char **ret_value,
                                   const char **ret_flaw)
{
    struct json_object *value = NULL;
    enum json_found found = roster_scim_member(user, "active", &value);
    bool active = false;

    if (found != JSON_FOUND)
        return found;
    if (!roster_json_flag(value, &active)) {
        *ret_flaw = "(active) is neither true nor false";
        return JSON_UNREADABLE;
    }
    *ret_value = active ? "true" : "false";
    return JSON_FOUND;
}

/* displayName is optional; the parts of the name make the same. */
static enum json_found find_display(const struct json_object *user, struct arena *arena,
                                    const char **ret_value, const char **ret_flaw)
{
    const char *given = "", *family = "";
    enum json_found found = text_in(user, "displayName", arena, ret_value, ret_flaw);

    if (found == JSON_MISSING || found == JSON_NULL)
        found = find_in(user, "name", "formatted", arena, ret_value, ret_flaw);
    if (found == JSON_FOUND || found == JSON_UNREADABLE)
        return found;
    if (find_in(user, "name", "givenName", arena, &given, ret_flaw) == JSON_UNREADABLE ||
        find_in(user, "name", "familyName", arena, &family, ret_flaw) == JSON_UNREADABLE)
        return JSON_UNREADABLE;
    if (!*given && !*family)
        return found;
    *ret_value = arena_printf(arena, "%s %s", given, family);
    return JSON_FOUND;
}

enum json_found roster_scim_find(const struct json_object *user, const char *name,
                                 struct arena *arena, const char **ret_value, const char **ret_flaw)
{
    const struct attribute *attribute = attribute_of(name);

    *ret_flaw = "cannot be read";
    if (!attribute)
        return JSON_MISSING;
    switch (attribute->place) {
    case PLACE_TOP:
        return text_in(user, attribute->member, arena, ret_value, ret_flaw);
    case PLACE_NAME:
        return find_in(user, "name", attribute->member, arena, ret_value, ret_flaw);
    case PLACE_ENTERPRISE:
        return find_in(user, ENTERPRISE, attribute->member, arena, ret_value, ret_flaw);
    case PLACE_EMAILS:
        return find_email(user, arena, ret_value, ret_flaw);
    case PLACE_ACTIVE:
        return find_active(user, ret_value, ret_flaw);
    case PLACE_DISPLAY:
        return find_display(user, arena, ret_value, ret_flaw);
    }
    return JSON_MISSING;
}
