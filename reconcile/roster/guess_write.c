/*
 * A setting is written when it says something else than its default. What is open is written as it
 * is while it is open: the word in no list, the column of dates without a format of its own (which
 * then is that of the default, by which a date in two orders is no date).
 */
#include "roster/guess_write.h"

#include <string.h>

#include "config/edit.h"
#include "roster/guess_questions.h"

static const struct {
    enum meaning meaning;
    const char *column, *format;
} mapped[] =
    {
        {MEANING_EMPLOYEE_NUMBER, "roster.columns.employee_number", NULL},
        {MEANING_EMAIL, "roster.columns.email", NULL},
        {MEANING_USERNAME, "roster.columns.username", NULL},
        {MEANING_STATUS, "roster.columns.status", NULL},
        {MEANING_HIRE_DATE, "roster.columns.hire_date", "roster.date_formats.hire_date"},
        {MEANING_LAST_DAY, "roster.columns.last_day", "roster.date_formats.last_day"},
        {MEANING_DEPARTMENT, "roster.columns.department", NULL},
        {MEANING_COUNTRY, "roster.columns.country", NULL},
},
  beside[] = {
      {MEANING_ON_LEAVE, "roster.on_leave_column", NULL},
      {MEANING_LEAVE_FROM, "roster.leave_from_column", "roster.date_formats.leave_from"},
      {MEANING_LEAVE_UNTIL, "roster.leave_until_column", "roster.date_formats.leave_until"},
};

/* --- columns --- */

static void write_names(const struct roster_guess *guess, struct config_writing *writing)
{
    const struct guess_column *name = roster_guess_of(guess, MEANING_NAME);
    const struct guess_column *first = roster_guess_of(guess, MEANING_FIRST_NAME);
    const struct guess_column *last = roster_guess_of(guess, MEANING_LAST_NAME);

    if (first && last) {
        const char *const parts[] = {first->title, last->title};
        config_write_list(writing, "roster.columns.name", parts, COUNT_OF(parts));
    } else if (name) {
        config_write_text(writing, "roster.columns.name", name->title);
    }
}

static void write_columns(const struct roster_guess *guess, struct config_writing *writing)
{
    for (size_t i = 0; i < COUNT_OF(mapped); i++) {
        const struct guess_column *column = roster_guess_of(guess, mapped[i].meaning);
        if (column)
            config_write_text(writing, mapped[i].column, column->title);
    }
    write_names(guess, writing);
}

static void write_beside(const struct roster_guess *guess, struct config_writing *writing)
{
    for (size_t i = 0; i < COUNT_OF(beside); i++) {
        const struct guess_column *column = roster_guess_of(guess, beside[i].meaning);
        if (column)
            config_write_text(writing, beside[i].column, column->title);
    }
    if (roster_guess_of(guess, MEANING_ON_LEAVE) && guess->leave_words > 0)
        config_write_list(writing, "roster.on_leave_words", guess->leave_word, guess->leave_words);
}

/* --- words --- */

static const char *said_of_column(struct arena *arena, const struct guess_column *column)
{
    return arena_printf(arena, "as was said, %s: %s",
                        column->meaning == MEANING_NONE ? "not used" : "used", column->title);
}

static const char *said_of_leave(struct arena *arena, const struct guess_column *column)
{
    return arena_printf(arena, "as was said, not about leave: %s", column->title);
}

static const char *said_of_word(struct arena *arena, const struct guess_word *word)
{
    return arena_printf(arena, "as was said, in no list, so its rows are rejected: %s",
                        *word->text ? word->text : "(empty)");
}

static void write_words(const struct roster_guess *guess, struct config_writing *writing)
{
    static const struct {
        enum person_status status;
        const char *path;
        bool needed; /* the configuration is none without it */
    } lists[] = {{PERSON_EMPLOYED, "roster.status.employed", true},
                 {PERSON_ON_LEAVE, "roster.status.on_leave", false},
                 {PERSON_DEPARTED, "roster.status.departed", false}};

    if (!roster_guess_of(guess, MEANING_STATUS))
        return;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        const char *item[GUESS_VALUES_MAX + 1]; /* and empty cells */
        size_t count = 0;
        for (size_t w = 0; w < guess->words; w++) {
            if (guess->word[w].status == lists[i].status ||
                (lists[i].status == PERSON_DEPARTED &&
                 roster_guess_is_either(guess, &guess->word[w])))
                item[count++] = guess->word[w].text;
        }
        if (count > 0 || lists[i].needed)
            config_write_list(writing, lists[i].path, item, count);
    }
    for (size_t w = 0; w < guess->words; w++) {
        if (guess->word[w].status != PERSON_UNKNOWN)
            continue;
        config_write_comment(
            writing, "roster.status",
            guess->word[w].settled
                ? said_of_word(writing->arena, &guess->word[w])
                : arena_printf(writing->arena, "in no list, so its rows are rejected: %s",
                               *guess->word[w].text ? guess->word[w].text : "(empty)"));
    }
}

