/*
 * What HR's roster is, as far as it shows: guessed, shown with an example of each column, asked
 * where it cannot be known, and then read as the run will read it. What was not used is listed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "cmd/bynder-reconcile/init.h"
#include "format/encode.h"
#include "host/clock.h"
#include "host/file.h"
#include "host/zone.h"
#include "report/roster.h"
#include "roster/guess_write.h"
#include "roster/reader.h"
#include "roster/source.h"

enum { GUESS_BYTES = 256 * 1024 * 1024, PIECE = 65536, TITLE_COLUMNS = 32, MEANING_COLUMNS = 22 };

/* --- its bytes --- */

static void wipe(struct text *text)
{
    if (text->data)
        explicit_bzero(text->data, text->capacity);
    text_release(text);
}

/* Of a file whoever wrote it is fine here: its owner is proposed as a writer. */
static int read_file(const char *path, struct text *ret_bytes, bool *ret_whole, struct err *err)
{
    CLEANUP(cleanup_fd) int fd = file_open(path, FILE_TO_READ, 0);
    CLEANUP(mem_cleanup) char *piece = mem_alloc(PIECE);
    ssize_t got = 0;

    while (fd >= 0 && ret_bytes->length < GUESS_BYTES && (got = read(fd, piece, PIECE)) > 0)
        text_add_bytes(ret_bytes, piece, (size_t)got);
    if (fd < 0 || got < 0)
        return err_set_errno(err, ERR_ROSTER, errno, "cannot read '%s'", path);
    *ret_whole = got == 0;
    return 0;
}

static int read_address(const struct config_roster *config, struct text *ret_bytes, bool *ret_whole,
                        struct err *err)
{
    CLEANUP(roster_source_closep) struct roster_source *source = NULL;
    CLEANUP(mem_cleanup) char *piece = mem_alloc(PIECE);
    size_t got = 0;

    if (roster_source_open(config, NULL, &source, err) < 0)
        return -1;
    do {
        if (roster_source_read(source, piece, PIECE, &got, err) < 0)
            return -1;
        text_add_bytes(ret_bytes, piece, got);
    } while (got > 0 && ret_bytes->length < GUESS_BYTES);
    *ret_whole = got == 0;
    return 0;
}

/* --- what was guessed --- */

static void add_shown(struct text *out, const char *value, size_t width)
{
    if (width > 0)
        encode_cell(out, value, width);
    else
        text_add_printable(out, value);
}

static void say_shape(const struct roster_guess *guess, struct text *out)
{
    const struct guess_shape *shape = &guess->shape;

    text_addf(out, "\nWhat HR's roster seems to be: %s, %s",
              config_roster_format_name(shape->format), guess->encoding);
    if (shape->format == ROSTER_FORMAT_CSV && shape->delimiter == '\t')
        text_add(out, ", a tab between the cells");
    else if (shape->format == ROSTER_FORMAT_CSV)
        text_addf(out, ", '%c' between the cells", shape->delimiter);
    if (guess->letters) {
        text_add(out, ", which reads '");
        text_add_printable(out, guess->letters);
        text_add_char(out, '\'');
    }
    if (shape->header_row > 1)
        text_addf(out, ", titles in row %zu", shape->header_row);
    if (shape->label_rows > 0)
        text_addf(out, ", %zu %s of labels below them", shape->label_rows,
                  shape->label_rows == 1 ? "row" : "rows");
    for (size_t i = 0; i < shape->footers; i++) {
        text_add(out, i ? ", '" : ", lines at the end that are nobody's: '");
        text_add_printable(out, shape->footer[i]);
        text_add_char(out, '\'');
    }
    if (shape->items) {
        text_add(out, ", the people below ");
        text_add_printable(out, shape->items);
    }
    text_addf(out, "; %zu rows%s\n", guess->rows,
              guess->whole ? "" : " in what was looked at, which is the beginning");
}

