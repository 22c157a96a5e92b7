/* core/seats: which class a profile is of, money, and what a rule that asks the class means. */
#include <string.h>

#include "base/cleanup.h"
#include "core/condition.h"
#include "core/seats.h"
#include "test.h"

#define PATTERNS(...)                                                                              \
    {                                                                                              \
        .item = (const char *const[]){__VA_ARGS__},                                                \
        .count = COUNT_OF(((const char *const[]){__VA_ARGS__}))                                    \
    }

static struct seat_class classes[] = {
    {.name = "Heavy", .profile = PATTERNS("admin*", "7f-heavy"), .contracted = 40},
    {.name = "Regular", .profile = PATTERNS("editor*", "*lead*"), .contracted = -1},
    {.name = "Light", .profile = PATTERNS("viewer", "ad*"), .contracted = 0},
};
static const struct seats contract = {.seat_class = classes, .count = COUNT_OF(classes)};

static const char *class_of(const char *id, const char *name)
{
    const struct profile profile = {.id = id, .name = name};
    const struct seat_class *is = seats_class_of(&contract, &profile);

    return is ? is->name : "none";
}

TEST(seats_class_of_is_the_first_that_fits_name_or_id)
{
    assert_string_equal(class_of("1", "Admin"), "Heavy");
    assert_string_equal(class_of("1", "ADMINS of the library"), "Heavy");
    assert_string_equal(class_of("7F-HEAVY", "Something"), "Heavy");
    assert_string_equal(class_of("1", "Admin lead"), "Heavy"); /* Regular fits too, and later */
    assert_string_equal(class_of("1", "Team Lead"), "Regular");
    assert_string_equal(class_of("1", "Ad hoc"), "Light");
    assert_string_equal(class_of("viewer", NULL), "Light");
}

TEST(seats_class_of_what_fits_nowhere_is_unknown)
{
    const struct profile profile = {.id = "1", .name = "Admin"};
    const struct seats none = {.count = 0};

    assert_string_equal(class_of("1", "The admin"), "none");
    assert_string_equal(class_of("1", "viewers"), "none");
    assert_string_equal(class_of(NULL, NULL), "none");
    assert_null(seats_class_of(&contract, NULL));
    assert_null(seats_class_of(&none, &profile));
    assert_null(seats_class_of(NULL, &profile));
}

TEST(seats_pattern_fits_name_or_id)
{
    const struct profile profile = {.id = "1", .name = "Admin"};

    assert_true(seats_pattern_fits("admin*", &profile));
    assert_true(seats_pattern_fits("1", &profile));
    assert_false(seats_pattern_fits("admins*", &profile));
}

TEST(money_of_a_number_is_exact)
{
    static const struct {
        double number;
        int64_t money;
        const char *text;
    } cases[] = {
        {0, 0, "0"},
        {1200, 12000000, "1200"},
        {99.5, 995000, "99.5"},
        {0.1, 1000, "0.1"},
        {0.0001, 1, "0.0001"},
        {19.9999, 199999, "19.9999"},
        {1.005, 10050, "1.005"},
        {99999999.9999, 999999999999, "99999999.9999"},
        {100000000, 1000000000000, "100000000"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[MONEY_TEXT_MAX];
        int64_t money = -1;
        assert_true(money_of_number(cases[i].number, &money));
        assert_int_equal(money, cases[i].money);
        assert_string_equal(money_format(money, text), cases[i].text);
    }
}

TEST(money_is_read_as_it_is_written)
{
    static const struct {
        const char *text;
        int64_t money;
    } cases[] = {
        {"0", 0},      {"1200", 12000000}, {"99.50", 995000},           {"0.1", 1000},
        {"0.0001", 1}, {"-7.25", -72500},  {"1234567.00", 12345670000}, {"12.05", 120500},
    };
    static const char *const none[] = {
        "", "-", ".", ".5", "5.", "1.00001", "1,5", " 1", "1e3", "--1", "9223372036854775807"};
    int64_t money = 0;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(money_parse(cases[i].text, &money));
        assert_int_equal(money, cases[i].money);
    }
    money = 7;
    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_false(money_parse(none[i], &money));
    assert_int_equal(money, 7);
}

TEST(money_of_a_number_with_more_places_or_out_of_range_is_none)
{
    static const double numbers[] = {0.00005, 1.00001, 12345.67891, -1, -0.5, 100000000.5, 1e300};
    int64_t money = 7;

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_false(money_of_number(numbers[i], &money));
    assert_false(money_of_number(__builtin_nan(""), &money));
    assert_int_equal(money, 7);
}

