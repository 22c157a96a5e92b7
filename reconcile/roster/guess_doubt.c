/*
 * Nobody can list all titles, so while no status is certain every column that could tell who works
 * here is in doubt until a person has said that it does not. Columns of one kind are one question.
 */
#include "roster/guess_doubt.h"

#include <string.h>

#include "base/text.h"
#include "base/unseen.h"
#include "config/write.h"
#include "roster/guess_questions.h"

enum { FEW = 8, EXCERPT = 40, UNKNOWN_SHOWN = 8, SHARED_ROWS = 6, SHARED_PART = 5 };

/* --- dates of a row --- */

static bool can_hold_days(const struct guess_column *column)
{
    return column->hint == MEANING_NONE || column->hint == MEANING_HIRE_DATE ||
           column->hint == MEANING_LAST_DAY || column->hint == MEANING_MAYBE_LAST_DAY ||
           column->hint == MEANING_LEAVE_UNTIL;
}

static bool can_be_last_day(const struct guess_column *column)
{
    return column->hint == MEANING_LAST_DAY || column->hint == MEANING_MAYBE_LAST_DAY;
}

void guess_doubt_cell(struct roster_guess *guess, struct guess_row_dates *dates, size_t column,
                      const char *value, const struct zone *zone)
{
    struct guess_column *of = &guess->column[column];

    if (of->hint == MEANING_STATUS) {
        enum person_status word = lexicon_word(guess->lexicon, value);
        dates->may_depart |= word != PERSON_EMPLOYED && word != PERSON_ON_LEAVE;
    }
    if (!can_hold_days(of))
        return;
    if (of->hint == MEANING_NONE && of->dates.misfits == 0)
        guess_dates_add(&of->dates, guess->arena, value, zone);
    if (strlen(value) >= GUESS_DATE_SIZE || !strpbrk(value, "0123456789"))
        return;
    if (dates->count == GUESS_ROW_DATES) {
        of->beyond = true; /* not looked at, so it is asked */
        return;
    }
    dates->cell[dates->count].column = column;
    memcpy(dates->cell[dates->count++].text, value, strlen(value) + 1);
}

/* Where a date can be read in two ways, the one that raises the question counts. */
static bool is_beyond(const char *value, const struct guess_span *last)
{
    struct guess_span span;

    return guess_dates_span(value, &span) && span.serial == last->serial &&
           day_compare(span.last, last->first) > 0;
}

/* "Terminated" may be written weeks ahead, with its day in a column that nobody knows. */
static void doubt_undated(struct roster_guess *guess, const struct guess_row_dates *dates)
{
    struct guess_span span;

    for (size_t i = 0; i < dates->count; i++) {
        if (guess->column[dates->cell[i].column].hint == MEANING_LAST_DAY &&
            guess_dates_span(dates->cell[i].text, &span) && !span.endless)
            return;
    }
    for (size_t i = 0; i < dates->count; i++)
        guess->column[dates->cell[i].column].undated |=
            guess_dates_span(dates->cell[i].text, &span) && !span.serial;
}

void guess_doubt_row(struct roster_guess *guess, struct guess_row_dates *dates)
{
    for (size_t i = 0; i < dates->count; i++) {
        struct guess_span last;
        if (!can_be_last_day(&guess->column[dates->cell[i].column]) ||
            !guess_dates_span(dates->cell[i].text, &last) || last.endless)
            continue;
        for (size_t k = 0; k < dates->count; k++) {
            struct guess_column *other = &guess->column[dates->cell[k].column];
            if (k != i && !other->beyond)
                other->beyond = is_beyond(dates->cell[k].text, &last);
        }
    }
    if (dates->may_depart)
        doubt_undated(guess, dates);
    dates->count = 0;
    dates->may_depart = false;
}

/* --- which columns are in doubt --- */

/* Its title says so, or a person has. */
static bool is_status_certain(const struct roster_guess *guess)
{
    const struct guess_column *status = roster_guess_of(guess, MEANING_STATUS);

    return status && (status->hint == MEANING_STATUS || status->settled);
}

