/*
 * One function per subject looks whether there is something to ask; the table of them is gone
 * through anew after each answer, since an answer may open or end others (another status column has
 * other words). What an answer does is a second table.
 */
#include "roster/guess_questions.h"

#include <string.h>
#include <strings.h>

#include "base/fold.h"
#include "base/text.h"
#include "base/unseen.h"
#include "config/write.h"
#include "roster/guess_doubt.h"
#include "roster/intake.h"

enum { EXAMPLES = 4, EXCERPT = 40, STATES_MAX = 12 };

size_t guess_count_hints(const struct roster_guess *guess, enum meaning hint)
{
    size_t count = 0;

    for (size_t i = 0; i < guess->columns; i++)
        count += guess->column[i].hint == hint && guess->column[i].filled > 0;
    return count;
}

void guess_take_status(struct roster_guess *guess, struct guess_column *column)
{
    column->meaning = MEANING_STATUS;
    guess->words = column->values;
    guess->word = arena_calloc(guess->arena, column->values + 1, sizeof(guess->word[0]));
    for (size_t i = 0; i < column->values; i++)
        guess->word[i] =
            (struct guess_word){.text = column->value[i].text,
                                .rows = column->value[i].rows,
                                .status = lexicon_word(guess->lexicon, column->value[i].text)};
    if (column->filled > 0 && guess->people > column->told)
        guess->word[guess->words++] =
            (struct guess_word){.text = "", .rows = guess->people - column->told};
}

bool guess_can_be_status(const struct guess_column *column)
{
    struct guess_span span;

    if (!guess_can_be_named(column) || column->many || column->values > STATES_MAX ||
        text_equal(column->example, GUESS_LIST))
        return false;
    for (size_t i = 0; i < column->values; i++) {
        if (guess_dates_span(column->value[i].text, &span) && !span.serial)
            return false;
    }
    return true;
}

bool guess_is_flag(const char *value)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *folded = fold_text(&scratch, value);
    bool yes;

    return folded && roster_is_plain_leave(folded, &yes);
}

void guess_take_leave(struct roster_guess *guess, struct guess_column *column)
{
    column->meaning = MEANING_ON_LEAVE;
    guess->leave_words = 0;
    for (size_t i = 0; i < column->values; i++) {
        if (!guess_is_flag(column->value[i].text))
            guess->leave_word[guess->leave_words++] = column->value[i].text;
    }
}

void guess_count_inactive(struct roster_guess *guess)
{
    static const char *const no[] = {"false", "0"};

    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        for (size_t v = 0; v < column->values && strcasecmp(column->title, "active") == 0; v++)
            guess->inactive += strcasecmp(column->value[v].text, no[0]) == 0 ||
                                       strcmp(column->value[v].text, no[1]) == 0
                                   ? column->value[v].rows
                                   : 0;
    }
}

/* --- putting a question --- */

struct guess_question *guess_put_question(struct roster_guess *guess, enum guess_subject subject,
                                          const struct guess_column *column)
{
    if (guess->questions == guess->question_capacity) {
        size_t capacity = guess->question_capacity ? guess->question_capacity * 2 : 16;
        struct guess_question *all =
            arena_calloc(guess->arena, capacity, sizeof(guess->question[0]));
        if (guess->questions > 0)
            memcpy(all, guess->question, guess->questions * sizeof(all[0]));
        guess->question = all;
        guess->question_capacity = capacity;
    }
    struct guess_question *question = &guess->question[guess->questions++];
    *question = (struct guess_question){
        .subject = subject, .column = column ? (size_t)(column - guess->column) : GUESS_NO_COLUMN};
    for (size_t i = 0; i < GUESS_CHOICES; i++)
        question->taking[i].column = GUESS_NO_COLUMN;
    return question;
}

/* What a value looks like, without what is somebody's: "…@acme.example", "AA-9999". */
static const char *shape_of(struct roster_guess *guess, const char *value)
{
    CLEANUP(text_release) struct text shape = TEXT_INIT;
    const char *domain = strchr(value, '@'), *at = domain ? domain : value;
    int32_t c = 0;

    text_add(&shape, domain ? "…" : "");
    for (size_t taken; (taken = text_decode(at, strlen(at), &c)) > 0; at += taken) {
        bool mark = domain || (c < 0x80 && strchr("-_./ ", (int)c));
        if (mark)
            text_add_bytes(&shape, at, taken);
        else
            text_add_char(&shape, c >= '0' && c <= '9' ? '9' : 'A');
    }
    return guess_shown(guess, text_cstr(&shape));
}

