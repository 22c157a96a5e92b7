/*
 * What json-c would let pass is in these tables, each row with what must become of it.
 */
#include <string.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/json_view.h"
#include "sanitized.h"
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

/* --- how much there may be --- */

/* `{"a":[{},{},…]}` of so many values, containers included. */
static char *make_values(size_t values)
{
    struct text text = TEXT_INIT;

    text_add(&text, "{\"a\":[{}");
    for (size_t i = 3; i < values; i++)
        text_add(&text, ",{}");
    text_add(&text, "]}");
    return text_take(&text);
}

TEST(json_parse_object_of_too_many_values_is_refused)
{
    CLEANUP(mem_cleanup) char *most = make_values(LIMIT_JSON_VALUES);
    CLEANUP(mem_cleanup) char *more = make_values(LIMIT_JSON_VALUES + 1);
    CLEANUP(json_freep) struct json_object *object = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(json_parse_object(more, strlen(more), &object, &err), -1);
    assert_non_null(strstr(err.text, "too many values"));
    assert_int_equal(parse(most, &object), 0);
}

TEST(json_each_tells_the_one_element_of_too_many_values)
{
    CLEANUP(mem_cleanup) char *most = make_values(LIMIT_JSON_VALUES);
    CLEANUP(mem_cleanup) char *more = make_values(LIMIT_JSON_VALUES + 1);
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct seen seen = {.items = 0};

    text_addf(&text, "[{},%s,%s,%s,{}]", more, most, most);
    assert_int_equal(json_each(text_cstr(&text), text.length, count_item, &seen, NULL), 0);
    assert_int_equal(seen.flaws, 1);
    assert_int_equal(seen.items, 4);
}

/* --- views --- */

static const char *const odd_values[] = {
    "null",
    "true",
    "false",
    "0",
    "1",
    "-0",
    "-1",
    "2",
    "1.0",
    "1e0",
    "9223372036854775806",
    "9223372036854775807",
    "18446744073709551615",
    "-9223372036854775808",
    "123456789012345678901234567890",
    "\"\"",
    "\"1\"",
    "\"true\"",
    "\"tr\\u0075e\"",
    "\"1\\u0000\"",
    "\"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\"",
    "\"\\u00e9\\uD83D\\uDE00\\uffff\"",
    "\"\xC3\xA9\"",
    "\"\xFF\"",
    "\"\xED\xA0\x80\"",
    "\"a\\u0000b\"",
    "\"0123456789abcdef\"",
    "\"0123456789abcdefg\"",
    "{}",
    "[]",
    "[1, {} ,[{}]]",
    "[1,2,3,4]",
};

struct viewing {
    struct arena arena;
    enum json_found found[4];
    const char *text[2];
    bool flag;
    size_t count;
    const char *flaw;
};

static int ask_object(void *context, size_t index, struct json_object *item, const char *flaw,
                      struct err *err)
{
    struct viewing *viewing = context;
    const struct json_object *array = NULL;

    (void)index;
    (void)err;
    viewing->flaw = flaw;
    if (flaw)
        return 0;
    viewing->found[0] = json_string(item, "a", 16, &viewing->arena, &viewing->text[0]);
    viewing->found[1] = json_label(item, "a", 16, &viewing->arena, &viewing->text[1]);
    viewing->found[2] = json_flag(item, "a", &viewing->flag);
    viewing->found[3] = json_array(item, "a", 3, &array, &viewing->count);
    return 0;
}

static int ask_view(void *context, size_t index, const struct json_view *item, const char *flaw,
                    struct err *err)
{
    struct viewing *viewing = context;
    struct json_part array;

    (void)index;
    (void)err;
    viewing->flaw = flaw;
    if (flaw)
        return 0;
    viewing->found[0] = json_view_string(item, "a", 16, &viewing->arena, &viewing->text[0]);
    viewing->found[1] = json_view_label(item, "a", 16, &viewing->arena, &viewing->text[1]);
    viewing->found[2] = json_view_flag(item, "a", &viewing->flag);
    viewing->found[3] = json_view_array(item, "a", 3, &array, &viewing->count);
    return 0;
}

