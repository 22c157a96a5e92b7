/*
 * Names are compared as they stand there, which says all where none has a backslash. What is not
 * plain (many members, a name with a backslash) is left to json-c to judge, by whoever asks.
 *
 * Invariant: nothing here is ever asked of bytes that the scanner has not accepted.
 */
#include "format/json_view.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/utf8.h>

#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "base/words.h"

enum { PLAIN_MEMBERS = 64, PLAIN_INNER = 16 }; /* compared each with each */

static bool is_same(struct json_part a, struct json_part b)
{
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

static bool has_backslash(struct json_part part)
{
    return memchr(part.bytes, '\\', part.length) != NULL;
}

static bool is_surely_unique(struct json_part value);

static bool is_surely_unique_object(struct json_part object)
{
    struct json_part name[PLAIN_INNER], value;
    size_t cursor = 0;

    for (size_t count = 0;; count++) {
        struct json_part next;

        if (!json_next_member(object, &cursor, &next, &value))
            return true;
        if (count == PLAIN_INNER || has_backslash(next) || !is_surely_unique(value))
            return false;
        for (size_t i = 0; i < count; i++) {
            if (is_same(name[i], next))
                return false;
        }
        name[count] = next;
    }
}

/* Of a value, that no object in it has a name twice. */
static bool is_surely_unique(struct json_part value)
{
    struct json_part element;
    size_t cursor = 0;

    if (*value.bytes == '{')
        return is_surely_unique_object(value);
    while (*value.bytes == '[' && json_next_element(value, &cursor, &element)) {
        if (!is_surely_unique(element))
            return false;
    }
    return true;
}

/* Where a value is kept among those that are known. */
static struct json_part *known_place(struct json_known *known, struct json_part value)
{
    uint64_t hash = value.length, word = 0;

    for (size_t i = 0; i + sizeof(word) <= value.length; i += sizeof(word)) {
        memcpy(&word, value.bytes + i, sizeof(word));
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    return &known->value[hash % COUNT_OF(known->value)];
}

static bool is_known_unique(struct json_known *known, struct json_part value)
{
    if (*value.bytes != '{' && *value.bytes != '[')
        return true;
    struct json_part *place = known ? known_place(known, value) : NULL;
    if (place && place->bytes && is_same(*place, value))
        return true;
    bool is_unique = is_surely_unique(value);
    if (place && is_unique)
        *place = value;
    return is_unique;
}

bool json_view_read(struct json_view *view, struct json_part object)
{
    struct json_member member;
    size_t cursor = 0;
    bool is_unique = true;

    view->count = 0;
    while (json_next_member(object, &cursor, &member.name, &member.value)) {
        is_unique = is_unique && view->count < PLAIN_MEMBERS && !has_backslash(member.name) &&
                    is_known_unique(view->known, member.value);
        for (size_t i = 0; is_unique && i < view->count; i++)
            is_unique = !is_same(view->member[i].name, member.name);
        view->member =
            mem_grow(view->member, view->count, &view->capacity, sizeof(view->member[0]));
        view->member[view->count++] = member;
    }
    return is_unique;
}

void json_view_release(struct json_view *view)
{
    free(view->member);
    *view = (struct json_view){.count = 0};
}

/* --- strings --- */

/* Four digits in front of `at`, which the scanner has accepted. */
static uint32_t unit_at(const char *at)
{
    uint32_t unit = 0;

    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        unit = unit << 4 | (uint32_t)digit;
    }
    return unit;
}

/* Behind `\u`; returns where what it took ends. Half of a character came with a flaw. */
static const char *add_unit(struct text *text, const char *at)
{
    uint32_t c = unit_at(at);
    uint8_t bytes[U8_MAX_LENGTH];
    int32_t length = 0;

    at += 4;
    if (U16_IS_LEAD(c) && at[0] == '\\' && at[1] == 'u') {
        c = 0x10000 + ((c & 0x3FF) << 10) + (unit_at(at + 2) & 0x3FF);
        at += 6;
    }
    U8_APPEND_UNSAFE(bytes, length, c);
    text_add_bytes(text, bytes, (size_t)length);
    return at;
}

static void unescape(struct text *text, struct json_part string)
{
    static const char written[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *at = string.bytes, *end = string.bytes + string.length;

    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        const char *stop = backslash ? backslash : end;

        text_add_bytes(text, at, (size_t)(stop - at));
        if (!backslash)
            return;
        at = stop + 2;
        if (stop[1] == 'u') {
            at = add_unit(text, at);
            continue;
        }
        const char *found = strchr(written, stop[1]);
        text_add_char(text, found ? meant[found - written] : stop[1]);
    }
}

/* A value without its quotation marks. */
static struct json_part inside(struct json_part value)
{
    return (struct json_part){value.bytes + 1, value.length - 2};
}

static enum json_found copy_string(struct json_part value, size_t limit, struct arena *arena,
                                   const char **ret_string)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (*value.bytes != '"')
        return JSON_UNREADABLE;
    struct json_part string = inside(value);
    if (has_backslash(string)) {
        unescape(&text, string);
        string = (struct json_part){text_cstr(&text), text.length};
    }
    if (string.length > limit || !text_is_utf8(string.bytes, string.length))
        return JSON_UNREADABLE;
    *ret_string = arena_strndup(arena, string.bytes, string.length);
    return JSON_FOUND;
}