static void say_used(const struct roster_guess *guess, struct text *out)
{
    static const char *const heads[] = {"your column", "is taken for", "for example"};

    text_add(out, "\n  ");
    encode_cell(out, heads[0], TITLE_COLUMNS);
    encode_cell(out, heads[1], MEANING_COLUMNS);
    text_addf(out, "%s\n", heads[2]);
    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        if (column->meaning == MEANING_NONE)
            continue;
        text_add(out, "  ");
        add_shown(out, column->title, TITLE_COLUMNS - 1);
        text_add_char(out, ' ');
        add_shown(out, meaning_name(column->meaning), MEANING_COLUMNS);
        add_shown(out, column->example ? column->example : "(empty in every row)", 0);
        if (column->date_format)
            text_addf(out, "   (%s)", column->date_format);
        text_add_char(out, '\n');
    }
}

static void say_words(const struct roster_guess *guess, struct text *out)
{
    static const struct {
        enum person_status status;
        const char *words;
    } kinds[] = {{PERSON_EMPLOYED, "works here"},
                 {PERSON_ON_LEAVE, "is on leave"},
                 {PERSON_DEPARTED, "has left"},
                 {PERSON_UNKNOWN, "is not known: its rows are rejected"}};

    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        for (size_t i = 0; i < guess->words; i++) {
            const struct guess_word *word = &guess->word[i];
            if (word->status != kinds[k].status)
                continue;
            text_add(out, *word->text ? "  who is '" : "  who has an empty cell");
            text_add_printable(out, word->text);
            text_addf(out, "%s (%zu %s) %s%s\n", *word->text ? "'" : "", word->rows,
                      word->rows == 1 ? "row" : "rows", kinds[k].words,
                      roster_guess_is_either(guess, word)
                          ? ", and has left when the last day has passed"
                          : "");
        }
    }
    for (size_t i = 0; i < guess->no_dates; i++) {
        text_add(out, "  a date '");
        text_add_printable(out, guess->no_date[i]);
        text_add(out, "' stands for none\n");
    }
}

static void say_unused(const struct roster_guess *guess, struct text *out)
{
    size_t count = 0;

    for (size_t i = 0; i < guess->columns; i++) {
        if (guess->column[i].meaning != MEANING_NONE)
            continue;
        text_add(out, count++ ? ", '" : "  not used: '");
        text_add_printable(out, guess->column[i].title);
        text_add(out, guess->column[i].filled ? "'" : "' (empty)");
    }
    if (count > 0)
        text_add_char(out, '\n');
}

static void say_guess(const struct roster_guess *guess)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;

    say_shape(guess, &out);
    if (guess->shape.format == ROSTER_FORMAT_SCIM) {
        text_add(&out, "  read are the attributes that every User of SCIM has\n");
    } else {
        say_used(guess, &out);
        text_add_char(&out, '\n');
        say_words(guess, &out);
        say_unused(guess, &out);
    }
    fputs(text_cstr(&out), stdout);
    (void)fflush(stdout);
}

/* --- what is open --- */

static void say_question(const struct guess_question *question, FILE *stream)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;

    text_add(&out, "\n  ");
    text_add_printable(&out, question->sentence);
    text_add(&out, strchr("?.", out.data[out.length - 1]) ? "" : ".");
    if (question->examples) {
        text_add(&out, "\n    In the file: ");
        text_add_printable(&out, question->examples);
        text_add_char(&out, '.');
    }
    text_add(&out, "\n    As long as nobody says: ");
    text_add_printable(&out, question->open);
    text_add(&out, ".\n");
    for (size_t i = 0; question->choice[i]; i++) {
        text_addf(&out, "      %zu  ", i + 1);
        text_add_printable(&out, question->choice[i]);
        text_add_char(&out, '\n');
    }
    fputs(text_cstr(&out), stream);
}

static size_t count_choices(const struct guess_question *question)
{
    size_t count = 0;

    while (question->choice[count])
        count++;
    return count;
}

/* The number of a choice, from 1; 0 leaves it open. */
static int ask_choice(struct arena *arena, const struct guess_question *question,
                      size_t *ret_choice, struct err *err)
{
    size_t choices = count_choices(question);
    const char *answer = NULL;

    say_question(question, stderr);
    for (;;) {
        if (init_ask(arena, "    Which (0 leaves it open)", "0", &answer, err) < 0)
            return -1;
        size_t digits = strspn(answer, "0123456789");
        if (digits > 0 && digits < 3 && answer[digits] == '\0' &&
            strtoul(answer, NULL, 10) <= choices) {
            *ret_choice = strtoul(answer, NULL, 10);
            return 0;
        }
        fprintf(stderr, "  this cannot be: a number from 0 to %zu is wanted\n", choices);
    }
}

