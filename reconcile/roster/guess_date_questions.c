/*
 * Of a column of dates, in this order: what stands for no date, what is no date that can be read,
 * how the rest is written.
 */
#include "roster/guess_questions.h"

#include <string.h>

#include "base/day.h"
#include "base/text.h"
#include "config/write.h"

static bool needs_century(const char *format)
{
    return strstr(format, "%y") != NULL;
}

static bool is_day_first(const char *format)
{
    const char *day = strstr(format, "%d"), *month = strstr(format, "%m");

    return day && month && day < month;
}

/* The other order of day and month is a form that people write as well. */
static bool has_twin(const char *format)
{
    return (text_starts(format, "%d/%m") || text_starts(format, "%m/%d") ||
            text_starts(format, "%d-%m") || text_starts(format, "%m-%d"));
}

static const char *read_as(struct roster_guess *guess, const struct guess_dates *dates,
                           const char *format)
{
    const char *order = text_starts(format, "%y") ? "year first"
                        : is_day_first(format)    ? "day first"
                                                  : "month first";
    struct day_time time;
    char text[DAY_TEXT_SIZE];

    if (!day_parse_time(dates->example, format, GUESS_YEARS_CUTOFF, &time))
        return format;
    if (!dates->telling)
        return order;
    return arena_printf(guess->arena, "%s: '%s' is %s", order, dates->example,
                        day_format(time.day, text));
}

void guess_find_dates(struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->columns; i++) {
        struct guess_column *column = &guess->column[i];
        const char *format = NULL;
        if (!meaning_is_date(column->hint) || column->date_format || column->dates.moments > 0 ||
            guess_dates_formats(&column->dates, guess->arena, &format, 1) != 1)
            continue;
        if (!needs_century(format) || guess->short_years)
            column->date_format = format;
    }
}

static void ask_order(struct roster_guess *guess, const struct guess_column *column)
{
    const char *format[GUESS_CHOICES] = {NULL};
    size_t count = guess_dates_formats(&column->dates, guess->arena, format, COUNT_OF(format));
    const char *title = guess_shown(guess, column->title);

    if (count > 1) {
        struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_ORDER, column);
        question->sentence =
            arena_printf(guess->arena,
                         "'%s' in '%s' can be read in %s ways, and no other date "
                         "in this column shows which",
                         column->dates.example, title, count == 2 ? "two" : "several");
        for (size_t i = 0; i < count && i < GUESS_CHOICES; i++)
            question->choice[i] = read_as(guess, &column->dates, format[i]);
        question->open = "rows with a date there are rejected";
        question->blocks_departed = column->meaning == MEANING_LAST_DAY && needs_century(format[0]);
    } else if (count == 1 && needs_century(format[0])) {
        struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_CENTURY, column);
        question->sentence = arena_printf(guess->arena, "years in '%s' have two digits ('%s')",
                                          title, guess_shown(guess, column->dates.example));
        question->choice[0] = "00 to 49 are 2000 to 2049, and 50 to 99 are 1950 to 1999";
        question->open = "rows with a date there are rejected";
    }
}

/* Columns in which no date stands yet: how they will be written only another column can say. */
static void ask_empty(struct roster_guess *guess, const struct guess_column *column)
{
    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *other = &guess->column[i];
        if (other->meaning == MEANING_NONE || !other->date_format || !has_twin(other->date_format))
            continue;
        struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_ORDER, column);
        question->value = other->date_format;
        question->sentence = arena_printf(
            guess->arena, "no date stands in '%s' yet: will they be written as those in '%s'?",
            guess_shown(guess, column->title), guess_shown(guess, other->title));
        question->choice[0] = arena_printf(guess->arena, "yes, %s first, like '%s'",
                                           is_day_first(other->date_format) ? "day" : "month",
                                           guess_shown(guess, other->dates.example));
        question->open = "a row with a date there will be rejected";
        return;
    }
}