static void compare_views(const char *text, const char *flaw)
{
    CLEANUP(json_list_release) struct json_list list = {.count = 0};
    struct viewing built = {.arena = ARENA_INIT}, viewed = {.arena = ARENA_INIT};

    assert_int_equal(json_list_read(text, strlen(text), &list, NULL), 0);
    assert_int_equal(json_each(text, strlen(text), ask_object, &built, NULL), 0);
    assert_int_equal(json_list_views(&list, ask_view, &viewed, NULL), 0);
    if (!text_equal(built.flaw, flaw) || !text_equal(viewed.flaw, flaw) ||
        memcmp(built.found, viewed.found, sizeof(built.found)) != 0 ||
        !text_equal(built.text[0], viewed.text[0]) || !text_equal(built.text[1], viewed.text[1]) ||
        built.flag != viewed.flag || built.count != viewed.count)
        fail_msg("%s: %s, %s", text, built.flaw, viewed.flaw);
    arena_release(&built.arena);
    arena_release(&viewed.arena);
}

TEST(json_list_views_say_what_is_built_of_the_same)
{
    static const char *const forms[] = {"[{\"a\":%s}]", " [ { \"a\" : %s , \"b\" : 1 } ] ",
                                        "[{\"\\u0061\":%s}]", "[{\"b\":{\"a\":1},\"a\":%s}]"};

    for (size_t i = 0; i < COUNT_OF(odd_values); i++) {
        for (size_t form = 0; form < COUNT_OF(forms); form++) {
            const char *hole = strstr(forms[form], "%s");
            CLEANUP(text_release) struct text text = TEXT_INIT;

            text_add_bytes(&text, forms[form], (size_t)(hole - forms[form]));
            text_add(&text, odd_values[i]);
            text_add(&text, hole + 2);
            compare_views(text_cstr(&text), NULL);
        }
    }
}

/* A name that is twice, however it is written and however deep it stands; and its neighbours. */
TEST(json_list_views_find_the_flaws_of_what_is_built)
{
    static const struct {
        const char *text, *flaw;
    } rows[] = {
        {"[{\"a\":1,\"a\":1}]", "it has a member twice"},
        {"[{\"a\":1,\"\\u0061\":1}]", "it has a member twice"},
        {"[{\"a\":[{\"b\":[{\"c\":0,\"d\":0,\"c\":0}]}]}]", "it has a member twice"},
        {"[{\"a\":{\"\\u0062\":1,\"b\":1}}]", "it has a member twice"},
        {"[{\"a\":[{\"b\":1},{\"b\":1}],\"b\":1}]", NULL},
        {"[{\"a\":1,\"A\":1,\"\":1}]", NULL},
        {"[{\"a\":\"\\uD83D\"}]", "it holds half of a character"},
        {"[{\"\\uDE00\":1}]", "it holds half of a character"},
        {"[[]]", "it is not an object"},
        {"[null]", "it is not an object"},
    };
    CLEANUP(text_release) struct text many = TEXT_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        compare_views(rows[i].text, rows[i].flaw);
    text_add(&many, "[{\"a\":{\"x\":0");
    for (int i = 0; i < 30; i++)
        text_addf(&many, ",\"y%d\":0", i);
    text_add(&many, "}");
    for (int i = 0; i < 100; i++)
        text_addf(&many, ",\"z%d\":0", i);
    CLEANUP(text_release) struct text twice = TEXT_INIT;
    text_addf(&twice, "%s,\"z50\":1}]", text_cstr(&many));
    text_add(&many, "}]");
    compare_views(text_cstr(&many), NULL);
    compare_views(text_cstr(&twice), "it has a member twice");
}

/* An account with every group it may have, and custom fields by the hundred. */
TEST(json_parse_object_of_a_large_account_is_taken)
{
    CLEANUP(json_freep) struct json_object *object = NULL;
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const struct json_object *groups = NULL;
    size_t count = 0;

    text_add(&text, "{\"groups\":[");
    for (int i = 0; i < LIMIT_GROUPS; i++)
        text_addf(&text, "%s{\"id\":\"%d\",\"name\":\"group %d\"}", i ? "," : "", i, i);
    text_add_char(&text, ']');
    for (int i = 0; i < 1000; i++)
        text_addf(&text, ",\"property_%d\":[\"a\",\"b\",\"c\"]", i);
    text_add_char(&text, '}');
    assert_int_equal(parse(text_cstr(&text), &object), 0);
    assert_int_equal(json_array(object, "groups", LIMIT_GROUPS, &groups, &count), JSON_FOUND);
    assert_int_equal(count, LIMIT_GROUPS);
}

