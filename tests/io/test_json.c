/*
 * What json-c would let pass is in these tables, each row with what must become of it.
 */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/json.h"
#include "test.h"

static int parse(const char *text, struct json_object **ret_object)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    int result = json_parse_object(text, strlen(text), ret_object, &err);

    if (result < 0)
        assert_int_equal(err.code, ERR_UNREACHABLE);
    return result;
}

TEST(json_parse_object_of_broken_text_is_refused)
{
    static const char *const rows[] = {
        "",
        " ",
        "[]",
        "\"a\"",
        "null",
        "{",
        "{\"a\":1",
        "{\"a\":\"b",
        "{\"a\":\"b\\",
        "{\"a\":\"\\u12",
        "{\"a\":1}x",
        "{\"a\":1}{}",
        "{\"a\":1},",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\":[1,]}",
        "{\"a\" 1}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":'b'}",
        "{\"a\":NaN}",
        "{\"a\":nan}",
        "{\"a\":Infinity}",
        "{\"a\":-Infinity}",
        "{\"a\":True}",
        "{\"a\":nul}",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":0x10}",
        "{\"a\":1e}",
        "{\"a\":\"\\x41\"}",
        "{\"a\":\"\\'\"}",
        "{\"a\":\"\\u00g0\"}",
        "{\"a\":\"line\nbreak\"}",
        "{\"a\":\"tab\t\"}",
        "{\"a\":1 /* no */}",
        "{\"a\\u0000\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"b\":{\"a\":1,\"a\":1}}",
        "{\"b\":[{\"a\":1,\"a\":1}]}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"a\":\"\\ud800\\u0041\"}",
        "\xEF\xBB\xBF\xEF\xBB\xBF{\"a\":1}",
        "\xEF\xBB{\"a\":1}",
        "{\xEF\xBB\xBF\"a\":1}",
        "\xEF\xBB\xBF",
        "<!DOCTYPE html><title>Log in</title>",
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(json_freep) struct json_object *object = NULL;

        if (parse(rows[i], &object) == 0)
            fail_msg("accepted: %s", rows[i]);
    }
}

TEST(json_parse_object_of_plain_json_is_taken)
{
    static const char *const rows[] = {
        "{}",
        " \t\r\n{ \"a\" : [ ] } \n",
        "{\"a\":-0.5e+10,\"b\":[true,false,null,{}],\"c\":\"\\u00e9\\ud83d\\ude00\\\\\\\"\\/\"}",
        "{\"a\":123456789012345678901234567890}",
        "{\"a\":{\"a\":{\"a\":1}}}",
        "{\"\":1}",
        "\xEF\xBB\xBF{\"a\":1}",
        "\xEF\xBB\xBF \n{\"a\":1}",
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(json_freep) struct json_object *object = NULL;

        if (parse(rows[i], &object) < 0)
            fail_msg("refused: %s", rows[i]);
        assert_non_null(object);
    }
}

TEST(json_parse_object_nested_too_deep_is_refused)
{
    for (size_t depth = LIMIT_JSON_DEPTH - 2; depth < 100000; depth = depth * 3 / 2) {
        CLEANUP(json_freep) struct json_object *object = NULL;
        CLEANUP(text_release) struct text text = TEXT_INIT;

        text_add(&text, "{\"a\":");
        for (size_t i = 0; i < depth; i++)
            text_add_char(&text, '[');
        for (size_t i = 0; i < depth; i++)
            text_add_char(&text, ']');
        text_add_char(&text, '}');
        assert_int_equal(parse(text_cstr(&text), &object), depth < LIMIT_JSON_DEPTH ? 0 : -1);
    }
}

struct seen {
    size_t items, flaws;
    size_t stop_at;
    char *last_flaw;
};

static int count_item(void *context, size_t index, struct json_object *item, const char *flaw,
                      struct err *err)
{
    struct seen *seen = context;

    assert_int_equal(index, seen->items + seen->flaws);
    assert_true((item == NULL) == (flaw != NULL));
    if (item)
        seen->items++;
    else
        seen->flaws++;
    if (seen->stop_at > 0 && index + 1 == seen->stop_at)
        return err_set(err, ERR_INTERNAL, "stopped");
    return 0;
}

