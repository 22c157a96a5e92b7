/* facts/roster: judging rows, counting what is wrong with them, rosters far enough apart. */
#include <string.h>

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
        {.employee_number = "E4", .alike = &(struct person_alike){.rejected = "bad date"}},
        {.email = "zoe@a.example",
         .alike = &(struct person_alike){.rejected = "bad number"},
         .key_unreadable = true},
        {.employee_number = "7",
         .name = "Gia Goe",
         .key_unreadable = true,
         .word = PERSON_EMPLOYED},
        {.employee_number = "8", .username = "same"},
        {.employee_number = "9", .username = "SAME "},
    };
    struct roster roster = {.person = person, .count = COUNT_OF(person)};

    for (int again = 0; again < 2; again++) {
        roster_judge(&roster, today);
        assert_int_equal(roster.rejected, 3);
        assert_int_equal(roster.blind, 2);
        assert_int_equal(roster.duplicates, 6);
        assert_int_equal(roster_people(&roster), 6);
        assert_int_equal(person[2].status, PERSON_DEPARTED);
        assert_int_equal(person[3].status, PERSON_UNKNOWN);
        assert_non_null(person_rejected(&person[3]));
        assert_string_equal(person_rejected(&person[4]), "bad date");
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
        {{{.username = "jd", .name = "Jane Doe"}, {.username = "jd", .name = "Jane Doe"}}, 0},
        /* a table of assignments: nobody has a name, the number is the person */
        {{{.employee_number = "1"}, {.employee_number = "1"}}, 0},
        {{{.employee_number = "1", .email = "a@a.example"}, {.employee_number = "1"}}, 0},
        {{{.employee_number = "1", .email = "a@a.example"},
          {.employee_number = "1", .email = "b@a.example"}},
         2},
        {{{.email = "a@a.example"}, {.email = "a@a.example"}}, 2},
        {{{.employee_number = "1"}, {.employee_number = "1"}, {.name = "Bob Roe"}}, 2},
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

/* Each group in every order of its rows. */
TEST(roster_judge_counts_the_same_in_any_order_of_rows)
{
    static const struct {
        struct person person[3];
        size_t duplicates;
    } groups[] = {
        /* nobody has a name: one number, and nothing that differs, is one person … */
        {{{.employee_number = "1"},
          {.employee_number = "1", .email = "a@a.example"},
          {.employee_number = "1", .email = "A@a.example", .username = "jd"}},
         0},
        /* … but not with two addresses or two usernames, wherever they stand */
        {{{.employee_number = "1"},
          {.employee_number = "1", .email = "a@a.example"},
          {.employee_number = "1", .email = "b@a.example"}},
         3},
        {{{.employee_number = "1"},
          {.employee_number = "1", .username = "anna"},
          {.employee_number = "1", .username = "bob"}},
         3},
        {{{.employee_number = "1", .email = "a@a.example"},
          {.employee_number = "1", .email = "a@a.example"},
          {.email = "a@a.example"}},
         3},
        /* names that are each like the longest, and not like one another */
        {{{.employee_number = "1", .name = "Jane Maria Doe"},
          {.employee_number = "1", .name = "Jane Doe"},
          {.employee_number = "1", .name = "Maria Doe"}},
         3},
        {{{.employee_number = "1", .name = "Jane Maria Doe", .email = "a@a.example"},
          {.employee_number = "1", .name = "Jane Doe", .email = "b@a.example"},
          {.employee_number = "1", .name = "Doe, Jane"}},
         0},
    };
    static const size_t order[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                      {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (size_t i = 0; i < COUNT_OF(groups) * COUNT_OF(order); i++) {
        struct person person[3];
        struct roster roster = {.person = person, .count = COUNT_OF(person)};
        for (size_t k = 0; k < COUNT_OF(person); k++)
            person[k] = groups[i / COUNT_OF(order)].person[order[i % COUNT_OF(order)][k]];
        roster_judge(&roster, today);
        if (roster.duplicates != groups[i / COUNT_OF(order)].duplicates)
            fail_msg("group %zu, order %zu: %zu duplicates", i / COUNT_OF(order),
                     i % COUNT_OF(order), roster.duplicates);
    }
}

TEST(roster_judge_of_nobody_counts_nothing)
{
    struct roster roster = {.person = NULL};

    roster_judge(&roster, today);
    assert_int_equal(roster_people(&roster), 0);
    assert_int_equal(roster.duplicates, 0);
}

/* So many of the proofs count from this hour on. */
static unsigned times(const struct roster_proof *proof, size_t count, int64_t since)
{
    return roster_absence(proof, count, (struct instant){since}).times;
}

TEST(roster_absence_wants_twenty_hours_between)
{
    const struct roster_proof proof[] = {{.as_of = {1 * HOUR}},
                                         {.as_of = {21 * HOUR}},
                                         {.as_of = {40 * HOUR}},
                                         {.as_of = {41 * HOUR}},
                                         {.as_of = {90 * HOUR}}};

    assert_int_equal(times(proof, 5, 1 * HOUR), 4);
    assert_int_equal(times(proof, 5, 1 * HOUR + 1), 3);
    assert_int_equal(times(proof, 3, 21 * HOUR), 1);
    assert_int_equal(times(proof, 4, 21 * HOUR), 2);
    assert_int_equal(times(proof, 5, 90 * HOUR), 1);
    assert_int_equal(times(proof, 5, 90 * HOUR + 1), 0);
    assert_int_equal(times(NULL, 0, 1), 0);
}

/* One letter for each night: what the roster said. */
static unsigned times_of(const char *nights, bool few)
{
    struct roster_proof proof[40];
    size_t count = strlen(nights);

    for (size_t i = 0; i < count; i++)
        proof[i] = (struct roster_proof){.as_of = {(int64_t)(i + 1) * 24 * HOUR},
                                         .values = digest_of(&nights[i], 1),
                                         .few = few};
    return times(proof, count, 1);
}

TEST(roster_absence_of_copies_counts_them_once)
{
    assert_int_equal(times_of("abc", false), 3);
    assert_int_equal(times_of("aaa", false), 1);
    assert_int_equal(times_of("aab", false), 2);
    assert_int_equal(times_of("abba", false), 3);
    assert_int_equal(times_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false), 1);
}

TEST(roster_absence_where_few_people_are_counts_the_same_after_a_week)
{
    assert_int_equal(times_of("aaaaaaa", true), 1);
    assert_int_equal(times_of("aaaaaaaa", true), 2);
    assert_int_equal(times_of("abbbbbbbb", true), 3);
    assert_int_equal(times_of("aaaaaaaaaaaaaaa", true), 3);
}

TEST(roster_absence_tells_the_first_and_the_newest)
{
    struct roster_proof proof[7];

    for (size_t i = 0; i < 7; i++)
        proof[i] = (struct roster_proof){.as_of = {(int64_t)(i + 1) * 24 * HOUR}};
    struct absence few = roster_absence(proof, 3, INSTANT_NONE);
    assert_int_equal(few.times, 3);
    assert_int_equal(few.at[2].us, 72 * HOUR);
    struct absence many = roster_absence(proof, 7, INSTANT_NONE);
    assert_int_equal(many.times, 7);
    assert_int_equal(many.at[0].us, 24 * HOUR);
    assert_int_equal(many.at[1].us, 5 * 24 * HOUR);
    assert_int_equal(many.at[3].us, 7 * 24 * HOUR);
}

TEST(roster_values_do_not_hang_on_the_day_they_are_judged_on)
{
    struct person person = {.employee_number = "1", .word = PERSON_EMPLOYED};
    struct roster roster = {.person = &person, .count = 1};
    struct digest before = roster_values(&roster), content = roster_content(&roster);

    person.flaw = PERSON_HERE_AFTER_LAST;
    struct digest after = roster_values(&roster), other = roster_content(&roster);
    assert_int_equal(digest_compare(&before, &after), 0);
    assert_int_not_equal(digest_compare(&content, &other), 0);
    person.flaw = PERSON_SOUND;
    person.alike = &(struct person_alike){.rejected = "last day '31.6.' is no date"};
    after = roster_values(&roster);
    other = roster_content(&roster);
    assert_int_equal(digest_compare(&before, &after), 0);
    assert_int_not_equal(digest_compare(&content, &other), 0);
    person.name = "Jane";
    after = roster_values(&roster);
    assert_int_not_equal(digest_compare(&before, &after), 0);
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

TEST(roster_settle_keeps_what_the_rows_say_then)
{
    struct person person[] = {
        {.employee_number = "1", .alike = &(struct person_alike){.rejected = "twice"}},
        {.employee_number = "2", .word = PERSON_EMPLOYED}};
    struct roster roster = {.person = person, .count = 2};
    struct digest content = roster_content(&roster), values = roster_values(&roster);

    assert_int_not_equal(digest_compare(&content, &values), 0);
    for (int turn = 0; turn < 2; turn++) {
        roster_settle(&roster);
        struct digest kept = roster_content(&roster), kept_values = roster_values(&roster);
        assert_int_equal(turn == 0, digest_compare(&content, &kept) == 0);
        assert_int_equal(turn == 0, digest_compare(&values, &kept_values) == 0);
        person[1].name = "Jane"; /* settled anew it is another one */
    }
    person[1].hire_date = (struct day){2};
    person[1].last_day = (struct day){1}; /* which contradict each other */
    struct digest kept = roster_content(&roster);
    roster_judge(&roster, (struct day){3});
    struct digest judged = roster_content(&roster);
    assert_int_not_equal(digest_compare(&kept, &judged), 0);
}

enum { WRITERS = 5000 };

TEST(roster_texts_find_of_many_finds_the_first_who_writes_so)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(roster_texts_release) struct roster_texts texts;
    struct roster roster = {.count = WRITERS};

    roster.person = arena_calloc(&arena, WRITERS, sizeof(roster.person[0]));
    for (size_t i = 0; i < WRITERS; i++) { /* two have each number, some no address */
        roster.person[i].employee_number = arena_printf(&arena, "%zu", i / 2);
        if (i % 7)
            roster.person[i].email = arena_printf(&arena, "P%zu@acme.example", i);
    }
    roster.person[9].employee_number = NULL;
    roster.person[11].email = roster.person[40].employee_number;
    roster_texts_init(&texts, &roster);
    for (size_t i = 0; i < WRITERS; i++) {
        CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
        const char *number = arena_printf(&scratch, "%zu", i / 2);
        const char *email = arena_printf(&scratch, "P%zu@acme.example", i);
        size_t first = i / 2 == 20 ? 11 : i / 2 * 2; /* whose address is that number */
        assert_ptr_equal(roster_texts_find(&texts, number), &roster.person[first]);
        assert_ptr_equal(roster_texts_find(&texts, email),
                         i % 7 && i != 11 ? &roster.person[i] : NULL);
    }
    assert_null(roster_texts_find(&texts, "p1@acme.example"));
    assert_null(roster_texts_find(&texts, ""));
    assert_null(roster_texts_find(&texts, NULL));
}

TEST(roster_texts_find_in_an_empty_roster_finds_nobody)
{
    CLEANUP(roster_texts_release) struct roster_texts texts;
    struct roster roster = {.count = 0};

    roster_texts_init(&texts, &roster);
    assert_null(roster_texts_find(&texts, "1"));
}