/* The next choice, and what it takes a column for (NULL = it takes none). */
static void offer(struct roster_guess *guess, struct guess_question *question, const char *words,
                  const struct guess_column *column, enum meaning meaning)
{
    size_t i = 0;

    while (question->choice[i])
        i++;
    question->choice[i] = words;
    if (column)
        question->taking[i] = (struct guess_taking){(size_t)(column - guess->column), meaning};
}

const char *guess_shown(struct roster_guess *guess, const char *value)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    unseen_show(&text, value ? value : "", EXCERPT);
    return arena_strdup(guess->arena, text_cstr(&text));
}

const char *guess_rows_of(struct roster_guess *guess, size_t rows)
{
    return arena_printf(guess->arena, rows == 1 ? "%zu row" : "%zu rows", rows);
}

/* In quotation marks, or "(empty)". */
static const char *shown_word(struct roster_guess *guess, const char *word)
{
    return *word ? arena_printf(guess->arena, "'%s'", guess_shown(guess, word)) : "(empty)";
}

static bool is_anybodys(const struct roster_guess *guess, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    struct guess_span span;

    return lexicon_word(guess->lexicon, value) != PERSON_UNKNOWN ||
           lexicon_is_inactive(guess->lexicon, value) || guess_is_flag(value) ||
           (digits <= 2 && value[digits] == '\0') ||
           (guess_dates_span(value, &span) && !span.serial);
}

const char *guess_examples_of(struct roster_guess *guess, const struct guess_column *column)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    for (size_t i = 0; i < column->values; i++) {
        if (!is_anybodys(guess, column->value[i].text))
            return NULL;
    }
    if (column->many || column->values == 0)
        return NULL;
    for (size_t i = 0; i < column->values && i < EXAMPLES; i++)
        text_addf(&text, "%s'%s'", i ? ", " : "", guess_shown(guess, column->value[i].text));
    text_add(&text, column->values > EXAMPLES ? ", …" : "");
    return arena_strdup(guess->arena, text_cstr(&text));
}

void guess_tell_file(struct roster_guess *guess, const struct guess_column *column,
                     const char *sentence, const char *open)
{
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_FILE, column);

    question->sentence = sentence;
    question->open = open;
}

/* --- words --- */

static void ask_words(struct roster_guess *guess)
{
    const struct guess_column *status = roster_guess_of(guess, MEANING_STATUS);

    for (size_t i = 0; status && i < guess->words; i++) {
        const struct guess_word *word = &guess->word[i];
        if (word->status != PERSON_UNKNOWN || word->settled)
            continue;
        struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_WORD, status);
        question->value = word->text;
        bool inactive = lexicon_is_inactive(guess->lexicon, word->text);
        question->sentence = arena_printf(
            guess->arena, "%s in '%s' (%s): what does it mean?%s", shown_word(guess, word->text),
            guess_shown(guess, status->title), guess_rows_of(guess, word->rows),
            inactive ? " Where it stands for who is not active, that may be whoever has left, and "
                       "people on leave and people who have not started yet as well"
                     : "");
        question->open = "its rows are rejected, and nobody in them is touched";
        if (!config_can_say(word->text))
            continue;
        question->choice[0] = "works here, or will from the first day on";
        question->choice[1] = "is away and comes back (on leave)";
        question->choice[2] = inactive ? "all of them have left: nobody on leave, and nobody who "
                                         "starts later, is among them"
                                       : "has left";
        question->choice[3] = inactive
                                  ? "some have not: never act on these; where they are many, a "
                                    "guard holds every plan"
                                  : "nobody knows: never touch them; where they are many, a guard "
                                    "holds every plan";
        if (inactive && roster_guess_of(guess, MEANING_LAST_DAY))
            question->choice[4] = "has left when the last day has passed, else is on leave";
    }
}

/* --- columns --- */

