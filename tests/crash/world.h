/*
 * world: three targets and a cast of people who must not be touched, a portal and a database of
 * one's own, and what people decided about rows; put back as it was before every point. One point
 * is: the world as it was, the path's verb with one fault, the invariants; then something in the
 * portal changes, the verb resumes, the invariants; then it runs once more, and nothing may change.
 *
 * The witnesses are the portal's log of writes and the database, never what the program says.
 * What does not hold is collected as sentences in world.violation; nothing here ends the process
 * but a world that cannot be made. Numbers of points, workers and figures: sweep.h.
 */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include <libpq-fe.h>

#include "base/text.h"
#include "facts/action.h"
#include "probe.h"

enum { WORLD_TARGETS = 3, WORLD_DEADLINE_S = 30, WORLD_VARIANTS = 5 };

/* What is broken: `apply` that suspends, deletes, downgrades or gives the former profile back; a
 * night, which is `run` that also begins and ends announcements, ends decisions and does spread
 * acts; `approve`, and then `apply`. */
enum world_path {
    WORLD_SUSPEND = 0,
    WORLD_DEPROVISION,
    WORLD_DOWNGRADE,
    WORLD_RESTORE,
    WORLD_NIGHT,
    WORLD_APPROVE,
    WORLD_PATHS,
};

/* Profiles of every portal-sim: what a downgrade takes and gives, and another one. */
#define WORLD_REGULAR "E5B8290F-7C14-4D6A-9E03A1F7D4C26B80"
#define WORLD_LIGHT   "63F0A9D8-1E75-42BC-85D6097B3CE4F1A2"
#define WORLD_AGENCY  "B2C4D6E8-3F50-4A1B-9C7D8E6F0A2B4C1D"
const char *world_path_name(enum world_path path);
enum action world_action(enum world_path path);

/* Who must not be touched (world_people.c). */
enum world_cast {
    CAST_BYSTANDER = 0,
    CAST_UNAPPROVED,
    CAST_CHANGED,
    CAST_REJECTED,
    CAST_KEPT,
    CAST_WITHDRAWN,
    CAST_RETURNED,
    CAST_ANNOUNCED,
    CAST_COUNT,
};
const char *world_cast_username(enum world_cast cast);

/* One write as the portal saw it. */
struct world_write {
    char *id, *method;
    int64_t at_us;
    long status;
    bool fits;      /* method and form are those of the path's action */
    bool effective; /* it changed something */
};

struct world {
    enum world_path path;
    struct probe probe; /* the portal; its directory holds configuration, roster, state */
    char *program, *right_program; /* under test; and that made the plan */
    char *server;                  /* conninfo of the server, without database */
    char *template, *database;     /* names of databases */
    char *conninfo;                /* of `database` */
    bool spread;                   /* world_begin_spread */
    char *home;                    /* spread: conninfo of `database` at the server of the portal */
    char *config_path, *roster_path;
    char *portal_url, *database_conninfo; /* what the configuration says: world_route */
    PGconn *maker;                        /* to the server: makes and drops databases */
    char *target[WORLD_TARGETS];          /* account ids, in the order of the plan */
    char *target_name[WORLD_TARGETS];     /* as the roster has them */
    char *cast[CAST_COUNT];               /* account ids */
    int64_t plan_id;                      /* the plan that people decided on */
    char *digest;                         /* its */
    char *first_roster, *roster;          /* as they decided; and tonight's */
    int rolling_count;                    /* of the limits: world_limit */
    int days_ahead;                       /* of the machine: the world's civil time */
    bool made;                            /* until then nothing may be done: a freeze */
    bool after;                           /* what was done a month ago is done */
    bool deciding;                        /* WORLD_APPROVE: nobody has approved anything yet */
    PGconn *looker;                       /* to `database` */
    int64_t first_run;
    unsigned runs;

    const char *accepted_unseen; /* a request that was answered 2xx and never reached the portal */
    size_t changed;          /* target that must not be written to any more; WORLD_TARGETS = none */
    const char *changed_why; /* "whose rule …" */
    size_t writes_at_change; /* to that target, then */
    struct text violation;   /* sentences, one per line; empty: everything holds */
};

/* Makes portal, database, history and decisions, with the program PROGRAM_PATH. */
void world_begin(struct world *world, enum world_path path);
/* Likewise, of a history that is spread over the servers of RECONCILE_TEST_CITUS: one database,
 * which whoever joins has in common with the model. */
void world_begin_spread(struct world *world, enum world_path path);
/* Another world of the same template: its own portal and its own database. For a worker process
 * that was forked from the one that made `model`, which goes on existing. */
void world_join(const struct world *model, struct world *ret_world);
void world_finish(struct world *world);

/* Everything as it was when people had decided: portal, database, roster, state directory, routes,
 * and no violation. */
void world_reset(struct world *world);
/* Where the program finds portal and database from now until the next reset, for proxies in
 * between; NULL = where they are. conninfo is libpq's, with a database name (world->database). */
void world_route(struct world *world, const char *portal_url, const char *conninfo);
/* The rolling limit of the action, 1000 after a reset. */
void world_limit(struct world *world, int rolling_count);
/* One more fault of portal-sim, NAME or NAME=VALUE:…; until the next reset or world_heal. */
void world_fault(struct world *world, const char *pair);
/* No faults, no routes. */
void world_heal(struct world *world);

/* --- running the program --- */

