/*
 * What `init` makes of a roster of any bytes; then answers, which the last byte chooses, until none
 * is open; then the configuration that it writes, which must be one that is read as it was meant.
 * Reads: roster/guess.c roster/guess_text.c roster/guess_shape.c roster/guess_dates.c
 * roster/guess_questions.c roster/guess_date_questions.c roster/guess_doubt.c roster/guess_write.c
 * roster/lexicon.c config/write.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "config/write.h"
#include "fuzz.h"
#include "roster/guess.h"
#include "roster/guess_write.h"

enum { ANSWERS_MAX = 300 };

/* Nothing that nobody has said makes anybody depart. */
static void check_words(const struct roster_guess *guess)
{
    for (size_t i = 0; i < guess->words; i++) {
        const struct guess_word *word = &guess->word[i];
        FUZZ_CHECK(word->settled || word->status == PERSON_UNKNOWN ||
                   word->status == lexicon_word(guess->lexicon, word->text));
    }
    for (size_t i = 0; i < guess->columns; i++) {
        const struct guess_column *column = &guess->column[i];
        FUZZ_CHECK(column->meaning <= MEANING_MAPPED);
        FUZZ_CHECK(column->meaning != MEANING_STATUS || column->hint == MEANING_STATUS ||
                   column->settled);
    }
}

/* Settings that were made are settings that are read. */
static void check_written(struct arena *arena, const struct roster_guess *guess)
{
    CLEANUP(config_writing_release) struct config_writing writing = {.arena = arena};
    CLEANUP(err_release) struct err err = ERR_INIT;

    config_write_text(&writing, "portal.name", "acme");
    config_write_text(&writing, "portal.url", "https://acme.bynder.com");
    config_write_text(&writing, "portal.client_id", "demo");
    config_write_text(&writing, "database.embedded", "/pg");
    config_write_text(&writing, "roster.source", "/roster");
    roster_guess_write(guess, &writing);
    config_write_plain(&writing, "policy.rules",
                       "( { name = \"a\"; when = { idle_days_min = 9; }; do = \"keep\"; } )");
    config_write_end(&writing);
    FUZZ_CHECK(config_write_check(&writing, &err) == 0);
}

static void answer_all(struct roster_guess *guess, unsigned choice)
{
    for (size_t i = 0, given = 0; i < guess->questions && given < ANSWERS_MAX;) {
        size_t choices = 0;
        while (guess->question[i].choice[choices])
            choices++;
        if (choices == 0) {
            i++;
            continue;
        }
        roster_guess_answer(guess, i, choice++ % choices);
        given++;
        i = 0;
        check_words(guess);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    static const char *const words[] = {"A", "Aktiv"};
    const struct config_roster known = {.status = {.employed = {words, COUNT_OF(words)}}};
    unsigned last = size ? data[size - 1] : 0;
    struct roster_guess guess;
    struct bytes bytes = bytes_of(data, size);

    if (roster_guess(&arena, bytes.at, bytes.left, last % 2 == 0, NULL, last % 3 ? NULL : &known,
                     &guess, &err) < 0) {
        FUZZ_CHECK(err.code == ERR_ROSTER && text_is_utf8(err.text, strlen(err.text)));
        return 0;
    }
    if (last % 3)
        check_words(&guess);
    check_written(&arena, &guess);
    answer_all(&guess, last);
    for (size_t i = 0; i < guess.columns && last % 5 == 0; i++)
        (void)roster_guess_leave_out(&guess, guess.column[i].title);
    check_written(&arena, &guess);
    return 0;
}