static bool can_depart(const struct roster_guess *guess)
{
    return roster_guess_of(guess, MEANING_LAST_DAY) || roster_guess_of(guess, MEANING_STATUS);
}

/* A question about it alone blocks the same rule already. */
static bool is_blocking(const struct roster_guess *guess, const struct guess_column *column)
{
    for (size_t i = 0; i < guess->questions; i++) {
        const struct guess_question *question = &guess->question[i];
        if (question->column == (size_t)(column - guess->column) && question->blocks_departed &&
            question->subject != GUESS_ABOUT_MUTE && question->subject != GUESS_ABOUT_LATER)
            return true;
    }
    return false;
}

static bool is_dates(const struct guess_column *column)
{
    return column->dates.dates > 0 && column->dates.misfits == 0;
}

static bool is_later(const struct roster_guess *guess, const struct guess_column *column)
{
    return column->meaning == MEANING_NONE && !column->settled && can_hold_days(column) &&
           column->filled > 0 && (column->beyond || column->hint == MEANING_HIRE_DATE) &&
           !is_blocking(guess, column);
}

/* A flag, a code, words, a list, or its own title: not what differs from person to person. */
static bool is_mute(const struct roster_guess *guess, const struct guess_column *column)
{
    bool few = !column->many && (column->values <= FEW || column->values * 2 <= column->filled);
    bool unknown = column->hint == MEANING_NONE ||
                   (column->hint == MEANING_NOTHING && guess_has_words(guess, column));

    return column->meaning == MEANING_NONE && !column->settled && column->filled > 0 && unknown &&
           few && !is_dates(column) && !column->beyond && !is_blocking(guess, column);
}

/* Where neither a status nor a last day is known: days that could be the last ones. */
static bool may_be_gone(const struct roster_guess *guess, const struct guess_column *column)
{
    (void)guess;
    return column->hint == MEANING_NONE && column->meaning == MEANING_NONE && !column->settled &&
           column->filled > 0 && is_dates(column) && guess_can_be_named(column);
}

/* Dates that could say that somebody with a word for departure is still at work. */
static bool may_be_ahead(const struct roster_guess *guess, const struct guess_column *column)
{
    (void)guess;
    return column->hint == MEANING_NONE && column->meaning == MEANING_NONE && !column->settled &&
           (column->beyond || column->undated);
}

typedef bool doubtful(const struct roster_guess *guess, const struct guess_column *column);

static bool can_be_used(const struct guess_column *column)
{
    return guess_can_be_status(column) && column->values > 0;
}

static bool can_be_hired(const struct guess_column *column)
{
    return !column->twice && *column->title && config_can_say(column->title) && is_dates(column) &&
           !can_be_last_day(column);
}

/* --- questions --- */

static void add_shown(struct text *text, const char *before, const char *value)
{
    text_addf(text, "%s'", before);
    unseen_show(text, value, EXCERPT);
    text_add_char(text, '\'');
}

/* "'Gone', column 4" */
static void add_column(struct text *text, const struct roster_guess *guess,
                       const struct guess_column *column)
{
    text_add(text, text->length ? ", " : "");
    if (*column->title)
        add_shown(text, "", column->title);
    else
        text_addf(text, "column %zu, which has no title", (size_t)(column - guess->column) + 1);
}

/* "'Gone': 'x'; column 4, which has no title: 'A', 'T'" */
static void add_examples(struct text *text, struct roster_guess *guess,
                         const struct guess_column *column)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    const char *examples = guess_examples_of(guess, column);

    if (!examples)
        return;
    add_column(&name, guess, column);
    text_addf(text, "%s%s: %s", text->length ? "; " : "", text_cstr(&name), examples);
}

/* One question about all columns of a kind; NULL = there are none. Beside the first answer, that
 * none of them matters, as many as fit can be taken for what they may be. */