/* --- dates --- */

static bool is_mapped_date(const struct guess_column *column)
{
    return column->meaning < MEANING_MAPPED && meaning_is_date(column->meaning);
}

/* The one that every column of dates has; NULL when one of them is not known or they differ. */
static const char *common_format(const struct roster_guess *guess)
{
    const char *common = NULL;

    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        if (!is_mapped_date(column))
            continue;
        bool empty = column->dates.dates + column->dates.serials + column->dates.misfits == 0;
        if (!column->date_format && empty && !roster_guess_is_asked(guess, column))
            continue;
        if (!column->date_format || (common && strcmp(common, column->date_format) != 0))
            return NULL;
        common = column->date_format;
    }
    return common;
}

static void write_dates(const struct roster_guess *guess, struct config_writing *writing)
{
    const char *common = common_format(guess);
    bool short_years = common && strstr(common, "%y");

    if (common)
        config_write_text(writing, "roster.date_format", common);
    for (size_t i = 0; i < COUNT_OF(mapped) + COUNT_OF(beside) && !common; i++) {
        bool first = i < COUNT_OF(mapped);
        size_t at = first ? i : i - COUNT_OF(mapped);
        const char *path = first ? mapped[at].format : beside[at].format;
        const struct guess_column *column =
            roster_guess_of(guess, first ? mapped[at].meaning : beside[at].meaning);
        if (!path || !column || !column->date_format)
            continue;
        config_write_text(writing, path, column->date_format);
        short_years |= strstr(column->date_format, "%y") != NULL;
    }
    if (short_years)
        config_write_plain(writing, "roster.two_digit_year_cutoff",
                           arena_printf(writing->arena, "%d", GUESS_YEARS_CUTOFF));
    if (guess->no_dates > 0)
        config_write_list(writing, "roster.no_date", guess->no_date, guess->no_dates);
}

/* --- the file --- */

static void write_shape(const struct roster_guess *guess, struct config_writing *writing)
{
    const struct guess_shape *shape = &guess->shape;
    const char delimiter[] = {shape->delimiter, '\0'};

    if (shape->format != ROSTER_FORMAT_CSV)
        config_write_text(writing, "roster.format", config_roster_format_name(shape->format));
    else
        config_write_text(writing, "roster.delimiter", arena_strdup(writing->arena, delimiter));
    if (strcmp(guess->encoding, "UTF-8") != 0)
        config_write_text(writing, "roster.encoding", guess->encoding);
    if (shape->items)
        config_write_text(writing, "roster.items", shape->items);
    if (shape->header_row > 1)
        config_write_plain(writing, "roster.header_row",
                           arena_printf(writing->arena, "%zu", shape->header_row));
    if (shape->label_rows > 0)
        config_write_plain(writing, "roster.label_rows",
                           arena_printf(writing->arena, "%zu", shape->label_rows));
    if (shape->footers > 0)
        config_write_list(writing, "roster.footer", shape->footer, shape->footers);
}

/* --- what a person has said, for the next time --- */

static const char said_left[] = "as was said, whoever is not active has left";
static const char said_away[] = "as was said, nobody is on leave for long, or they are protected";
static const char said_emptied[] = "as was said, who is hired again has no last day any more";
static const char said_above[] = "as was said, nobody stands above the titles";
static const char said_list[] = "as was said, all people are in the list that is read";
static const char said_shared[] = "as was said, the last day that most rows have is one";
static const char said_stay[] = "as was said, some who are not active have not left";

