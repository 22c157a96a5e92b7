/*
 * Cells go into a profile per column: how often which value, and how its dates are written. Then
 * columns are given their meaning, the likeliest title first, and what is left open becomes
 * questions (guess_questions.c), anew after each answer.
 */
#include "roster/guess.h"

#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/unseen.h"
#include "config/write.h"
#include "facts/likeness.h"
#include "format/container.h"
#include "roster/guess_doubt.h"
#include "roster/guess_questions.h"
#include "roster/guess_text.h"
#include "roster/intake.h"
#include "roster/json.h"
#include "roster/scim.h"

/* --- profiles --- */

enum { REPEATS_MAX = 8 };

struct profiling {
    struct roster_guess *guess;
    const struct zone *zone;
    struct guess_row_dates dates;
    size_t next; /* JSON: where the next member is expected */
    /* Of the open row. */
    struct guess_column *repeated[REPEATS_MAX]; /* whose title stands in it */
    size_t repeats, filled;
    bool is_somebodys;
};

static struct guess_column *add_column(struct roster_guess *guess, const char *title)
{
    struct guess_column *all = guess->column;

    if (guess->columns == guess->column_capacity) {
        size_t capacity = guess->column_capacity ? guess->column_capacity * 2 : 32;
        guess->column = arena_calloc(guess->arena, capacity, sizeof(all[0]));
        if (all)
            memcpy(guess->column, all, guess->columns * sizeof(all[0]));
        guess->column_capacity = capacity;
    }
    struct guess_column *column = &guess->column[guess->columns++];
    column->title = title;
    column->hint = lexicon_title(guess->lexicon, title, &column->rank);
    return column;
}

static const char *plain_title(struct arena *arena, const char *path)
{
    return strpbrk(path + 1, "/~") ? arena_strdup(arena, path) : arena_strdup(arena, path + 1);
}

static bool is_path(const struct guess_column *column, const char *path)
{
    return strcmp(column->title, *column->title == '/' ? path : path + 1) == 0;
}

/* Members come in the same order in most objects. */
static struct guess_column *find_member(struct profiling *profiling, const char *path)
{
    struct roster_guess *guess = profiling->guess;

    for (size_t i = 0; i < guess->columns; i++) {
        size_t at = (profiling->next + i) % guess->columns;
        if (!is_path(&guess->column[at], path))
            continue;
        profiling->next = at + 1;
        return &guess->column[at];
    }
    if (guess->columns == 1000)
        return NULL;
    return add_column(guess, plain_title(guess->arena, path));
}

static void take_value(struct roster_guess *guess, struct guess_column *column, const char *value)
{
    for (size_t i = 0; i < column->values; i++) {
        if (strcmp(column->value[i].text, value) == 0) {
            column->value[i].rows++;
            return;
        }
    }
    if (column->values == GUESS_VALUES_MAX || strlen(value) > 100) {
        column->many = true;
        return;
    }
    column->value[column->values++] =
        (struct guess_value){.text = arena_strdup(guess->arena, value), .rows = 1};
}

/* What says who somebody is, under a title for that. */
static bool says_who(const struct guess_column *column, const char *value)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return meaning_is_key(column->hint) &&
           !is_no_value(&(struct no_values){.count = 0}, fold_text(&scratch, value));
}

static void on_cell(void *context, size_t at, const char *path, const char *value)
{
    struct profiling *profiling = context;
    struct roster_guess *guess = profiling->guess;
    struct guess_column *column = path ? find_member(profiling, path) : &guess->column[at];

    if (!column || !*value)
        return;
    column->filled++;
    column->open = true;
    profiling->filled++;
    profiling->is_somebodys = profiling->is_somebodys || says_who(column, value);
    if (text_equal(value, column->title)) {
        column->repeats++;
        if (profiling->repeats++ < REPEATS_MAX)
            profiling->repeated[profiling->repeats - 1] = column;
        return;
    }
    if (!column->example)
        column->example = arena_strdup(guess->arena, value);
    if (meaning_is_date(column->hint))
        guess_dates_add(&column->dates, guess->arena, value, profiling->zone);
    take_value(guess, column, value);
    guess_doubt_cell(guess, &profiling->dates, (size_t)(column - guess->column), value,
                     profiling->zone);
}