/* Questions that were left open, by what they say, for they are made anew after each answer. */
struct left_open {
    const char *sentence[200];
    size_t count;
};

static const struct guess_question *next_question(const struct roster_guess *guess,
                                                  const struct left_open *left)
{
    for (size_t i = 0; i < guess->questions && left->count < COUNT_OF(left->sentence); i++) {
        bool is_left = guess->question[i].choice[0] == NULL;
        for (size_t k = 0; k < left->count; k++)
            is_left |= text_equal(left->sentence[k], guess->question[i].sentence);
        if (!is_left)
            return &guess->question[i];
    }
    return NULL;
}

static int ask_all(struct arena *arena, struct roster_guess *guess, struct err *err)
{
    struct left_open left = {.count = 0};
    const struct guess_question *question;

    while ((question = next_question(guess, &left))) {
        size_t choice = 0;
        if (ask_choice(arena, question, &choice, err) < 0)
            return -1;
        if (choice == 0)
            left.sentence[left.count++] = question->sentence;
        else
            roster_guess_answer(guess, (size_t)(question - guess->question), choice - 1);
    }
    return 0;
}

static void say_open(const struct roster_guess *guess)
{
    if (guess->questions > 0)
        printf("\nWhat is open:\n");
    for (size_t i = 0; i < guess->questions; i++)
        say_question(&guess->question[i], stdout);
    if (roster_guess_blocks_departed(guess))
        printf("\n  As long as that is so the configuration has no rule for departures.\n");
    else if (!roster_guess_tells_departures(guess))
        printf("\n  Nothing in this file says that somebody has left, so the configuration has no "
               "rule for\n  departures. Who is missing from the file is absent, for which a rule "
               "asks person = \"absent\".\n");
    if (roster_guess_blocks_idle(guess))
        printf("\n  As long as that is so the configuration has no rule for idle accounts.\n");
}

/* The next title, as CSV has it: in quotes where it holds a comma. */
static void take_title(const char **titles, struct text *ret_title)
{
    const char *at = *titles + strspn(*titles, " \t,\n");
    bool is_quoted = *at == '"';

    text_clear(ret_title);
    for (at += is_quoted; *at && (is_quoted || !strchr(",\n", *at)); at++) {
        if (is_quoted && *at == '"' && *++at != '"')
            break;
        text_add_char(ret_title, *at);
    }
    *titles = at + strspn(at, " \t,\n");
}

/* --leave-out "Worker Type,Rehire Date"; a value that is one title with a comma in it is that. */
static int leave_out(const struct invocation *invocation, struct roster_guess *guess,
                     struct err *err)
{
    CLEANUP(text_release) struct text title = TEXT_INIT;
    const char *titles = invocation->value[INIT_LEAVE_OUT];

    while (titles && *titles) {
        const char *line = arena_strndup(invocation->arena, titles, strcspn(titles, "\n"));
        const char *rest = line;
        bool is_whole = roster_guess_leave_out(guess, line);
        while (!is_whole && *rest) {
            take_title(&rest, &title);
            const char *bytes = text_cstr(&title);
            size_t length = title.length;
            text_trim(&bytes, &length);
            const char *trimmed = arena_strndup(invocation->arena, bytes, length);
            if (!roster_guess_leave_out(guess, trimmed))
                return err_set(err, ERR_USAGE,
                               "--leave-out: no column is titled '%s' and not used; hint: titles "
                               "as they stand in the file, a comma between two, and one that "
                               "holds a comma in double quotes",
                               trimmed);
        }
        titles += strcspn(titles, "\n");
        titles += *titles == '\n';
    }
    return 0;
}

/* --- all of it --- */

/* What is to be known of the file, with what was said before. */
static int look_at(const struct invocation *invocation, const struct init_before *before,
                   const char *source, const char *time_zone, struct roster_guess *ret_guess,
                   struct err *err)
{
    CLEANUP(wipe) struct text bytes = TEXT_INIT;
    struct arena *arena = invocation->arena;
    struct config_roster config = before->config.roster; /* with the credentials that are there */
    const char *name = init_source_name(arena, source);
    const struct zone *zone = NULL;
    bool whole = true;

