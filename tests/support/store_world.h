/*
 * store_world: a portal with an empty history in a database of its own, a run of it, and days that
 * pass only when the test says so.
 */
#ifndef STORE_WORLD_H
#define STORE_WORLD_H

#include "store/history.h"
#include "store/links.h"
#include "store/plan.h"
#include "store/roster.h"
#include "store/snapshot.h"

struct store_world {
    struct pg *pg;
    struct store store;
    struct store_run run;
    struct arena arena;
    struct instant now; /* 2026-11-01T02:00:00Z at first */
    struct day today;
};

void store_world_begin(struct store_world *world);
void store_world_end(struct store_world *world);

/* The same as `TEST_EACH(store_world_setup, store_world_teardown);`: `*state` is the world. */
int store_world_setup(void **state);
int store_world_teardown(void **state);

/* A day later, in a new run. */
void store_world_tomorrow(struct store_world *world);

/* The history is loaded into the snapshot as the flow does it: the logins and departments that
 * stand in it are what single reads answer after that. */
void store_world_load(struct store_world *world, struct snapshot *snapshot);

/* What these do must succeed. */
void store_world_save(struct store_world *world, struct snapshot *snapshot);
void store_world_save_roster(struct store_world *world, struct roster *roster, bool good);
void store_world_execute(struct store_world *world, const char *sql);
/* One number; one text (memory from the world's arena). */
int64_t store_world_number(struct store_world *world, const char *sql);
const char *store_world_text(struct store_world *world, const char *sql);

/* An active account with a name, address and number made from `number`; its id has the v4 form. */
struct account store_world_account(struct store_world *world, unsigned number);
/* `count` such accounts, complete, taken now. */
struct snapshot store_world_snapshot(struct store_world *world, size_t count);
/* The people of the accounts with the same numbers. */
struct roster store_world_roster(struct store_world *world, size_t count);
struct login store_world_login(struct instant at, struct instant seen_at);

#endif