static void ask_status_like(struct roster_guess *guess, const struct guess_column *column)
{
    const struct guess_column *status = roster_guess_of(guess, MEANING_STATUS);
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_COLUMN, column);

    question->sentence = arena_printf(
        guess->arena, "'%s' looks like a status and is not used%s%s%s",
        guess_shown(guess, column->title), status ? ": who works here is read from '" : "",
        status ? guess_shown(guess, status->title) : "", status ? "' alone" : "");
    question->examples = guess_examples_of(guess, column);
    offer(guess, question,
          status ? arena_printf(guess->arena, "it is not needed: '%s' says who works here",
                                guess_shown(guess, status->title))
                 : "it says nothing about who works here",
          NULL, MEANING_NONE);
    if (guess_can_be_status(column))
        offer(guess, question,
              status ? "it is the status: use it instead" : "it is the status: use it", column,
              MEANING_STATUS);
    question->open = "no rule acts on departures or idleness";
    question->blocks_departed = question->blocks_idle = true;
}

/* Words for being away, or titles of it that stand there as words ("On Disability Leave"). */
static bool has_leave_words(const struct roster_guess *guess, const struct guess_column *column)
{
    unsigned rank;

    for (size_t i = 0; i < column->values; i++) {
        const char *text = column->value[i].text;
        enum meaning title = lexicon_title(guess->lexicon, text, &rank);
        if (lexicon_word(guess->lexicon, text) == PERSON_ON_LEAVE || title == MEANING_ON_LEAVE ||
            title == MEANING_LEAVE_LIKE)
            return true;
    }
    return false;
}

/* The words of a column, each of which would mean on leave; "" = it says yes or no. NULL = it
 * cannot be read so: one of them says something else, or it holds dates, or too many. */
static const char *leave_words_of(struct roster_guess *guess, const struct guess_column *column)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct guess_span span;

    if (column->many || column->values > GUESS_CHOICES || column->values == 0 ||
        !guess_can_be_named(column) || meaning_is_date(column->hint))
        return NULL;
    for (size_t i = 0; i < column->values; i++) {
        const char *word = column->value[i].text;
        enum person_status status = lexicon_word(guess->lexicon, word);
        if (guess_is_flag(word))
            continue;
        if (status == PERSON_EMPLOYED || status == PERSON_DEPARTED || !config_can_say(word) ||
            guess_dates_span(word, &span) || text_equal(word, GUESS_LIST))
            return NULL;
        text_addf(&text, "%s'%s'", text.length ? ", " : "", guess_shown(guess, word));
    }
    return arena_strdup(guess->arena, text_cstr(&text));
}

static void ask_leave_like(struct roster_guess *guess, const struct guess_column *column)
{
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_COLUMN, column);
    const char *words = leave_words_of(guess, column);

    question->sentence = arena_printf(
        guess->arena,
        "'%s' looks as if it told who is on leave and is not used: whoever is away for months "
        "would be idle",
        guess_shown(guess, column->title));
    question->examples = guess_examples_of(guess, column);
    offer(guess, question, "it says nothing about who is on leave now", NULL, MEANING_NONE);
    if (words)
        offer(guess, question,
              *words ? arena_printf(guess->arena,
                                    "whoever has one of these in it is on leave: use it: %s", words)
                     : "a yes in it means on leave: use it",
              column, MEANING_ON_LEAVE);
    if (!roster_guess_of(guess, MEANING_STATUS) && guess_can_be_status(column) &&
        !meaning_is_date(column->hint) && column->values > 1)
        offer(guess, question, "it says who works here and who is away, as a status: use it",
              column, MEANING_STATUS);
    question->open = "no rule acts on idleness; hint: HR exports a column that says yes or no";
    question->blocks_idle = true;
}

/* Whether a later first day than the last one means that somebody is back. */
static void offer_first_day(struct roster_guess *guess, struct guess_question *question,
                            const struct guess_column *column)
{
    const struct guess_column *hired = roster_guess_of(guess, MEANING_HIRE_DATE);

    offer(guess, question,
          arena_printf(
              guess->arena, "use it as the first day: whoever has one after the last day %s%s%s%s",
              roster_guess_of(guess, MEANING_STATUS) ? "and works here by the status is back"
                                                     : "may be back and is never touched",
              hired ? " ('" : "", hired ? guess_shown(guess, hired->title) : "",
              hired ? "' is then not used: who starts later counts as at work)" : ""),
          column, MEANING_HIRE_DATE);
}