static void on_row(void *context)
{
    struct profiling *profiling = context;

    /* Mostly titles, it is their row once more; else "Rehired" under "Rehired" is a mark. */
    for (size_t i = 0;
         i < profiling->repeats && i < REPEATS_MAX && profiling->repeats * 2 < profiling->filled;
         i++) {
        struct guess_column *column = profiling->repeated[i];
        column->example = column->example ? column->example : column->title;
        take_value(profiling->guess, column, column->title);
    }
    for (size_t i = 0; i < profiling->guess->columns; i++) {
        struct guess_column *column = &profiling->guess->column[i];
        column->told += column->open && profiling->is_somebodys;
        column->open = false;
    }
    profiling->guess->people += profiling->is_somebodys;
    profiling->is_somebodys = false;
    profiling->repeats = profiling->filled = 0;
    guess_doubt_row(profiling->guess, &profiling->dates);
    profiling->guess->rows++;
    profiling->next = 0;
}

/* Where no title speaks of a key, but a person may have named one, each row counts. */
static void count_people(struct roster_guess *guess)
{
    bool is_key = false;

    for (size_t i = 0; i < guess->columns; i++)
        is_key |= meaning_is_key(guess->column[i].hint);
    if (is_key)
        return;
    guess->people = guess->rows;
    for (size_t i = 0; i < guess->columns; i++)
        guess->column[i].told = guess->column[i].filled;
}

/* --- meanings --- */

/* Titles are compared as the reader does: without what does not show. */
static void mark_twins(struct roster_guess *guess)
{
    CLEANUP(text_release) struct text one = TEXT_INIT, other = TEXT_INIT;

    for (size_t i = 0; i < guess->columns; i++) {
        text_clear(&one);
        unseen_fold(&one, guess->column[i].title);
        for (size_t k = 0; k < i && one.length > 0; k++) {
            text_clear(&other);
            unseen_fold(&other, guess->column[k].title);
            if (text_equal(text_cstr(&one), text_cstr(&other)))
                guess->column[i].twice = guess->column[k].twice = true;
        }
    }
}

bool guess_can_be_named(const struct guess_column *column)
{
    return !column->twice && *column->title && config_can_say(column->title);
}

/* The likeliest of those whose title says so. */
static struct guess_column *likeliest(const struct roster_guess *guess, enum meaning hint)
{
    struct guess_column *best = NULL;

    for (size_t i = 0; i < guess->columns; i++) {
        struct guess_column *column = &guess->column[i];
        if (column->hint == hint && guess_can_be_named(column) && column->meaning == MEANING_NONE &&
            (!best || column->rank < best->rank))
            best = column;
    }
    return best;
}

bool guess_has_words(const struct roster_guess *guess, const struct guess_column *column)
{
    for (size_t i = 0; i < column->values && !column->many; i++) {
        if (lexicon_word(guess->lexicon, column->value[i].text) != PERSON_UNKNOWN)
            return true;
    }
    return false;
}

/* Only a title says that a column is the status, and words say which of two. Words alone may be
 * those of a card or of a hand: they are asked about. */
static struct guess_column *find_status(const struct roster_guess *guess)
{
    struct guess_column *titled = NULL, *both = NULL;

    for (size_t i = 0; i < guess->columns; i++) {
        struct guess_column *column = &guess->column[i];

        if (column->hint != MEANING_STATUS || !guess_can_be_named(column) || column->many ||
            (column->filled == 0 && guess->rows > 0))
            continue;
        if (!titled || column->rank < titled->rank)
            titled = column;
        if (guess_has_words(guess, column) && (!both || column->rank < both->rank))
            both = column;
    }
    return both ? both : titled;
}

