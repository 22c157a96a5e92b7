/* facts/likeness: names, addresses, numbers, and values that stand for nobody. */
#include "base/cleanup.h"
#include "base/text.h"
#include "facts/likeness.h"
#include "random.h"
#include "test.h"

TEST(names_compare_of_pairs_says_how_much_they_have_in_common)
{
    static const struct {
        const char *a, *b;
        enum name_likeness likeness;
    } rows[] = {
        {"Jane Doe", "jane doe", NAMES_SAME},
        {"Jane Doe", "Doe, Jane", NAMES_SAME},
        {"Jane Doe", "Jane Maria Doe", NAMES_SAME},
        {"Anne-Marie O'Neil", "ONeil Anne Marie", NAMES_SAME},
        {"Jos\xc3\xa9 Mu\xc3\xb1oz", "Jose Munoz", NAMES_SAME},
        {"Jane Doe-Smith", "Jane Doe", NAMES_SAME},
        {"Jane Doe", "Jane Smith", NAMES_AGREE},
        {"J. Doe", "Jane Doe", NAMES_AGREE},
        {"Jane Maria Doe", "Jane Anna Doe", NAMES_AGREE},
        {"Jane Doe", "John Roe", NAMES_DIFFER},
        {"Jan van der Berg", "Piet van der Meer", NAMES_DIFFER},
        {"Jan van der Berg", "Jan Berg", NAMES_SAME},
        {"Anna Berg (marketing)", "Bo Lind (marketing)", NAMES_DIFFER},
        {"Bo Li", "Bo Xu", NAMES_DIFFER}, /* no part of three letters */
        {"Bo Li", "Li Bo", NAMES_SAME},
        {"Suharto", "SUHARTO", NAMES_SAME},
        {"Suharto", "Suharto", NAMES_SAME},
        {"\xc3\x89va", "\xc3\x89va", NAMES_SAME},
        {"...", "...", NAMES_UNKNOWN},
        {"(Suharto)", "(Suharto)", NAMES_UNKNOWN},
        {"Suharto", "Suharto Wijaya", NAMES_AGREE},
        {"\xea\xb9\x80\xeb\xaf\xbc\xec\xa4\x80", "\xea\xb9\x80 \xeb\xaf\xbc\xec\xa4\x80",
         NAMES_SAME},
        {"\xe7\x8e\x8b\xe8\x8a\xb3", "\xe7\x8e\x8b\xe8\x8a\xb3", NAMES_SAME},
        {"\xe7\x8e\x8b\xe8\x8a\xb3", "\xe7\x8e\x8b\xe4\xbc\x9f", NAMES_DIFFER},
        {"민준 김", "김민준", NAMES_SAME},
        {"芳 王", "王芳", NAMES_SAME},
        {"芳 李", "王芳", NAMES_DIFFER},
        {"Jürgen Müller", "Juergen Mueller", NAMES_SAME},
        {"Jürgen Müller", "Jurgen Muller", NAMES_SAME},
        {"Uwe Strauß", "Uwe Strauss", NAMES_SAME},
        {"Søren Ågård", "Soeren Aagaard", NAMES_SAME},
        {"Æva Ægir", "Aeva Aegir", NAMES_SAME},
        {"Łukasz Wałęsa", "LUKASZ WALESA", NAMES_SAME},
        {"Işıl Yıldız", "ISIL YILDIZ", NAMES_SAME},
        {"Đorđe Kovač", "Dorde Kovac", NAMES_SAME},
        {"Joe Bauer", "Jo Baur", NAMES_DIFFER}, /* no umlauts, either of them */
        {"Joe Smith", "Joe Blogs", NAMES_AGREE},
        {"", "Jane Doe", NAMES_UNKNOWN},
        {"-", "Jane Doe", NAMES_UNKNOWN},
        {NULL, NULL, NAMES_UNKNOWN},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena = ARENA_INIT;
        if (names_compare(&arena, rows[i].a, rows[i].b) != rows[i].likeness ||
            names_compare(&arena, rows[i].b, rows[i].a) != rows[i].likeness)
            fail_msg("'%s' and '%s'", rows[i].a, rows[i].b);
        arena_release(&arena);
    }
}

/* Whether some key of the one's own is among the wide ones of the other, in either order. */
static bool share_a_key(struct arena *arena, const struct name_parts *a, const struct name_parts *b)
{
    const struct name_parts *const name[] = {a, b};
    const char *own[NAME_OWN_MAX], *wide[NAME_WIDE_MAX];

    for (size_t turn = 0; turn < 2; turn++) {
        unsigned owns = name_keys_own(arena, name[turn], own);
        unsigned wides = name_keys_wide(arena, name[1 - turn], wide);
        for (unsigned i = 0; i < owns * wides; i++) {
            if (text_equal(own[i / wides], wide[i % wides]))
                return true;
        }
    }
    return false;
}

