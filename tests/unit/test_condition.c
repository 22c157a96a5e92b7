/* core/condition: the three answers of every condition, and the table that names them. */
#include <string.h>

#include "alike.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "core/condition.h"
#include "test.h"

static const struct patterns sales = {.item = (const char *const[]){"Sales*"}, .count = 1};

static enum truth ask(struct subject subject, struct conditions conditions)
{
    struct arena scratch = ARENA_INIT;

    subject.scratch = &scratch;
    enum truth answer = conditions_hold(&conditions, &subject);
    arena_release(&scratch);
    return answer;
}

/* The conditions with one of them set. */
#define ONE(field, setting)                                                                        \
    __extension__({                                                                                \
        struct conditions one_ = CONDITIONS_NONE;                                                  \
        one_.field = (setting);                                                                    \
        one_;                                                                                      \
    })

TEST(conditions_hold_of_statuses_answers_in_three_values)
{
    const struct account active = {.status = ACCOUNT_ACTIVE}, odd = {ALIKE(.flaw = "?")};
    const unsigned on_leave = 1U << PERSON_ON_LEAVE, absent = 1U << PERSON_ABSENT;

    assert_int_equal(ask((struct subject){.account = &active}, CONDITIONS_NONE), TRUTH_TRUE);
    assert_int_equal(ask((struct subject){.account = &active}, ONE(account, 1U << ACCOUNT_ACTIVE)),
                     TRUTH_TRUE);
    assert_int_equal(
        ask((struct subject){.account = &active}, ONE(account, 1U << ACCOUNT_INACTIVE)),
        TRUTH_FALSE);
    assert_int_equal(ask((struct subject){.account = &odd}, ONE(account, 1U << ACCOUNT_ACTIVE)),
                     TRUTH_UNKNOWN);

    struct subject subject = {.account = &active, .status = PERSON_UNKNOWN};
    assert_int_equal(ask(subject, ONE(person, on_leave)), TRUTH_UNKNOWN);
    subject.status = PERSON_ON_LEAVE;
    assert_int_equal(ask(subject, ONE(person, on_leave)), TRUTH_TRUE);
    assert_int_equal(ask(subject, ONE(person, absent)), TRUTH_FALSE);
    subject.status = PERSON_ABSENT;
    assert_int_equal(ask(subject, ONE(person, on_leave)), TRUTH_FALSE);
    subject.blind_rows = true; /* a row nobody can read may be theirs */
    assert_int_equal(ask(subject, ONE(person, on_leave)), TRUTH_UNKNOWN);
    assert_int_equal(ask(subject, ONE(person, absent)), TRUTH_TRUE);
    subject.status = PERSON_EMPLOYED;
    assert_int_equal(ask(subject, ONE(person, on_leave)), TRUTH_FALSE);
}

