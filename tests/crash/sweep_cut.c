/*
 * Every message to the database and every exchange with the portal of one `apply`, cut at each of
 * its places; writes whose effect is done but whose answer is lost, and writes that were answered
 * 2xx without effect. The points are those that a run without a fault shows, so a new statement or
 * a new request is swept without anybody thinking of it.
 *
 * The same again for the run that resumes: before each of its points the database was cut off while
 * it was told the outcome of the second act, so that there is a file to be taken in, a step done,
 * one in hand and one to do.
 *
 * A statement is one exchange, sent at once: Parse, Bind, Describe, Execute, Sync. To the database
 * a cut in it has three ends: it was not executed (up to Execute), executed and given up (Sync is
 * missing), or done, with or without an answer. Where that decides what lasts, which is at a commit
 * and at a write outside a transaction, every end of every exchange is swept. Inside a transaction
 * nothing lasts, and a read leaves nothing; there it is the program that must find its way out, at
 * each statement: of a text that no sweep of this process had yet, the first exchange is swept
 * before it and in its answer, the last one behind it. Of all other places every SAMPLE-th is, and
 * with CRASH_ALL each.
 *
 * When the database is cut off, the program still lives: what it knows of a call must then be in
 * the database or in the state directory, and it must have said so.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cut_proxy.h"
#include "sweep.h"

enum { SAMPLE = 25 };

enum channel { DATABASE = 0, PORTAL, CHANNELS };

static const char *const channel_name[CHANNELS] = {"database", "portal"};

/* One point: a cut, or a fault of the portal. */
struct cut_point {
    enum channel channel;
    size_t number;
    enum cut_place place;
    char *what;
    const char *fault; /* of portal-sim; NULL: a cut */
};

struct points {
    const char *name;
    bool resumes;            /* a first run was cut off before each of them, */
    size_t first;            /* at this message to the database */
    struct cut_point *point; /* those of the database, then those of the portal */
    size_t count, capacity;
    size_t of_database;
    size_t places; /* that there are for a cut, swept or not */
};

/* Faults of the portal's own, for every write; `approve` never asks it. */
static const char *const portal_faults[] = {
    "lost-answer=nth=1:POST /api/v4/users/",
    "lost-answer=nth=2:POST /api/v4/users/",
    "lost-answer=nth=3:POST /api/v4/users/",
    "lost-answer=POST /api/v4/users/",
    "lost-answer=nth=1:DELETE /api/v4/users/",
    "lost-answer=nth=2:DELETE /api/v4/users/",
    "lost-answer=nth=3:DELETE /api/v4/users/",
    "lost-answer=DELETE /api/v4/users/",
    "never-202=nth=1:POST /api/v4/users/",
    "never-202=nth=2:POST /api/v4/users/",
    "never-202=nth=3:POST /api/v4/users/",
    "never-202=POST /api/v4/users/",
    "delay-202=300",
    "delay-202-reads=2",
    "error=503:POST /api/v4/users/",
    "error=502:DELETE /api/v4/users/",
    "reset=POST /api/v4/users/",
    "reset=DELETE /api/v4/users/",
};

/* --- proxies, two in a process --- */

static struct cut_proxy *proxy[CHANNELS];

/* A value of a connection string, malloc'ed; NULL when it has none. */
static char *conninfo_value(const char *conninfo, const char *keyword)
{
    PQconninfoOption *option = PQconninfoParse(conninfo, NULL);
    char *value = NULL;

    assert(option);
    for (size_t i = 0; option[i].keyword; i++) {
        if (strcmp(option[i].keyword, keyword) == 0 && option[i].val)
            value = mem_strdup(option[i].val);
    }
    PQconninfoFree(option);
    return value;
}

static void make_proxies(const struct world *world)
{
    CLEANUP(mem_cleanup) char *host = conninfo_value(world->server, "host");
    CLEANUP(mem_cleanup) char *port = conninfo_value(world->server, "port");
    CLEANUP(text_release) struct text path = TEXT_INIT;

    if (proxy[PORTAL])
        return;
    text_addf(&path, "%s/.s.PGSQL.%s", host, port ? port : "5432");
    proxy[DATABASE] = cut_proxy_new_postgres(text_cstr(&path), world->probe.directory);
    proxy[PORTAL] = cut_proxy_new_http(world->probe.port);
}

static void free_proxies(void)
{
    for (int i = 0; i < CHANNELS; i++) {
        cut_proxy_free(proxy[i]);
        proxy[i] = NULL;
    }
}

static void route(struct world *world)
{
    CLEANUP(mem_cleanup) char *user = conninfo_value(world->server, "user");
    CLEANUP(text_release) struct text url = TEXT_INIT, conninfo = TEXT_INIT;

    text_addf(&url, "http://127.0.0.1:%u", cut_proxy_port(proxy[PORTAL]));
    text_addf(&conninfo, "host=%s port=5432 dbname=%s", world->probe.directory, world->database);
    if (user)
        text_addf(&conninfo, " user=%s", user);
    world_route(world, text_cstr(&url), text_cstr(&conninfo));
}