TEST(json_each_of_an_array_tells_items_from_flaws)
{
    static const struct {
        const char *text;
        int result;
        size_t items, flaws;
    } rows[] = {
        {"[]", 0, 0, 0},
        {" [ ] ", 0, 0, 0},
        {"[{}]", 0, 1, 0},
        {"[ {\"a\":1} , {\"a\":[1,{\"b\":2}]} ]", 0, 2, 0},
        {"[{},1,\"x\",null,[],{}]", 0, 2, 4},
        {"[{\"a\":1,\"a\":1},{\"a\":1}]", 0, 1, 1},
        {"[{\"a\":\"\\ud800\"},{\"a\":1}]", 0, 1, 1},
        {"[{},{}", -1, 0, 0},
        {"[{},{}]]", -1, 0, 0},
        {"[{},{},]", -1, 0, 0},
        {"[{}{}]", -1, 0, 0},
        {"{}", -1, 0, 0},
        {"{\"message\":\"x\"}", -1, 0, 0},
        {"", -1, 0, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        struct seen seen = {.items = 0};

        assert_int_equal(json_each(rows[i].text, strlen(rows[i].text), count_item, &seen, &err),
                         rows[i].result);
        assert_int_equal(seen.items, rows[i].items);
        assert_int_equal(seen.flaws, rows[i].flaws);
    }
}

TEST(json_each_stopped_by_its_caller_ends_with_that_error)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct seen seen = {.stop_at = 2};

    assert_int_equal(json_each("[{},{},{}]", 10, count_item, &seen, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_int_equal(seen.items, 2);
}

TEST(json_string_takes_bounded_text_only)
{
    static const struct {
        const char *text;
        enum json_found found;
        const char *value;
    } rows[] = {
        {"{}", JSON_MISSING, NULL},
        {"{\"A\":\"x\"}", JSON_MISSING, NULL},
        {"{\"a\":null}", JSON_NULL, NULL},
        {"{\"a\":1}", JSON_UNREADABLE, NULL},
        {"{\"a\":true}", JSON_UNREADABLE, NULL},
        {"{\"a\":[\"x\"]}", JSON_UNREADABLE, NULL},
        {"{\"a\":{}}", JSON_UNREADABLE, NULL},
        {"{\"a\":\"\"}", JSON_FOUND, ""},
        {"{\"a\":\"12345678\"}", JSON_FOUND, "12345678"},
        {"{\"a\":\"123456789\"}", JSON_UNREADABLE, NULL},
        {"{\"a\":\"x\\u0000y\"}", JSON_UNREADABLE, NULL},
        {"{\"a\":\"\xC0\xAF\"}", JSON_UNREADABLE, NULL},
        {"{\"a\":\"\xED\xA0\x80\"}", JSON_UNREADABLE, NULL},
        {"{\"a\":\"\xFF\"}", JSON_UNREADABLE, NULL},
        {"{\"a\":\"\\u00e9\xC3\xA9\"}", JSON_FOUND, "éé"},
        {"{\"a\":\"\\ud83d\\ude00\"}", JSON_FOUND, "😀"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(json_freep) struct json_object *object = NULL;
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        const char *value = NULL;

        assert_int_equal(parse(rows[i].text, &object), 0);
        if (json_string(object, "a", 8, &arena, &value) != rows[i].found)
            fail_msg("row %zu: %s", i, rows[i].text);
        assert_true(text_equal(value, rows[i].value));
    }
}

TEST(json_label_takes_text_and_whole_numbers)
{
    static const struct {
        const char *text;
        enum json_found found;
        const char *value;
    } rows[] = {
        {"{\"a\":\"007\"}", JSON_FOUND, "007"},
        {"{\"a\":7}", JSON_FOUND, "7"},
        {"{\"a\":0}", JSON_FOUND, "0"},
        {"{\"a\":1103024456}", JSON_FOUND, "1103024456"},
        {"{\"a\":-7}", JSON_UNREADABLE, NULL},
        {"{\"a\":7.0}", JSON_UNREADABLE, NULL},
        {"{\"a\":7e2}", JSON_UNREADABLE, NULL},
        {"{\"a\":9223372036854775807}", JSON_UNREADABLE, NULL},
        {"{\"a\":99999999999999999999}", JSON_UNREADABLE, NULL},
        {"{\"a\":true}", JSON_UNREADABLE, NULL},
        {"{\"a\":null}", JSON_NULL, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(json_freep) struct json_object *object = NULL;
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        const char *value = NULL;

        assert_int_equal(parse(rows[i].text, &object), 0);
        if (json_label(object, "a", 100, &arena, &value) != rows[i].found)
            fail_msg("row %zu: %s", i, rows[i].text);
        assert_true(text_equal(value, rows[i].value));
    }
}

TEST(json_integer_out_of_range_is_unreadable)
{
    static const struct {
        const char *text;
        enum json_found found;
        int64_t value;
    } rows[] = {
        {"{\"a\":0}", JSON_FOUND, 0},
        {"{\"a\":100}", JSON_FOUND, 100},
        {"{\"a\":101}", JSON_UNREADABLE, -7},
        {"{\"a\":-1}", JSON_UNREADABLE, -7},
        {"{\"a\":18446744073709551617}", JSON_UNREADABLE, -7},
        {"{\"a\":-18446744073709551617}", JSON_UNREADABLE, -7},
        {"{\"a\":\"5\"}", JSON_UNREADABLE, -7},
        {"{\"a\":5.0}", JSON_UNREADABLE, -7},
        {"{\"a\":null}", JSON_NULL, -7},
        {"{}", JSON_MISSING, -7},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(json_freep) struct json_object *object = NULL;
        int64_t value = -7;

        assert_int_equal(parse(rows[i].text, &object), 0);
        assert_int_equal(json_integer(object, "a", 0, 100, &value), rows[i].found);
        assert_int_equal(value, rows[i].value);
    }
}

TEST(json_flag_takes_every_documented_form_and_no_other)
{
    static const struct {
        const char *text;
        enum json_found found;
        bool value;
    } rows[] = {
        {"{\"a\":true}", JSON_FOUND, true},         {"{\"a\":1}", JSON_FOUND, true},
        {"{\"a\":\"true\"}", JSON_FOUND, true},     {"{\"a\":\"1\"}", JSON_FOUND, true},
        {"{\"a\":false}", JSON_FOUND, false},       {"{\"a\":0}", JSON_FOUND, false},
        {"{\"a\":\"false\"}", JSON_FOUND, false},   {"{\"a\":\"0\"}", JSON_FOUND, false},
        {"{\"a\":2}", JSON_UNREADABLE, true},       {"{\"a\":-1}", JSON_UNREADABLE, true},
        {"{\"a\":1.0}", JSON_UNREADABLE, true},     {"{\"a\":\"TRUE\"}", JSON_UNREADABLE, true},
        {"{\"a\":\"yes\"}", JSON_UNREADABLE, true}, {"{\"a\":\"\"}", JSON_UNREADABLE, true},
        {"{\"a\":\" 1\"}", JSON_UNREADABLE, true},  {"{\"a\":\"1\\u0000\"}", JSON_UNREADABLE, true},
        {"{\"a\":[]}", JSON_UNREADABLE, true},      {"{\"a\":{}}", JSON_UNREADABLE, true},
        {"{\"a\":null}", JSON_NULL, true},          {"{}", JSON_MISSING, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(json_freep) struct json_object *object = NULL;
        bool value = rows[i].found != JSON_FOUND || !rows[i].value;

        assert_int_equal(parse(rows[i].text, &object), 0);
        if (json_flag(object, "a", &value) != rows[i].found)
            fail_msg("row %zu: %s", i, rows[i].text);
        assert_true(value == rows[i].value);
    }
}

TEST(json_array_gives_objects_strings_and_a_limit)
{
    CLEANUP(json_freep) struct json_object *object = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const struct json_object *array = NULL;
    const char *string = NULL;
    size_t count = 0;

    assert_int_equal(parse("{\"a\":[\"x\",{\"id\":1},null,3],\"b\":\"x\"}", &object), 0);
    assert_int_equal(json_array(object, "b", 9, &array, &count), JSON_UNREADABLE);
    assert_int_equal(json_array(object, "a", 3, &array, &count), JSON_UNREADABLE);
    assert_int_equal(json_array(object, "c", 3, &array, &count), JSON_MISSING);
    assert_int_equal(json_array(object, "a", 4, &array, &count), JSON_FOUND);
    assert_int_equal(count, 4);
    assert_int_equal(json_array_string(array, 0, 9, &arena, &string), JSON_FOUND);
    assert_string_equal(string, "x");
    assert_int_equal(json_array_string(array, 1, 9, &arena, &string), JSON_UNREADABLE);
    assert_int_equal(json_array_string(array, 2, 9, &arena, &string), JSON_NULL);
    assert_null(json_array_object(array, 0));
    assert_non_null(json_array_object(array, 1));
    assert_null(json_array_object(array, 2));
    assert_null(json_array_object(array, 3));
}

TEST(json_raw_is_bounded_and_printable)
{
    CLEANUP(json_freep) struct json_object *object = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    assert_int_equal(
        parse("{\"a\":\"so\\u001bon\",\"b\":\"12345678\",\"c\":null,\"d\":7}", &object), 0);
    assert_string_equal(json_raw(object, "a", 8, &arena), "so\\x1bon");
    assert_string_equal(json_raw(object, "b", 4, &arena), "1234…");
    assert_string_equal(json_raw(object, "c", 8, &arena), "null");
    assert_string_equal(json_raw(object, "d", 8, &arena), "7");
    assert_null(json_raw(object, "e", 8, &arena));
}