TEST(conditions_hold_of_logins_answers_in_three_values)
{
    static const struct {
        enum login_kind kind;
        int idle;
        enum truth never, known, idle_90;
    } rows[] = {
        {LOGIN_NOT_READ, -1, TRUTH_UNKNOWN, TRUTH_UNKNOWN, TRUTH_UNKNOWN},
        {LOGIN_UNREADABLE, -1, TRUTH_UNKNOWN, TRUTH_UNKNOWN, TRUTH_UNKNOWN},
        {LOGIN_NEVER, -1, TRUTH_TRUE, TRUTH_FALSE, TRUTH_FALSE},
        {LOGIN_KNOWN, 89, TRUTH_FALSE, TRUTH_TRUE, TRUTH_FALSE},
        {LOGIN_KNOWN, 90, TRUTH_FALSE, TRUTH_TRUE, TRUTH_TRUE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct account account = {.login = {.kind = rows[i].kind}};
        struct subject subject = {.account = &account, .idle_days = rows[i].idle};
        assert_int_equal(ask(subject, ONE(login, 1U << LOGIN_NEVER)), rows[i].never);
        assert_int_equal(ask(subject, ONE(login, 1U << LOGIN_KNOWN)), rows[i].known);
        assert_int_equal(ask(subject, ONE(idle_days_min, 90)), rows[i].idle_90);
    }
}

TEST(conditions_hold_of_days_counts_the_day_itself)
{
    const struct account account = {.status = ACCOUNT_INACTIVE};
    struct subject subject = {.account = &account,
                              .status = PERSON_DEPARTED,
                              .known_days = 60,
                              .departed_days = 30,
                              .suspended_days = 30};

    for (int over = 0; over < 2; over++) {
        enum truth answer = over ? TRUTH_FALSE : TRUTH_TRUE;
        assert_int_equal(ask(subject, ONE(known_days_min, 60 + over)), answer);
        assert_int_equal(ask(subject, ONE(departed_days_min, 30 + over)), answer);
        assert_int_equal(ask(subject, ONE(suspended_days_min, 30 + over)), answer);
    }
    subject.suspended_days = -1; /* not by us */
    assert_int_equal(ask(subject, ONE(suspended_days_min, 0)), TRUTH_FALSE);
    subject.departed_days = -1; /* nobody says since when */
    assert_int_equal(ask(subject, ONE(departed_days_min, 0)), TRUTH_UNKNOWN);
    subject.status = PERSON_EMPLOYED;
    assert_int_equal(ask(subject, ONE(departed_days_min, 0)), TRUTH_FALSE);
    subject.status = PERSON_ABSENT;
    subject.absence.times = 3;
    assert_int_equal(ask(subject, ONE(absent_rosters_min, 3)), TRUTH_UNKNOWN);
    subject.absence_provable = true;
    assert_int_equal(ask(subject, ONE(absent_rosters_min, 3)), TRUTH_TRUE);
    assert_int_equal(ask(subject, ONE(absent_rosters_min, 4)), TRUTH_FALSE);
}

TEST(conditions_hold_of_attributes_answers_in_three_values)
{
    static const char *const role[] = {"SALESADMIN"};
    const struct profile profile = {.id = "7", .name = "Sales team", .role = role, .role_count = 1};
    const struct group group = {.id = "9", .name = "sales EMEA"};
    struct account account = {.username = "sales-1",
                              ALIKE(.email2 = "sales@a.example", .group = &group, .group_count = 1,
                                    .country = "Salesland", .department = "IT")};
    struct person person = {.alike = &(const struct person_alike){.department = "Sales"}};
    struct subject told = {.account = &account, .person = &person, .profile = &profile};
    struct account bare = {ALIKE(.groups_unreadable = true)};
    struct subject untold = {.account = &bare, .person = &(struct person){.name = "x"}};

    assert_int_equal(ask(told, ONE(username, sales)), TRUTH_TRUE);
    assert_int_equal(ask(told, ONE(email, sales)), TRUTH_TRUE);
    assert_int_equal(ask(told, ONE(profile, sales)), TRUTH_TRUE);
    assert_int_equal(ask(told, ONE(role, sales)), TRUTH_TRUE);
    assert_int_equal(ask(told, ONE(group, sales)), TRUTH_TRUE);
    assert_int_equal(ask(told, ONE(country, sales)), TRUTH_TRUE);
    assert_int_equal(ask(told, ONE(department, sales)), TRUTH_TRUE);
    assert_int_equal(ask(told, ONE(employee_number, sales)), TRUTH_FALSE);
    told.person = NULL; /* then the account's */
    assert_int_equal(ask(told, ONE(department, sales)), TRUTH_FALSE);
    assert_int_equal(ask(untold, ONE(username, sales)), TRUTH_UNKNOWN);
    assert_int_equal(ask(untold, ONE(profile, sales)), TRUTH_UNKNOWN);
    assert_int_equal(ask(untold, ONE(role, sales)), TRUTH_UNKNOWN);
    assert_int_equal(ask(untold, ONE(group, sales)), TRUTH_UNKNOWN);
    assert_int_equal(ask(untold, ONE(country, sales)), TRUTH_UNKNOWN);
    assert_int_equal(ask(untold, ONE(department, sales)), TRUTH_UNKNOWN);
    struct group other = {.id = "9", .name = "IT"};
    alike_own(&account)->group = &other;
    assert_int_equal(ask(told, ONE(group, sales)), TRUTH_FALSE);
    other.id = NULL; /* of an export: the pattern may mean the id */
    assert_int_equal(ask(told, ONE(group, sales)), TRUTH_UNKNOWN);
    alike_own(&account)->group_count = 0;
    assert_int_equal(ask(told, ONE(group, sales)), TRUTH_FALSE);
}

TEST(conditions_hold_of_several_puts_no_before_unknown)
{
    const struct account account = {.status = ACCOUNT_ACTIVE}; /* login not read */
    const struct subject subject = {.account = &account, .status = PERSON_EMPLOYED};
    struct conditions conditions = ONE(idle_days_min, 90);

    conditions.account = 1U << ACCOUNT_ACTIVE;
    assert_int_equal(ask(subject, conditions), TRUTH_UNKNOWN);
    conditions.account = 1U << ACCOUNT_INACTIVE;
    assert_int_equal(ask(subject, conditions), TRUTH_FALSE);
}

/* One use that is known is a certain no; a yes needs the login, and all activity of so many days.
 */
TEST(conditions_hold_of_activity_answers_in_three_values)
{
    static const struct {
        enum login_kind login;
        int unused, reach;
        enum truth answer;
    } rows[] = {
        {LOGIN_KNOWN, 90, 90, TRUTH_TRUE},       {LOGIN_KNOWN, 89, 90, TRUTH_FALSE},
        {LOGIN_KNOWN, 89, -1, TRUTH_FALSE},      {LOGIN_KNOWN, 90, 89, TRUTH_UNKNOWN},
        {LOGIN_KNOWN, 90, -1, TRUTH_UNKNOWN},    {LOGIN_NOT_READ, 89, -1, TRUTH_FALSE},
        {LOGIN_NOT_READ, 90, 90, TRUTH_UNKNOWN}, {LOGIN_UNREADABLE, 90, 90, TRUTH_UNKNOWN},
        {LOGIN_UNREADABLE, 3, 90, TRUTH_FALSE},  {LOGIN_NEVER, 90, 90, TRUTH_TRUE},
        {LOGIN_NEVER, 89, 90, TRUTH_FALSE},      {LOGIN_NEVER, -1, 90, TRUTH_FALSE},
        {LOGIN_NEVER, -1, 89, TRUTH_UNKNOWN},    {LOGIN_NOT_READ, -1, 90, TRUTH_UNKNOWN},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct account account = {.login.kind = rows[i].login};
        const struct subject subject = {
            .account = &account, .unused_days = rows[i].unused, .reach_days = rows[i].reach};
        if (ask(subject, ONE(activity_days_min, 90)) != rows[i].answer)
            fail_msg("row %zu", i);
    }
}

TEST(conditions_hold_of_a_profile_is_sure_of_both_ends)
{
    static const struct {
        int least, most;
        enum truth answer;
    } rows[] = {
        {30, -1, TRUTH_TRUE},    {30, 31, TRUTH_TRUE},   {29, -1, TRUTH_UNKNOWN},
        {29, 30, TRUTH_UNKNOWN}, {28, 29, TRUTH_FALSE},  {0, 0, TRUTH_FALSE},
        {0, 400, TRUTH_UNKNOWN}, {400, 500, TRUTH_TRUE},
    };
    const struct account account = {.status = ACCOUNT_ACTIVE};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct subject subject = {
            .account = &account, .profile_days = rows[i].least, .profile_days_most = rows[i].most};
        if (ask(subject, ONE(profile_days_min, 30)) != rows[i].answer)
            fail_msg("row %zu", i);
    }
}