static struct guess_question *ask_kind(struct roster_guess *guess, enum guess_subject subject,
                                       doubtful *doubt, bool (*usable)(const struct guess_column *),
                                       const char *sentence, const char *use)
{
    CLEANUP(text_release) struct text names = TEXT_INIT, examples = TEXT_INIT;
    struct guess_question *question;
    const struct guess_column *first = NULL;
    const char *choice[GUESS_CHOICES] = {NULL};
    size_t count = 0, choices = 1;

    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        if (!doubt(guess, column))
            continue;
        add_column(&names, guess, column);
        add_examples(&examples, guess, column);
        first = first ? first : column;
        count++;
        if (usable(column) && choices < GUESS_CHOICES) {
            CLEANUP(text_release) struct text text = TEXT_INIT;
            add_shown(&text, "", column->title);
            choice[choices++] = arena_printf(guess->arena, "%s %s", text_cstr(&text), use);
        }
    }
    if (count == 0)
        return NULL;
    question = guess_put_question(guess, subject, count == 1 ? first : NULL);
    question->sentence = arena_printf(guess->arena, "%s: %s", sentence, text_cstr(&names));
    question->examples =
        examples.length > 0 ? arena_strdup(guess->arena, text_cstr(&examples)) : NULL;
    memcpy(question->choice, choice, sizeof(choice));
    question->open = "no rule acts on departures";
    question->blocks_departed = true;
    return question;
}

static bool has_departed(const struct roster_guess *guess)
{
    bool departs = false;

    for (size_t i = 0; i < guess->words; i++)
        departs |= guess->word[i].status == PERSON_DEPARTED || guess->word[i].either;
    return departs;
}

static void ask_ahead(struct roster_guess *guess)
{
    struct guess_question *question =
        ask_kind(guess, GUESS_ABOUT_AHEAD, may_be_ahead, is_dates,
                 "a word for departure may be written before somebody leaves, and these dates "
                 "stand behind the last day or where there is none: is one of them the day on "
                 "which the employment ends",
                 "is that day: use it");

    if (question)
        question->choice[0] = "no, whoever has that word has left by the last day, if there is one";
}

/* While another question may make one of both known, it is not asked. */
static void ask_gone(struct roster_guess *guess)
{
    struct guess_question *question;

    if (roster_guess_blocks_departed(guess))
        return;
    question = ask_kind(guess, GUESS_ABOUT_GONE, may_be_gone, is_dates,
                        "nothing that is known says who has left, neither a status nor a last day: "
                        "is one of these the day on which the employment ends",
                        "is that day: use it");
    if (question)
        question->choice[0] = "no, none of them is";
}

static void ask_columns(struct roster_guess *guess)
{
    struct guess_question *question;

    if (!can_depart(guess)) {
        ask_gone(guess);
        return;
    }
    if (is_status_certain(guess)) {
        if (has_departed(guess) && !guess->repeats_titles)
            ask_ahead(guess);
        return;
    }
    question = ask_kind(guess, GUESS_ABOUT_MUTE, is_mute, can_be_used,
                        "no status says who works here, so a last day alone decides: does one of "
                        "these columns say who works here, or who has left",
                        "is the status: use it");
    if (question)
        question->choice[0] = "no, none of them does";
    question = ask_kind(guess, GUESS_ABOUT_LATER, is_later, can_be_hired,
                        "no status says who works here, and these dates lie behind the last day in "
                        "some rows or are another first day, as of somebody who came back or has "
                        "not left yet",
                        "is the newest first day: use it, and who came back is not departed");
    if (question)
        question->choice[0] = "none of them says that somebody works here";
}

/* The first value that most rows have, or so many of those that have one that a system may have
 * filled it in; NULL = none. */
static const struct guess_value *shared_of(const struct roster_guess *guess,
                                           const struct guess_column *column)
{
    for (size_t i = 0; i < column->values; i++) {
        const struct guess_value *value = &column->value[i];
        bool most = value->rows > 1 && value->rows * 2 > guess->rows;
        bool much = value->rows >= SHARED_ROWS && value->rows * SHARED_PART >= column->filled;
        struct guess_span span;
        if ((most || much) && guess_dates_span(value->text, &span) && !span.endless &&
            !guess_is_no_date(guess, value->text))
            return value;
    }
    return NULL;
}