    config.source = source;
    if (zone_load(arena, time_zone, &zone, err) < 0)
        return -1;
    int failed = init_is_address(source) ? read_address(&config, &bytes, &whole, err)
                                         : read_file(source, &bytes, &whole, err);
    if (failed)
        return -1;
    if (roster_guess(arena, bytes.data ? bytes.data : "", bytes.length, whole, zone,
                     before->is_there ? &before->config.roster : NULL, ret_guess, err) < 0)
        return err_prefix(err, "roster '%s'", name);
    if (ret_guess->shape.trouble)
        return err_set(err, ERR_ROSTER,
                       "roster '%s': %s; what stands behind it was not looked at, so nothing was "
                       "written",
                       name, ret_guess->shape.trouble);
    if (ret_guess->refusal && !init_is_address(source)) /* of an address roster.next may help */
        return err_set(err, ERR_ROSTER, "roster '%s': %s; nothing was written", name,
                       ret_guess->refusal);
    if (before->is_there)
        roster_guess_recall(ret_guess, text_cstr(&before->text));
    return 0;
}

/* Without one that says who people are nothing is worth an answer, but which one it is. */
static int need_key(const struct roster_guess *guess, const char *source, struct err *err)
{
    if (roster_guess_has_key(guess))
        return 0;
    if (guess->columns == 0)
        return err_set(err, ERR_ROSTER,
                       "roster '%s': no member of its elements could be read, so nothing was "
                       "written; hint: an element that has one name twice is not read, for nobody "
                       "knows which of the two counts: HR exports it anew, each name once",
                       source);
    return err_set(err, ERR_ROSTER,
                   "roster '%s': no column was found that says who a person is (employee "
                   "number, e-mail address or username), so nothing was written; hint: its "
                   "columns are listed above: is that the right file, with a row of titles? "
                   "docs/roster.md has a configuration to be made by hand",
                   source);
}

int init_guess(const struct invocation *invocation, const struct init_before *before,
               struct answers *answers, struct err *err)
{
    struct arena *arena = invocation->arena;
    const char *source = init_source_name(arena, answers->roster);

    if (look_at(invocation, before, answers->roster, answers->time_zone, &answers->guess, err) < 0)
        return -1;
    answers->guessed = true;
    if (leave_out(invocation, &answers->guess, err) < 0)
        return -1;
    say_guess(&answers->guess);
    if (!roster_guess_asks_key(&answers->guess) && need_key(&answers->guess, source, err) < 0)
        return -1;
    if (init_at_terminal() && ask_all(arena, &answers->guess, err) < 0)
        return -1;
    if (need_key(&answers->guess, source, err) < 0)
        return -1;
    say_open(&answers->guess);
    return 0;
}

/* Of one that a person made nobody knows what was looked at when it was made. */
const char *init_find_news(const struct invocation *invocation, const struct init_before *before)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct roster_guess guess;

    if (!strstr(text_cstr(&before->text), INIT_MADE) ||
        look_at(invocation, before, before->config.roster.source, before->config.time_zone, &guess,
                &err) < 0)
        return NULL; /* the reader has read it, and what it says is right */
    return guess.questions > 0 ? guess.question[0].sentence : NULL;
}

int init_look(const struct invocation *invocation, const struct config *config, bool is_shown,
              bool *ret_holds, struct err *err)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;
    const struct clock *clock = clock_system();
    struct instant now = clock->now(clock->self);
    struct roster roster;

    if (roster_read(invocation->arena, &config->roster, NULL, now, &roster, err) < 0)
        return -1;
    struct roster_report report = {.roster = &roster,
                                   .config = &config->roster,
                                   .limits = &config->limits,
                                   .today = instant_day(now, config->policy.zone)};
    roster.written = instant_day(roster_as_of(&roster), config->policy.zone);
    roster_judge(&roster, report.today);
    *ret_holds = roster_report_holds(&report);
    if (is_shown) {
        roster_report(&report, REPORT_TEXT, &out);
        printf("\nHow a run would read it:\n\n%s\n", text_cstr(&out));
    }
    return 0;
}
