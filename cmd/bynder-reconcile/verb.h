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

struct invocation {
    struct arena *arena;
    const char *config_path;
    const struct verb *verb;
    const char *value[OPTION_MAX]; /* by index into verb->option; "" for a flag; NULL = not given */
    char *const *argument;         /* what stands behind the options */
    size_t argument_count;
};

struct verb {
    const char *name;
    const char *synopsis; /* arguments, as in the manual */
    const char *sentence;
    const struct option_spec *option; /* ended by name NULL */
    size_t argument_max;
    bool passes_options; /* everything behind the verb is the argument's own (psql) */
    /* Returns the exit code; on failure the reason is in err and the code is err->code. */
    int (*run)(const struct invocation *invocation, struct err *err);
};

/* The value of an option by name; NULL when not given. The name must be in the verb's table. */
const char *invocation_option(const struct invocation *invocation, const char *name);

int verb_plan(const struct invocation *invocation, struct err *err);
int verb_run(const struct invocation *invocation, struct err *err);
int verb_approve(const struct invocation *invocation, struct err *err);
int verb_reject(const struct invocation *invocation, struct err *err);
int verb_apply(const struct invocation *invocation, struct err *err);
int verb_show(const struct invocation *invocation, struct err *err);
int verb_status(const struct invocation *invocation, struct err *err);
int verb_init(const struct invocation *invocation, struct err *err);
int verb_check(const struct invocation *invocation, struct err *err);
int verb_roster(const struct invocation *invocation, struct err *err);
int verb_audit(const struct invocation *invocation, struct err *err);
int verb_export(const struct invocation *invocation, struct err *err);
int verb_erase(const struct invocation *invocation, struct err *err);
int verb_migrate(const struct invocation *invocation, struct err *err);
int verb_psql(const struct invocation *invocation, struct err *err);

extern const struct option_spec plan_options[];
extern const struct option_spec run_options[];
extern const struct option_spec approve_options[];
extern const struct option_spec reject_options[];
extern const struct option_spec apply_options[];
extern const struct option_spec show_options[];
extern const struct option_spec status_options[];
extern const struct option_spec init_options[];
extern const struct option_spec check_options[];
extern const struct option_spec roster_options[];
extern const struct option_spec audit_options[];
extern const struct option_spec export_options[];
extern const struct option_spec erase_options[];
extern const struct option_spec no_options[];

#endif
