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

    config_write_comment(&writing, "", "made");
    config_write_text(&writing, "a.b", "1");
    config_write_text(&writing, "a.c.d", "2");
    config_write_list(&writing, "a.c.e", words, COUNT_OF(words));
    config_write_text(&writing, "a.f.g", "3");
    config_write_comment(&writing, "a", "of a");
    config_write_plain(&writing, "a.h", "4");
    config_write_comment(&writing, "a.k", "of k");
    config_write_list(&writing, "ab.i", words, 0);
    config_write_end(&writing);
    assert_string_equal(text_cstr(&writing.text),
                        "# made\na:\n{\n    b = \"1\";\n    c:\n    {\n        d = \"2\";\n"
                        "        e = [ \"a \\\"b\\\"\", \"c\\\\\" ];\n    };\n    f:\n    {\n"
                        "        g = \"3\";\n    };\n    # of a\n    h = 4;\n    k:\n    {\n       "
                        " # of k\n    };\n};\n\nab:\n{\n    i = [ ];\n};\n\n");
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
    /* no ';' behind it: the next setting is none of it */
    {"a:\n{\n    b = \"x\"\n    c = 7\n    d = 33;\n};\n", "a.b",
     "a:\n{\n    c = 7\n    d = 33;\n};\n"},
    {"a: { b = 1 c = 2 }", "a.b", "a: {  c = 2 }"},
    {"a: { b = 1 c = 2 d = 3 }", "a.c", "a: { b = 1  d = 3 }"},
    {"a: { b = true # why\n c = 2 }", "a.b", "a: {  # why\n c = 2 }"},
    {"a: { b = [ 1, 2 ] c = 2 }", "a.b", "a: {  c = 2 }"},
    {"a: { b = ( { x = 1 }, { } ) c = 2 }", "a.b", "a: {  c = 2 }"},
    {"a: { b: { x = 1 } c = 2 }", "a.b", "a: {  c = 2 }"},
    {"a: { b = \"x\" /* and */ \"y\" c = 2 }", "a.b", "a: {  c = 2 }"},
    {"a: { b = -1.5e3 c = 2 }", "a.b", "a: {  c = 2 }"},
    {"a: { b = 0x7F\n# c = 3\nc = 2 }", "a.b", "a: { \n# c = 3\nc = 2 }"},
    {"a = 1 b = 2", "a", " b = 2"},
    {"\xEF\xBB\xBF"
     "a: { b = 1; }",
     "a.b",
     "\xEF\xBB\xBF"
     "a: {  }"},
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

TEST(config_edit_hands_out_a_value_as_it_is_written)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_add(&text, "a: { b = ( 1, /* ) */ 2 ) ; c = \"x;\" d = 7 }");
    assert_string_equal(config_edit_value(&arena, &text, "a.b"), "( 1, /* ) */ 2 )");
    assert_string_equal(config_edit_value(&arena, &text, "a.c"), "\"x;\"");
    assert_string_equal(config_edit_value(&arena, &text, "a.d"), "7");
    assert_null(config_edit_value(&arena, &text, "a.e"));
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
        {"a: { b = 1 }\n", "a: { b = 1\n    x = 9;\n }\n"},
        {"a: { b = 1 } /* } */ ;\n", "a: { b = 1\n    x = 9;\n } /* } */ ;\n"},
        {"c = 2 a: { }", "c = 2 a: {\n    x = 9;\n }"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        text_add(&text, cases[i].text);
        config_edit_insert(&text, "a", "    x = 9;\n");
        if (strcmp(text_cstr(&text), cases[i].inserted) != 0)
            fail_msg("%zu: '%s'", i, text_cstr(&text));
    }
}

TEST(config_edit_compares_all_settings_but_those_that_were_exchanged)
{
    static const char *const but[] = {"a.b", "d"};
    static const struct {
        const char *before, *after, *says; /* NULL = all else is the same */
    } cases[] = {
        {"a: { b = 1; c = 2; };", "a: { b = 9; c = 2; };", NULL},
        {"a: { b = 1; c = 2; };", "a: { c = 2; };", NULL},
        {"a: { b: { x = 1; }; c = 2; };", "a: { c = 2 b: { x = 2; y = 1; } };", NULL},
        {"c = 2;", "c = 2; d = ( { e = \"x\"; } );", NULL},
        {"c = 2;", "c = 2; a: { b = 1; };", NULL},
        {"a: { b = 1; c = 2; };", "a: { b = 1; };", "'a.c'"},
        {"a: { b = 1; };", "a: { b = 1; c = 2; };", "'a.c'"},
        {"a: { b = 1; bb = 2; };", "a: { b = 1; bb = 3; };", "'a.bb'"},
        {"x = ( { y = 1; }, { y = 2; } );", "x = ( { y = 1; }, { y = 3; } );", "'x.[1].y'"},
        {"x = ( { y = 1; }, { y = 2; } );", "x = ( { y = 1; } );", "'x'"},
        {"x = [ \"a\", \"b\" ];", "x = [ \"b\", \"a\" ];", "'x.[0]'"},
        {"x = 1.5;", "x = 2.5;", "'x'"},
        {"x = true;", "x = false;", "'x'"},
        {"x = 1;", "x = \"1\";", "'x'"},
        {"x = 1;", "x = ;", "no configuration"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(text_release) struct text before = TEXT_INIT, after = TEXT_INIT;
        text_add(&before, cases[i].before);
        text_add(&after, cases[i].after);
        int result = config_edit_compare(&before, &after, but, COUNT_OF(but), &err);
        if ((result < 0) != (cases[i].says != NULL) ||
            (result < 0 && !strstr(err.text, cases[i].says)))
            fail_msg("%zu: %s", i, err.text ? err.text : "the same");
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
