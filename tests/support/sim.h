/*
 * sim: a portal-sim with the program's own client pointed at it, and the simulator's word on what
 * is true, for the tests of that client. Built on probe, which starts and controls the simulator.
 */
#ifndef SUPPORT_SIM_H
#define SUPPORT_SIM_H

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "bynder/bynder.h"
#include "facts/snapshot.h"
#include "probe.h"

#define SIM_TODAY "2026-11-22"

struct sim {
    struct probe probe;
    char *url, *secret_path;
    struct config_portal config; /* of a patient client; a test may change it before sim_collect */
};

/* Starts the simulator with `--today SIM_TODAY --rate-limit 0` and these options (NULL behind the
 * last; a later option wins). Fails the test when it cannot. */
void sim_start(struct sim *sim, const char *const *options);
int sim_stop(struct sim *sim);
void sim_stop_quietly(struct sim *sim); /* for CLEANUP */
/* Forgets faults, changes, tokens and the log. */
void sim_reset(struct sim *sim);
/* One fault, `NAME` or `NAME=VALUE`. */
void sim_fault(struct sim *sim, const char *pair);
/* The configuration as sim_start made it. */
void sim_default_config(struct sim *sim);
/* A file with this content in the simulator's directory, mode 0600. The path is the caller's. */
char *sim_file(struct sim *sim, const char *name, const char *content);
/* A number of /_sim/stats by its path, like "rate.blocks". */
double sim_stat(struct sim *sim, const char *path);

/* How far a collection came. */
enum sim_stage { SIM_NEW = 0, SIM_LOGIN, SIM_LIST, SIM_LOGINS, SIM_DONE };

struct collected {
    struct arena arena;
    struct snapshot snapshot;
    enum sim_stage failed_at; /* SIM_DONE: nothing failed */
    struct err err;
    size_t requests;
    unsigned blocks; /* 429s */
    char *scopes;    /* granted */
    double clock_offset;
    size_t progressed; /* reports of progress */
};

/* login, list, and logins of every account, by a new client. */
void sim_collect(struct sim *sim, struct collected *ret_collected);
void collected_release(struct collected *collected);
/* Nothing failed and nothing is missing. */
void sim_assert_complete(const struct collected *collected);

#define SIM_LOCAL       CLEANUP(sim_stop_quietly) struct sim
#define COLLECTED_LOCAL CLEANUP(collected_release) struct collected

/* What the collection may leave out, and what it may not get wrong: fails the test when an account
 * differs from what the simulator knows. */
struct sim_allowance {
    bool missing;    /* accounts may be missing */
    bool unreadable; /* a status or login may be unreadable, or not read */
    bool logins_lie; /* the portal itself tells other logins than it knows */
};
void sim_assert_true(struct sim *sim, const struct collected *collected,
                     struct sim_allowance allowance);
/* The program wrote nothing. */
void sim_assert_no_writes(struct sim *sim);

#endif
