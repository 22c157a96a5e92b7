/*
 * first: the first hour, for tests of `init`: a portal, a roster, a place for the configuration,
 * and somebody at a terminal.
 */
#ifndef TESTS_FIRST_H
#define TESTS_FIRST_H

#include "end.h"

#define BARE(name, ...)                                                                            \
    CLEANUP(end_result_release)                                                                    \
    struct end_result name = end_run_bare(&first.end, (const char *const[]){__VA_ARGS__, NULL})

struct first {
    struct end end;
    char *config, *secret;
    char url[64], embedded[200];
};

void first_begin(struct first *first);
/* With a database in its place already, which init migrates too, where there is none. */
void first_begin_migrated(struct first *first);
void first_finish(struct first *first);

#define FIRST(name)                                                                                \
    CLEANUP(first_finish) struct first name;                                                       \
    first_begin(&name)

#define FIRST_MIGRATED(name)                                                                       \
    CLEANUP(first_finish) struct first name;                                                       \
    first_begin_migrated(&name)

/* HR's file. */
void first_put_roster(struct first *first, const char *bytes, size_t length);

/* `init` at a terminal: what is to be read there, and what is typed then; NULL ends them. */
struct first_line {
    const char *question, *answer;
};

/* Answers in turn, then reads to the end; the exit code. A question that does not come within 20
 * seconds fails the test. */
int first_dialogue(struct first *first, const struct first_line *line, struct text *ret_seen);

#endif
