/*
 * Text: what is printable, folded, encoded, near, matched by a pattern, written as JSON. The
 * encoders put out text whatever comes in; the pattern agrees with a table of every beginning.
 * Reads: base/text.c base/fold.c base/jsonw.c format/encode.c
 */
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/encode.h"
#include "format/json.h"
#include "fuzz.h"

static void check_utf8(const struct text *text)
{
    FUZZ_CHECK(text_is_utf8(text_cstr(text), text->length));
}

static void check_printable(const char *value)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;
    CLEANUP(text_release) struct text cell = TEXT_INIT;
    CLEANUP(text_release) struct text wrapped = TEXT_INIT;

    text_add_printable(&printable, value);
    check_utf8(&printable);
    for (size_t i = 0; i < printable.length; i++)
        FUZZ_CHECK((unsigned char)printable.data[i] >= 0x20 && printable.data[i] != 0x7f);
    for (size_t width = 1; width < 60; width = width * 2 + 1) {
        text_clear(&cell);
        encode_cell(&cell, value, width);
        check_utf8(&cell);
        FUZZ_CHECK(encode_width(text_cstr(&cell)) == width);
    }
    encode_wrapped(&wrapped, value, 2, 20);
    check_utf8(&wrapped);
}

/* What a CSV reader makes of the field is the value, but for an apostrophe and bytes that are no
 * text. */
static void check_csv(const char *value)
{
    CLEANUP(text_release) struct text field = TEXT_INIT;

    encode_csv(&field, value);
    check_utf8(&field);
    FUZZ_CHECK(encode_csv_defused(value) <= 1);
    if (field.length > 0 && field.data[0] == '"') {
        size_t quotes = 0;
        for (size_t i = 0; i < field.length; i++)
            quotes += field.data[i] == '"';
        FUZZ_CHECK(quotes % 2 == 0 && field.data[field.length - 1] == '"');
    } else {
        FUZZ_CHECK(!strpbrk(text_cstr(&field), ",;\"\n\r\t"));
    }
}

static void check_html(const char *value)
{
    CLEANUP(text_release) struct text html = TEXT_INIT;

    encode_html(&html, value);
    check_utf8(&html);
    FUZZ_CHECK(!strpbrk(text_cstr(&html), "<>\"'"));
}

/* Everything that has no text of its own; each in an array too. */
static void add_members(struct jsonw *json, size_t length)
{
    struct instant instant = {.us = (int64_t)length * SECOND_US};

    jsonw_field_double(json, "b", (double)length / 3);
    jsonw_field_double(json, "c", (double)NAN);
    jsonw_field_int(json, "d", -(int64_t)length);
    jsonw_field_bool(json, "e", length % 2 == 0);
    jsonw_field_null(json, "f");
    jsonw_field_string(json, "g", NULL);
    jsonw_field_instant(json, "h", instant);
    jsonw_key(json, "i");
    jsonw_begin_array(json);
    jsonw_begin_array(json);
    jsonw_end_array(json);
    jsonw_raw(json, "{}");
    jsonw_int(json, 1);
    jsonw_end_array(json);
}

static void check_json(const char *value, bool pretty)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *object = NULL;
    struct jsonw json = jsonw_to(&text);
    struct json_object *member = NULL;

    json.pretty = pretty;
    jsonw_begin_object(&json);
    jsonw_field_string(&json, "a", value);
    add_members(&json, strlen(value));
    jsonw_end_object(&json);
    FUZZ_CHECK(json_parse_object(text_cstr(&text), text.length, &object, NULL) == 0);
    FUZZ_CHECK(json_object_object_get_ex(object, "a", &member));
    if (text_is_utf8(value, strlen(value)))
        FUZZ_CHECK(strcmp(json_object_get_string(member), value) == 0);
}