static void ask_rehire(struct roster_guess *guess, const struct guess_column *column)
{
    const struct guess_column *status = roster_guess_of(guess, MEANING_STATUS);
    bool dates = column->dates.dates > 0 && column->dates.misfits == 0;
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_COLUMN, column);

    question->sentence = arena_printf(
        guess->arena,
        "'%s' (%s) is not used: who was hired again may keep the last day of the first time. %s",
        guess_shown(guess, column->title), guess_rows_of(guess, column->filled),
        status ? "Where the status says that they work here, their rows are rejected and nobody is "
                 "touched"
               : "There is no status that would say that they work here");
    if (dates)
        offer_first_day(guess, question, column);
    offer(guess, question,
          status ? "it is not needed: the status says who works here, and where a last day says "
                   "otherwise nobody is touched"
                 : "it is not needed: HR empties the last day of whoever is hired again",
          NULL, MEANING_NONE);
    question->open = status ? "it is not used" : "no rule acts on departures";
    question->blocks_departed = !status;
}

/* A person has said, or is asked, what a column of rehires means, or that the first day is the
 * newest. */
static bool is_rehire_told(const struct roster_guess *guess)
{
    const struct guess_column *hired = roster_guess_of(guess, MEANING_HIRE_DATE);
    bool told = hired && hired->settled;

    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        told |= column->hint == MEANING_REHIRE && column->filled > 0 && !column->twice;
    }
    return told;
}

/* Without a status, the last day of the first time would be the last of whoever came back, unless
 * HR empties it, or the first day is that of the newest time: no title says so for certain. */
static void ask_rehired(struct roster_guess *guess)
{
    const struct guess_column *hired = roster_guess_of(guess, MEANING_HIRE_DATE);
    const struct guess_column *last = roster_guess_of(guess, MEANING_LAST_DAY);

    if (!last || guess->emptied || guess->rows == 0 || roster_guess_of(guess, MEANING_STATUS) ||
        is_rehire_told(guess))
        return;
    bool first = hired && hired->hint == MEANING_ORIGINAL_HIRE;
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_REHIRED, last);
    question->sentence = arena_printf(
        guess->arena,
        "%s%s%sno status says who works here: is the last day in '%s' emptied when somebody is "
        "hired again?",
        first ? "'" : "", first ? guess_shown(guess, hired->title) : "",
        first ? "' is the first day of the first time, and " : "", guess_shown(guess, last->title));
    offer(guess, question, "yes, HR empties it: use it", NULL, MEANING_NONE);
    offer(
        guess, question,
        arena_printf(guess->arena, "it may stay: do not use '%s'", guess_shown(guess, last->title)),
        last, MEANING_NONE);
    question->open = "no rule acts on departures; hint: HR exports a status, which says it; where "
                     "it is emptied, a script says --leave-out " GUESS_LEAVE_OUT_REHIRES;
    question->blocks_departed = true;
}

static bool is_type(const struct roster_guess *guess, const struct guess_column *column)
{
    return column->hint == MEANING_TYPE && column->meaning == MEANING_NONE && !column->settled &&
           !column->twice && column->filled > 0 && !guess->repeats_titles &&
           !has_leave_words(guess, column);
}

/* One question about all of them. */
static void ask_types(struct roster_guess *guess)
{
    CLEANUP(text_release) struct text titles = TEXT_INIT;
    const struct guess_column *first = NULL;
    size_t count = 0;

    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        if (!is_type(guess, column))
            continue;
        text_addf(&titles, "%s'%s'", count ? ", " : "", guess_shown(guess, column->title));
        first = count++ ? first : column;
    }
    if (count == 0)
        return;
    struct guess_question *question =
        guess_put_question(guess, GUESS_ABOUT_TYPES, count == 1 ? first : NULL);
    question->sentence = arena_printf(
        guess->arena,
        "%s %s not used: the rules are the same for all kinds of people, contractors, interns and "
        "guests too",
        text_cstr(&titles), count == 1 ? "is" : "are");
    question->choice[0] =
        count == 1 ? "that is understood; it is not needed" : "that is understood; none is needed";
    question->open = count == 1 ? "it is not used" : "they are not used";
}