static void ask_serial(struct roster_guess *guess, const struct guess_column *column)
{
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_SERIAL, column);

    question->sentence = arena_printf(
        guess->arena,
        "'%s' in '%s' is no date; spreadsheets count days like that (46284 is "
        "2026-09-19)",
        guess_shown(guess, column->dates.serial_example), guess_shown(guess, column->title));
    question->choice[0] = "yes, these are a spreadsheet's numbers of days";
    question->open =
        "rows with one are rejected; hint: format the column as a date and export anew";
}

static void ask_no_date(struct roster_guess *guess, const struct guess_column *column,
                        const char *value, size_t rows)
{
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_NO_DATE, column);

    question->value = value;
    question->sentence = arena_printf(guess->arena, "'%s' in '%s' (%s): does it stand for no date?",
                                      guess_shown(guess, value), guess_shown(guess, column->title),
                                      guess_rows_of(guess, rows));
    if (config_can_say(value))
        question->choice[0] = "yes, there is no date in these rows";
    question->open = "its rows are rejected, and nobody in them is touched";
}

bool guess_is_no_date(const struct roster_guess *guess, const char *value)
{
    for (size_t i = 0; value && i < guess->no_dates; i++) {
        if (text_equal(guess->no_date[i], value))
            return true;
    }
    return false;
}

/* A year before 1980 is no last day. Where most rows have it, it is how they say that there is
 * none; in a few rows it may be what became of a notice that was taken back, or of a day that
 * nobody typed. */
static void ask_old(struct roster_guess *guess, const struct guess_column *column)
{
    const struct guess_dates *dates = &column->dates;

    if (column->meaning != MEANING_LAST_DAY || dates->old == 0 ||
        guess_is_no_date(guess, dates->old_example))
        return;
    if (dates->old * 2 > guess->rows && guess->no_dates < COUNT_OF(guess->no_date))
        guess->no_date[guess->no_dates++] = dates->old_example;
    else
        ask_no_date(guess, column, dates->old_example, dates->old);
}

static void ask_misfits(struct roster_guess *guess, const struct guess_column *column)
{
    const struct guess_dates *dates = &column->dates;
    const char *title = guess_shown(guess, column->title);
    bool has_digit = dates->misfit_example && strpbrk(dates->misfit_example, "0123456789");

    if (dates->misfits > 0 && !has_digit && !guess_is_no_date(guess, dates->misfit_example))
        ask_no_date(guess, column, dates->misfit_example, dates->misfits);
    else if (dates->misfits > 0 && has_digit && dates->dates == 0)
        guess_tell_file(guess, column,
                        arena_printf(guess->arena,
                                     "the values in '%s' are written in no form of dates that is "
                                     "known",
                                     title),
                        "rows with one are rejected; hint: HR exports dates as YYYY-MM-DD, or "
                        "roster.date_formats says how they are written");
    if (dates->two_forms)
        guess_tell_file(
            guess, column,
            arena_printf(guess->arena, "the dates in '%s' are written in more than one way", title),
            "rows with one are rejected; hint: HR exports dates as YYYY-MM-DD");
    if (dates->moments > 0)
        guess_tell_file(
            guess, column,
            arena_printf(guess->arena,
                         "'%s' in '%s' is no midnight in the time zone of the policy, so "
                         "its day may be the one before or behind",
                         guess_shown(guess, dates->moment_example), title),
            "rows with one are rejected; hint: the zone of the company is named with "
            "--time-zone, as in --time-zone Europe/Berlin");
}

/* Read as they stand nobody would have a day there, and nobody would be told. */
static void tell_era(struct roster_guess *guess, const struct guess_column *column)
{
    struct guess_question *question;

    if (!column->dates.of_era)
        return;
    guess_tell_file(guess, column,
                    arena_printf(guess->arena,
                                 "years in '%s' are of another calendar ('%s'): 2563 would be 2020",
                                 guess_shown(guess, column->title),
                                 guess_shown(guess, column->dates.era_example)),
                    "no rule acts on departures or idleness, since a year from 2200 is no date; "
                    "hint: HR exports dates as YYYY-MM-DD, with years like 2020");
    question = &guess->question[guess->questions - 1];
    question->blocks_departed = question->blocks_idle = true;
}

