/*
 * jsonw writes valid JSON whatever the strings hold, and only JSON.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "test.h"

static void assert_text(const struct text *text, const char *wanted)
{
    assert_string_equal(text_cstr(text), wanted);
    assert_int_equal(text->length, strlen(wanted));
}

TEST(jsonw_string_hostile_bytes_are_escaped)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *wanted;
    } rows[] = {
        {"", 0, "\"\""},
        {"plain", 5, "\"plain\""},
        {"a\"b\\c/", 6, "\"a\\\"b\\\\c/\""},
        {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x1f\x7f", 3, "\"\\u0001\\u001f\\u007f\""},
        {"a\0b", 3, "\"a\\u0000b\""},
        {"\xC2\x9B\xE2\x80\xAE", 5, "\"\\u009b\\u202e\""}, /* no terminal acts on it */
        {"\xF3\xA0\x81\xA1.", 5, "\"\\udb40\\udc61.\""},
        {"Łódź 上海 😀", 19, "\"Łódź 上海 😀\""},
        {"\xff", 1, "\"\xEF\xBF\xBD\""},
        {"x\xC0\x80y", 4, "\"x\xEF\xBF\xBD\xEF\xBF\xBDy\""},             /* overlong */
        {"\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""}, /* surrogate */
        {"a\xE2\x82", 3, "\"a\xEF\xBF\xBD\xEF\xBF\xBD\""},               /* cut short */
        {"\xF4\x90\x80\x80", 4, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        struct jsonw json = jsonw_to(&text);
        jsonw_string_bytes(&json, rows[i].bytes, rows[i].length);
        assert_text(&text, rows[i].wanted);
    }
}

TEST(jsonw_containers_get_their_commas)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct jsonw json = jsonw_to(&text);
    jsonw_begin_object(&json);
    jsonw_field_string(&json, "a", "x");
    jsonw_field_string(&json, "n", NULL);
    jsonw_key(&json, "list");
    jsonw_begin_array(&json);
    jsonw_int(&json, INT64_MIN);
    jsonw_begin_array(&json);
    jsonw_end_array(&json);
    jsonw_begin_object(&json);
    jsonw_end_object(&json);
    jsonw_bool(&json, true);
    jsonw_end_array(&json);
    jsonw_field_null(&json, "k\"");
    jsonw_field_bool(&json, "b", false);
    jsonw_end_object(&json);
    assert_text(&text, "{\"a\":\"x\",\"n\":null,\"list\":[-9223372036854775808,[],{},true],"
                       "\"k\\\"\":null,\"b\":false}");
}

TEST(jsonw_pretty_puts_a_member_on_each_line)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct jsonw json = jsonw_to(&text);
    json.pretty = true;
    jsonw_begin_object(&json);
    jsonw_field_int(&json, "a", 1);
    jsonw_key(&json, "b");
    jsonw_begin_array(&json);
    jsonw_int(&json, 2);
    jsonw_int(&json, 3);
    jsonw_end_array(&json);
    jsonw_key(&json, "c");
    jsonw_begin_array(&json);
    jsonw_end_array(&json);
    jsonw_end_object(&json);
    assert_text(&text, "{\n  \"a\": 1,\n  \"b\": [\n    2,\n    3\n  ],\n  \"c\": []\n}");
}

TEST(jsonw_double_is_the_shortest_that_reads_back)
{
    static const struct {
        double value;
        const char *wanted;
    } rows[] = {
        {0.1, "0.1"},
        {5.0, "5"},
        {-2.5, "-2.5"},
        {1.0 / 3, "0.3333333333333333"},
        {1e300, "1e+300"},
        {(double)NAN, "null"},
        {(double)INFINITY, "null"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        struct jsonw json = jsonw_to(&text);
        jsonw_double(&json, rows[i].value);
        assert_text(&text, rows[i].wanted);
    }
}
