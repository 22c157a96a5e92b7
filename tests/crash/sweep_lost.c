/*
 * sweep_lost [suspend|deprovision|downgrade|restore|night]: the history is spread over several
 * servers (RECONCILE_TEST_CITUS), and the one that holds the portal is killed while the path's verb
 * is at work. It is killed as a crash would do it, so everything that it was about is lost but what
 * it had committed; it really recovers. Use servers that are there for tests.
 *
 * What the program sends goes to the server that coordinates, which passes it on; the journal is
 * written where the portal is. So the proxy stands between these two, and its messages are the
 * points: before a statement arrives, while it is at work, and behind its end, before anybody is
 * told. Swept is each commit, and each write outside a transaction, where these differ: there it is
 * decided what lasts. Inside a transaction nothing lasts, and a read leaves nothing: of these every
 * SAMPLE-th is swept, and with CRASH_ALL each. At every second point the server is back at once, as
 * after a crash of one of its processes, and the run may go on; at the others it stays away until
 * the run has ended.
 *
 * One server is killed for all: there is one worker, whatever CRASH_WORKERS says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cut_proxy.h"
#include "distributed.h"
#include "host/file.h"
#include "sweep.h"

enum { SAMPLE = 25, PATIENCE_S = 120 }; /* a server recovers within each point */

struct lost_point {
    size_t number;
    enum cut_place place;
    char *what;
};

struct points {
    struct lost_point *point;
    size_t count, capacity, places;
};

/* The server of the portal, and what stands in front of it. */
static struct distributed_server *server;
static struct cut_proxy *proxy;
static bool comes_back;

/* Transactions that are prepared at other servers, and not ended. */
#define IN_DOUBT                                                                                   \
    "select coalesce(sum(result::int), 0) from run_command_on_workers("                            \
    "'select count(*) from pg_prepared_xacts where database = current_database()')"

/* Transactions that a server had prepared when it was lost are ended by the extension, once a
 * minute; here by resolve(), at a known moment. Nothing else may ask by the proxy. */
static void set_pace(struct world *world, bool own)
{
    static const char *const names[] = {"recover_2pc_interval",
                                        "distributed_deadlock_detection_factor"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        text_addf(&sql, own ? "alter system set citus.%s = -1" : "alter system reset citus.%s",
                  names[i]);
        free(world_query(world, text_cstr(&sql)));
    }
    free(world_query(world, "select pg_reload_conf()"));
}

static void resolve(struct world *world)
{
    free(world_query(world, "select recover_prepared_transactions()"));
    if (world_count(world, IN_DOUBT) > 0)
        world_violate(world, "what was prepared is not ended");
}

/* A run that comes before that may wait for what is in doubt, or give up. */
static void run_too_early(struct world *world)
{
    if (world_count(world, IN_DOUBT) == 0)
        return;
    world_look_away(world);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    WORLD_EXPECT(world, "a run while something is in doubt", &run, 0, 20, 21, 69, 75);
    world_wait_for_sessions(world);
}

static void lose(void *context)
{
    (void)context;
    distributed_server_kill(server);
    if (comes_back)
        distributed_server_start(server);
}

/* Who coordinates is let in by a socket that everybody may use. */
static void make_proxy(const struct world *world)
{
    CLEANUP(text_release) struct text own = TEXT_INIT;
    const char *why;

    if (proxy)
        return;
    server = distributed_server_new(world->home, &why);
    if (!server)
        world_die("%s", why);
    text_addf(&own, "%s/.s.PGSQL.5432", world->probe.directory);
    proxy = cut_proxy_new_postgres(distributed_server_socket(server), world->probe.directory);
    cut_proxy_at_cut(proxy, lose, NULL);
    if (chmod(world->probe.directory, 0711) < 0 || chmod(text_cstr(&own), 0666) < 0)
        world_die("chmod");
}

static void free_proxy(void)
{
    cut_proxy_free(proxy);
    distributed_server_free(server);
    proxy = NULL;
    server = NULL;
}

/* From now on the server of the portal is reached by the proxy; or itself. */
static void route(struct world *world, bool by_proxy)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    free(world_query(world, "delete from pg_dist_poolinfo"));
    text_addf(&sql,
              "insert into pg_dist_poolinfo select nodeid, 'host=%s port=5432' from pg_dist_node"
              " where '%s' like format('%%%% host=%%s port=%%s', nodename, nodeport)",
              world->probe.directory, world->home);
    if (by_proxy)
        free(world_query(world, text_cstr(&sql)));
    world_look_away(world);
    world_wait_for_sessions(world);
}

static void settle(struct world *world)
{
    if (!cut_proxy_settle(proxy))
        world_violate(world, "a connection between the servers does not end");
    distributed_server_start(server);
    route(world, false);
    run_too_early(world);
    resolve(world);
}

static void lost_at(const struct sweep *sweep, struct world *world, size_t index,
                    struct point *ret_point)
{
    const struct points *points = sweep->data;
    const struct lost_point *point =
        &points->point[sweep_sample(index, sweep->count, points->count)];

