/*
 * guess_case: what tests of the guess share: a guess of bytes, its configuration as `init` would
 * write it, and the roster that the reader makes of both.
 */
#ifndef TESTS_GUESS_CASE_H
#define TESTS_GUESS_CASE_H

#include <stdlib.h>

#include "base/mem.h"
#include "config/write.h"
#include "roster/guess.h"
#include "roster/guess_questions.h"
#include "roster/guess_write.h"
#include "roster_case.h"

struct guess_case {
    struct arena arena;
    struct arena *guessed; /* the guess keeps where it is: a case may be copied */
    struct err err;
    int result; /* of the guess */
    struct roster_guess guess;
    struct config config;
    int read; /* of the reader */
    struct roster roster;
};

static inline void guess_case_release(struct guess_case *c)
{
    arena_release(&c->arena);
    if (c->guessed)
        arena_release(c->guessed);
    free(c->guessed);
    err_release(&c->err);
}

/* 2026-11-28T12:00:00Z, the day of the cases. */
#define GUESS_NOW ((struct instant){.us = INT64_C(1795867200000000)})

/* As it is without a word of anybody. */
static inline struct guess_case guess_unsaid(const char *bytes, size_t length)
{
    struct guess_case c = {.read = -1, .guessed = mem_calloc(1, sizeof(*c.guessed))};

    c.result = roster_guess(c.guessed, bytes, length, true, NULL, NULL, &c.guess, &c.err);
    return c;
}

/* HR empties the last day of whoever is hired again: asked of every file without a status. */
static inline struct guess_case guess_of_bytes(const char *bytes, size_t length)
{
    struct guess_case c = guess_unsaid(bytes, length);

    c.guess.emptied = true;
    if (c.result == 0)
        guess_ask(&c.guess);
    return c;
}

static inline struct guess_case guess_of(const char *text)
{
    return guess_of_bytes(text, strlen(text));
}

static inline void assert_guessed(const struct guess_case *c)
{
    if (c->result < 0)
        fail_msg("%s", c->err.text);
}

static inline const char *title_of(const struct guess_case *c, enum meaning meaning)
{
    const struct guess_column *column = roster_guess_of(&c->guess, meaning);

    return column ? column->title : NULL;
}

/* An open question about this, and about a value or a column's title when they are not NULL. */
static inline const struct guess_question *asked(const struct guess_case *c,
                                                 enum guess_subject subject, const char *what)
{
    for (size_t i = 0; i < c->guess.questions; i++) {
        const struct guess_question *question = &c->guess.question[i];
        const char *title =
            question->column == GUESS_NO_COLUMN ? "" : c->guess.column[question->column].title;
        if (question->subject == subject &&
            (!what || text_equal(question->value, what) || text_equal(title, what)))
            return question;
    }
    return NULL;
}

/* All that is open but whether somebody is on leave, which is asked of nearly every small file. */
static inline size_t questions_of(const struct guess_case *c)
{
    return c->guess.questions - (asked(c, GUESS_ABOUT_AWAY, NULL) != NULL);
}

static inline void assert_asked(const struct guess_case *c, enum guess_subject subject,
                                const char *what, const char *part)
{
    const struct guess_question *question = asked(c, subject, what);

    assert_mentions(question ? question->sentence : NULL, part);
}

/* The answers of somebody at a terminal to every question about this. */
static inline void answer(struct guess_case *c, enum guess_subject subject, const char *what,
                          size_t choice)
{
    const struct guess_question *question = asked(c, subject, what);

    if (!question)
        fail_msg("'%s' is not asked", what ? what : "it");
    roster_guess_answer(&c->guess, (size_t)(question - c->guess.question), choice);
}

/* The configuration as it would be written, through config_load and the reader. */
static inline void guess_case_read(struct guess_case *c, const char *bytes, size_t length)
{
    char directory[] = "/tmp/guess-test-XXXXXX";
    CLEANUP(config_writing_release) struct config_writing writing = {.arena = &c->arena};
    CLEANUP(text_release) struct text path = TEXT_INIT, roster = TEXT_INIT, secret = TEXT_INIT;

    assert_non_null(mkdtemp(directory));
    text_addf(&path, "%s/init.conf", directory);
    text_addf(&roster, "%s/roster", directory);
    text_addf(&secret, "%s/secret", directory);
    config_write_text(&writing, "portal.name", "acme");
    config_write_text(&writing, "portal.url", "https://acme.bynder.com");
    config_write_text(&writing, "portal.client_id", "demo");
    config_write_text(&writing, "portal.client_secret_file", text_cstr(&secret));
    config_write_text(&writing, "database.embedded", "/nonexistent/pg");
    config_write_text(&writing, "roster.source", text_cstr(&roster));
    roster_guess_write(&c->guess, &writing);
    config_write_text(&writing, "policy.mode", "report");
    config_write_plain(
        &writing, "policy.rules",
        "( { name = \"idle\"; when = { idle_days_min = 90; }; do = \"suspend\"; } )");
    config_write_end(&writing);
    if (config_write_check(&writing, &c->err) < 0)
        fail_msg("%s\n%s", c->err.text, text_cstr(&writing.text));
    assert_int_equal(file_write(text_cstr(&secret), 0600, "x", 1, &c->err), 0);
    assert_int_equal(file_write(text_cstr(&roster), 0600, bytes, length, &c->err), 0);
    assert_int_equal(
        file_write(text_cstr(&path), 0600, text_cstr(&writing.text), writing.text.length, &c->err),
        0);
    c->read =
        config_load(&c->arena, text_cstr(&path), CONFIG_ALL_SECRETS, &c->config, NULL, &c->err);
    if (c->read == 0)
        c->read = roster_read(&c->arena, &c->config.roster, NULL, GUESS_NOW, &c->roster, &c->err);
    (void)unlink(text_cstr(&path));
    (void)unlink(text_cstr(&roster));
    (void)unlink(text_cstr(&secret));
    (void)rmdir(directory);
    if (c->read == 0)
        roster_judge(&c->roster, instant_day(GUESS_NOW, &zone_utc));
}

#endif