TEST(money_format_of_less_than_nothing_has_its_sign)
{
    char text[MONEY_TEXT_MAX];

    assert_string_equal(money_format(-1, text), "-0.0001");
    assert_string_equal(money_format(-15000, text), "-1.5");
    assert_string_equal(money_format(INT64_MIN, text), "-922337203685477.5808");
}

/* --- how many there are --- */

static struct profile known[] = {
    {.id = "1", .name = "Admin"}, {.id = "2", .name = "Viewer"}, {.id = "3", .name = "Nothing"}};

/* Two administrators, of whom one is suspended, a viewer, one of no class, one without a profile.
 */
static struct account accounts[] = {
    {.id = "A",
     .alike = &(const struct account_alike){.profile_id = "1"},
     .status = ACCOUNT_ACTIVE},
    {.id = "B",
     .alike = &(const struct account_alike){.profile_id = "1"},
     .status = ACCOUNT_INACTIVE},
    {.id = "C",
     .alike = &(const struct account_alike){.profile_id = "2"},
     .status = ACCOUNT_ACTIVE},
    {.id = "D",
     .alike = &(const struct account_alike){.profile_id = "3"},
     .status = ACCOUNT_ACTIVE},
    {.id = "E", .status = ACCOUNT_ACTIVE},
    {.id = "F", .alike = &(const struct account_alike){.profile_id = "2"}, .status = ACCOUNT_GONE},
    {.id = "G",
     .alike = &(const struct account_alike){.profile_id = "2"},
     .status = ACCOUNT_UNREADABLE},
};
static const struct snapshot reading = {.account = accounts,
                                        .count = COUNT_OF(accounts),
                                        .profile = known,
                                        .profile_count = COUNT_OF(known)};

TEST(seats_count_is_of_active_accounts_by_class)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct class_seats *class = NULL;

    assert_int_equal(seats_count(&arena, &contract, &reading, NULL, &class), 4);
    assert_string_equal(class[0].name, "Heavy");
    assert_int_equal(class[0].seats, 1);
    assert_int_equal(class[0].seats_after, 1);
    assert_int_equal(class[0].contracted, 40);
    assert_string_equal(class[1].name, "Regular");
    assert_int_equal(class[1].seats, 0);
    assert_int_equal(class[1].contracted, -1);
    assert_string_equal(class[2].name, "Light");
    assert_int_equal(class[2].seats, 1);
    assert_null(class[3].name);
    assert_int_equal(class[3].seats, 2);
    assert_int_equal(class[3].contracted, -1);
    assert_int_equal(class[3].price, -1);
}

TEST(seats_count_after_decisions_is_when_all_are_done)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct class_seats *class = NULL;
    struct decision decision[COUNT_OF(accounts)] = {
        {.action = ACTION_SUSPEND},     {.action = ACTION_REACTIVATE},
        {.action = ACTION_DEPROVISION}, {.action = ACTION_SUSPEND},
        {.action = ACTION_KEEP},        {.action = ACTION_KEEP},
        {.action = ACTION_DEPROVISION}};

    for (size_t i = 0; i < COUNT_OF(decision); i++)
        decision[i].account = &accounts[i];
    struct decided decided = decided_plain(decision, COUNT_OF(decision));
    assert_int_equal(seats_count(&arena, &contract, &reading, &decided, &class), 4);
    assert_int_equal(class[0].seats, 1); /* one goes, one comes back */
    assert_int_equal(class[0].seats_after, 1);
    assert_int_equal(class[2].seats, 1);
    assert_int_equal(class[2].seats_after, 0);
    assert_int_equal(class[3].seats, 2);
    assert_int_equal(class[3].seats_after, 1);
}

TEST(seats_count_without_classes_or_without_others_has_no_row_for_them)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const struct snapshot of_class = {
        .account = accounts, .count = 3, .profile = known, .profile_count = COUNT_OF(known)};
    const struct seats none = {.count = 0};
    struct class_seats *class = NULL;

    assert_int_equal(seats_count(&arena, &contract, &of_class, NULL, &class), 3);
    assert_int_equal(seats_count(&arena, &none, &reading, NULL, &class), 0);
    assert_int_equal(seats_count(&arena, NULL, &reading, NULL, &class), 0);
}

/* --- the condition --- */

