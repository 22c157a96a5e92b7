/*
 * The classes of seats in a configuration: what is read of them, exactly, and everything that is
 * refused, with its line.
 */
#include "config_case.h"
#include "test.h"

#define HEAVY "{ name = \"Heavy\"; profiles = [ \"Admin*\" ]; contracted = 40; price = 1200.5; }"
#define LIGHT "{ name = \"Light\"; profiles = \"*\"; }"

/* A `seats` group in front of the policy of small.conf. */
static struct loaded load_seats(const char *inside, unsigned *ret_line)
{
    CLEANUP(text_release) struct text group = TEXT_INIT;

    text_addf(&group, "seats:\n{\n%s\n};\npolicy:", inside);
    CLEANUP(mem_cleanup) char *text = change("policy:", text_cstr(&group), ret_line);
    return load_text(text);
}

static struct loaded load_classes(const char *classes)
{
    CLEANUP(text_release) struct text inside = TEXT_INIT;
    unsigned line;

    text_addf(&inside, "currency = \"EUR\"; classes = ( %s );", classes);
    return load_seats(text_cstr(&inside), &line);
}

TEST(config_load_reads_classes_in_their_order_and_exactly)
{
    CLEANUP(loaded_release)
    struct loaded loaded = load_classes(
        HEAVY ", { name = \"Regular\"; profiles = [ \"Editor\", \"Team Lead\" ]; contracted = 0; "
              "price = 0.1; currency = \"USD\"; }, " LIGHT);
    const struct seats *seats = &loaded.config.seats;

    assert_loads(&loaded);
    assert_int_equal(seats->count, 3);
    const struct seat_class *heavy = &seats->seat_class[0];
    assert_string_equal(heavy->name, "Heavy");
    assert_int_equal(heavy->profile.count, 1);
    assert_string_equal(heavy->profile.item[0], "admin*");
    assert_int_equal(heavy->contracted, 40);
    assert_int_equal(heavy->price, 12005000);
    assert_string_equal(heavy->currency, "EUR");
    const struct seat_class *regular = &seats->seat_class[1];
    assert_int_equal(regular->profile.count, 2);
    assert_int_equal(regular->contracted, 0);
    assert_int_equal(regular->price, 1000);
    assert_string_equal(regular->currency, "USD");
    const struct seat_class *light = &seats->seat_class[2];
    assert_int_equal(light->contracted, -1);
    assert_int_equal(light->price, -1);
    assert_null(light->currency);
    assert_int_equal(seats->keep_free, 0);
    assert_false(day_is_set(seats->renews));
    assert_int_equal(loaded.config.policy.seats->count, 3);
}

TEST(config_load_without_seats_has_no_classes)
{
    unsigned line;
    CLEANUP(mem_cleanup) char *text = change("policy:", "policy:", &line);
    CLEANUP(loaded_release) struct loaded loaded = load_text(text);

    assert_loads(&loaded);
    assert_int_equal(loaded.config.seats.count, 0);
    assert_int_equal(loaded.config.policy.seats->count, 0);
}

TEST(config_load_reads_what_stands_beside_the_classes)
{
    unsigned line;
    CLEANUP(loaded_release)
    struct loaded loaded = load_seats("classes = ( " HEAVY " );\ncurrency = \"EUR\";\nrenews = "
                                      "\"2027-03-01\";\nkeep_free = 10;",
                                      &line);
    char day[DAY_TEXT_SIZE];

    assert_loads(&loaded);
    assert_int_equal(loaded.config.seats.keep_free, 10);
    assert_string_equal(loaded.config.seats.currency, "EUR");
    assert_string_equal(day_format(loaded.config.seats.renews, day), "2027-03-01");
}

