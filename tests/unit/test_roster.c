/* facts/roster: judging rows, counting what is wrong with them, rosters far enough apart. */
#include "base/cleanup.h"
#include "facts/roster.h"
#include "test.h"

#define HOUR (3600 * SECOND_US)

static const struct day today = {.number = 46000};

TEST(roster_judge_of_mixed_rows_counts_each_kind)
{
    struct person person[] = {
        {.employee_number = "1", .email = "Ann@a.example", .word = PERSON_EMPLOYED},
        {.employee_number = "2", .email = "ann@A.example", .word = PERSON_EMPLOYED},
        {.employee_number = "3", .email = "bob@a.example", .last_day = {.number = 45999}},
        {.employee_number = "e4", .word = PERSON_EMPLOYED, .last_day = {.number = 45999}},
        {.employee_number = "E4", .rejected = "bad date"},
        {.email = "zoe@a.example", .rejected = "bad number", .key_unreadable = true},
        {.employee_number = "7", .key_unreadable = true, .word = PERSON_EMPLOYED},
        {.employee_number = "8", .username = "same"},
        {.employee_number = "9", .username = "SAME "},
    };
    struct roster roster = {.person = person, .count = COUNT_OF(person)};

    for (int again = 0; again < 2; again++) {
        roster_judge(&roster, today);
        assert_int_equal(roster.rejected, 3);
        assert_int_equal(roster.blind, 1);
        assert_int_equal(roster.duplicates, 6);
        assert_int_equal(roster_people(&roster), 6);
        assert_int_equal(person[2].status, PERSON_DEPARTED);
        assert_int_equal(person[3].status, PERSON_UNKNOWN);
        assert_non_null(person[3].rejected);
        assert_string_equal(person[4].rejected, "bad date");
        assert_int_equal(person[4].status, PERSON_UNKNOWN);
    }
}

TEST(roster_judge_of_several_rows_of_one_person_counts_no_duplicate)
{
    static const struct {
        struct person person[3];
        size_t duplicates;
    } rows[] = {
        {{{.employee_number = "1", .name = "Jane Doe"},
          {.employee_number = "1", .name = "DOE, Jane Maria"}},
         0},
        {{{.email = "j@a.example", .name = "Jane Doe"},
          {.email = "J@a.example", .name = "jane doe"}},
         0},
        {{{.employee_number = "1", .name = "Jane Doe"},
          {.employee_number = "1", .name = "Jane Roe"}},
         2},
        {{{.employee_number = "1", .name = "Jane Doe"}, {.employee_number = "1"}}, 2},
        {{{.employee_number = "1", .name = "Jane"}, {.employee_number = "1", .name = "Jane Doe"}},
         2},
        {{{.employee_number = "1", .name = "Jane Doe"},
          {.employee_number = "1", .name = "Jane Doe"},
          {.employee_number = "1", .name = "Bob Roe"}},
         3},
        {{{.username = "jd", .name = "Jane Doe"}, {.username = "jd", .name = "Jane Doe"}}, 2},
        {{{.employee_number = "1", .username = "jd", .name = "Jane Doe"},
          {.employee_number = "1", .username = "jd", .name = "Jane Doe"}},
         0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct person person[3];
        struct roster roster = {.person = person, .count = 2};
        for (size_t k = 0; k < COUNT_OF(person); k++)
            person[k] = rows[i].person[k];
        roster.count += person[2].name != NULL;
        roster_judge(&roster, today);
        if (roster.duplicates != rows[i].duplicates)
            fail_msg("row %zu: %zu duplicates", i, roster.duplicates);
    }
}

TEST(roster_judge_of_nobody_counts_nothing)
{
    struct roster roster = {.person = NULL};

    roster_judge(&roster, today);
    assert_int_equal(roster_people(&roster), 0);
    assert_int_equal(roster.duplicates, 0);
}

TEST(roster_count_apart_of_times_wants_twenty_hours)
{
    const struct instant good[] = {{1 * HOUR}, {21 * HOUR}, {40 * HOUR}, {41 * HOUR}, {90 * HOUR}};

    assert_int_equal(roster_count_apart(good, 5, (struct instant){1 * HOUR}), 4);
    assert_int_equal(roster_count_apart(good, 5, (struct instant){1 * HOUR + 1}), 3);
    assert_int_equal(roster_count_apart(good, 3, (struct instant){21 * HOUR}), 1);
    assert_int_equal(roster_count_apart(good, 4, (struct instant){21 * HOUR}), 2);
    assert_int_equal(roster_count_apart(good, 5, (struct instant){90 * HOUR}), 1);
    assert_int_equal(roster_count_apart(good, 5, (struct instant){90 * HOUR + 1}), 0);
    assert_int_equal(roster_count_apart(NULL, 0, (struct instant){1}), 0);
}

TEST(roster_as_of_takes_the_earlier_time)
{
    struct roster roster = {.read_at = {50}};
    assert_int_equal(roster_as_of(&roster).us, 50);
    roster.modified.us = 40;
    assert_int_equal(roster_as_of(&roster).us, 40);
    roster.modified.us = 60; /* a file from tomorrow does not stay fresh for ever */
    assert_int_equal(roster_as_of(&roster).us, 50);
}

TEST(roster_content_of_shuffled_rows_is_the_same)
{
    struct person person[] = {{.employee_number = "1", .row = 2},
                              {.employee_number = "2", .row = 3}};
    struct person other[] = {{.employee_number = "2", .row = 2},
                             {.employee_number = "1", .row = 3}};
    struct roster a = {.person = person, .count = 2}, b = {.person = other, .count = 2};

    struct digest first = roster_content(&a), second = roster_content(&b);
    assert_int_equal(digest_compare(&first, &second), 0);
    other[0].last_day.number = 1;
    second = roster_content(&b);
    assert_int_not_equal(digest_compare(&first, &second), 0);
}