static void ask_shared(struct roster_guess *guess)
{
    const struct guess_column *last = roster_guess_of(guess, MEANING_LAST_DAY);
    const struct guess_value *value = last ? shared_of(guess, last) : NULL;
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (!value || last->shares)
        return;
    add_shown(&text, "", value->text);
    add_shown(&text, " in ", last->title);
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_SHARED, last);
    question->value = value->text;
    question->sentence =
        arena_printf(guess->arena, "%s stands in %zu of %zu rows: does it stand for no date?",
                     text_cstr(&text), value->rows, guess->rows);
    question->choice[0] = "yes, there is no last day in these rows";
    question->choice[1] = "no, it is the last day of all of them";
    question->open = "no rule acts on departures";
    question->blocks_departed = true;
}

static void ask_list(struct roster_guess *guess)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (!guess->shape.other || guess->one_list)
        return;
    add_shown(&text, "", guess->shape.items);
    add_shown(&text, " is read, as the longest, and not ", guess->shape.other);
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_LIST, NULL);
    question->sentence =
        arena_printf(guess->arena, "there is more than one list: %s: are people in others as well?",
                     text_cstr(&text));
    question->choice[0] = "no, all people are in that one";
    question->open = "no rule acts on departures or idleness; hint: HR exports one list, or "
                     "roster.items names the right one";
    question->blocks_departed = question->blocks_idle = true;
}

/* --- leave --- */

static bool is_leave_told(const struct roster_guess *guess)
{
    bool told =
        roster_guess_of(guess, MEANING_ON_LEAVE) || roster_guess_of(guess, MEANING_LEAVE_FROM);

    for (size_t i = 0; i < guess->words; i++)
        told |= guess->word[i].status == PERSON_ON_LEAVE;
    return told;
}

static bool is_flags(const struct guess_column *column)
{
    bool flags = column->values > 0 && !column->many;

    for (size_t i = 0; i < column->values; i++)
        flags &= guess_is_flag(column->value[i].text);
    return flags;
}

/* A question about it alone asks whether it tells who is on leave. */
static bool is_asked_of_leave(const struct roster_guess *guess, const struct guess_column *column)
{
    for (size_t i = 0; i < guess->questions; i++) {
        const struct guess_question *question = &guess->question[i];
        if (question->column == (size_t)(column - guess->column) && question->blocks_idle)
            return true;
    }
    return false;
}

/* A flag, or a word or a date that some rows have, under a title that nobody knows. */
static bool may_tell_leave(const struct roster_guess *guess, const struct guess_column *column)
{
    bool is_short = is_dates(column) || (!column->many && column->values <= FEW);

    return column->hint == MEANING_NONE && column->meaning == MEANING_NONE && !column->no_leave &&
           column->filled > 0 && *column->title && !text_equal(column->example, GUESS_LIST) &&
           (is_flags(column) || (is_short && column->filled < guess->rows)) &&
           !is_asked_of_leave(guess, column);
}

/* Titles alone: what people have in them is nobody's here. */
static size_t add_leave_titles(struct text *text, const struct roster_guess *guess)
{
    size_t count = 0;

    for (size_t i = 0; i < guess->columns; i++) {
        if (may_tell_leave(guess, &guess->column[i]) && count++ < UNKNOWN_SHOWN)
            add_shown(text, count == 1 ? "" : ", ", guess->column[i].title);
    }
    text_add(text, count > UNKNOWN_SHOWN ? ", …" : "");
    return count;
}

static bool can_be_leave(const struct guess_column *column)
{
    return is_flags(column) && guess_can_be_named(column);
}

static void offer_leave(struct roster_guess *guess, struct guess_question *question)
{
    size_t choices = 1;

    for (size_t i = 0; i < guess->columns && choices < GUESS_CHOICES; i++) {
        const struct guess_column *column = &guess->column[i];
        if (!may_tell_leave(guess, column) || !can_be_leave(column))
            continue;
        question->taking[choices] = (struct guess_taking){i, MEANING_ON_LEAVE};
        question->choice[choices++] =
            arena_printf(guess->arena, "a yes in '%s' means on leave: use it",
                         guess_shown(guess, column->title));
    }
}