/* 3f2c0000-0000-4000-8000-000000010017: an identifier of a system, which nobody's account bears. */
static bool is_machines(const char *value)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        if (shape[i] == '-' ? value[i] != '-'
                            : !value[i] || !strchr("0123456789abcdefABCDEF", value[i]))
            return false;
    }
    return value[sizeof(shape) - 1] == '\0';
}

/* "Employee" is the number in one system and the name in another: the cells tell. */
static void settle_numbers(struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->columns; i++) {
        struct guess_column *column = &guess->column[i];
        if ((column->hint != MEANING_EMPLOYEE_NUMBER && column->hint != MEANING_MAYBE_NUMBER) ||
            !column->example)
            continue;
        if (is_machines(column->example))
            column->hint = MEANING_NOTHING;
        else if (strchr(column->example, ' ') && !strpbrk(column->example, "0123456789"))
            column->hint = MEANING_NAME;
    }
}

/* "Uit dienst" is a day in one system and a yes in another: the cells tell. */
static void settle_flags(struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->columns; i++) {
        struct guess_column *column = &guess->column[i];
        bool flags = column->dates.dates == 0 && column->dates.misfits > 0 && !column->many;
        for (size_t k = 0; flags && k < column->values; k++)
            flags = guess_is_flag(column->value[k].text);
        if (!flags || !meaning_is_date(column->hint) || column->hint == MEANING_REHIRE)
            continue;
        bool leave = column->hint == MEANING_LEAVE_FROM || column->hint == MEANING_LEAVE_UNTIL;
        column->hint = leave ? MEANING_LEAVE_LIKE : MEANING_STATUS_LIKE;
    }
}

/* An address in each row, in each another one; above it one as well, the row of titles is missing.
 */
static bool holds_addresses(const struct guess_column *column)
{
    bool holds = !strchr(column->title, '@') && column->filled > 1 &&
                 (column->many || column->values == column->filled);

    for (size_t i = 0; i < column->values; i++)
        holds &= strchr(column->value[i].text, '@') != NULL;
    return holds;
}

/* Where no title says who somebody is, the cells do: of a language that nobody has listed. */
static void settle_addresses(struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->columns; i++) {
        if (meaning_is_key(guess->column[i].hint))
            return;
    }
    for (size_t i = 0; i < guess->columns; i++) {
        struct guess_column *column = &guess->column[i];
        if (column->hint == MEANING_NONE && holds_addresses(column))
            column->hint = MEANING_PLAIN_EMAIL;
    }
}

/* Of columns for which nothing but a title is needed. */
static const enum meaning by_title[] = {
    MEANING_EMPLOYEE_NUMBER, MEANING_USERNAME,    MEANING_NAME,       MEANING_FIRST_NAME,
    MEANING_LAST_NAME,       MEANING_HIRE_DATE,   MEANING_LAST_DAY,   MEANING_ON_LEAVE,
    MEANING_LEAVE_FROM,      MEANING_LEAVE_UNTIL, MEANING_DEPARTMENT, MEANING_COUNTRY,
};

/* Where none of these is there, one of those is the next best. */
static const struct {
    enum meaning meaning, hint;
} instead[] = {{MEANING_EMPLOYEE_NUMBER, MEANING_MAYBE_NUMBER},
               {MEANING_HIRE_DATE, MEANING_ORIGINAL_HIRE},
               {MEANING_LAST_DAY, MEANING_LAST_WORKED}};

/* "Nom" beside "Prénom" is the last name, "Nome" beside "Cognome" the first. */
static void settle_names(struct roster_guess *guess)
{
    static const enum meaning half[] = {MEANING_FIRST_NAME, MEANING_LAST_NAME};

    for (size_t i = 0; i < COUNT_OF(half); i++) {
        struct guess_column *name = likeliest(guess, MEANING_NAME);
        if (name && likeliest(guess, half[i]) && !likeliest(guess, half[1 - i]) &&
            strpbrk(name->title, " -_") == NULL)
            name->hint = half[1 - i];
    }
}

