/*
 * json-c clamps, rounds and makes text of everything; here a value is taken only as what it was
 * written as. Each kind that is refused has its own sentence, since who exports it mends it by
 * that.
 */
#include "roster/json_value.h"

#include <json-c/json.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/limits.h"

enum { NESTED_DEPTH = 4 };

static enum json_found refuse(const char **ret_flaw, const char *flaw)
{
    *ret_flaw = flaw;
    return JSON_UNREADABLE;
}

static enum json_found text_of_string(struct json_object *value, struct arena *arena,
                                      const char **ret_value, const char **ret_flaw)
{
    const char *string = json_object_get_string(value);
    size_t length = (size_t)json_object_get_string_len(value);

    if (length > LIMIT_FIELD)
        return refuse(ret_flaw, arena_printf(arena, "is longer than %d bytes", LIMIT_FIELD));
    if (!text_is_utf8(string, length))
        return refuse(ret_flaw, "holds bytes that are no text");
    *ret_value = arena_strndup(arena, string, length);
    return JSON_FOUND;
}

/* json-c clamps what is out of range to the ends, so the ends themselves are not believed. */
static enum json_found text_of_number(struct json_object *value, bool numbers, struct arena *arena,
                                      const char **ret_value, const char **ret_flaw)
{
    int64_t number = json_object_get_int64(value);

    if (number == INT64_MAX || number == INT64_MIN)
        return refuse(ret_flaw, "is a number too large to be kept digit by digit; hint: export it "
                                "as a text, in quotation marks");
    if (number < 0)
        return refuse(ret_flaw, "is a negative number");
    if (!numbers)
        return refuse(ret_flaw, "is a number, a text is expected");
    *ret_value = arena_printf(arena, "%lld", (long long)number);
    return JSON_FOUND;
}

/* With the pointer that probably is meant: the first of a list, `value` of an object. */
static enum json_found refuse_container(struct json_object *value, const char *name,
                                        struct arena *arena, const char **ret_flaw)
{
    bool list = json_object_is_type(value, json_type_array);
    const char *flaw =
        list ? arena_printf(arena, "is a list of %zu", json_object_array_length(value))
             : "is an object";
    const char *member = list ? "0" : "value";

    *ret_flaw = arena_printf(arena, "%s, one text is expected", flaw);
    if (name)
        *ret_flaw = arena_printf(arena,
                                 "%s; hint: a JSON pointer names a value inside, such as "
                                 "\"%s%s/%s\"",
                                 *ret_flaw, *name == '/' ? "" : "/", name, member);
    return JSON_UNREADABLE;
}

enum json_found roster_json_text(struct json_object *value, const char *name, bool numbers,
                                 struct arena *arena, const char **ret_value, const char **ret_flaw)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return JSON_NULL;
    case json_type_string:
        return text_of_string(value, arena, ret_value, ret_flaw);
    case json_type_int:
        return text_of_number(value, numbers, arena, ret_value, ret_flaw);
    case json_type_double:
        return refuse(ret_flaw, "is a number with a decimal point, of which the digits are not "
                                "certain; hint: export it as a text, in quotation marks");
    case json_type_boolean:
        return refuse(ret_flaw, "is true or false, a text is expected");
    case json_type_object:
    case json_type_array:
        break;
    }
    return refuse_container(value, name, arena, ret_flaw);
}

bool roster_json_flag(struct json_object *value, bool *ret_flag)
{
    static const struct {
        const char *word;
        bool flag;
    } words[] = {{"true", true}, {"1", true}, {"false", false}, {"0", false}};
    int64_t number;

    if (json_object_is_type(value, json_type_boolean)) {
        *ret_flag = json_object_get_boolean(value);
        return true;
    }
    if (json_object_is_type(value, json_type_int)) {
        number = json_object_get_int64(value);
        *ret_flag = number == 1;
        return number == 0 || number == 1;
    }
    if (!json_object_is_type(value, json_type_string))
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcasecmp(json_object_get_string(value), words[i].word) != 0 ||
            strlen(words[i].word) != (size_t)json_object_get_string_len(value))
            continue;
        *ret_flag = words[i].flag;
        return true;
    }
    return false;
}

enum json_found roster_json_find(struct json_object *item, const char *name,
                                 struct json_object **ret_value)
{
    bool found = *name == '/' ? json_pointer_get(item, name, ret_value) == 0
                              : json_object_object_get_ex(item, name, ret_value);

    if (!found)
        return JSON_MISSING;
    return *ret_value ? JSON_FOUND : JSON_NULL;
}

static void add_token(struct text *pointer, const char *name)
{
    text_add_char(pointer, '/');
    for (; *name; name++) {
        if (*name == '~' || *name == '/')
            text_add(pointer, *name == '~' ? "~0" : "~1");
        else
            text_add_char(pointer, *name);
    }
}

/* Depth first; of an object that is called so itself its member `value` counts. */
static bool locate(struct json_object *item, const char *name, bool is_named, unsigned depth,
                   struct text *pointer)
{
    if (depth == 0 || !json_object_is_type(item, json_type_object))
        return false;
    json_object_object_foreach(item, key, member)
    {
        size_t length = pointer->length;
        bool called = strcasecmp(key, name) == 0;
        bool inner = json_object_is_type(member, json_type_object);

        add_token(pointer, key);
        if (!inner && (called || (is_named && strcasecmp(key, "value") == 0)))
            return true;
        if (inner && locate(member, name, called, depth - 1, pointer))
            return true;
        pointer->length = length;
        pointer->data[length] = '\0';
    }
    return false;
}

bool roster_json_locate(struct json_object *item, const char *name, struct text *pointer)
{
    return locate(item, name, false, NESTED_DEPTH, pointer);
}