static void settle(struct world *world)
{
    for (int i = 0; i < CHANNELS; i++) {
        if (!cut_proxy_settle(proxy[i]))
            world_violate(world, "the %s held a connection open whose client was gone",
                          channel_name[i]);
    }
}

/* --- one point --- */

static void arm(const struct cut_point *point)
{
    for (enum channel i = DATABASE; i < CHANNELS; i++) {
        bool here = point && !point->fault && point->channel == i;

        cut_proxy_arm(proxy[i], here ? point->number : 0, here ? point->place : CUT_NOWHERE,
                      i == DATABASE);
    }
}

static void name_point(const struct cut_point *point, struct text *ret_name)
{
    if (point->fault)
        text_addf(ret_name, "portal fault '%s'", point->fault);
    else
        text_addf(ret_name, "%s message %zu, %s: %s", channel_name[point->channel], point->number,
                  point->what, cut_place_name(point->place));
}

/* Which point the i-th of `wanted` is. A reduced sweep gives a third to the portal, whose points
 * are few. */
static size_t choose(const struct points *points, size_t i, size_t wanted)
{
    size_t of_portal = points->count - points->of_database;
    size_t database_wanted = wanted - (wanted / 3 < of_portal ? wanted / 3 : of_portal);

    if (wanted >= points->count)
        return i;
    if (i < database_wanted)
        return sweep_sample(i, database_wanted, points->of_database);
    return points->of_database +
           sweep_sample(i - database_wanted, wanted - database_wanted, of_portal);
}

/* The world as it is before the run that is swept. */
static void begin(const struct points *points, struct world *world)
{
    const struct cut_point first = {
        .channel = DATABASE, .number = points->first, .place = CUT_BEFORE};

    world_reset(world);
    route(world);
    if (!points->resumes)
        return;
    arm(&first);
    struct world_run run = world_apply(world, NULL, NULL);
    settle(world);
    if (!cut_proxy_has_cut(proxy[DATABASE]) || world_outcomes(world, ".json") != 1)
        world_violate(world, "the first run left no outcome behind");
    world_run_release(&run);
}

static void sweep_point(const struct sweep *sweep, struct world *world, size_t index,
                        struct point *ret_point)
{
    const struct points *points = sweep->data;
    const struct cut_point *point = &points->point[choose(points, index, sweep->count)];

    name_point(point, &ret_point->name);
    make_proxies(world);
    begin(points, world);
    size_t before = world_written(world, NULL);
    world->accepted_unseen = point->place == CUT_SWALLOW ? point->what : NULL;
    arm(point);
    if (point->fault)
        world_fault(world, point->fault);
    struct world_run run = world_apply(world, NULL, NULL);
    settle(world);
    ret_point->reached = point->fault || cut_proxy_has_cut(proxy[point->channel]);
    world_heal(world);
    world_check(world, "after the cut");
    world_check_cut_off(world, &run, before);
    world_run_release(&run);
    world_converge(world, (unsigned)index);
    if (world_outcomes(world, ".json") > 0)
        world_violate(world, "the outcome file was not taken in by the next run");
}

/* --- all of them --- */

static void add_point(struct points *points, struct cut_point point)
{
    points->point =
        mem_grow(points->point, points->count, &points->capacity, sizeof(points->point[0]));
    points->point[points->count++] = point;
}

/* The statement of a message, "" for one without: "Sync of 'commit'". */
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

/* Whether what the database keeps is decided by this message's exchange. */
static bool is_decisive(const char *what, bool *is_inside)
{
    static const char *const ends[] = {"commit", "rollback", NULL};
    static const char *const reads[] = {"select ", "set ", "show ", "begin", NULL};
    const char *statement = statement_of(what);
    bool ending = starts_with_one(statement, ends), inside = *is_inside;

    if (text_starts(statement, "begin"))
        *is_inside = true;
    else if (ending && text_starts(what, "Sync "))
        *is_inside = false;
    return ending || (!inside && !starts_with_one(statement, reads)) ||
           (!inside && text_starts(statement, "select pg_"));
}

/* Whether no other message before, or behind, was the same. */
static bool is_first_of_all(size_t number)
{
    const char *what = cut_proxy_what(proxy[DATABASE], number);

    while (--number > 0 && strcmp(cut_proxy_what(proxy[DATABASE], number), what) != 0)
        continue;
    return number == 0;
}

static bool is_last_of_all(size_t number)
{
    const char *what = cut_proxy_what(proxy[DATABASE], number);
    size_t count = cut_proxy_count(proxy[DATABASE]);

    while (++number <= count && strcmp(cut_proxy_what(proxy[DATABASE], number), what) != 0)
        continue;
    return number > count;
}

/* What earlier sweeps had, each message once. */
static struct {
    char **what;
    size_t count, capacity;
} had;

static bool is_known(const char *what, size_t count)
{
    while (count > 0 && strcmp(had.what[count - 1], what) != 0)
        count--;
    return count > 0;
}

static void remember_messages(void)
{
    for (size_t number = 1; number <= cut_proxy_count(proxy[DATABASE]); number++) {
        const char *what = cut_proxy_what(proxy[DATABASE], number);
        if (is_known(what, had.count))
            continue;
        had.what = mem_grow(had.what, had.count, &had.capacity, sizeof(had.what[0]));
        had.what[had.count++] = mem_strdup(what);
    }
}