static enum truth ask(const struct seats *seats, const char *profile_name, const char *pattern)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct profile profile = {.id = "1", .name = profile_name};
    const struct account account = {.status = ACCOUNT_ACTIVE};
    struct conditions conditions = CONDITIONS_NONE;
    const struct subject subject = {.account = &account,
                                    .profile = profile_name ? &profile : NULL,
                                    .seats = seats,
                                    .scratch = &scratch};

    conditions.seat_class = (struct patterns){.item = &pattern, .count = 1};
    return conditions_hold(&conditions, &subject);
}

TEST(condition_class_answers_in_three_values)
{
    assert_int_equal(ask(&contract, "Admin", "heavy"), TRUTH_TRUE);
    assert_int_equal(ask(&contract, "Admin", "he*"), TRUTH_TRUE);
    assert_int_equal(ask(&contract, "Viewer", "heavy"), TRUTH_FALSE);
    assert_int_equal(ask(&contract, "Nothing of it", "heavy"), TRUTH_UNKNOWN);
    assert_int_equal(ask(&contract, "Nothing of it", "*"), TRUTH_UNKNOWN);
    assert_int_equal(ask(&contract, NULL, "*"), TRUTH_UNKNOWN);
    assert_int_equal(ask(NULL, "Admin", "*"), TRUTH_UNKNOWN);
}

/* --- digests --- */

struct asked {
    struct rule rule;
    struct policy policy;
    struct seat_class seat_class[2];
    struct seats seats;
    struct matching matching;
};

static void make_asked(struct asked *asked, bool asks)
{
    static const char *const heavy = "heavy", *const first = "admin*";

    *asked = (struct asked){
        .rule = {.name = "idle",
                 .action = ACTION_SUSPEND,
                 .when = CONDITIONS_NONE,
                 .unless = CONDITIONS_NONE},
        .seat_class = {{.name = "Heavy", .profile = {&first, 1}}, {.name = "Light"}},
        .seats = {.count = 2},
    };
    asked->rule.when.idle_days_min = 90;
    if (asks)
        asked->rule.when.seat_class = (struct patterns){.item = &heavy, .count = 1};
    asked->seats.seat_class = asked->seat_class;
    asked->policy = (struct policy){
        .rule = &asked->rule, .rule_count = 1, .zone = &zone_utc, .seats = &asked->seats};
}

static bool is_other_after(bool asks, void (*change)(struct asked *asked), bool rule)
{
    struct asked one, other;

    make_asked(&one, asks);
    make_asked(&other, asks);
    change(&other);
    struct digest before = policy_digest(&one.policy, &one.matching);
    struct digest after = policy_digest(&other.policy, &other.matching);
    struct digest text_before = policy_text_digest(&one.policy, &one.matching);
    struct digest text_after = policy_text_digest(&other.policy, &other.matching);
    struct digest rule_before = policy_rule_digest(&one.rule);
    struct digest rule_after = policy_rule_digest(&other.rule);

    assert_int_equal(digest_compare(&before, &after) != 0,
                     digest_compare(&text_before, &text_after) != 0);
    assert_int_equal(digest_compare(&rule_before, &rule_after) != 0, rule);
    return digest_compare(&before, &after) != 0;
}

static void change_profiles(struct asked *asked)
{
    static const char *const all = "*";

    asked->seat_class[0].profile.item = &all;
}

static void change_name(struct asked *asked)
{
    asked->seat_class[1].name = "Heavy too";
}

static void change_price(struct asked *asked)
{
    asked->seat_class[0].price = 5;
    asked->seat_class[0].contracted = 5;
}

static void take_away(struct asked *asked)
{
    asked->policy.seats = NULL;
}

static void ask_another(struct asked *asked)
{
    static const char *const light = "light";

    asked->rule.when.seat_class = (struct patterns){.item = &light, .count = 1};
}

TEST(policy_digests_of_a_policy_that_asks_the_class_take_in_what_is_of_it)
{
    assert_true(is_other_after(true, change_profiles, false));
    assert_true(is_other_after(true, change_name, false));
    assert_true(is_other_after(true, take_away, false));
    assert_true(is_other_after(true, ask_another, true));
    assert_false(is_other_after(true, change_price, false));
}

TEST(policy_digests_of_a_policy_that_does_not_ask_the_class_do_not_know_of_it)
{
    assert_false(is_other_after(false, change_profiles, false));
    assert_false(is_other_after(false, change_name, false));
    assert_false(is_other_after(false, take_away, false));
    assert_true(is_other_after(false, ask_another, true));
}
TEST_GROUP(NULL, NULL);