TEST(name_keys_of_names_that_meet_have_one_in_common)
{
    static const char *const pairs[][2] = {
        {"Jane Doe", "Doe, Jane Maria"},
        {"Maria Doe", "Jane Maria Doe"},
        {"Anne-Marie Doe", "Annemarie Doe"},
        {"Jane Q. van Doe", "Doe, Jane Xenia"},
        {"\xea\xb9\x80\xeb\xaf\xbc\xec\xa4\x80", "\xea\xb9\x80 \xeb\xaf\xbc\xec\xa4\x80"},
        {"민준 김", "김민준"},
        {"芳 王", "王芳"},
        {"Jürgen Müller", "Mueller, Juergen"},
        {"Suharto", "suharto"},
        {"a b c d e f g h i j k", "k j i h g f e d c b a"},
    };
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct name_parts one = name_parts(&arena, pairs[i][0]);
        struct name_parts other = name_parts(&arena, pairs[i][1]);
        if (!name_parts_meet(&one, &other) || !share_a_key(&arena, &one, &other))
            fail_msg("'%s' and '%s'", pairs[i][0], pairs[i][1]);
    }
    struct name_parts jane = name_parts(&arena, "Jane Doe"), roe = name_parts(&arena, "Jane Roe");
    assert_false(share_a_key(&arena, &jane, &roe));
    arena_release(&arena);
}

/* The first and the last word are words of the name: neither a title nor what is in brackets. */
TEST(name_parts_meet_by_the_ends_of_a_name_alone)
{
    static const struct {
        const char *a, *b;
        bool meet;
    } rows[] = {
        {"Jane X Doe", ", Jane Q Doe", true},
        {"Jane X Doe", "Doe , Jane Q", true},
        {"Jane X Doe", "Doe, Jane (HR, Berlin) Q", true},
        {"Anne-Marie X Doe", "Annemarie Q Doe", true},
        {"Jones, A-B-C-D-E-F-G-H-I", "A-B-C-D-E-F-G-H-I Jones", true},
        {"Jane X Doe", "Jane Q Roe", false},
        {"Anna-Maria Kraus", "Anna-Lena Kraus", false},
        {"Anna Maria Kraus (extern)", "Anna Sofia Weber (extern)", false},
        {"Prof. Anna Meier", "Prof. Hans Meier", false},
        {"Herr Jan M\xc3\xbcller", "Herr Udo M\xc3\xbcller", false},
        {"Van Tuan Nguyen", "Van Hung Nguyen", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct name_parts one = name_parts(&arena, rows[i].a);
        struct name_parts other = name_parts(&arena, rows[i].b);
        if (name_parts_meet(&one, &other) != rows[i].meet)
            fail_msg("'%s' and '%s'", rows[i].a, rows[i].b);
        if (rows[i].meet)
            assert_true(share_a_key(&arena, &one, &other));
    }
}

/* One to nine words out of nine, so that many of a few thousand pairs meet. */
static const char *random_name(struct arena *arena, uint64_t *state)
{
    static const char *const words[] = {"Ana",  "Bao", "Cruz",   "Dieu", "Emil",
                                        "Fons", "Gil", "Hansen", "Iris"};
    CLEANUP(text_release) struct text name = TEXT_INIT;
    unsigned count = 1 + (unsigned)(next_random(state) % 9);

    for (unsigned i = 0; i < count; i++)
        text_addf(&name, "%s%s", i ? (next_random(state) % 8 ? " " : "-") : "",
                  words[next_random(state) % COUNT_OF(words)]);
    return arena_strdup(arena, text_cstr(&name));
}

TEST(name_keys_of_random_names_that_meet_have_one_in_common)
{
    uint64_t seed = 88172645463325252U;
    unsigned meet = 0, apart = 0;

    for (unsigned i = 0; i < 4000; i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        const char *a = random_name(&arena, &seed), *b = random_name(&arena, &seed);
        struct name_parts one = name_parts(&arena, a), other = name_parts(&arena, b);
        bool keys = share_a_key(&arena, &one, &other), same = name_parts_meet(&one, &other);
        if (same && !keys)
            fail_msg("'%s' and '%s' meet without a key", a, b);
        meet += same;
        apart += !same && !keys;
    }
    assert_true(meet > 200);
    assert_true(apart > 200);
}

TEST(names_compare_of_names_that_share_a_particle_differ)
{
    static const char *const particles[] = {
        "van", "von", "der", "den",  "del",  "della", "dos",  "las",  "los", "bin", "binti",
        "ibn", "zum", "zur", "prof", "herr", "mrs",   "miss", "dipl", "ing", "the", "extern"};

    for (size_t i = 0; i < COUNT_OF(particles); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        const char *ann = arena_concat(&arena, "Ann ", particles[i], " Lee");
        const char *bob = arena_concat(&arena, "Bob ", particles[i], " Ray");
        if (names_compare(&arena, ann, bob) != NAMES_DIFFER)
            fail_msg("'%s'", particles[i]);
    }
}

TEST(addresses_agree_with_the_same_local_part)
{
    static const struct {
        const char *a, *b;
        bool agree;
    } rows[] = {
        {"jane@a.example", "Jane@b.example", true},
        {"jane+dam@a.example", "jane@a.example", true},
        {"+jane@a.example", "+jane@b.example", true},
        {"jane@a.example", "joe@a.example", false},
        {"jane", "jane", false},
        {NULL, NULL, false},
    };
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (addresses_agree(&arena, rows[i].a, rows[i].b) != rows[i].agree)
            fail_msg("'%s' and '%s'", rows[i].a, rows[i].b);
    }
    arena_release(&arena);
}