static void ask_maybe_last_day(struct roster_guess *guess, const struct guess_column *column)
{
    if (roster_guess_of(guess, MEANING_LAST_DAY))
        return;
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_LAST_DAY, column);
    question->sentence = arena_printf(
        guess->arena,
        "'%s' may be the last day of employment, the day on which notice was given, or the end of "
        "an assignment or of a contract that is prolonged",
        guess_shown(guess, column->title));
    question->examples = guess_examples_of(guess, column);
    offer(guess, question, "the employment ends on that day", column, MEANING_LAST_DAY);
    offer(guess, question, "it is something else, like the day of the notice: do not use it", NULL,
          MEANING_NONE);
    question->open = "it is not used, and no rule acts on departures";
    question->blocks_departed = true;
}

/* Another day than `taken` on which an employment may end. A contract's end is none beside a
 * certain last day; beside the last day of work it may be the one on which a garden leave ends. */
static bool is_other_end(const struct guess_column *column, const struct guess_column *taken)
{
    return column != taken && column->filled > 0 && !column->settled &&
           column->meaning == MEANING_NONE && guess_can_be_named(column) &&
           (column->hint == MEANING_LAST_DAY || column->hint == MEANING_LAST_WORKED ||
            (column->hint == MEANING_MAYBE_LAST_DAY && taken->hint == MEANING_LAST_WORKED));
}

static void offer_end(struct roster_guess *guess, struct guess_question *question,
                      const struct guess_column *column)
{
    if (question->choice[GUESS_CHOICES - 1])
        return;
    offer(guess, question,
          arena_printf(guess->arena, "the employment ends on '%s', like '%s'",
                       guess_shown(guess, column->title),
                       column->example ? guess_shown(guess, column->example) : "(none yet)"),
          column, MEANING_LAST_DAY);
}

static void ask_ends(struct roster_guess *guess)
{
    const struct guess_column *taken = roster_guess_of(guess, MEANING_LAST_DAY);
    struct guess_question *question = NULL;

    for (size_t i = 0; taken && !taken->settled && i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        if (!is_other_end(column, taken))
            continue;
        if (!question) {
            question = guess_put_question(guess, GUESS_ABOUT_LAST_DAY, column);
            question->sentence = arena_printf(
                guess->arena,
                "both '%s' and '%s' may be the last day: on which does the employment end? Who is "
                "released from work before it ends is still employed",
                guess_shown(guess, taken->title), guess_shown(guess, column->title));
            question->open = "no rule acts on departures";
            question->blocks_departed = true;
            offer_end(guess, question, taken);
        }
        offer_end(guess, question, column);
    }
}

/* What two columns of one title would be, nobody can say. */
static void tell_twice(struct roster_guess *guess, const struct guess_column *column)
{
    bool status = column->hint == MEANING_STATUS || column->hint == MEANING_STATUS_LIKE;

    for (const struct guess_column *before = guess->column; before < column; before++) {
        if (before->twice && text_equal(before->title, column->title))
            return;
    }
    guess_tell_file(
        guess, column,
        arena_printf(guess->arena,
                     "more than one column is titled '%s', so none of them can be named",
                     guess_shown(guess, column->title)),
        "they are not used; hint: HR gives each column a title of its own");
    guess->question[guess->questions - 1].blocks_departed =
        status || column->hint == MEANING_LAST_DAY || column->hint == MEANING_LAST_WORKED ||
        column->hint == MEANING_REHIRE;
    guess->question[guess->questions - 1].blocks_idle =
        status || column->hint == MEANING_ON_LEAVE || column->hint == MEANING_LEAVE_LIKE ||
        column->hint == MEANING_LEAVE_FROM || column->hint == MEANING_LEAVE_UNTIL;
}