static void give_meanings(struct roster_guess *guess)
{
    struct guess_column *column;

    settle_numbers(guess);
    settle_flags(guess);
    settle_addresses(guess);
    settle_names(guess);
    for (size_t i = 0; i < COUNT_OF(by_title); i++) {
        column = roster_guess_of(guess, by_title[i]) ? NULL : likeliest(guess, by_title[i]);
        /* The end of a leave says nothing without its beginning. */
        if (column &&
            (by_title[i] != MEANING_LEAVE_UNTIL || roster_guess_of(guess, MEANING_LEAVE_FROM)))
            column->meaning = by_title[i];
    }
    for (size_t i = 0; i < COUNT_OF(instead); i++) {
        column = likeliest(guess, instead[i].hint);
        if (column && !roster_guess_of(guess, instead[i].meaning))
            column->meaning = instead[i].meaning;
    }
    column = likeliest(guess, MEANING_EMAIL);
    if (!column && guess_count_hints(guess, MEANING_PLAIN_EMAIL) == 1)
        column = likeliest(guess, MEANING_PLAIN_EMAIL);
    if (column)
        column->meaning = MEANING_EMAIL;
    column = find_status(guess);
    if (column && !roster_guess_of(guess, MEANING_STATUS))
        guess_take_status(guess, column);
}

bool roster_guess_has_key(const struct roster_guess *guess)
{
    return guess->shape.format == ROSTER_FORMAT_SCIM ||
           roster_guess_of(guess, MEANING_EMPLOYEE_NUMBER) ||
           roster_guess_of(guess, MEANING_EMAIL) || roster_guess_of(guess, MEANING_USERNAME);
}

bool roster_guess_tells_departures(const struct roster_guess *guess)
{
    bool told =
        guess->shape.format == ROSTER_FORMAT_SCIM || roster_guess_of(guess, MEANING_LAST_DAY);

    for (size_t i = 0; i < guess->words; i++)
        told |= guess->word[i].status == PERSON_DEPARTED;
    return told;
}

bool roster_guess_is_either(const struct roster_guess *guess, const struct guess_word *word)
{
    return word->either && roster_guess_of(guess, MEANING_LAST_DAY);
}

bool roster_guess_asks_key(const struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->questions; i++) {
        const struct guess_question *question = &guess->question[i];
        for (size_t k = 0; question->choice[k]; k++) {
            enum meaning meaning = question->taking[k].meaning;
            if (meaning == MEANING_EMPLOYEE_NUMBER || meaning == MEANING_EMAIL ||
                meaning == MEANING_USERNAME)
                return true;
        }
    }
    return false;
}

const struct guess_column *roster_guess_of(const struct roster_guess *guess, enum meaning meaning)
{
    for (size_t i = 0; i < guess->columns; i++) {
        if (guess->column[i].meaning == meaning)
            return &guess->column[i];
    }
    return NULL;
}

/* --- how it reads --- */

/* Of an encoding of single bytes; two of them may fit, and then only a reader of names can tell. */
static const char *find_letters(struct arena *arena, const char *encoding, const struct text *text)
{
    static const char ends[] = ",;|~^:\t\r\n\" ";
    const char *at = text_cstr(text);

    if (strncmp(encoding, "UTF-", 4) == 0)
        return NULL;
    for (size_t length; *at; at += length + (at[length] != '\0')) {
        length = strcspn(at, ends);
        if (!text_is_ascii_bytes(at, length))
            return arena_strndup(arena, at, text_whole(at, length < 40 ? length : 40));
    }
    return NULL;
}

/* --- what a person has said before --- */

static bool is_listed(const struct name_list *list, const char *word)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *folded = fold_text(&scratch, word);

    for (size_t i = 0; folded && i < list->count; i++) {
        if (text_equal(fold_text(&scratch, list->item[i]), folded))
            return true;
    }
    return false;
}