void guess_ask_dates(struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        const struct guess_dates *dates = &column->dates;
        if (!meaning_is_date(column->meaning))
            continue;
        tell_era(guess, column);
        ask_old(guess, column);
        ask_misfits(guess, column);
        if (column->date_format)
            continue;
        if (dates->dates > 0 && dates->moments == 0)
            ask_order(guess, column);
        else if (dates->serials > 0)
            ask_serial(guess, column);
        else if (dates->dates + dates->misfits == 0)
            ask_empty(guess, column);
    }
}

/* --- what a person has said before --- */

static bool is_fitting(struct roster_guess *guess, const struct guess_column *column,
                       const char *format)
{
    const struct guess_dates *dates = &column->dates;
    const char *fits[GUESS_CHOICES] = {NULL};

    if (strcmp(format, GUESS_EXCEL_SERIAL) == 0)
        return dates->dates == 0 && dates->serials > 0;
    if (dates->dates + dates->serials + dates->misfits == 0)
        return has_twin(format);
    (void)guess_dates_formats(dates, guess->arena, fits, COUNT_OF(fits));
    for (size_t i = 0; i < COUNT_OF(fits) && fits[i] && dates->moments == 0; i++) {
        if (strcmp(fits[i], format) == 0)
            return !needs_century(format) || guess->short_years;
    }
    return false;
}

void guess_recall_dates(struct roster_guess *guess, const struct config_roster *known)
{
    static const struct {
        enum roster_field field;
        enum meaning meaning;
    } fields[] = {{ROSTER_HIRE_DATE, MEANING_HIRE_DATE},
                  {ROSTER_LAST_DAY, MEANING_LAST_DAY},
                  {ROSTER_LEAVE_FROM, MEANING_LEAVE_FROM},
                  {ROSTER_LEAVE_UNTIL, MEANING_LEAVE_UNTIL}};

    guess->short_years |= known->two_digit_year_cutoff == GUESS_YEARS_CUTOFF;
    for (size_t i = 0; i < known->no_date.count && guess->no_dates < COUNT_OF(guess->no_date); i++)
        guess->no_date[guess->no_dates++] = arena_strdup(guess->arena, known->no_date.item[i]);
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const struct guess_column *column = roster_guess_of(guess, fields[i].meaning);
        const char *format = known->date_formats[fields[i].field];
        format = format ? format : known->date_format;
        if (column && !column->date_format && format &&
            text_equal(known->column.of[fields[i].field], column->title) &&
            is_fitting(guess, column, format))
            guess->column[column - guess->column].date_format = arena_strdup(guess->arena, format);
    }
    guess_find_dates(guess);
}

/* --- what answers do --- */

static void answer_order(struct roster_guess *guess, const struct guess_question *question,
                         size_t choice)
{
    struct guess_column *column = &guess->column[question->column];
    const char *format[GUESS_CHOICES] = {NULL};

    if (question->value) {
        column->date_format = question->value;
        return;
    }
    (void)guess_dates_formats(&column->dates, guess->arena, format, COUNT_OF(format));
    column->date_format = format[choice];
    guess->short_years |= needs_century(format[choice]);
}

static void answer_century(struct roster_guess *guess, const struct guess_question *question,
                           size_t choice)
{
    (void)question, (void)choice;
    guess->short_years = true;
}

static void answer_serial(struct roster_guess *guess, const struct guess_question *question,
                          size_t choice)
{
    (void)choice;
    guess->column[question->column].date_format = GUESS_EXCEL_SERIAL;
}

static void answer_no_date(struct roster_guess *guess, const struct guess_question *question,
                           size_t choice)
{
    (void)choice;
    if (guess->no_dates < COUNT_OF(guess->no_date))
        guess->no_date[guess->no_dates++] = question->value;
}

void guess_answer_date(struct roster_guess *guess, const struct guess_question *question,
                       size_t choice)
{
    static void (*const answers[])(struct roster_guess *, const struct guess_question *, size_t) = {
        [GUESS_ABOUT_ORDER] = answer_order,
        [GUESS_ABOUT_CENTURY] = answer_century,
        [GUESS_ABOUT_SERIAL] = answer_serial,
        [GUESS_ABOUT_NO_DATE] = answer_no_date,
    };

    answers[question->subject](guess, question, choice);
}
