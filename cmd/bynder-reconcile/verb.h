/*
 * verb: what the command line offers, as a table, and what a verb gets to see of it.
 */
#ifndef CMD_VERB_H
#define CMD_VERB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define OPTION_MAX 16 /* options of one verb */

struct option_spec {
    const char *name;    /* without the dashes */
    const char *metavar; /* NULL = takes no value */
    const char *sentence;
};

/* What the value of an option is, beyond a word: a file to be read ("FILE") or written ("output"),
 * or another place than the configuration's ("DATABASE"). "COLUMNS" may be given several times:
 * a line break stands between the values. */
enum option_use { OPTION_SAYS = 0, OPTION_READS, OPTION_WRITES, OPTION_REACHES };
enum option_use option_use(const struct option_spec *option);

struct invocation {
    struct arena *arena;
    const char *config_path;
    const char
        *desks; /* a directory of sockets at which reviewers are answered; NULL = not asked */
    const struct verb *verb;
    const char *value[OPTION_MAX]; /* by index into verb->option; "" for a flag; NULL = not given */
    const char *path[OPTION_MAX];  /* under which a file to be read is opened; NULL = the value */
    const char *argument_path;     /* likewise of the argument that is a file */
    char **argument;               /* what stands behind the options */
    size_t argument_count;
};

struct verb {
    const char *name;
    const char *synopsis; /* arguments, as in the manual */
    const char *sentence;
    const struct option_spec *option; /* ended by name NULL; NULL = none */
    size_t argument_max;
    size_t
        argument_file; /* the place, from 1, of the argument that is a file to be read; 0 = none */
    bool passes_options; /* everything behind the verb is the argument's own (psql) */
    /* Returns the exit code; on failure the reason is in err and the code is err->code. */
    int (*run)(const struct invocation *invocation, struct err *err);
};

/* In the order of the help; NULL behind the last. */
extern const struct verb *const verb_all[];

/* The path by which the file that an option names is opened, which may be one that was opened
 * already as somebody else; NULL when not given. */
const char *invocation_file(const struct invocation *invocation, const char *name);

/* The same of the argument that is a file (argument_file); NULL when not given. */
const char *invocation_argument_file(const struct invocation *invocation);

/* The value of an option by name; NULL when not given. The name must be in the verb's table. */
const char *invocation_option(const struct invocation *invocation, const char *name);

extern const struct verb verb_plan, verb_approve, verb_acknowledge, verb_keep, verb_again,
    verb_withdraw, verb_reject, verb_review, verb_apply, verb_run, verb_show, verb_plans, verb_diff,
    verb_simulate, verb_status, verb_init, verb_audit, verb_export, verb_erase, verb_portal,
    verb_check, verb_roster, verb_migrate, verb_psql, verb_desk;

#endif