/* A status with a word for leave does not say that no other column tells it as well. */
static void ask_away(struct roster_guess *guess)
{
    CLEANUP(text_release) struct text titles = TEXT_INIT;
    size_t count = add_leave_titles(&titles, guess);
    bool is_column =
        roster_guess_of(guess, MEANING_ON_LEAVE) || roster_guess_of(guess, MEANING_LEAVE_FROM);
    bool told = is_leave_told(guess);

    if (is_column || ((told || guess->nobody_away) && count == 0))
        return;
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_AWAY, NULL);
    question->sentence =
        told ? arena_printf(guess->arena,
                            "the status has a word for people on leave: does one of these columns "
                            "say who is on leave as well: %s? Whoever is away for months would be "
                            "idle",
                            text_cstr(&titles))
             : arena_printf(guess->arena,
                            "nothing in this file says who is on leave%s%s: whoever is "
                            "away for months would be idle",
                            count ? ", unless one of these does: " : "", text_cstr(&titles));
    question->choice[0] = told ? "no, none of them does"
                               : "nobody is away for so long, or they are protected otherwise";
    offer_leave(guess, question);
    question->open = "no rule acts on idleness; hint: where that is so, a script says "
                     "--leave-out " GUESS_LEAVE_OUT_LEAVE;
    question->blocks_idle = true;
}

void guess_doubt_ask(struct roster_guess *guess)
{
    if (guess->rows == 0)
        return;
    if (guess->shape.format != ROSTER_FORMAT_SCIM) {
        ask_columns(guess);
        ask_shared(guess);
        ask_list(guess);
    }
    ask_away(guess);
}

/* --- answers --- */

void guess_doubt_settle_away(struct roster_guess *guess)
{
    guess->nobody_away |= !is_leave_told(guess);
    for (size_t i = 0; i < guess->columns; i++)
        guess->column[i].no_leave |= may_tell_leave(guess, &guess->column[i]);
}

static void exchange(struct roster_guess *guess, enum meaning meaning)
{
    const struct guess_column *before = roster_guess_of(guess, meaning);

    if (!before)
        return;
    guess->column[before - guess->column].meaning = MEANING_NONE;
    guess->column[before - guess->column].settled = true;
}

/* The choices behind the first are the columns that can be used, in their order. */
static void answer_kind(struct roster_guess *guess, doubtful *doubt,
                        bool (*usable)(const struct guess_column *), size_t choice)
{
    struct guess_column *chosen = NULL;
    size_t choices = 0;

    for (size_t i = 0; i < guess->columns; i++) {
        struct guess_column *column = &guess->column[i];
        if (!doubt(guess, column))
            continue;
        if (choice == 0)
            column->settled = true;
        else if (usable(column) && ++choices == choice)
            chosen = column;
    }
    if (!chosen)
        return;
    chosen->settled = true;
    if (doubt == is_mute) {
        exchange(guess, MEANING_STATUS);
        guess_take_status(guess, chosen);
        return;
    }
    enum meaning meaning = doubt == is_later ? MEANING_HIRE_DATE : MEANING_LAST_DAY;
    exchange(guess, meaning);
    chosen->hint = chosen->meaning = meaning;
}

void guess_doubt_answer(struct roster_guess *guess, const struct guess_question *question,
                        size_t choice)
{
    if (question->subject == GUESS_ABOUT_AHEAD)
        answer_kind(guess, may_be_ahead, is_dates, choice);
    else if (question->subject == GUESS_ABOUT_GONE)
        answer_kind(guess, may_be_gone, is_dates, choice);
    else if (question->subject == GUESS_ABOUT_MUTE)
        answer_kind(guess, is_mute, can_be_used, choice);
    else if (question->subject == GUESS_ABOUT_LATER)
        answer_kind(guess, is_later, can_be_hired, choice);
    else if (question->taking[choice].column != GUESS_NO_COLUMN)
        guess_take(guess, question->taking[choice]);
    else if (question->subject == GUESS_ABOUT_AWAY)
        guess_doubt_settle_away(guess);
    else if (question->subject == GUESS_ABOUT_LIST)
        guess->one_list = true;
    else if (choice == 0 && guess->no_dates < COUNT_OF(guess->no_date))
        guess->no_date[guess->no_dates++] = question->value;
    else
        guess->column[question->column].shares = true;
}
