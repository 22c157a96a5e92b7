/*
 * What one value of an object says. json-c coerces and clamps silently, so type, range and length
 * are looked at here, and what does not fit is unreadable.
 */
#include <json-c/json.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/words.h"
#include "format/json.h"

static enum json_found find(const struct json_object *object, const char *name,
                            struct json_object **ret_value)
{
    if (!json_object_object_get_ex(object, name, ret_value))
        return JSON_MISSING;
    return *ret_value ? JSON_FOUND : JSON_NULL;
}

static enum json_found copy_string(struct json_object *value, size_t limit, struct arena *arena,
                                   const char **ret_string)
{
    const char *string;
    size_t length;

    if (!json_object_is_type(value, json_type_string))
        return JSON_UNREADABLE;
    string = json_object_get_string(value);
    length = (size_t)json_object_get_string_len(value);
    if (length > limit || !text_is_utf8(string, length))
        return JSON_UNREADABLE;
    *ret_string = arena_strndup(arena, string, length);
    return JSON_FOUND;
}

enum json_found json_string(const struct json_object *object, const char *name, size_t limit,
                            struct arena *arena, const char **ret_string)
{
    struct json_object *value = NULL;
    enum json_found found = find(object, name, &value);

    return found == JSON_FOUND ? copy_string(value, limit, arena, ret_string) : found;
}

/* json-c clamps what is out of range to the ends, so the ends themselves are not believed. */
static bool integer_of(const struct json_object *value, int64_t *ret_integer)
{
    int64_t integer;

    if (!json_object_is_type(value, json_type_int))
        return false;
    integer = json_object_get_int64(value);
    if (integer == INT64_MAX || integer == INT64_MIN)
        return false;
    *ret_integer = integer;
    return true;
}

enum json_found json_label(const struct json_object *object, const char *name, size_t limit,
                           struct arena *arena, const char **ret_string)
{
    struct json_object *value = NULL;
    enum json_found found = find(object, name, &value);
    int64_t integer = -1;

    if (found != JSON_FOUND)
        return found;
    if (!json_object_is_type(value, json_type_int))
        return copy_string(value, limit, arena, ret_string);
    if (!integer_of(value, &integer) || integer < 0)
        return JSON_UNREADABLE;
    *ret_string = arena_printf(arena, "%lld", (long long)integer);
    return JSON_FOUND;
}

enum json_found json_integer(const struct json_object *object, const char *name, int64_t minimum,
                             int64_t maximum, int64_t *ret_integer)
{
    struct json_object *value = NULL;
    enum json_found found = find(object, name, &value);
    int64_t integer = 0;

    if (found != JSON_FOUND)
        return found;
    if (!integer_of(value, &integer) || integer < minimum || integer > maximum)
        return JSON_UNREADABLE;
    *ret_integer = integer;
    return JSON_FOUND;
}

/* A word that says yes or no. */
static bool flag_of_word(struct json_object *value, bool *ret_flag)
{
    static const struct {
        const char *written;
        bool flag;
    } forms[] = {{"true", true}, {"1", true}, {"false", false}, {"0", false}};
    const char *written = json_object_get_string(value);
    size_t i = 0;

    if (strlen(written) != (size_t)json_object_get_string_len(value) ||
        !WORD_FIND(forms, written, &i))
        return false;
    *ret_flag = forms[i].flag;
    return true;
}

enum json_found json_flag(const struct json_object *object, const char *name, bool *ret_flag)
{
    struct json_object *value = NULL;
    enum json_found found = find(object, name, &value);
    int64_t integer = -1;

    if (found != JSON_FOUND)
        return found;
    /* json-c makes a text only of what is none, and has no memory for it at times: no text is asked
     * of a boolean or a number, or a user who is active would be unreadable */
    if (json_object_is_type(value, json_type_boolean)) {
        *ret_flag = json_object_get_boolean(value);
        return JSON_FOUND;
    }
    if (json_object_is_type(value, json_type_string))
        return flag_of_word(value, ret_flag) ? JSON_FOUND : JSON_UNREADABLE;
    if (!integer_of(value, &integer) || integer < 0 || integer > 1)
        return JSON_UNREADABLE;
    *ret_flag = integer == 1;
    return JSON_FOUND;
}

enum json_found json_array(const struct json_object *object, const char *name, size_t maximum,
                           const struct json_object **ret_array, size_t *ret_count)
{
    struct json_object *value = NULL;
    enum json_found found = find(object, name, &value);

    if (found != JSON_FOUND)
        return found;
    if (!json_object_is_type(value, json_type_array) || json_object_array_length(value) > maximum)
        return JSON_UNREADABLE;
    *ret_array = value;
    *ret_count = json_object_array_length(value);
    return JSON_FOUND;
}

const struct json_object *json_array_object(const struct json_object *array, size_t index)
{
    const struct json_object *item = json_object_array_get_idx(array, index);

    return json_object_is_type(item, json_type_object) ? item : NULL;
}

enum json_found json_array_string(const struct json_object *array, size_t index, size_t limit,
                                  struct arena *arena, const char **ret_string)
{
    struct json_object *item = json_object_array_get_idx(array, index);

    return item ? copy_string(item, limit, arena, ret_string) : JSON_NULL;
}

/* Of what is none as well, which json-c makes one of and may have no memory for. */
static const char *text_of(struct json_object *value)
{
    const char *text = json_object_get_string(value);

    if (!text)
        mem_exhausted();
    return text;
}

const char *json_raw(const struct json_object *object, const char *name, size_t limit,
                     struct arena *arena)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;
    CLEANUP(mem_cleanup) char *start = NULL;
    struct json_object *value = NULL;
    const char *written;

    if (find(object, name, &value) == JSON_MISSING)
        return NULL;
    written = value ? text_of(value) : "null";
    start = mem_strndup(written, limit);
    text_add_printable(&printable, start);
    if (strlen(written) > limit)
        text_add(&printable, "…");
    return arena_strdup(arena, text_cstr(&printable));
}