static void ask_columns(struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        enum meaning hint = column->hint;
        if (column->meaning != MEANING_NONE || column->settled ||
            (column->filled == 0 && hint != MEANING_STATUS) || guess->repeats_titles)
            continue;
        if (column->twice && hint != MEANING_NONE && hint != MEANING_NOTHING)
            tell_twice(guess, column);
        else if (hint == MEANING_STATUS || hint == MEANING_STATUS_LIKE ||
                 (hint == MEANING_NONE && guess_has_words(guess, column)))
            ask_status_like(guess, column);
        else if (hint == MEANING_LEAVE_LIKE || hint == MEANING_ON_LEAVE ||
                 hint == MEANING_LEAVE_FROM || hint == MEANING_LEAVE_UNTIL)
            ask_leave_like(guess, column);
        else if ((hint == MEANING_NONE || hint == MEANING_TYPE || hint == MEANING_NOTHING) &&
                 has_leave_words(guess, column))
            ask_leave_like(guess, column);
        else if (hint == MEANING_REHIRE)
            ask_rehire(guess, column);
        else if (hint == MEANING_MAYBE_LAST_DAY)
            ask_maybe_last_day(guess, column);
    }
}

static void ask_email(struct roster_guess *guess)
{
    struct guess_question *question;
    size_t choices = 0;

    if (roster_guess_of(guess, MEANING_EMAIL) || guess_count_hints(guess, MEANING_PLAIN_EMAIL) < 2)
        return;
    question = guess_put_question(guess, GUESS_ABOUT_EMAIL, NULL);
    question->sentence = "several columns hold e-mail addresses: which one has the work address?";
    for (size_t i = 0; i < guess->columns && choices < GUESS_CHOICES; i++) {
        const struct guess_column *column = &guess->column[i];
        if (column->hint != MEANING_PLAIN_EMAIL || column->twice || column->filled == 0)
            continue;
        choices++;
        offer(guess, question,
              arena_printf(guess->arena, "'%s', such as '%s'", guess_shown(guess, column->title),
                           shape_of(guess, column->example)),
              column, MEANING_EMAIL);
    }
    question->open = "none of them is used";
    if (choices == 0)
        guess->questions--; /* told as titles that stand twice */
}

/* Each person has another value in it. */
static bool is_unique(const struct guess_column *column)
{
    return column->filled > 1 && (column->many || column->values == column->filled);
}

static void offer_number(struct roster_guess *guess, struct guess_question *question,
                         const struct guess_column *column)
{
    offer(guess, question,
          arena_printf(guess->arena, "'%s', such as '%s'", guess_shown(guess, column->title),
                       shape_of(guess, column->example)),
          column, MEANING_EMPLOYEE_NUMBER);
}

static void ask_number(struct roster_guess *guess)
{
    const struct guess_column *taken = roster_guess_of(guess, MEANING_EMPLOYEE_NUMBER);

    for (size_t i = 0;
         taken && taken->hint == MEANING_MAYBE_NUMBER && !taken->settled && i < guess->columns;
         i++) {
        const struct guess_column *other = &guess->column[i];
        if (other->hint != MEANING_MAYBE_NUMBER || other->meaning != MEANING_NONE ||
            other->settled || !guess_can_be_named(other) || !is_unique(taken) ||
            !is_unique(other) || text_equal(other->example, taken->example))
            continue;
        struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_NUMBER, other);
        question->sentence =
            arena_printf(guess->arena,
                         "both '%s' and '%s' differ from person to person: which of them is the "
                         "employee number?",
                         guess_shown(guess, taken->title), guess_shown(guess, other->title));
        offer_number(guess, question, taken);
        offer_number(guess, question, other);
        question->open = "no rule acts on departures or idleness";
        question->blocks_departed = question->blocks_idle = true;
        return;
    }
}

static void ask_keys(struct roster_guess *guess)
{
    if (roster_guess_has_key(guess))
        return;
    guess_tell_file(
        guess, NULL,
        "no column was found that says who a person is: employee number, e-mail address or "
        "username",
        "nothing can be read; hint: roster.columns names one of them");
}

/* What is wrong with the file as a whole. */
static void tell_rows(struct roster_guess *guess)
{
    size_t repeated = 0;

    for (size_t i = 0; i < guess->columns; i++)
        repeated += guess->column[i].repeats * 2 > guess->rows;
    guess->repeats_titles = repeated > 1;
    if (guess->repeats_titles)
        guess_tell_file(guess, NULL, "every row repeats the titles before its values",
                        "its rows are rejected; hint: HR exports a table with one row of titles");
    if (guess->rows == 0)
        guess_tell_file(guess, NULL, "there is nobody in it",
                        "no plan is made; hint: repeat this when HR's file has people in it");
}