TEST(number_bare_takes_off_zeros_and_what_a_spreadsheet_made)
{
    static const char *const rows[][2] = {
        {"100", "100"},
        {"00100", "100"},
        {"100.0", "100"},
        {"100,00", "100"},
        {"1.0E+02", "100"},
        {"1E+05", "100000"},
        {"1.5e3", "1500"},
        {"'00100", "100"},
        {"E00100", "e100"},
        {"e100", "e100"},
        {"000", "0"},
        {"100.5", "100.5"},
        {"1.23E+1", "1.23e+1"},
        {"12-345", "12-345"},
        {"0012-3", "0012-3"},
        {"abc", "abc"},
        {"1E+99", "1e+99"},
        {NULL, NULL},
        {" ", NULL},
        {"1,042", "1042"},
        {"1.042.000", "1042000"},
        {"10\xC2\xA0"
         "042",
         "10042"},
        {"10\xE2\x80\x99"
         "042",
         "10042"},
        {"1.042,000", "1.042,000"},
        {"10.084,00", "10084"},
        {"10,084.0", "10084"},
        {"1.010.084,00", "1010084"},
        {"10.084.00", "10.084.00"},
        {"10.08,00", "10.08,00"},
        {"10 42", "10 42"},
        {"1,04", "1,04"},
        {"=\"00100\"", "100"},
        {"EXT-0017", "ext-17"},
        {"E 017", "e 17"},
        {"1042,123", "1042,123"},
    };
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *bare = number_bare(&arena, rows[i][0]);
        if (!text_equal(bare, rows[i][1]))
            fail_msg("'%s' is '%s'", rows[i][0], bare ? bare : "none");
    }
    arena_release(&arena);
}

TEST(is_no_value_of_the_built_in_list_and_of_the_configured_one)
{
    static const char *const own[] = {"ext*", "9999"};
    static const struct no_values more = {own, COUNT_OF(own)};
    static const char *const nobody[] = {
        "0", "000", "-", ".", "--", "#####", "???", "*", "_", "/", "no_email@acme.example", "ext",
        "ext-7", "9999",
        /* the whole list */
        "n/a", "na", "null", "\\n", "none", "unknown", "n.a.", "k.a.", "#n/a", "#ref!", "#name?",
        "#value!", "#null!", "#num!", "#div/0!", "nil", "(null)", "<null>", "undefined", "tbd", "—",
        "–", "−", "－", "ー", "n. a.", "k. a.", "n.v.t.", "nvt", "ohne", "keine", "geen", "aucun",
        "aucune", "ninguno", "nessuno", "nessuna", "nenhum", "brak", "sin dato", "sin datos",
        "なし", "無し", "無", "无", "없음"};
    static const char *const somebody[] = {
        "1",      "100", "nadia", "no@acme.example", "none@x.example", "k",
        "next",   "u1",  "nora",  "99991",           "ohnesorg",       "sin",
        "brakel", "無双"};

    for (size_t i = 0; i < COUNT_OF(nobody); i++) {
        if (!is_no_value(&more, nobody[i]))
            fail_msg("'%s' is somebody", nobody[i]);
    }
    for (size_t i = 0; i < COUNT_OF(somebody); i++) {
        if (is_no_value(&more, somebody[i]))
            fail_msg("'%s' is nobody", somebody[i]);
    }
    assert_false(is_no_value(NULL, NULL));
    assert_false(is_no_value(NULL, "ext"));
}