static void check_folds(struct arena *arena, const char *value)
{
    const char *(*const folds[])(struct arena *, const char *) = {fold_text, fold_name,
                                                                  fold_plain_name, fold_skeleton};

    for (size_t i = 0; i < COUNT_OF(folds); i++) {
        const char *once = folds[i](arena, value);
        if (!once || !text_is_utf8(value, strlen(value)))
            continue;
        FUZZ_CHECK(text_is_utf8(once, strlen(once)));
        if (i < 2) /* a fold of a fold is the same */
            FUZZ_CHECK(text_equal(folds[i](arena, once), once));
    }
}

/* reach[j]: the pattern so far matches the first j bytes. */
static bool matches(const char *pattern, const char *string)
{
    size_t length = strlen(string);
    bool *reach = mem_calloc(length + 1, sizeof(reach[0]));

    reach[0] = true;
    for (; *pattern; pattern++) {
        for (size_t j = length + 1; *pattern != '*' && j-- > 0;)
            reach[j] = j > 0 && reach[j - 1] && (*pattern == '?' || *pattern == string[j - 1]);
        for (size_t j = 1; *pattern == '*' && j <= length; j++)
            reach[j] = reach[j] || reach[j - 1];
    }
    bool all = reach[length];
    free(reach);
    return all;
}

static void check_strings(const char *a, const char *b)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    bool same = strcmp(a, b) == 0;

    FUZZ_CHECK(text_equal(a, b) == same && !text_equal(a, NULL));
    FUZZ_CHECK((text_compare(a, b) == 0) == same && text_compare(NULL, b) < 0);
    FUZZ_CHECK(!same || text_hash(a) == text_hash(b));
    text_addf(&text, "%s%s", a, b);
    CLEANUP(mem_cleanup) char *both = text_take(&text);
    FUZZ_CHECK(text_starts(both, a) && strcmp(both + strlen(a), b) == 0 && text.length == 0);
}

static void count_bytes(void *context, const char *bytes, size_t length)
{
    size_t *spilled = context;

    (void)bytes;
    *spilled += length;
}

/* A long text goes where it is to go, all of it. */
static void check_spill(const char *value, size_t length)
{
    size_t spilled = 0, added = 0;
    CLEANUP(text_release)
    struct text text = {.spill = count_bytes, .spill_context = &spilled};

    for (unsigned i = 0; i < 8; i++, added += length) {
        text_add_bytes(&text, value, length);
        text_spill(&text);
    }
    FUZZ_CHECK(spilled + text.length == added);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct bytes bytes = bytes_of(data, size);
    unsigned limit = bytes_choice(&bytes, 4);
    const char *pattern = bytes_line(&bytes, &arena), *value = bytes_rest(&bytes, &arena);
    size_t length = strlen(value), whole = text_whole(value, length), start_length = length;
    const char *start = value;
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(text_release) struct text excerpt = TEXT_INIT;

    check_printable(value);
    check_csv(value);
    check_html(value);
    check_json(value, false);
    check_json(value, true);
    check_strings(pattern, value);
    check_spill(value, length);
    check_folds(&arena, value);
    FUZZ_CHECK(text_matches(pattern, value) == matches(pattern, value));
    unsigned distance = text_distance(pattern, strlen(pattern), value, length, limit);
    FUZZ_CHECK(distance <= limit + 1 && (distance == 0) == (strcmp(pattern, value) == 0));
    FUZZ_CHECK(distance == text_distance(value, length, pattern, strlen(pattern), limit));
    FUZZ_CHECK(whole <= length && length - whole <= 3);
    text_trim(&start, &start_length);
    FUZZ_CHECK(start >= value && start + start_length <= value + length);
    FUZZ_CHECK(text_excerpt(value, 7) <= 7);
    text_add_excerpt(&excerpt, value, 7);
    check_utf8(&excerpt);
    text_add_url(&url, value);
    FUZZ_CHECK(text_is_ascii(text_cstr(&url)));
    const char *const candidates[] = {pattern, "suspend", "status"};
    (void)text_nearest(value, candidates, COUNT_OF(candidates));
    return 0;
}
