/*
 * The portal's row, its lock, and runs. The lock keeps two runs apart as long as their connections
 * live; the run's number keeps them apart after that: a process that lost its connection and wakes
 * up late finds that a newer run was numbered, and writes nothing.
 */
#include "store/store.h"

#include <limits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "host/command.h"
#include "store/audit.h"
#include "store/column.h"

static int open_portal(struct store *store, const char *portal, const char *url, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, portal_open, PG_ONE, &result, err, portal, url) < 0)
        return -1;
    const char *name = pg_text(result, 0, store_place_of(result, "name"));
    if (!text_equal(name, portal))
        return err_set(err, ERR_CONFIG,
                       "the portal '%s' goes on as '%s' in this history, and nothing is done under "
                       "its old name; hint: set portal.name to '%s'",
                       portal, name, name);
    store->portal_id = pg_int(result, 0, store_place_of(result, "portal_id"));
    return pg_bool(result, 0, store_place_of(result, "has_chain"))
               ? 0
               : store_audit_portal(store, portal, err);
}

/* As it is opened, where nothing would be written: known by this name, at this address, with a
 * chain. */
static int find_opened(struct store *store, const char *portal, const char *url, bool *ret_is,
                       struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, portal_find, PG_MANY, &result, err, portal) < 0)
        return -1;
    *ret_is = PQntuples(result) == 1 &&
              text_equal(pg_text(result, 0, store_place_of(result, "url")), url) &&
              pg_bool(result, 0, store_place_of(result, "has_chain"));
    if (*ret_is)
        store->portal_id = pg_int(result, 0, store_place_of(result, "portal_id"));
    return 0;
}

int store_open(struct pg *pg, const char *portal, const char *url, struct store *ret_store,
               struct err *err)
{
    struct store store = {.pg = pg};
    bool is_open = false;

    if (find_opened(&store, portal, url, &is_open, err) < 0)
        return -1;
    if (!is_open && (pg_begin(pg, err) < 0 ||
                     store_end(&store, open_portal(&store, portal, url, err), err) < 0))
        return -1;
    *ret_store = store;
    return 0;
}

int store_find(struct pg *pg, const char *portal, struct store *ret_store, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, portal_find, PG_MANY, &result, err, portal) < 0)
        return -1;
    *ret_store =
        (struct store){.pg = pg, .portal_id = PQntuples(result) ? pg_int(result, 0, 0) : 0};
    return 0;
}

struct holder {
    struct instant session_start, run_start; /* none = no run began yet */
    int64_t session, pid;
    const char *application_name, *address, *verb, *host;
};

static const struct column holder_columns[] = {
    COLUMN("session_start", struct holder, session_start),
    COLUMN("session", struct holder, session),
    COLUMN("application_name", struct holder, application_name),
    COLUMN("address", struct holder, address),
    COLUMN("run_start", struct holder, run_start),
    COLUMN("verb", struct holder, verb),
    COLUMN("pid", struct holder, pid),
    COLUMN("host", struct holder, host),
    COLUMN_END,
};

/* With what is known of the holder; who cannot be asked is left out. */
static int locked(struct store *store, const char *portal, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct holder holder = {.pid = 0};
    char since[INSTANT_TEXT_SIZE];

    if (PG_QUERY(store->pg, portal_lock_holder, PG_MAYBE, &result, err, portal) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_LOCKED,
                       "another run just held the lock of this portal; hint: try "
                       "again");
    (void)store_read_row(holder_columns, result, 0, NULL, &holder);
    CLEANUP(mem_cleanup) char *status = command_make("status");
    if (!instant_is_set(holder.run_start))
        return err_set(err, ERR_LOCKED,
                       "another run holds the lock of this portal: '%s' from %s, database session "
                       "%lld, since %s; hint: wait for it, or look at '%s'",
                       holder.application_name, holder.address, (long long)holder.session,
                       instant_format(holder.session_start, since), status);
    return err_set(err, ERR_LOCKED,
                   "another run holds the lock of this portal: '%s', process %lld on host '%s', "
                   "since %s; hint: wait for it, or look at '%s'",
                   holder.verb, (long long)holder.pid, holder.host,
                   instant_format(holder.run_start, since), status);
}

/* In a transaction of its own: a pooler may have moved us, and the lock is a stranger's. */
static int check_held(struct store *store, const char *portal, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, portal_lock_held, PG_ONE, &result, err, portal) < 0)
        return -1;
    return pg_bool(result, 0, 0) ? 0 : pg_shared_session(store->pg, err);
}

int store_lock(struct store *store, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *portal = store_number(&scratch, store->portal_id);

    if (PG_QUERY(store->pg, portal_lock, PG_ONE, &result, err, portal) < 0)
        return -1;
    return pg_bool(result, 0, 0) ? check_held(store, portal, err) : locked(store, portal, err);
}

void store_unlock(struct store *store)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    CLEANUP(err_release) struct err own = ERR_INIT;

    (void)!PG_QUERY(store->pg, portal_unlock, PG_ONE, &result, &own,
                    store_number(&scratch, store->portal_id));
}

static int begin_run(struct store *store, const char *verb, struct day today, struct instant now,
                     struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    char host[HOST_NAME_MAX + 1] = "";

    if (gethostname(host, sizeof(host) - 1) < 0)
        host[0] = '\0';
    if (PG_QUERY(store->pg, run_begin, PG_ONE, &result, err,
                 store_number(&scratch, store->portal_id), verb, store_day(&scratch, today),
                 store_time(&scratch, now), host, store_number(&scratch, getpid())) < 0)
        return -1;
    store->run_id = pg_int(result, 0, 0);
    return store_audit_run_begin(store, verb, today, now, err);
}

int store_run_begin(struct store *store, const char *verb, struct day today, struct instant now,
                    struct store_run *ret_run, struct err *err)
{
    struct store begun = *store;

    if (pg_begin(store->pg, err) < 0 ||
        store_end(store, begin_run(&begun, verb, today, now, err), err) < 0)
        return -1;
    store->run_id = begun.run_id;
    *ret_run = (struct store_run){.id = store->run_id, .started_at = now};
    return 0;
}

static int end_run(const struct store *store, const struct store_run *run,
                   const struct store_run_result *result, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *row = NULL;

    if (PG_QUERY(store->pg, run_end, PG_MAYBE, &row, err, store_number(&scratch, store->portal_id),
                 store_number(&scratch, run->id), store_time(&scratch, result->finished_at),
                 store_number(&scratch, result->exit_code), result->message,
                 store_number(&scratch, result->requests),
                 store_number(&scratch, result->blocked)) < 0)
        return -1;
    return PQntuples(row) ? store_audit_run_end(store, run, result, err) : 0;
}

int store_run_end(struct store *store, const struct store_run *run,
                  const struct store_run_result *result, struct err *err)
{
    if (pg_begin(store->pg, err) < 0)
        return -1;
    return store_end(store, end_run(store, run, result, err), err);
}