/* What says yes or no of a leave, or is a word for one, is read; a column with any other word is
 * asked about. */
static bool is_leave_read(const struct roster_guess *guess, const struct config_roster *known,
                          const char *value)
{
    return guess_is_flag(value) || lexicon_word(guess->lexicon, value) == PERSON_ON_LEAVE ||
           (known && is_listed(&known->on_leave_words, value));
}

static void settle_leave(struct roster_guess *guess, const struct config_roster *known)
{
    const struct guess_column *leave = roster_guess_of(guess, MEANING_ON_LEAVE);
    bool is_read = leave && !leave->many;

    if (!leave)
        return;
    for (size_t i = 0; i < leave->values; i++)
        is_read &= is_leave_read(guess, known, leave->value[i].text);
    guess->column[leave - guess->column].meaning = MEANING_NONE;
    if (!is_read)
        return;
    guess_take_leave(guess, &guess->column[leave - guess->column]);
    for (size_t i = 0; known && i < known->on_leave_words.count; i++) {
        struct name_list taken = {guess->leave_word, guess->leave_words};
        if (guess->leave_words < COUNT_OF(guess->leave_word) &&
            !is_listed(&taken, known->on_leave_words.item[i]))
            guess->leave_word[guess->leave_words++] =
                arena_strdup(guess->arena, known->on_leave_words.item[i]);
    }
}

static void recall_words(struct roster_guess *guess, const struct config_roster *known)
{
    for (size_t i = 0; i < guess->words; i++) {
        struct guess_word *word = &guess->word[i];
        bool here = is_listed(&known->status.employed, word->text);
        bool away = is_listed(&known->status.on_leave, word->text);
        bool left = is_listed(&known->status.departed, word->text);

        if (here || away || left)
            word->status = here ? PERSON_EMPLOYED : away ? PERSON_ON_LEAVE : PERSON_DEPARTED;
        word->either = away && left;
    }
}

/* Dates, under a title that says nothing of it. */
static bool has_untitled_dates(const struct guess_column *column)
{
    return column->hint == MEANING_NONE && column->dates.dates > 0 && column->dates.misfits == 0;
}

/* What the configuration takes for something and the guess would not is what a person has said. */
static void recall_columns(struct roster_guess *guess, const struct config_roster *known)
{
    static const struct {
        enum roster_field field;
        enum meaning meaning;
    } said[] = {{ROSTER_EMPLOYEE_NUMBER, MEANING_EMPLOYEE_NUMBER},
                {ROSTER_EMAIL, MEANING_EMAIL},
                {ROSTER_STATUS, MEANING_STATUS},
                {ROSTER_HIRE_DATE, MEANING_HIRE_DATE},
                {ROSTER_LAST_DAY, MEANING_LAST_DAY},
                {ROSTER_ON_LEAVE, MEANING_ON_LEAVE},
                {ROSTER_LEAVE_FROM, MEANING_LEAVE_FROM},
                {ROSTER_LEAVE_UNTIL, MEANING_LEAVE_UNTIL}};

    for (size_t i = 0; i < guess->columns * COUNT_OF(said); i++) {
        struct guess_column *column = &guess->column[i / COUNT_OF(said)];
        enum meaning meaning = said[i % COUNT_OF(said)].meaning;
        bool is_date = meaning_is_date(column->hint) || has_untitled_dates(column);
        if (!text_equal(known->column.of[said[i % COUNT_OF(said)].field], column->title) ||
            column->meaning != MEANING_NONE || !guess_can_be_named(column) ||
            (column->many && (meaning == MEANING_STATUS || meaning == MEANING_ON_LEAVE)) ||
            meaning_is_date(meaning) != is_date)
            continue;
        column->hint = has_untitled_dates(column) ? meaning : column->hint;
        guess_take(guess, (struct guess_taking){i / COUNT_OF(said), meaning});
    }
}

/* --- all of it --- */

