/*
 * The seats of `check`: of the newest reading in the history, or, before there is one, of the
 * portal itself, as long as that is a matter of seconds.
 */
#include <stdio.h>

#include "cmd/bynder-reconcile/check.h"
#include "report/seats.h"
#include "store/migrate.h"
#include "store/snapshot.h"

/* Some seconds at the pace of the portal, in pages. */
enum { LISTED_MOST = 20000 };

/* Without a word about the database: its own line told what is wrong with it. */
static void load_newest(const struct config *config, struct arena *arena,
                        struct snapshot *ret_snapshot)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct store store;

    if (database_open(&config->database, &database, &err) < 0 ||
        migrate_check(database.pg, &err) < 0 ||
        store_find(database.pg, config->portal.name, &store, &err) < 0 || store.portal_id == 0 ||
        store_load_newest_snapshot(&store, arena, ret_snapshot, &err) < 0)
        *ret_snapshot = (struct snapshot){.id = 0};
}

static int list_portal(const struct portal *portal, struct arena *arena,
                       struct snapshot *ret_snapshot, struct err *err)
{
    struct snapshot snapshot = {.count = 0};
    const struct progress progress = {.report = NULL};

    if (portal->list(portal->self, arena, &progress, &snapshot, err) < 0)
        return -1;
    *ret_snapshot = snapshot;
    return 0;
}

int check_seats(const struct config *config, struct arena *arena, const struct portal *portal,
                int64_t listed, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct snapshot snapshot = {.id = 0};
    char day[DAY_TEXT_SIZE];
    bool may_list = portal && listed >= 0 && listed <= LISTED_MOST;

    load_newest(config, arena, &snapshot);
    bool stored = snapshot.id != 0;
    if (!stored && may_list && list_portal(portal, arena, &snapshot, err) < 0)
        return -1;
    if (!stored && !may_list)
        return 0;
    printf("%-5s %-9s %zu %s of %s%s\n", config->seats.count ? "ok" : "note", "seats",
           snapshot.profile_count, snapshot.profile_count == 1 ? "profile" : "profiles",
           stored ? "the reading of " : "the portal as it lists them now",
           stored ? day_format(instant_day(snapshot.taken_at, config->policy.zone), day) : "");
    seats_report(&config->seats, &snapshot, &text);
    fputs(text_cstr(&text), stdout);
    return 0;
}
