/* config/write and config/edit: what is written is read as it was meant, and what people wrote
 * stays as they wrote it. */
#include <string.h>

#include "base/cleanup.h"
#include "config/edit.h"
#include "config/write.h"
#include "test.h"

TEST(config_write_opens_and_closes_the_groups_of_its_paths)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(config_writing_release) struct config_writing writing = {.arena = &arena};
    static const char *const words[] = {"a \"b\"", "c\\"};

    config_write_comment(&writing, "made");
    config_write_text(&writing, "a.b", "1");
    config_write_text(&writing, "a.c.d", "2");
    config_write_list(&writing, "a.c.e", words, COUNT_OF(words));
    config_write_text(&writing, "a.f.g", "3");
    config_write_plain(&writing, "a.h", "4");
    config_write_list(&writing, "ab.i", words, 0);
    config_write_end(&writing);
    assert_string_equal(
        text_cstr(&writing.text),
        "# made\na:\n{\n    b = \"1\";\n    c:\n    {\n        d = \"2\";\n"
        "        e = [ \"a \\\"b\\\"\", \"c\\\\\" ];\n    };\n    f:\n    {\n"
        "        g = \"3\";\n    };\n    h = 4;\n};\n\nab:\n{\n    i = [ ];\n};\n\n");
    assert_int_equal(writing.count, 5);
}

static const struct {
    const char *text, *path, *removed; /* NULL = it is not there */
} removals[] = {
    {"a: { b = 1; };\n", "a.b", "a: {  };\n"},
    {"a:\n{\n    b = 1;\n    c = 2;\n};\n", "a.b", "a:\n{\n    c = 2;\n};\n"},
    {"a:\n{\n    b = 1; # why\n    c = 2;\n};\n", "a.b", "a:\n{\n     # why\n    c = 2;\n};\n"},
    {"a = { b = \"x; b = 2; }\"; bb = 3; }\nb = 4;", "a.b", "a = {  bb = 3; }\nb = 4;"},
    {"# a: { b = 1; }\na: { /* b = 2; } */ b: { c = 1; d = ( 1, { e = 2; } ); }; };", "a.b",
     "# a: { b = 1; }\na: { /* b = 2; } */  };"},
    {"@include \"x\"\na: { b = [ \"]\", \"\\\"\" ], c = 1 };", "a.b",
     "@include \"x\"\na: {  c = 1 };"},
    {"x = 1; a: { b = 1; };\n", "x", " a: { b = 1; };\n"},
    {"x = 1;\na: { b = 1; };\n", "x", "a: { b = 1; };\n"},
    {"a: { b = 1", "a.b", "a: { "},
    {"a: { bb = 1; };", "a.b", NULL},
    {"ab: { b = 1; };", "a.b", NULL},
    {"a = 1;", "a.b", NULL},
    {"", "a.b", NULL},
    {"// b = 1", "b", NULL},
};

TEST(config_edit_takes_out_one_setting_and_leaves_the_rest)
{
    for (size_t i = 0; i < COUNT_OF(removals); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        text_add(&text, removals[i].text);
        bool found = config_edit_remove(&text, removals[i].path);
        const char *wanted = removals[i].removed ? removals[i].removed : removals[i].text;
        if (found != (removals[i].removed != NULL) || strcmp(text_cstr(&text), wanted) != 0)
            fail_msg("%zu: '%s'", i, text_cstr(&text));
    }
}

TEST(config_edit_puts_settings_at_the_end_of_their_group)
{
    static const struct {
        const char *text, *inserted;
    } cases[] = {
        {"a:\n{\n    b = 1;\n};\nc = 2;\n", "a:\n{\n    b = 1;\n    x = 9;\n};\nc = 2;\n"},
        {"a: { b = \"}\"; };\n", "a: { b = \"}\";\n    x = 9;\n };\n"},
        {"a: { b: { c = 1; } } # }\n", "a: { b: { c = 1; }\n    x = 9;\n } # }\n"},
        {"c = 2;\n", "c = 2;\n\na:\n{\n    x = 9;\n};\n"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        text_add(&text, cases[i].text);
        config_edit_insert(&text, "a", "    x = 9;\n");
        if (strcmp(text_cstr(&text), cases[i].inserted) != 0)
            fail_msg("%zu: '%s'", i, text_cstr(&text));
    }
}

TEST(config_edit_takes_out_comments_that_begin_so_and_no_others)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_add(&text, "# open: this\na:\n{\n    # open: that\n    x = 1; # open: mine\n"
                    "    # reopen: mine\n    y = \"# open: text\";\n};\n# open: end");
    config_edit_remove_comments(&text, "open: ");
    assert_string_equal(text_cstr(&text), "a:\n{\n    x = 1; # open: mine\n    # reopen: mine\n"
                                          "    y = \"# open: text\";\n};\n");
}

TEST(config_judge_says_what_the_loader_would_say_of_one_value)
{
    static const struct {
        const char *path, *value;
        bool right;
    } cases[] = {
        {"portal.url", "https://acme.bynder.com", true}, {"portal.url", "acme.bynder.com", false},
        {"portal.url", "http://acme.bynder.com", false}, {"portal.name", "acme", true},
        {"portal.name", "line\nbreak", false},           {"roster.source", "ftp://x/y", false},
        {"roster.source", "/srv/hr.csv", true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(config_writing_release) struct config_writing writing = {.arena = &arena};
        config_write_text(&writing, cases[i].path, cases[i].value);
        config_write_end(&writing);
        bool right = config_judge(&arena, &writing.text, cases[i].path, &err) == 0;
        if (right != cases[i].right)
            fail_msg("%s %s: %s", cases[i].path, cases[i].value, err.text ? err.text : "right");
    }
}