static void ask_above(struct roster_guess *guess)
{
    const struct guess_shape *shape = &guess->shape;

    if (shape->above == 0 || guess->nobody_above)
        return;
    struct guess_question *question = guess_put_question(guess, GUESS_ABOUT_ABOVE, NULL);
    question->sentence =
        arena_printf(guess->arena, "%s above the titles in row %zu %s like people: are they?",
                     guess_rows_of(guess, shape->above), shape->header_row,
                     shape->above == 1 ? "looks" : "look");
    question->choice[0] =
        arena_printf(guess->arena, "no, nobody stands above row %zu", shape->header_row);
    question->open = "no rule acts on departures or idleness; hint: HR exports the titles as the "
                     "first row, or roster.header_row names the right one";
    question->blocks_departed = question->blocks_idle = true;
}

static void ask_inactive(struct roster_guess *guess)
{
    struct guess_question *question;

    if (guess->inactive_left || guess->inactive_stay)
        return;
    question = guess_put_question(guess, GUESS_ABOUT_INACTIVE, NULL);
    question->sentence =
        arena_printf(guess->arena,
                     "whoever has 'active' false (%zu of %zu today): has that person always left "
                     "the company? In some systems people on leave and people who have not started "
                     "yet are not active either",
                     guess->inactive, guess->rows);
    question->choice[0] = "yes, whoever is not active has left";
    question->choice[1] = "some have not: never act on these, and have no rule for departures";
    question->open = "no rule acts on departures";
    question->blocks_departed = true;
}

void guess_ask(struct roster_guess *guess)
{
    guess->questions = 0;
    tell_rows(guess);
    if (guess->shape.format == ROSTER_FORMAT_SCIM) {
        ask_inactive(guess);
        guess_doubt_ask(guess);
        return;
    }
    ask_above(guess);
    ask_keys(guess);
    ask_email(guess);
    ask_number(guess);
    ask_columns(guess);
    ask_types(guess);
    ask_ends(guess);
    ask_rehired(guess);
    ask_words(guess);
    guess_ask_dates(guess);
    guess_doubt_ask(guess);
}

bool roster_guess_is_asked(const struct roster_guess *guess, const struct guess_column *column)
{
    for (size_t i = 0; i < guess->questions; i++) {
        if (guess->question[i].column == (size_t)(column - guess->column))
            return true;
    }
    return false;
}

bool roster_guess_blocks_departed(const struct roster_guess *guess)
{
    if (guess->inactive_stay)
        return true;
    for (size_t i = 0; i < guess->questions; i++) {
        if (guess->question[i].blocks_departed)
            return true;
    }
    return false;
}

bool roster_guess_blocks_idle(const struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->questions; i++) {
        if (guess->question[i].blocks_idle)
            return true;
    }
    return false;
}

/* --- what answers do --- */

static void answer_word(struct roster_guess *guess, const struct guess_question *question,
                        size_t choice)
{
    static const enum person_status meant[] = {PERSON_EMPLOYED, PERSON_ON_LEAVE, PERSON_DEPARTED,
                                               PERSON_UNKNOWN, PERSON_ON_LEAVE};

    for (size_t i = 0; i < guess->words; i++) {
        if (!text_equal(guess->word[i].text, question->value))
            continue;
        guess->word[i].status = meant[choice];
        guess->word[i].either = choice == 4;
        guess->word[i].settled = true;
    }
}

void guess_take(struct roster_guess *guess, struct guess_taking taking)
{
    for (size_t i = 0; i < guess->columns; i++) {
        struct guess_column *column = &guess->column[i];
        if (i == taking.column) {
            column->settled = true;
            column->meaning = taking.meaning;
            if (taking.meaning == MEANING_STATUS)
                guess_take_status(guess, column);
            if (taking.meaning == MEANING_ON_LEAVE)
                guess_take_leave(guess, column);
        } else if (column->meaning == taking.meaning && taking.meaning != MEANING_NONE) {
            column->meaning = MEANING_NONE;
            column->settled = taking.meaning != MEANING_ON_LEAVE; /* leave may be told twice */
        }
    }
}

