/*
 * Both shapes come down to objects with named values. JSON tells a missing member from an empty
 * one, so the mistake that a CSV header shows at once, a mapped name that is not there, is only
 * known at the end: a member that no element had refuses the file.
 */
#include "roster/json.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/words.h"
#include "format/json.h"

#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

struct document {
    enum roster_format format;
    struct roster_intake *intake;
    const struct roster_column *column;
    size_t columns;
    bool *present; /* per mapped column: some element has it */
    uint32_t rows;
    bool pages;        /* a page was seen */
    int64_t announced; /* totalResults */
};

/* --- SCIM attributes --- */

/* Where an attribute stands in a User. */
enum place { PLACE_TOP, PLACE_NAME, PLACE_ENTERPRISE, PLACE_EMAILS, PLACE_ACTIVE };

static const struct attribute {
    const char *name;
    enum place place;
    const char *member;
} attributes[] = {
    {"userName", PLACE_TOP, "userName"},
    {"externalId", PLACE_TOP, "externalId"},
    {"displayName", PLACE_TOP, "displayName"},
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

static bool maps_nothing(const struct config_roster *config)
{
    bool mapped = config->column.name.count > 0;

    for (size_t i = 0; i < COUNT_OF(config->column.of); i++)
        mapped = mapped || config->column.of[i];
    return !mapped;
}

static int check_attribute(const char *name, struct err *err)
{
    if (!name || WORD_ROW(attributes, name))
        return 0;
    return err_set(err, ERR_CONFIG,
                   "roster.columns names '%s', which no SCIM user has; hint: userName, emails, "
                   "externalId, employeeNumber, displayName, name.givenName, name.familyName, "
                   "active, department",
                   name);
}

int roster_scim_settle(struct config_roster *config, struct err *err)
{
    static const char *const names[] = {"displayName"};
    static const char *const employed[] = {"true"};
    static const char *const departed[] = {"false"};

    if (maps_nothing(config)) {
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

static const struct json_object *member_object(const struct json_object *object, const char *name)
{
    struct json_object *member = NULL;

    if (!json_object_object_get_ex(object, name, &member) ||
        !json_object_is_type(member, json_type_object))
        return NULL;
    return member;
}

/* The address that says it is primary, or the only one. Several without a mark: nobody knows. */
static enum json_found find_email(const struct json_object *user, struct arena *arena,
                                  const char **ret_value)
{
    const struct json_object *list = NULL, *chosen = NULL;
    size_t count = 0, primaries = 0;
    enum json_found found = json_array(user, "emails", 100, &list, &count);

    if (found != JSON_FOUND)
        return found;
    if (count == 0)
        return JSON_NULL;
    for (size_t i = 0; i < count; i++) {
        const struct json_object *email = json_array_object(list, i);
        bool primary = false;

        if (!email)
            return JSON_UNREADABLE;
        if (json_flag(email, "primary", &primary) == JSON_UNREADABLE)
            return JSON_UNREADABLE;
        primaries += primary;
        if (primary || count == 1)
            chosen = email;
    }
    if (!chosen || primaries > 1)
        return JSON_UNREADABLE;
    return json_string(chosen, "value", LIMIT_FIELD, arena, ret_value);
}

static enum json_found find_active(const struct json_object *user, const char **ret_value)
{
    bool active;
    enum json_found found = json_flag(user, "active", &active);

    if (found == JSON_FOUND)
        *ret_value = active ? "true" : "false";
    return found;
}

static enum json_found find_in(const struct json_object *user, const char *object,
                               const char *member, struct arena *arena, const char **ret_value)
{
    const struct json_object *inner = member_object(user, object);

    if (!inner)
        return json_object_object_get_ex(user, object, NULL) ? JSON_UNREADABLE : JSON_MISSING;
    return json_string(inner, member, LIMIT_FIELD, arena, ret_value);
}

static enum json_found find_scim(const struct json_object *user, const char *name,
                                 struct arena *arena, const char **ret_value)
{
    const struct attribute *attribute = WORD_ROW(attributes, name);

    if (!attribute)
        return JSON_MISSING;
    switch (attribute->place) {
    case PLACE_TOP:
        return json_string(user, attribute->member, LIMIT_FIELD, arena, ret_value);
    case PLACE_NAME:
        return find_in(user, "name", attribute->member, arena, ret_value);
    case PLACE_ENTERPRISE:
        return find_in(user, ENTERPRISE, attribute->member, arena, ret_value);
    case PLACE_EMAILS:
        return find_email(user, arena, ret_value);
    case PLACE_ACTIVE:
        return find_active(user, ret_value);
    }
    return JSON_MISSING;
}

/* --- elements --- */

static enum json_found find_value(const struct document *document, size_t column,
                                  const struct json_object *item, struct arena *arena,
                                  const char **ret_value)
{
    const struct roster_column *mapped = &document->column[column];

    if (document->format == ROSTER_FORMAT_SCIM)
        return find_scim(item, mapped->name, arena, ret_value);
    if (mapped->field == ROSTER_EMPLOYEE_NUMBER)
        return json_label(item, mapped->name, LIMIT_FIELD, arena, ret_value);
    return json_string(item, mapped->name, LIMIT_FIELD, arena, ret_value);
}

static void read_values(struct document *document, const struct json_object *item)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < document->columns; i++) {
        const char *value = NULL;
        enum json_found found = find_value(document, i, item, &arena, &value);

        document->present[i] = document->present[i] || found != JSON_MISSING;
        if (found == JSON_FOUND)
            roster_intake_value(document->intake, i, value, strlen(value));
        else if (found == JSON_UNREADABLE)
            roster_intake_unreadable(document->intake, i,
                                     "is not one text of at most 4096 bytes (LIMIT_FIELD)");
    }
}

static int add_row(struct document *document, const struct json_object *item, const char *flaw,
                   struct err *err)
{
    if (++document->rows > LIMIT_PEOPLE)
        return err_set(err, ERR_ROSTER, "has more than %d elements", LIMIT_PEOPLE);
    if (item)
        read_values(document, item);
    else
        roster_intake_damaged(document->intake, flaw);
    roster_intake_row(document->intake, document->rows);
    return 0;
}

static int on_element(void *context, size_t index, struct json_object *item, const char *flaw,
                      struct err *err)
{
    (void)index;
    return add_row(context, item, flaw, err);
}

/* The head of a page, without its people: they come next. */
static int on_page(void *context, size_t index, struct json_object *item, const char *flaw,
                   struct err *err)
{
    struct document *document = context;
    const struct json_object *list = NULL;
    size_t count = 0;
    int64_t total, start = 1;

    if (!item)
        return err_set(err, ERR_ROSTER, "page %zu cannot be used: %s", index + 1, flaw);
    if (json_integer(item, "totalResults", 0, LIMIT_PEOPLE, &total) != JSON_FOUND)
        return err_set(err, ERR_ROSTER,
                       "page %zu has no 'totalResults': it is no SCIM ListResponse", index + 1);
    if (json_integer(item, "startIndex", 1, LIMIT_PEOPLE, &start) == JSON_UNREADABLE ||
        start != (int64_t)document->rows + 1)
        return err_set(err, ERR_ROSTER, "page %zu begins at %lld, but %u people came before it",
                       index + 1, (long long)start, document->rows);
    if (document->pages && total != document->announced)
        return err_set(err, ERR_ROSTER,
                       "page %zu announces %lld people, the first one %lld; hint: the list changed "
                       "while it was exported",
                       index + 1, (long long)total, (long long)document->announced);
    document->announced = total;
    document->pages = true;
    /* The list of a name written with escapes is still there. */
    if (json_array(item, "Resources", 0, &list, &count) == JSON_UNREADABLE)
        return err_set(err, ERR_ROSTER, "the 'Resources' of page %zu are no array", index + 1);
    return 0;
}

/* --- documents --- */

static int read_pages(struct document *document, const char *bytes, size_t length, struct err *err)
{
    int result = json_each_of_pages(bytes, length, "Resources", on_page, on_element, document, err);

    if (result == 0 && !document->pages)
        return err_set(err, ERR_ROSTER, "holds no page of a list");
    if (result == 0 && document->announced != document->rows)
        return err_set(err, ERR_ROSTER,
                       "holds %u of %lld people; hint: every page of the list is needed, in one "
                       "array",
                       document->rows, (long long)document->announced);
    return result;
}

static int check_present(const struct document *document, struct err *err)
{
    for (size_t i = 0; i < document->columns && document->rows > 0; i++) {
        if (!document->present[i])
            return err_set(err, ERR_ROSTER,
                           "no element has a member '%s' (%s); hint: leave the "
                           "column out of the mapping if it does not come",
                           document->column[i].name, roster_field_setting(document->column[i].field));
    }
    return 0;
}

int roster_json_read(enum roster_format format, const char *bytes, size_t length,
                     struct roster_intake *intake, struct err *err)
{
    struct document document = {.format = format, .intake = intake};
    int result;

    document.columns = roster_intake_columns(intake, &document.column);
    document.present = mem_calloc(document.columns, sizeof(document.present[0]));
    if (format == ROSTER_FORMAT_SCIM)
        result = read_pages(&document, bytes, length, err);
    else
        result = json_each(bytes, length, on_element, &document, err);
    if (result == 0)
        result = check_present(&document, err);
    free(document.present);
    if (result < 0 && err)
        err->code = ERR_ROSTER; /* the accessors serve the portal's answers too */
    return result;
}