/* --- members --- */

static bool is_name(struct json_part written, const char *name, size_t length)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (written.length < length)
        return false;
    if (!has_backslash(written))
        return written.length == length && memcmp(written.bytes, name, length) == 0;
    unescape(&text, written);
    return text.length == length && memcmp(text.data, name, length) == 0;
}

enum json_found json_view_part(const struct json_view *view, const char *name,
                               struct json_part *ret_value)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < view->count; i++) {
        const struct json_member *member = &view->member[i];

        if (!is_name(member->name, name, length))
            continue;
        *ret_value = member->value;
        return *member->value.bytes == 'n' ? JSON_NULL : JSON_FOUND;
    }
    return JSON_MISSING;
}

enum json_found json_view_string(const struct json_view *view, const char *name, size_t limit,
                                 struct arena *arena, const char **ret_string)
{
    struct json_part value;
    enum json_found found = json_view_part(view, name, &value);

    return found == JSON_FOUND ? copy_string(value, limit, arena, ret_string) : found;
}

/* A number that is whole and below the largest, which json-c gives for what is out of range. */
static bool integer_of(struct json_part value, int64_t *ret_integer)
{
    CLEANUP(mem_cleanup) char *text = NULL;

    if (value.length == 2 && memcmp(value.bytes, "-0", 2) == 0) {
        *ret_integer = 0;
        return true;
    }
    if (value.length > 20)
        return false;
    text = mem_strndup(value.bytes, value.length);
    return parse_int(text, INT64_MIN + 1, INT64_MAX - 1, ret_integer);
}

enum json_found json_view_label(const struct json_view *view, const char *name, size_t limit,
                                struct arena *arena, const char **ret_string)
{
    struct json_part value;
    enum json_found found = json_view_part(view, name, &value);
    int64_t integer = -1;

    if (found != JSON_FOUND)
        return found;
    if (*value.bytes == '"')
        return copy_string(value, limit, arena, ret_string);
    if (!integer_of(value, &integer) || integer < 0)
        return JSON_UNREADABLE;
    *ret_string = arena_printf(arena, "%lld", (long long)integer);
    return JSON_FOUND;
}

enum json_found json_view_flag(const struct json_view *view, const char *name, bool *ret_flag)
{
    static const struct {
        const char *written;
        bool flag;
    } forms[] = {{"true", true}, {"1", true}, {"false", false}, {"0", false}};
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct json_part value;
    enum json_found found = json_view_part(view, name, &value);
    int64_t integer = -1;
    size_t i = 0;

    if (found != JSON_FOUND)
        return found;
    if (*value.bytes == 't' || *value.bytes == 'f') {
        *ret_flag = *value.bytes == 't';
        return JSON_FOUND;
    }
    if (*value.bytes == '"') {
        unescape(&text, inside(value));
        if (strlen(text_cstr(&text)) != text.length || !WORD_FIND(forms, text_cstr(&text), &i))
            return JSON_UNREADABLE;
        *ret_flag = forms[i].flag;
        return JSON_FOUND;
    }
    if (!integer_of(value, &integer) || integer < 0 || integer > 1)
        return JSON_UNREADABLE;
    *ret_flag = integer == 1;
    return JSON_FOUND;
}

enum json_found json_view_array(const struct json_view *view, const char *name, size_t maximum,
                                struct json_part *ret_array, size_t *ret_count)
{
    struct json_part value, element;
    enum json_found found = json_view_part(view, name, &value);
    size_t cursor = 0, count = 0;

    if (found != JSON_FOUND)
        return found;
    if (*value.bytes != '[')
        return JSON_UNREADABLE;
    while (json_next_element(value, &cursor, &element))
        count++;
    if (count > maximum)
        return JSON_UNREADABLE;
    *ret_array = value;
    *ret_count = count;
    return JSON_FOUND;
}
