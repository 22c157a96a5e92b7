/*
 * world: one year of one company: its people, a portal and a database that are kept running, the
 * program, an administrator and the oracle. Everything is of this process alone.
 */
#ifndef YEAR_WORLD_H
#define YEAR_WORLD_H

#include "administrator.h"
#include "mailbox.h"

enum { SCORE_DAYS_MAX = 400, SCORE_CODES = 160, SCORE_TEXTS = 8, SCORE_TEXT = 160 };

/* What came of a year; without pointers, so that it goes through a pipe. */
struct score {
    int64_t seed, people, nights;
    int64_t wrong, seat_days, reclaimed, freed, waited;
    int64_t days[SCORE_DAYS_MAX]; /* how many seats were free so many days after they might be */
    int64_t red, red_excused, excused; /* nights; red ones are outside of trouble */
    int64_t code[SCORE_CODES];         /* how often a run ended so */
    int64_t messages, overrides, spread, acknowledged, kept;
    int64_t approved, refused, looks, holds, minutes;
    int64_t reactivated, by_hand, acts;
    int64_t first_act, last_act; /* nights, from 1; 0: none */
    int64_t missing_count[VERBS_MISSING_MAX];
    char missing[VERBS_MISSING_MAX][24];
    char wrong_text[SCORE_TEXTS][SCORE_TEXT];     /* the first ones */
    char lost_text[SCORE_TEXTS][SCORE_TEXT];      /* the seats that lost most days */
    char refusal[SCORE_TEXT];                     /* the last one of an approval */
    double seconds, program_seconds, cpu_seconds; /* cpu: without the server of the database */
    bool failed;                                  /* the year did not come to its end */
};

struct world_settings {
    struct company_settings company;
    bool one_look;    /* the administrator approves once and never looks again */
    bool rehearse;    /* without the program: the best that there could be acts itself */
    const char *more; /* further sections of the program's configuration, or NULL */
    bool verbose;
};

/* Lives through the year. false: something that has nothing to do with the program went wrong. */
int world_live(const struct world_settings *settings, struct score *ret_score, struct err *err)
    __attribute__((warn_unused_result));

#endif