TEST(conditions_hold_of_a_leave_is_about_the_person)
{
    static const struct {
        enum person_status status;
        bool blind;
        int least, most;
        enum truth answer;
    } rows[] = {
        {PERSON_EMPLOYED, false, -1, -1, TRUTH_TRUE},
        {PERSON_EMPLOYED, true, -1, -1, TRUTH_TRUE},
        {PERSON_EMPLOYED, false, 30, 31, TRUTH_TRUE},
        {PERSON_EMPLOYED, false, 29, 30, TRUTH_UNKNOWN},
        {PERSON_EMPLOYED, false, 28, 29, TRUTH_FALSE},
        {PERSON_ON_LEAVE, false, 300, 300, TRUTH_FALSE},
        {PERSON_DEPARTED, false, 300, 301, TRUTH_TRUE},
        {PERSON_UNKNOWN, false, -1, -1, TRUTH_UNKNOWN},
        {PERSON_ABSENT, false, -1, -1, TRUTH_TRUE},
        {PERSON_ABSENT, true, -1, -1, TRUTH_UNKNOWN},
    };
    const struct account account = {.status = ACCOUNT_ACTIVE};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct subject subject = {.account = &account,
                                        .status = rows[i].status,
                                        .blind_rows = rows[i].blind,
                                        .back_days = rows[i].least,
                                        .back_days_most = rows[i].most};
        if (ask(subject, ONE(back_from_leave_days_min, 30)) != rows[i].answer)
            fail_msg("row %zu", i);
    }
}