struct pages_seen {
    size_t heads, flaws;
    struct seen item;
};

static int count_head(void *context, size_t index, struct json_object *head, const char *flaw,
                      struct err *err)
{
    struct pages_seen *seen = context;
    const struct json_object *list = NULL;
    size_t count = 0;

    (void)err;
    assert_int_equal(index, seen->heads + seen->flaws);
    assert_true(!head != !flaw);
    if (head)
        assert_int_not_equal(json_array(head, "list", 0, &list, &count), JSON_UNREADABLE);
    seen->heads += head != NULL;
    seen->flaws += head == NULL;
    return 0;
}

static int count_of_page(void *context, size_t index, struct json_object *item, const char *flaw,
                         struct err *err)
{
    struct pages_seen *seen = context;

    return count_item(&seen->item, index, item, flaw, err);
}

TEST(json_each_of_pages_hands_out_heads_and_elements)
{
    static const struct {
        const char *text;
        int result;
        size_t heads, flawed_heads, items, flaws;
    } rows[] = {
        {"{}", 0, 1, 0, 0, 0},
        {"\xEF\xBB\xBF {\"list\":[{},{\"a\":1}]} ", 0, 1, 0, 2, 0},
        {"{ \"n\" : 3 , \"list\" : [ {} , 7 , {\"b\":1,\"b\":2} ] , \"m\" : [1] }", 0, 1, 0, 1, 2},
        {"[]", 0, 0, 0, 0, 0},
        {" [ {\"list\":[{}]} , {\"list\":[]} , {\"m\":{\"list\":[{},{}]}} ] ", 0, 3, 0, 1, 0},
        {"[{\"list\":[{}]},7,null,{\"a\":1,\"a\":1,\"list\":[{}]}]", 0, 1, 3, 1, 0},
        {"{\"list\":[{}],\"list\":[{}]}", 0, 0, 1, 0, 0},
        {"{\"list\":[{}],\"l\\u0069st\":[{}]}", 0, 0, 1, 0, 0},
        {"{\"lis\":[{}],\"listen\":[{}]}", 0, 1, 0, 0, 0},
        {"{\"list\":[{},]}", -1, 0, 0, 0, 0},
        {"{\"list\":[{}]", -1, 0, 0, 0, 0},
        {"{\"list\":[{}]}x", -1, 0, 0, 0, 0},
        {"7", -1, 0, 0, 0, 0},
        {"", -1, 0, 0, 0, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pages_seen seen = {.heads = 0};
        int result = json_each_of_pages(rows[i].text, strlen(rows[i].text), "list", count_head,
                                        count_of_page, &seen, NULL);

        if (result != rows[i].result || seen.heads != rows[i].heads ||
            seen.flaws != rows[i].flawed_heads || seen.item.items != rows[i].items ||
            seen.item.flaws != rows[i].flaws)
            fail_msg("%s: %d, heads %zu and %zu flawed, items %zu and %zu flawed", rows[i].text,
                     result, seen.heads, seen.flaws, seen.item.items, seen.item.flaws);
    }
}

static size_t most_kilobytes(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (size_t)usage.ru_maxrss;
}

/* Two million elements of a page stand in memory one after the other; as one tree they took 1.6 GB.
 */
TEST(json_each_of_pages_needs_the_memory_of_one_element)
{
    CLEANUP(mem_cleanup) char *page = make_values(2000000);
    size_t before = most_kilobytes();
    struct pages_seen seen = {.heads = 0};

    assert_int_equal(
        json_each_of_pages(page, strlen(page), "a", count_head, count_of_page, &seen, NULL), 0);
    assert_int_equal(seen.item.items, 2000000 - 2);
    if (!SANITIZED) /* what was freed is kept for a while then */
        assert_true(most_kilobytes() - before < 10240);
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
