/*
 * world: three targets and a bystander, a portal and a database of one's own, and a plan that was
 * approved; put back as it was before every point. One point is: the world as it was, `apply` with
 * one fault, the invariants; then something in the portal changes, `apply` resumes, the invariants;
 * then `apply` once more, and nothing may change.
 *
 * The witnesses are the portal's log of writes and the database, never what the program says.
 * What does not hold is collected as sentences in world.violation; nothing here ends the process
 * but a world that cannot be made. Numbers of points, workers and figures: sweep.h.
 */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include <libpq-fe.h>

#include "base/text.h"
#include "probe.h"

enum { WORLD_TARGETS = 3, WORLD_DEADLINE_S = 30, WORLD_VARIANTS = 5 };

/* What the approved plan does. */
enum world_path { WORLD_SUSPEND = 0, WORLD_DEPROVISION };
const char *world_path_name(enum world_path path);

/* One write as the portal saw it. */
struct world_write {
    char *id, *method;
    int64_t at_us;
    long status;
    bool fits;      /* method and form are those of the plan's action */
    bool effective; /* it changed something */
};

struct world {
    enum world_path path;
    struct probe probe; /* the portal; its directory holds configuration, roster, state */
    char *program, *right_program; /* under test; and that made the plan */
    char *server;                  /* conninfo of the server, without database */
    char *template, *database;     /* names of databases */
    char *conninfo;                /* of `database` */
    char *config_path, *roster_path;
    char *portal_url, *database_conninfo; /* what the configuration says: world_route */
    PGconn *maker;                        /* to the server: makes and drops databases */
    char *target[WORLD_TARGETS];          /* account ids, in the order of the plan */
    char *bystander;                      /* employed */
    char *unapproved;                     /* in the plan, and nobody approved it */
    int64_t plan_id;
    char *roster;      /* its bytes */
    int rolling_count; /* of the limits: world_limit */
    PGconn *looker;    /* to `database` */
    int64_t first_run;
    unsigned runs;

    size_t changed;          /* target that world_change changed; WORLD_TARGETS = none */
    size_t writes_at_change; /* to that target, then */
    struct text violation;   /* sentences, one per line; empty: everything holds */
};

/* Makes portal, database, history and the approved plan, with the program PROGRAM_PATH. */
void world_begin(struct world *world, enum world_path path);
/* Another world of the same template: its own portal and its own database. For a worker process
 * that was forked from the one that made `model`, which goes on existing. */
void world_join(const struct world *model, struct world *ret_world);
void world_finish(struct world *world);

/* Everything as it was when the plan had been approved: portal, database, roster, state directory,
 * routes, and no violation. */
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

/* `apply PLAN`, behind `wrapper` (words such as strace's, NULL behind the last; NULL = none) and
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

/* The invariants that hold at any moment: no write without a committed intent, none to anybody
 * else or of another kind, none on an approved step, at most one write and one effect for each
 * target, none on a target since world_change made its rule false. `when` goes in front. */
void world_check(struct world *world, const char *when);
/* And those in the end: every step ended in a named state, records are true of the portal, acts
 * are done steps one to one, the plan is used up. */
void world_check_end(struct world *world, const char *when);

/* Makes the rule of one target false that was not written to yet (the last such in the plan): by
 * `variant` its e-mail changes, or a name that the rules keep, or its state. With `unread`
 * only a target that was not read singly yet either. Nothing happens when there is none. */
void world_change(struct world *world, unsigned variant, bool unread);

/* From here to the end: change, resume, invariants, resume again, nothing may change. The last
 * variant re-hires a target in the roster first: then the resume must do nothing at all. */
void world_converge(struct world *world, unsigned variant);

#endif