static void forget_messages(void)
{
    while (had.count > 0)
        free(had.what[--had.count]);
    free(had.what);
}

/* Whether a place is one of the ends of an exchange, and of one that is swept. */
static bool is_swept(size_t number, enum cut_place place, bool decisive)
{
    const char *what = cut_proxy_what(proxy[DATABASE], number);
    bool is_new = !is_known(what, had.count);

    if (text_is_empty(statement_of(what)))
        return true;
    if (text_starts(what, "Parse "))
        return place == CUT_BEFORE && (decisive || (is_new && is_first_of_all(number)));
    if (text_starts(what, "Copy"))
        return decisive || (is_new && is_first_of_all(number));
    if (!text_starts(what, "Sync "))
        return false;
    if (decisive)
        return true;
    return is_new && place != CUT_BEFORE &&
           (place == CUT_ANSWER ? is_first_of_all(number) : is_last_of_all(number));
}

static void add_cuts(struct points *points, enum channel channel)
{
    bool everything = getenv("CRASH_ALL") || channel == PORTAL, is_inside = false;
    size_t others = 0;

    for (size_t number = 1; number <= cut_proxy_count(proxy[channel]); number++) {
        const char *what = cut_proxy_what(proxy[channel], number);
        bool decisive = is_decisive(what, &is_inside);
        for (enum cut_place place = CUT_BEFORE; place < CUT_PLACES; place++) {
            if (!cut_proxy_has_place(proxy[channel], number, place))
                continue;
            points->places++;
            if (!everything && !is_swept(number, place, decisive) && others++ % SAMPLE != 0)
                continue;
            add_point(points, (struct cut_point){.channel = channel,
                                                 .number = number,
                                                 .place = place,
                                                 .what = mem_strdup(what)});
        }
    }
}

/* The message that tells the database the outcome of the second act. */
static size_t find_second_outcome(void)
{
    static const char act[] = "Execute of 'with numbered as ( update portal set last_act_id";
    size_t seen = 0, number = 0;

    while (seen < 2 && number < cut_proxy_count(proxy[DATABASE]))
        seen += text_starts(cut_proxy_what(proxy[DATABASE], ++number), act);
    assert(seen == 2);
    return number;
}

static void run_without_fault(const struct points *points, struct world *world)
{
    begin(points, world);
    arm(NULL);
    struct world_run run = world_apply(world, NULL, NULL);
    settle(world);
    if (run.code != 0) {
        CLEANUP(text_release) struct text said = TEXT_INIT;
        world_said(&run, &said);
        (void)fprintf(stderr, "the run without a fault ended with %d: %s\n", run.code,
                      text_cstr(&said));
        abort();
    }
    world_run_release(&run);
}

/* A run without a fault shows what there is to cut. */
static void find_points(struct world *world, struct points *points)
{
    make_proxies(world);
    run_without_fault(&(struct points){.resumes = false}, world);
    if (points->resumes) {
        points->first = find_second_outcome();
        run_without_fault(points, world);
    }
    add_cuts(points, DATABASE);
    points->of_database = points->count;
    add_cuts(points, PORTAL);
    remember_messages();
    printf("%s %s: %zu messages to the database, %zu exchanges with the portal, %zu places, %zu of "
           "them swept\n",
           points->name, world_path_name(world->path), cut_proxy_count(proxy[DATABASE]),
           cut_proxy_count(proxy[PORTAL]), points->places, points->count);
    for (size_t i = 0; i < COUNT_OF(portal_faults) && world->path != WORLD_APPROVE; i++)
        add_point(points, (struct cut_point){.channel = PORTAL, .fault = portal_faults[i]});
    free_proxies(); /* their threads would not survive the workers' fork */
}

static void free_points(struct points *points)
{
    for (size_t i = 0; i < points->count; i++)
        free(points->point[i].what);
    free(points->point);
}

static size_t sweep_path(enum world_path path, const char *name, bool resumes)
{
    struct points points = {.name = name, .resumes = resumes};
    struct world model;

    world_begin(&model, path);
    find_points(&model, &points);
    size_t wanted = sweep_setting("CRASH_POINTS", points.count);
    struct sweep sweep = {.name = name,
                          .count = wanted < points.count ? wanted : points.count,
                          .data = &points,
                          .point = sweep_point};
    struct sweep_result result = sweep_run(&sweep, &model);
    world_finish(&model);
    free_points(&points);
    return result.violations + (result.points - result.reached);
}

int main(int count, char **words)
{
    size_t wrong = 0;

    for (enum world_path path = 0; path < WORLD_PATHS; path++) {
        if (count >= 2 && strcmp(words[1], world_path_name(path)) != 0)
            continue;
        wrong += sweep_path(path, "cut", false);
        if (path != WORLD_APPROVE) /* which does nothing that could be resumed */
            wrong += sweep_path(path, "cut resumed", true);
    }
    forget_messages();
    return wrong > 0;
}
