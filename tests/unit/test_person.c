/* facts/person: the status of a row on a day, contradictions included. */
#include "base/cleanup.h"
#include "facts/person.h"
#include "test.h"

#define TODAY 46000

TEST(person_judge_of_dates_and_words_gives_the_documented_status)
{
    static const struct {
        enum person_status word;
        int32_t hired, last; /* days from today; 0 is today, NONE is not given */
        enum person_status status;
    } rows[] = {
#define NONE INT32_MIN
        {PERSON_UNKNOWN, NONE, NONE, PERSON_EMPLOYED},
        {PERSON_EMPLOYED, NONE, NONE, PERSON_EMPLOYED},
        {PERSON_ON_LEAVE, NONE, NONE, PERSON_ON_LEAVE},
        {PERSON_DEPARTED, NONE, NONE, PERSON_DEPARTED},
        {PERSON_DEPARTED, 0, NONE, PERSON_DEPARTED},
        {PERSON_DEPARTED, 1, NONE, PERSON_UNKNOWN},
        {PERSON_EMPLOYED, 0, NONE, PERSON_EMPLOYED},
        {PERSON_EMPLOYED, 1, NONE, PERSON_FUTURE},
        {PERSON_ON_LEAVE, 1, NONE, PERSON_FUTURE},
        {PERSON_UNKNOWN, -500, -1, PERSON_DEPARTED},
        {PERSON_DEPARTED, -500, -1, PERSON_DEPARTED},
        {PERSON_EMPLOYED, -500, -1, PERSON_UNKNOWN},
        {PERSON_ON_LEAVE, -500, -1, PERSON_UNKNOWN},
        {PERSON_UNKNOWN, -500, 0, PERSON_EMPLOYED},
        {PERSON_DEPARTED, -500, 0, PERSON_EMPLOYED},
        {PERSON_DEPARTED, -500, 1, PERSON_EMPLOYED},
        {PERSON_ON_LEAVE, -500, 1, PERSON_ON_LEAVE},
        {PERSON_EMPLOYED, 5, 90, PERSON_FUTURE},
        {PERSON_DEPARTED, 5, 90, PERSON_UNKNOWN},
        {PERSON_UNKNOWN, 5, 90, PERSON_FUTURE},
        /* a hire date behind the last day: re-hired, if a word says so */
        {PERSON_EMPLOYED, -10, -100, PERSON_EMPLOYED},
        {PERSON_ON_LEAVE, -10, -100, PERSON_ON_LEAVE},
        {PERSON_EMPLOYED, 10, -100, PERSON_FUTURE},
        {PERSON_UNKNOWN, -10, -100, PERSON_UNKNOWN},
        {PERSON_DEPARTED, -10, -100, PERSON_UNKNOWN},
        {PERSON_EMPLOYED, 20, 1, PERSON_EMPLOYED},
        {PERSON_UNKNOWN, 20, 1, PERSON_UNKNOWN},
        {PERSON_UNKNOWN, -5, -5, PERSON_DEPARTED}, /* one day long */
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct person person = {.word = rows[i].word};
        enum person_flaw flaw = PERSON_SOUND;
        if (rows[i].hired != NONE)
            person.hire_date.number = TODAY + rows[i].hired;
        if (rows[i].last != NONE)
            person.last_day.number = TODAY + rows[i].last;
        struct day day = {.number = TODAY};
        enum person_status status = person_judge(&person, day, day, &flaw);
        if (status != rows[i].status)
            fail_msg("row %zu: %s, not %s", i, person_status_name(status),
                     person_status_name(rows[i].status));
        assert_int_equal(flaw != PERSON_SOUND, status == PERSON_UNKNOWN);
    }
}

TEST(person_judge_of_a_word_that_was_right_when_it_was_written_is_no_contradiction)
{
    static const struct {
        enum person_status word;
        int32_t last; /* days from today; the roster is of two days ago */
        enum person_status status;
    } rows[] = {
        {PERSON_EMPLOYED, -1, PERSON_DEPARTED}, {PERSON_EMPLOYED, -2, PERSON_DEPARTED},
        {PERSON_ON_LEAVE, -2, PERSON_DEPARTED}, {PERSON_EMPLOYED, -3, PERSON_UNKNOWN},
        {PERSON_ON_LEAVE, -3, PERSON_UNKNOWN},  {PERSON_EMPLOYED, 0, PERSON_EMPLOYED},
        {PERSON_DEPARTED, 0, PERSON_EMPLOYED},  {PERSON_DEPARTED, -1, PERSON_DEPARTED},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct person person = {.word = rows[i].word, .last_day.number = TODAY + rows[i].last};
        struct day today = {.number = TODAY}, written = {.number = TODAY - 2};
        enum person_flaw flaw = PERSON_SOUND;
        if (person_judge(&person, today, written, &flaw) != rows[i].status)
            fail_msg("row %zu", i);
    }
}

TEST(person_rejected_gives_what_was_read_or_how_the_row_contradicts_itself)
{
    const struct person_alike read = {.department = "Sales", .rejected = "bad date"};
    const struct person_alike plain = {.department = "Sales"};
    struct person person = {.alike = &plain};

    assert_null(person_rejected(&person));
    assert_null(person_rejected(&(struct person){.alike = NULL}));
    person.alike = &read;
    assert_string_equal(person_rejected(&person), "bad date");
    person.alike = &plain;
    for (unsigned flaw = PERSON_SOUND + 1; flaw <= PERSON_LEAVE_OUTLASTS; flaw++) {
        person.flaw = (enum person_flaw)flaw;
        assert_non_null(person_rejected(&person));
        for (unsigned other = PERSON_SOUND + 1; other < flaw; other++)
            assert_string_not_equal(person_flaw_sentence[other], person_rejected(&person));
    }
}

TEST(person_status_names_are_those_of_the_contract)
{
    assert_string_equal(person_status_name(PERSON_ON_LEAVE), "on_leave");
    assert_string_equal(person_status_name(PERSON_ABSENT), "absent");
    assert_string_equal(person_status_name(PERSON_UNKNOWN), "unknown");
}