    make_proxy(world);
    comes_back = index % 2;
    text_addf(&ret_point->name, "message %zu, %s: %s, %s", point->number, point->what,
              cut_place_name(point->place), comes_back ? "back at once" : "back later");
    world_reset(world);
    route(world, true);
    cut_proxy_arm(proxy, point->number, point->place, !comes_back);
    struct world_run run = world_apply(world, NULL, NULL);
    settle(world);
    ret_point->reached = cut_proxy_has_cut(proxy);
    world_check(world, "after the loss");
    world_check_cut_off(world, &run, 0);
    world_run_release(&run);
    world_converge(world, (unsigned)index);
    if (world_outcomes(world, ".json") > 0)
        world_violate(world, "the outcome file was not taken in by the next run");
}

/* --- all of them --- */

static const char *statement_of(const char *what)
{
    const char *of = strstr(what, " of '");

    return of ? of + strlen(" of '") : "";
}

static bool starts_with_one(const char *text, const char *const *words)
{
    while (*words && !text_starts(text, *words))
        words++;
    return *words;
}

/* A message that ends an exchange: what stands in front of it is held back until it comes. */
static bool is_exchange(const char *what)
{
    return !text_is_empty(statement_of(what)) &&
           (text_starts(what, "Query ") || text_starts(what, "Sync "));
}

/* Whether what the server keeps is decided at this place: at a commit, which is one statement or
 * two, and at a write outside a transaction. What was prepared and told is done, with the word of
 * who coordinates, whatever becomes of its own commit. */
static bool is_decisive(const char *what, enum cut_place place, bool inside)
{
    static const char *const others[] = {"SELECT ", "SET ", "BEGIN", "ROLLBACK", NULL};
    const char *statement = statement_of(what);

    if (text_starts(statement, "COMMIT PREPARED"))
        return place == CUT_BEFORE;
    if (text_starts(statement, "PREPARE TRANSACTION"))
        return place != CUT_AFTER;
    return text_starts(statement, "COMMIT") || (!inside && !starts_with_one(statement, others));
}

static bool is_inside_behind(const char *what, bool inside)
{
    static const char *const ends[] = {"COMMIT", "ROLLBACK", "PREPARE TRANSACTION", NULL};
    const char *statement = statement_of(what);

    return !starts_with_one(statement, ends) && (inside || text_starts(statement, "BEGIN"));
}

static void add_points(struct points *points)
{
    static const enum cut_place places[] = {CUT_BEFORE, CUT_AFTER, CUT_ANSWER};
    bool everything = getenv("CRASH_ALL"), inside = false;
    size_t others = 0;

    for (size_t number = 1; number <= cut_proxy_count(proxy); number++) {
        const char *what = cut_proxy_what(proxy, number);
        for (size_t i = 0; i < COUNT_OF(places) && is_exchange(what); i++) {
            points->places++;
            if (!everything && !is_decisive(what, places[i], inside) && others++ % SAMPLE != 0)
                continue;
            points->point =
                mem_grow(points->point, points->count, &points->capacity, sizeof(points->point[0]));
            points->point[points->count++] =
                (struct lost_point){.number = number, .place = places[i], .what = mem_strdup(what)};
        }
        inside = is_inside_behind(what, inside);
    }
}

/* A run without a fault shows what there is. */
static void find_points(struct world *world, struct points *points)
{
    make_proxy(world);
    world_reset(world);
    route(world, true);
    cut_proxy_arm(proxy, 0, CUT_NOWHERE, false);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    settle(world);
    CLEANUP(text_release) struct text said = TEXT_INIT;
    world_said(&run, &said);
    if (run.code != 0)
        world_die("the run without a fault ended with %d: %s", run.code, text_cstr(&said));
    add_points(points);
    printf("lost %s: %zu messages to the server of the portal, %zu places, %zu of them swept\n",
           world_path_name(world->path), cut_proxy_count(proxy), points->places, points->count);
    world_look_away(world);
    free_proxy(); /* its thread would not survive the worker's fork */
}

static size_t sweep_path(enum world_path path)
{
    struct points points = {.count = 0};
    struct world model;

    world_begin_spread(&model, path);
    set_pace(&model, true);
    find_points(&model, &points);
    size_t wanted = sweep_setting("CRASH_POINTS", points.count);
    struct sweep sweep = {.name = "lost",
                          .count = wanted < points.count ? wanted : points.count,
                          .patience = PATIENCE_S,
                          .data = &points,
                          .point = lost_at};
    struct sweep_result result = sweep_run(&sweep, &model);
    set_pace(&model, false);
    world_finish(&model);
    for (size_t i = 0; i < points.count; i++)
        free(points.point[i].what);
    free(points.point);
    return result.violations; /* runs differ by a few messages: the last may not be reached */
}

int main(int count, char **words)
{
    size_t wrong = 0;

    if (!distributed_is_here())
        world_die("RECONCILE_TEST_CITUS names no distributed PostgreSQL");
    (void)setenv("CRASH_WORKERS", "1", 1);
    for (enum world_path path = 0; path < WORLD_APPROVE; path++) {
        if (count < 2 || strcmp(words[1], world_path_name(path)) == 0)
            wrong += sweep_path(path);
    }
    return wrong > 0;
}