static const struct {
    const char *inside;  /* of the group */
    unsigned below;      /* lines below "seats:" */
    const char *problem; /* NULL: it loads */
} cases[] = {
    {"classes = ( " LIGHT " );", 2, NULL},
    {"currency = \"EUR\";", 2, NULL},
    {"classes = ( );", 2, "'seats.classes' is empty"},
    {"classes = ( 5 );", 2, "'seats.classes' must be a list of groups"},
    {"classes = (\n{ profiles = \"*\"; } );", 3, "'seats.classes.name' is missing"},
    {"classes = (\n{ name = \"Heavy\"; } );", 3, "'seats.classes.profiles' is missing"},
    {"classes = ( { name = \"Heavy\";\nprofiles = [ ]; } );", 3,
     "'seats.classes.profiles' is an empty list"},
    {"classes = ( { name = \"Heavy\";\nprofiles = \" \"; } );", 3,
     "'seats.classes.profiles' has a blank pattern"},
    {"classes = ( { name = \"Heavy\"; profiles = [ \"a\",\n\"b\" ]; },\n" LIGHT ",\n"
     "{ name = \"Regular\"; profiles = [ \"c\", \"A\" ]; } );",
     5, "'seats.classes.profiles' has 'A' in class 'Regular' and in class 'Heavy' before it"},
    {"classes = ( { name = \"Heavy\"; profiles = [ \"a\", \"a\" ]; } );", 2,
     "has 'a' in class 'Heavy' and in class 'Heavy' before it"},
    {"classes = ( { name = \"Heavy\"; profiles = [ \"a\", \"a*\" ]; } );", 2, NULL},
    {"classes = ( " LIGHT ",\n{ name = \"light\"; profiles = \"b\"; } );", 3,
     "class 'light' is there twice, in line 16 as well"},
    {"classes = ( " HEAVY " );", 2,
     "class 'Heavy' has a price without a currency; hint: set 'seats.currency'"},
    {"classes = ( { name = \"Heavy\"; profiles = \"*\"; price = 1; currency = \"SEK\"; } );", 2,
     NULL},
    {"classes = ( { name = \"Heavy\"; profiles = \"*\"; price = 1; currency = \"Sek\"; } );", 2,
     "'seats.classes.currency' is 'Sek', which is no currency of ISO 4217"},
    {"currency = \"EURO\";", 2, "'seats.currency' is 'EURO', which is no currency of ISO 4217"},
    {"currency = \"QQQ\";", 2, "'seats.currency' is 'QQQ'"},
    {"currency = \"EU\";", 2, "'seats.currency' is 'EU'"},
    {"currency = \"EUR\"; classes = ( { name = \"Heavy\"; profiles = \"*\"; price = 1.00001; } );",
     2, "'seats.classes.price' is 1.00001; hint: a price has at most 4 decimal places"},
    {"currency = \"EUR\"; classes = ( { name = \"Heavy\"; profiles = \"*\"; price = -1; } );", 2,
     "'seats.classes.price' is -1, it must be from 0 to 100000000"},
    {"currency = \"EUR\"; classes = ( { name = \"Heavy\"; profiles = \"*\"; price = \"1\"; } );", 2,
     "'seats.classes.price' must be a number"},
    {"currency = \"EUR\"; classes = ( { name = \"Heavy\"; profiles = \"*\"; price = 0; } );", 2,
     NULL},
    {"classes = ( { name = \"Heavy\"; profiles = \"*\"; contracted = -1; } );", 2,
     "'seats.classes.contracted' is -1"},
    {"classes = ( { name = \"Heavy\"; profile = \"*\"; } );", 2, "did you mean 'profiles'?"},
    {"renews = \"2027-02-29\";", 2, "'seats.renews' is '2027-02-29', which is no day"},
    {"renews = \"1 March\";", 2, "hint: write it like 2027-06-30"},
    {"keep_free = 10;", 2, "'seats.keep_free' needs 'seats.classes' with 'contracted'"},
    {"keep_free = 10; currency = \"EUR\"; classes = ( " HEAVY ",\n" LIGHT " );", 3,
     "class 'Light' has no 'contracted', without which 'seats.keep_free' cannot tell"},
    {"keep_free = 0; classes = ( " LIGHT " );", 2, NULL},
    {"keep_free = 10; currency = \"EUR\"; classes = ( " HEAVY " );", 2, NULL},
    {"keep_free = -1;", 2, "'seats.keep_free' is -1"},
};

TEST(config_load_one_thing_wrong_with_seats_names_it_and_its_line)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned line;
        CLEANUP(loaded_release) struct loaded loaded = load_seats(cases[i].inside, &line);

        if (cases[i].problem)
            assert_problem(&loaded, cases[i].inside, "test.conf", line + cases[i].below,
                           cases[i].problem);
        else if (loaded.result != 0)
            fail_msg("case %zu, '%s': %s", i, cases[i].inside, loaded.err.text);
    }
}

/* --- rules that ask the class --- */

static struct loaded load_asking(const char *seats, const char *condition)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_addf(&text,
              "portal: { name = \"acme\"; url = \"https://acme.bynder.com\"; client_id = \"id\"; "
              "client_secret_file = \"client-secret\"; };\ndatabase: { embedded = \"pg\"; };\n"
              "roster: { source = \"roster.csv\"; columns: { employee_number = \"No\"; }; };\n%s\n"
              "policy: { rules = ( { name = \"idle\"; do = \"suspend\";\n%s; } ); };\n",
              seats, condition);
    return load_text(text_cstr(&text));
}

TEST(config_load_of_a_rule_that_asks_a_class_wants_there_to_be_one)
{
    static const char classes[] = "seats: { classes = ( " LIGHT " ); };";
    CLEANUP(loaded_release)
    struct loaded fine = load_asking(classes, "when = { class = [ \"light\", \"L*\" ]; }");
    CLEANUP(loaded_release)
    struct loaded none = load_asking("", "when = { class = \"Light\"; }");
    CLEANUP(loaded_release)
    struct loaded other = load_asking(classes, "when = { class = \"Hevy\"; }");
    CLEANUP(loaded_release)
    struct loaded exception =
        load_asking(classes, "when = { idle_days_min = 90; }; unless = { class = \"Hevy\"; }");

    assert_loads(&fine);
    assert_problem(&none, "none", "test.conf", 6,
                   "rule 'idle' asks for the class, and 'seats.classes' has none");
    assert_problem(&other, "other", "test.conf", 6, "rule 'idle' asks for class 'hevy'");
    assert_problem(&exception, "exception", "test.conf", 6, "rule 'idle' asks for class 'hevy'");
}

TEST(config_read_policy_finds_what_is_wrong_with_the_classes_it_asks)
{
    static const char wrong[] =
        "seats: { classes = ( { name = \"Light\"; profiles = [ ]; } ); };\n"
        "policy: { rules = ( { name = \"a\"; when = { class = \"Light\"; }; do = \"suspend\"; } ); "
        "};\n";
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct policy policy;

    text_add(&text, wrong);
    assert_int_equal(config_read_policy(&arena, "other.conf", &text, &policy, &err), -1);
    assert_non_null(strstr(err.text, "'seats.classes.profiles' is an empty list"));
}
TEST_GROUP(set_up, tear_down);
