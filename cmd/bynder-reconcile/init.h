/*
 * init: what the parts of `init` share: answers, how they are asked, what is made of the roster and
 * of an existing configuration, and the file. The flow is in verb_init.c.
 */
#ifndef CMD_INIT_H
#define CMD_INIT_H

#include "cmd/bynder-reconcile/session.h"
#include "config/write.h"
#include "roster/guess.h"

enum init_option {
    INIT_PORTAL,
    INIT_NAME,
    INIT_CLIENT_ID,
    INIT_SECRET_FILE,
    INIT_ROSTER,
    INIT_DATABASE,
    INIT_TIME_ZONE,
    INIT_LEAVE_OUT,
    INIT_OPTIONS, /* how many */
};

extern const struct option_spec init_options[INIT_OPTIONS + 1];

/* How a comment begins that says what was left open. */
#define INIT_OPEN "# open: "
/* Who made a configuration. */
#define INIT_MADE "Made by 'bynder-reconcile init'"

struct answers {
    const char *portal, *name, *client_id, *secret_file, *roster, *database, *time_zone;
    char *secret;         /* to be written into secret_file; NULL = it is there */
    bool secret_anew;     /* what stands in secret_file is not right */
    const char *instance; /* of the units that run this configuration; NULL = none do */
    struct roster_guess guess;
    bool guessed;
    bool reads_well; /* repeated: the roster is read well as it is configured, and stays so */
    bool rules_lack; /* repeated: rules that init does not touch say nothing of departures */
};

/* What is there when `init` is repeated. */
struct init_before {
    bool is_there;
    bool loads;           /* nothing is wrong with it */
    struct config config; /* as far as it is right */
    struct config_problems problems;
    struct text text; /* as it was written */
    bool is_open;     /* init has left something open in it, and says so there */
};

void init_before_release(struct init_before *before);

/* --- asking (init_ask.c) --- */

bool init_at_terminal(void);
/* A line that is typed; empty takes the fallback (NULL = there is none). */
int init_ask(struct arena *arena, const char *question, const char *fallback,
             const char **ret_answer, struct err *err) __attribute__((warn_unused_result));
/* Everything that is not known from options or from before: each is looked at when it is given, and
 * at a terminal asked anew when it is not right. */
int init_gather(const struct invocation *invocation, const struct init_before *before,
                struct answers *answers, struct err *err) __attribute__((warn_unused_result));
bool init_is_address(const char *source);
bool init_is_conninfo(const char *database);
/* Where the roster comes from, for people: of an address without what may be a secret. */
const char *init_source_name(struct arena *arena, const char *source);

/* --- the roster (init_roster.c) --- */

/* Guesses, shows what was guessed, and asks what is open. ERR_ROSTER: nothing can be made of it,
 * with what to do. */
int init_guess(const struct invocation *invocation, const struct init_before *before,
               struct answers *answers, struct err *err) __attribute__((warn_unused_result));
/* What is open of the roster that a configuration of init's names, like a new column in HR's file;
 * NULL = nothing is. */
const char *init_find_news(const struct invocation *invocation, const struct init_before *before);
/* Reads it as the run would and prints what is accepted and what a guard would hold; whether one
 * would. */
int init_look(const struct invocation *invocation, const struct config *config, bool is_shown,
              bool *ret_holds, struct err *err) __attribute__((warn_unused_result));

/* --- what is there (init_before.c) --- */

int init_read_before(const struct invocation *invocation, struct init_before *ret_before,
                     struct err *err) __attribute__((warn_unused_result));
/* A setting that is there and right. */
bool init_is_right(const struct init_before *before, const char *path, const char *value);

/* --- the rules (init_rules.c) --- */

struct init_rules {
    bool leave, departed, idle;
};

/* What is to become of the rules that are there, over what was guessed. */
enum init_rules_fate {
    INIT_RULES_STAY,
    INIT_RULES_ANEW, /* they are init's own, and others, or a word on those that lack, are right */
    INIT_RULES_LACK, /* a person's, or enforced, and none of them acts on departures */
};

/* Rules for the guess, with comments on those that are missing. */
void init_rules_write(const struct answers *answers, struct config_writing *writing);
/* ERR_HELD: those that are there would act on what is open. */
int init_rules_refuse(const struct init_before *before, const struct answers *answers,
                      struct err *err) __attribute__((warn_unused_result));
enum init_rules_fate init_rules_fate(const struct init_before *before,
                                     const struct answers *answers);

/* --- the file (init_write.c) --- */

/* Places it, complete or not at all; a new one only where none is. */
int init_write(const struct invocation *invocation, const struct init_before *before,
               struct answers *answers, struct err *err) __attribute__((warn_unused_result));

#endif