static int profile(struct roster_guess *guess, const struct text *text, const struct zone *zone,
                   struct err *err)
{
    struct profiling profiling = {.guess = guess, .zone = zone};

    for (size_t i = 0; i < guess->shape.titles; i++)
        (void)add_column(guess, guess->shape.title[i]);
    if (guess_shape_rows(&guess->shape, text_cstr(text), text->length, on_cell, on_row, &profiling,
                         err) < 0)
        return -1;
    count_people(guess);
    return 0;
}

/* Users of SCIM, and no page of a list around them. */
static bool is_bare_scim(const struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->columns; i++) {
        if (strcmp(guess->column[i].title, "schemas") == 0)
            return guess->shape.format == ROSTER_FORMAT_JSON;
    }
    return false;
}

/* As a run reads it, with any column for a key: of the people nothing is kept. */
static int read_document(const struct roster_guess *guess, const struct text *text, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(roster_intake_freep) struct roster_intake *intake = NULL;
    CLEANUP(roster_json_freep) struct roster_json *json = NULL;
    struct config_roster config = {.format = guess->shape.format, .items = guess->shape.items};
    bool by_default = false;

    for (size_t i = 0; i < guess->columns && config.format != ROSTER_FORMAT_SCIM; i++) {
        if (guess_can_be_named(&guess->column[i]))
            config.column.of[ROSTER_EMPLOYEE_NUMBER] = guess->column[i].title;
    }
    if (config.format == ROSTER_FORMAT_SCIM) {
        if (roster_scim_settle(&config, &by_default, err) < 0)
            return -1;
    } else if (!config.column.of[ROSTER_EMPLOYEE_NUMBER]) {
        return 0; /* nothing in it can be read, which is told */
    }
    if (roster_intake_new(&scratch, &config, &intake, err) < 0)
        return -1;
    json = roster_json_new(&config, intake);
    return roster_json_page(json, text_cstr(text), text->length, true, err) < 0 ||
                   roster_json_finish(json, by_default, err) < 0
               ? -1
               : 0;
}

static void try_document(struct roster_guess *guess, const struct text *text)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (guess->shape.format != ROSTER_FORMAT_CSV && guess->whole &&
        read_document(guess, text, &err) < 0)
        guess->refusal = arena_strdup(guess->arena, err.text);
}

int roster_guess(struct arena *arena, const char *bytes, size_t length, bool whole,
                 const struct zone *zone, const struct config_roster *known,
                 struct roster_guess *ret_guess, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct roster_guess guess = {.arena = arena, .lexicon = lexicon_new(arena), .whole = whole};

    if (container_refuse(bytes, length, err) < 0)
        return -1;
    guess.encoding =
        guess_text(guess.lexicon, known ? known->encoding : NULL, bytes, length, whole, &text, err);
    if (!guess.encoding)
        return -1;
    guess.letters = find_letters(arena, guess.encoding, &text);
    if (guess_shape(arena, guess.lexicon, text_cstr(&text), text.length, whole, &guess.shape, err) <
            0 ||
        profile(&guess, &text, zone, err) < 0)
        return -1;
    if (is_bare_scim(&guess))
        return err_set(
            err, ERR_ROSTER,
            "it is a bare list of SCIM users; hint: take the whole answer of /Users, the "
            "ListResponse with 'Resources' in it, for only that says whether all of "
            "them are there");
    if (guess.shape.format != ROSTER_FORMAT_SCIM)
        mark_twins(&guess);
    try_document(&guess, &text);
    if (guess.shape.format == ROSTER_FORMAT_SCIM) {
        guess_count_inactive(&guess);
    } else {
        give_meanings(&guess);
        if (known)
            recall_columns(&guess, known);
        settle_leave(&guess, known);
    }
    if (known)
        recall_words(&guess, known);
    guess_find_dates(&guess);
    if (known)
        guess_recall_dates(&guess, known);
    guess_ask(&guess);
    guess.shape.list = guess.shape.pages = NULL; /* the text is gone */
    *ret_guess = guess;
    return 0;
}