static void write_said(const struct roster_guess *guess, struct config_writing *writing)
{
    for (size_t i = 0; i < guess->columns; i++) {
        if (guess->column[i].settled)
            config_write_comment(writing, "roster",
                                 said_of_column(writing->arena, &guess->column[i]));
    }
    for (size_t i = 0; i < guess->columns; i++) {
        if (guess->column[i].no_leave)
            config_write_comment(writing, "roster",
                                 said_of_leave(writing->arena, &guess->column[i]));
    }
    for (size_t i = 0; i < guess->columns; i++) {
        if (guess->column[i].shares)
            config_write_comment(writing, "roster", said_shared);
    }
    if (guess->emptied)
        config_write_comment(writing, "roster", said_emptied);
    if (guess->nobody_above)
        config_write_comment(writing, "roster", said_above);
    if (guess->one_list)
        config_write_comment(writing, "roster", said_list);
    if (guess->nobody_away)
        config_write_comment(writing, "roster", said_away);
    if (guess->inactive_left)
        config_write_comment(writing, "roster", said_left);
    if (guess->inactive_stay)
        config_write_comment(writing, "roster", said_stay);
}

static bool has_comment(const char *config, const char *comment)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    text_add(&line, "# ");
    text_add_printable(&line, comment);
    text_add_char(&line, '\n');
    return strstr(config, text_cstr(&line)) != NULL;
}

void roster_guess_recall(struct roster_guess *guess, const char *config)
{
    struct arena *arena = guess->arena;

    for (size_t i = 0; i < guess->columns; i++)
        guess->column[i].settled |= has_comment(config, said_of_column(arena, &guess->column[i]));
    for (size_t i = 0; i < guess->columns; i++)
        guess->column[i].no_leave |= has_comment(config, said_of_leave(arena, &guess->column[i]));
    for (size_t i = 0; i < guess->words; i++)
        guess->word[i].settled |= has_comment(config, said_of_word(arena, &guess->word[i]));
    for (size_t i = 0; i < guess->columns; i++)
        guess->column[i].shares |=
            guess->column[i].meaning == MEANING_LAST_DAY && has_comment(config, said_shared);
    guess->emptied |= has_comment(config, said_emptied);
    guess->nobody_above |= has_comment(config, said_above);
    guess->one_list |= has_comment(config, said_list);
    guess->nobody_away |= has_comment(config, said_away);
    guess->inactive_left |= has_comment(config, said_left);
    guess->inactive_stay |= has_comment(config, said_stay);
    guess_ask(guess);
}

void roster_guess_forget(struct text *config)
{
    static const char *const begins[] = {"open: ", "as was said, ", "in no list, so its rows are "};

    for (size_t i = 0; i < COUNT_OF(begins); i++)
        config_edit_remove_comments(config, begins[i]);
}

/* Of what a sentence says by values, which are people's, no more than the title is written. */
static const char *open_of(struct arena *arena, const struct roster_guess *guess,
                           const struct guess_question *question)
{
    static const char *const said[] = {
        [GUESS_ABOUT_WORD] = "words are not known in",
        [GUESS_ABOUT_ORDER] = "it is not known how dates are written in",
        [GUESS_ABOUT_CENTURY] = "years have two digits in",
        [GUESS_ABOUT_SERIAL] = "numbers may be a spreadsheet's days in",
        [GUESS_ABOUT_NO_DATE] = "values may stand for no date in",
        [GUESS_ABOUT_SHARED] = "one last day stands in many rows in",
    };
    const char *what = question->subject < COUNT_OF(said) ? said[question->subject] : NULL;

    return what && question->column != GUESS_NO_COLUMN
               ? arena_printf(arena, "%s '%s'", what, guess->column[question->column].title)
               : question->sentence;
}

void roster_guess_write(const struct roster_guess *guess, struct config_writing *writing)
{
    write_shape(guess, writing);
    if (guess->shape.format != ROSTER_FORMAT_SCIM) {
        write_columns(guess, writing);
        write_words(guess, writing);
        write_beside(guess, writing);
        write_dates(guess, writing);
    }
    write_said(guess, writing);
    for (size_t i = 0; i < guess->questions; i++)
        config_write_comment(writing, "roster",
                             arena_printf(writing->arena, "open: %s; as long as it is: %s",
                                          open_of(writing->arena, guess, &guess->question[i]),
                                          guess->question[i].open));
}