/* Who is back today is not back for a day, and one day asks for more than nothing. */
TEST(conditions_hold_of_one_day_is_not_todays)
{
    static const struct {
        int days;
        enum truth answer;
    } rows[] = {{0, TRUTH_FALSE}, {1, TRUTH_TRUE}};
    const struct account account = {.status = ACCOUNT_ACTIVE, .login.kind = LOGIN_KNOWN};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct subject subject = {.account = &account,
                                        .status = PERSON_EMPLOYED,
                                        .unused_days = rows[i].days,
                                        .reach_days = 1,
                                        .profile_days = rows[i].days,
                                        .profile_days_most = rows[i].days,
                                        .back_days = rows[i].days,
                                        .back_days_most = rows[i].days};
        assert_int_equal(ask(subject, ONE(activity_days_min, 1)), rows[i].answer);
        assert_int_equal(ask(subject, ONE(profile_days_min, 1)), rows[i].answer);
        assert_int_equal(ask(subject, ONE(back_from_leave_days_min, 1)), rows[i].answer);
    }
}

TEST(policy_conditions_table_names_every_field_once)
{
    size_t count = 0;

    for (const struct condition_field *field = policy_conditions; field->name; field++, count++) {
        struct conditions conditions = CONDITIONS_NONE;
        char *at = (char *)&conditions + field->offset;
        assert_false(condition_is_set(field, &conditions));
        assert_non_null(field->sentence);
        assert_non_null(field->evaluate);
        if (field->type == CONDITION_PATTERNS)
            ((struct patterns *)(void *)at)->count = 1;
        else
            *(int *)(void *)at = 1;
        for (const struct condition_field *other = policy_conditions; other->name; other++) {
            assert_int_equal(condition_is_set(other, &conditions), other == field);
            assert_int_equal(text_equal(other->name, field->name), other == field);
        }
    }
    assert_int_equal(count, 20);
}

/* What a new condition is about is a word of its row, and everything else follows from that. */
TEST(conditions_about_of_each_condition_is_what_its_row_says)
{
    for (const struct condition_field *field = policy_conditions; field->name; field++) {
        struct conditions conditions = CONDITIONS_NONE;
        void *at = (char *)&conditions + field->offset;

        assert_int_equal(conditions_about(&conditions), 0);
        if (field->type == CONDITION_PATTERNS)
            ((struct patterns *)at)->count = 1;
        else
            *(int *)at = 1;
        assert_int_equal(conditions_about(&conditions), field->about);
        conditions = conditions_without(&conditions, field->about);
        assert_int_equal(condition_is_set(field, &conditions), field->about == ABOUT_ACCOUNT);
    }
}