static void answer_column(struct roster_guess *guess, const struct guess_question *question,
                          size_t choice)
{
    if (question->column != GUESS_NO_COLUMN) {
        struct guess_column *column = &guess->column[question->column];
        column->settled = true;
        column->no_leave |= choice == 0 && question->blocks_idle && !question->blocks_departed;
    }
    for (size_t i = 0; i < GUESS_CHOICES && question->subject == GUESS_ABOUT_LAST_DAY; i++) {
        if (question->taking[i].column != GUESS_NO_COLUMN)
            guess->column[question->taking[i].column].settled = true;
    }
    if (question->taking[choice].column != GUESS_NO_COLUMN)
        guess_take(guess, question->taking[choice]);
}

static void answer_types(struct roster_guess *guess, const struct guess_question *question,
                         size_t choice)
{
    (void)question, (void)choice;
    for (size_t i = 0; i < guess->columns; i++)
        guess->column[i].settled |= is_type(guess, &guess->column[i]);
}

static void answer_rehired(struct roster_guess *guess, const struct guess_question *question,
                           size_t choice)
{
    guess->emptied = choice == 0;
    if (question->taking[choice].column != GUESS_NO_COLUMN)
        guess_take(guess, question->taking[choice]);
}

static void answer_above(struct roster_guess *guess, const struct guess_question *question,
                         size_t choice)
{
    (void)question, (void)choice;
    guess->nobody_above = true;
}

static void answer_inactive(struct roster_guess *guess, const struct guess_question *question,
                            size_t choice)
{
    (void)question;
    guess->inactive_left = choice == 0;
    guess->inactive_stay = choice == 1;
}

void roster_guess_answer(struct roster_guess *guess, size_t question, size_t choice)
{
    static void (*const answers[])(struct roster_guess *, const struct guess_question *, size_t) = {
        [GUESS_ABOUT_WORD] = answer_word,          [GUESS_ABOUT_ORDER] = guess_answer_date,
        [GUESS_ABOUT_CENTURY] = guess_answer_date, [GUESS_ABOUT_SERIAL] = guess_answer_date,
        [GUESS_ABOUT_NO_DATE] = guess_answer_date, [GUESS_ABOUT_LAST_DAY] = answer_column,
        [GUESS_ABOUT_COLUMN] = answer_column,      [GUESS_ABOUT_EMAIL] = answer_column,
        [GUESS_ABOUT_INACTIVE] = answer_inactive,  [GUESS_ABOUT_MUTE] = guess_doubt_answer,
        [GUESS_ABOUT_GONE] = guess_doubt_answer,   [GUESS_ABOUT_LATER] = guess_doubt_answer,
        [GUESS_ABOUT_SHARED] = guess_doubt_answer, [GUESS_ABOUT_ABOVE] = answer_above,
        [GUESS_ABOUT_NUMBER] = answer_column,      [GUESS_ABOUT_TYPES] = answer_types,
        [GUESS_ABOUT_REHIRED] = answer_rehired,    [GUESS_ABOUT_AWAY] = guess_doubt_answer,
        [GUESS_ABOUT_LIST] = guess_doubt_answer,   [GUESS_ABOUT_AHEAD] = guess_doubt_answer,
    };
    struct guess_question asked = guess->question[question];

    answers[asked.subject](guess, &asked, choice);
    guess_find_dates(guess);
    guess_ask(guess);
}

static void settle_rehires(struct roster_guess *guess)
{
    guess->emptied = true;
}

bool roster_guess_leave_out(struct roster_guess *guess, const char *title)
{
    static const struct {
        const char *word; /* in place of a title */
        void (*settle)(struct roster_guess *guess);
    } words[] = {{GUESS_LEAVE_OUT_LEAVE, guess_doubt_settle_away},
                 {GUESS_LEAVE_OUT_REHIRES, settle_rehires}};
    bool found = false;

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcasecmp(title, words[i].word) != 0)
            continue;
        words[i].settle(guess);
        found = true;
    }
    for (size_t i = 0; i < guess->columns; i++) {
        struct guess_column *column = &guess->column[i];
        if (column->meaning != MEANING_NONE || !text_equal(column->title, title))
            continue;
        column->settled = column->no_leave = found = true;
    }
    guess_ask(guess);
    return found;
}