struct world_run {
    pid_t pid;
    double began, seconds;
    int code;  /* exit status, or 128 and the signal */
    bool late; /* ended by the deadline, which is a violation as well */
    char *said_path;
};

/* The path's verb, behind `wrapper` (words such as strace's, NULL behind the last; NULL = none) and
 * with `environment` ("NAME=VALUE" words added to ours; NULL = none). The program is CRASH_PROGRAM
 * of the environment, else PROGRAM_PATH. Output and messages go to one file. */
void world_start(struct world *world, const char *const *wrapper, const char *const *environment,
                 struct world_run *ret_run);
/* Waits for its end. Code and seconds are set; the file of what it said stays until the next run
 * that is started. */
void world_wait(struct world *world, struct world_run *run);
/* Waits until it is stopped by a signal: true; false when it ended before. */
bool world_wait_stopped(struct world *world, struct world_run *run);
/* Waits until it waits for a lock in the database: true; false when it ended. */
bool world_wait_blocked(struct world *world, struct world_run *run);
/* Waits until the server has noticed the end of every run: a killed one's session holds its lock.
 */
void world_wait_for_sessions(struct world *world);
/* world_start and world_wait. */
struct world_run world_apply(struct world *world, const char *const *wrapper,
                             const char *const *environment);
/* A verb of a person's, by the program that made the world; `words` is the verb and what follows.
 */
void world_start_person(struct world *world, const char *const *words, struct world_run *ret_run);
/* What a run said, at most the end of it. The caller releases it. */
void world_said(const struct world_run *run, struct text *ret_said);
void world_run_release(struct world_run *run);
/* A violation unless it ended with one of these codes (-1 behind the last). */
void world_expect(struct world *world, const char *what, const struct world_run *run,
                  const int *codes);
#define WORLD_EXPECT(world, what, run, ...)                                                        \
    world_expect(world, what, run, (const int[]){__VA_ARGS__, -1})

/* --- looking --- */

/* All writes so far. */
struct world_write *world_writes(struct world *world, size_t *ret_count);
void world_writes_free(struct world_write *writes, size_t count);
size_t world_written(struct world *world, const char *id); /* writes to it; NULL = to anybody */
bool world_was_read(struct world *world, const char *id);  /* or written: the portal was asked */
int64_t world_count(struct world *world, const char *sql);
/* The first cell of a query in the world's database, malloc'ed; "" for none. */
char *world_query(struct world *world, const char *sql);
/* The portal's own record of an account, NULL for one that there is not any more; and a change of
 * it that nobody asked the program for. */
struct json_object *world_user(struct world *world, const char *who);
void world_change_user(struct world *world, const char *id, const char *form);
/* Beside the configuration. The caller frees the path. */
char *world_write_file(struct world *world, const char *name, const char *content);
/* Whether the faulty run left any trace at all: a run in the database or a write in the portal.
 * Without one the world is the first one again, and resuming it is a plain run. */
bool world_is_untouched(struct world *world);

/* A harness that cannot go on: the sentence on stderr, exit 1. */
void world_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void world_violate(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The invariants that hold at any moment: a committed intent before each write, one for each, and
 * none after Bynder accepted; at most one effect for each target; nobody else is written to, and
 * nothing else is done; none on a target since it must not be. `when` goes in front. */
void world_check(struct world *world, const char *when);
/* And those in the end: every step ended in a named state, who was approved has gone, records are
 * true of the portal, acts are done steps one to one, decisions and announcements ended as they
 * must, the record verifies. */
void world_check_end(struct world *world, const char *when);

/* Files of outcomes in the state directory whose names end so. */
size_t world_outcomes(const struct world *world, const char *suffix);
/* Of a run that lived on while the database was cut off: what it knows of a call is in the database
 * or in the state directory, it said so, and its exit code is one of INTERFACE's. `before`: writes
 * of earlier runs. */
void world_check_cut_off(struct world *world, const struct world_run *run, size_t before);

/* From now on a target must not be written to. */
void world_forbid(struct world *world, size_t target, const char *why);
/* The last target that was not written to (nor read singly, with `unread`); WORLD_TARGETS for none.
 */
size_t world_waiting(struct world *world, bool unread);
/* Makes the rule of world_waiting false: by `variant` its e-mail changes, or a name that the rules
 * keep, or its state. */
void world_change(struct world *world, unsigned variant, bool unread);

/* From here to the end: change, resume, invariants, resume again, nothing may change. In the last
 * variant the change is HR's: a target works here again; and in a night, which keeps them for
 * certain, they have gone again the night after. */
void world_converge(struct world *world, unsigned variant);

/* --- the database (world_database.c) --- */

/* Where `migrate` and the first plan are made. */
void world_begin_database(struct world *world);
void world_join_database(const struct world *model, struct world *world);
/* What is there now is what world_restore_tables puts back. */
void world_keep_tables(struct world *world);
void world_restore_tables(struct world *world);
/* Ends the connection that world_query has. */
void world_look_away(struct world *world);

/* --- people (world_people.c); the caller frees the text --- */

char *world_people(void);
/* Usernames of who left long ago; NULL behind the last. */
extern const char *const world_long_gone[];
/* A roster in which the person of a name has another status and last day. */
char *world_roster_with(const char *roster, const char *name, const char *status,
                        const char *last_day);
char *world_roster_tonight(const struct world *world, const char *first);
/* A roster in which everybody works here again who left long ago. */
char *world_roster_back(const char *roster);
/* Why an account that is no target must not be written to: "who is employed". */
const char *world_cast_why(const struct world *world, const char *id);

#endif
