/*
 * sweep_stop [suspend|deprovision|downgrade|restore|night] [MODE]: the program is stopped before
 * each message that it sends, something happens, and it goes on as if nothing had.
 *
 *   change    the rule of a target that was not read yet stops holding
 *   double    a second run starts: it must find the lock taken, or be the one that works
 *   takeover  the first one's connection is ended, and a second run does the work
 *   fence     the same while the first keeps its connection and the lock is no help, as behind a
 *             connection pooler that forgets session locks: give a program without it
 *             (wrong/no_lock.c) as CRASH_PROGRAM
 *   overtaken likewise, but the second run is kept from every act by a stop row that is gone when
 *             the first goes on: what is left to do is still approved, nothing but the number of
 *             the newer run stands against it, and the first must do none of it
 *   budget    other acts use up the rolling limit
 *   decided   a person thinks again about a target: keeps or rejects it, or takes the approval back
 *
 * A process that is stopped after its intent and wakes up only when another has settled it may
 * still send its one write: no fence reaches into the portal. What must hold then is that nobody is
 * written to twice, that no further act follows, and that the record is true in the end: what the
 * late one kept outside the database is taken in by the next run.
 *
 * A mode can only make a difference where what it changes is not as before: between two messages to
 * the portal nothing that `change` does can be seen, so it is swept before each of these. What the
 * others do is done in the database, and all that others see of the stopped run there are its
 * commits and the locks of an open transaction: they are swept before each commit (all locks are
 * held) and behind it, before each single read of an account and before and behind each write (what
 * the run knows and has done), and around each statement outside a transaction. Of all other
 * messages every SAMPLE-th is swept, and with CRASH_ALL each.
 *
 * CRASH_POINTS limits each mode to that many points, evenly spread.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "host/file.h"
#include "sweep.h"

enum { SAMPLE = 12 };

/* Two runs of one plan; the second may have to wait for the first one's transaction. */
struct pair {
    struct world_run first, second;
    bool waits;            /* the second is still there when the first goes on */
    bool is_bounded;       /* the first may do nothing that it has not begun: */
    size_t may_be_written; /* so many writes, that of a committed intent included */
    size_t target;         /* about whom the second, a person, decides; WORLD_TARGETS: nobody */
};

struct mode {
    const char *name;
    bool needs_no_lock; /* by name only, with a program that has no lock */
    bool is_of_portal;  /* it changes something there, and not in the database */
    /* What happens while the first run is stopped. */
    void (*meanwhile)(struct world *world, struct pair *pair, size_t variant);
    /* All runs have ended. */
    void (*afterwards)(struct world *world, const struct pair *pair, size_t variant);
};

struct stops {
    const struct mode *mode;
    size_t *number; /* of the sends that are swept */
    size_t count, wanted;
};

static void converge(struct world *world, const struct pair *pair, size_t variant)
{
    WORLD_EXPECT(world, "the first run: apply", &pair->first, 0, 20, 21, 69, 70, 75);
    world_check(world, "went on");
    world_converge(world, (unsigned)variant);
}

/* --- change --- */

static void change(struct world *world, struct pair *pair, size_t variant)
{
    (void)pair;
    world_change(world, (unsigned)variant, true);
}

/* --- double --- */

static void start_second(struct world *world, struct pair *pair, size_t variant)
{
    size_t before = world_written(world, NULL);
    bool locked = world_count(world, "select count(*) from pg_locks l join pg_database d on d.oid ="
                                     " l.database where locktype = 'advisory' and granted and "
                                     "d.datname = current_database()") > 0;

    (void)variant;
    world_start(world, NULL, NULL, &pair->second);
    pair->waits = world_wait_blocked(world, &pair->second);
    if (pair->waits)
        return;
    if (!locked) {
        WORLD_EXPECT(world, "the only run with a lock: apply", &pair->second, 0, 20);
        return;
    }
    WORLD_EXPECT(world, "the second run: apply", &pair->second, 75);
    if (world_written(world, NULL) != before)
        world_violate(world, "the second run writes without the lock");
}

/* --- takeover, fence --- */

static void run_second(struct world *world, struct pair *pair, size_t variant)
{
    (void)variant;
    world_start(world, NULL, NULL, &pair->second);
    pair->waits = world_wait_blocked(world, &pair->second);
    if (pair->waits)
        return;
    WORLD_EXPECT(world, "the second run: apply", &pair->second, 0, 20, 21);
    world_check(world, "after the second run");
}

static void take_over(struct world *world, struct pair *pair, size_t variant)
{
    free(world_query(world, "select pg_terminate_backend(pid, 5000) from pg_stat_activity where "
                            "datname = current_database() and pid <> pg_backend_pid()"));
    run_second(world, pair, variant);
}

/* --- overtaken --- */

static size_t count_open(struct world *world)
{
    return (size_t)world_count(world, "select count(*) from reconcile.step where state = 'intent'"
                                      " and intent_at > now() - interval '1 hour'");
}

/* false: the first run holds the portal's row, and nobody can. */
static bool set_stop(struct world *world)
{
    return world_count(world,
                       "with free as (select portal_id from reconcile.portal"
                       " for key share skip locked),"
                       " done as (insert into reconcile.stop (portal_id, stop_id, reason, who)"
                       " select portal_id, 1, 'the second run', 'sweep' from free returning 1)"
                       " select count(*) from done") > 0;
}

static void lift_stop(struct world *world)
{
    free(world_query(world, "delete from reconcile.stop"));
}

/* Where a second run would wait for the first one's transaction there is nothing to tell of the
 * fence: it keeps its stop row, and both end at it, or it is not begun. */
static void run_second_without_acts(struct world *world, struct pair *pair, size_t variant)
{
    bool has_number =
        world_count(world, "select last_run_id from reconcile.portal") > world->first_run;
    size_t before = world_written(world, NULL), in_hand = count_open(world);

    (void)variant;
    if (!set_stop(world))
        return;
    world_start(world, NULL, NULL, &pair->second);
    pair->waits = world_wait_blocked(world, &pair->second);
    if (pair->waits)
        return;
    WORLD_EXPECT(world, "the second run: apply", &pair->second, 20);
    if (world_written(world, NULL) != before)
        world_violate(world, "the second run writes although it is stopped");
    lift_stop(world);
    pair->is_bounded = has_number; /* else the first has the newer one */
    pair->may_be_written = before + in_hand;
}

static void check_overtaken(struct world *world, const struct pair *pair, size_t variant)
{
    if (pair->is_bounded && world_written(world, NULL) > pair->may_be_written)
        world_violate(world, "a run that was overtaken by a newer one goes on writing");
    lift_stop(world);
    converge(world, pair, variant);
}

/* --- budget --- */

/* Like every run, the others hold the portal's row while they record an act: where the first run
 * holds it, between its look at the limit and its intent, nobody can. */
static void use_up_budget(struct world *world, struct pair *pair, size_t variant)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    (void)variant;
    text_addf(&sql,
              "with held as (select portal_id from reconcile.portal for update skip locked),"
              " other as (select portal_id, account_id, row_number() over () as n"
              " from held join reconcile.account using (portal_id) limit 5),"
              " done as (insert into reconcile.act (portal_id, act_id, account_id, action, done_at,"
              " from_profile, to_profile)"
              " select portal_id, 1000 + n, account_id, '%s', now(), %s from other returning 1)"
              " select count(*) from done",
              action_name(world_action(world->path)),
              actions[world_action(world->path)].sets_profile ? "'a', 'b'" : "null, null");
    pair->is_bounded = world_count(world, text_cstr(&sql)) > 0;
    pair->may_be_written = world_written(world, NULL) + count_open(world);
}

static void check_budget(struct world *world, const struct pair *pair, size_t variant)
{
    (void)variant;
    WORLD_EXPECT(world, "the first run: apply", &pair->first, 0, 20, 21);
    if (pair->is_bounded && world_written(world, NULL) > pair->may_be_written)
        world_violate(world, "it goes on writing although the rolling limit is used up");
    world_check(world, "went on");
}

/* --- decided --- */

static const char other_word[] = "who was decided on otherwise since";

/* Keep, reject or withdraw, as a person would. */
static void start_person(struct world *world, const char *id, size_t variant,
                         struct world_run *ret_run)
{
    CLEANUP(mem_cleanup) char *until = world_query(world, "select (current_date + 90)::text");
    CLEANUP(mem_cleanup) char *only = world_write_file(world, "only", id);
    CLEANUP(text_release) struct text plan = TEXT_INIT;

    text_addf(&plan, "%lld", (long long)world->plan_id);
    const char *const keep[] = {"keep", id, "--until", until, "--reason", "a project", NULL};
    const char *const reject[] = {"reject",   text_cstr(&plan), "--only", only,
                                  "--reason", "still needed",   NULL};
    const char *const withdraw[] = {"withdraw", id, "--reason", "a mistake", NULL};
    const char *const *const words[] = {keep, reject, withdraw};

    world_start_person(world, words[variant % COUNT_OF(words)], ret_run);
}

static bool is_in_hand(struct world *world, const char *id)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select count(*) from reconcile.step where state = 'intent' and account_id = '%s'",
              id);
    return world_count(world, text_cstr(&sql)) > 0;
}

/* Whose intent is committed is called, whatever people say then; and who decides while the first
 * run holds the portal's row is later than what that run is about to commit. */
static void think_again(struct world *world, struct pair *pair, size_t variant)
{
    size_t target = world_waiting(world, false);

    if (target == WORLD_TARGETS || is_in_hand(world, world->target[target]))
        return;
    start_person(world, world->target[target], variant, &pair->second);
    pair->waits = world_wait_blocked(world, &pair->second);
    pair->target = target;
    if (pair->waits)
        return;
    WORLD_EXPECT(world, "a person's decision", &pair->second, 0);
    world_forbid(world, target, other_word);
}

/* Who had to wait may come too late: the run that went on may have the portal's row again before
 * them, and then it is said that there is nothing left to decide on. */
static void check_decided(struct world *world, const struct pair *pair, size_t variant)
{
    if (pair->waits && pair->second.code != 0) {
        WORLD_EXPECT(world, "a decision that came too late", &pair->second, 20, 64);
        if (world_written(world, world->target[pair->target]) == 0)
            world_violate(world, "a decision was refused, and nothing had been done");
    } else if (pair->waits) {
        world_forbid(world, pair->target, other_word);
    }
    converge(world, pair, variant);
}

static const struct mode modes[] = {
    {.name = "change", .is_of_portal = true, .meanwhile = change, .afterwards = converge},
    {.name = "double", .meanwhile = start_second, .afterwards = converge},
    {.name = "takeover", .meanwhile = take_over, .afterwards = converge},
    {.name = "fence", .needs_no_lock = true, .meanwhile = run_second, .afterwards = converge},
    {.name = "overtaken",
     .needs_no_lock = true,
     .meanwhile = run_second_without_acts,
     .afterwards = check_overtaken},
    {.name = "budget", .meanwhile = use_up_budget, .afterwards = check_budget},
    {.name = "decided", .meanwhile = think_again, .afterwards = check_decided},
};

/* --- the sweep --- */

static void preload(struct text *ret_word)
{
    text_addf(ret_word, "LD_PRELOAD=%s", CRASH_STOP_AT);
}

static void stop_at(const struct sweep *sweep, struct world *world, size_t index,
                    struct point *ret_point)
{
    const struct stops *stops = sweep->data;
    size_t n = stops->number[sweep_sample(index, stops->wanted, stops->count)];
    CLEANUP(text_release) struct text word = TEXT_INIT, at = TEXT_INIT;

    text_addf(&ret_point->name, "%s before send %zu", stops->mode->name, n);
    text_addf(&at, "STOP_AT=%zu", n);
    preload(&word);
    const char *const environment[] = {text_cstr(&word), text_cstr(&at), NULL};
    world_reset(world);
    if (stops->mode->meanwhile == use_up_budget)
        world_limit(world, WORLD_TARGETS);
    struct pair pair = {.target = WORLD_TARGETS};
    world_start(world, NULL, environment, &pair.first);
    ret_point->reached = world_wait_stopped(world, &pair.first);
    if (ret_point->reached) {
        stops->mode->meanwhile(world, &pair, index);
        (void)kill(pair.first.pid, SIGCONT);
        world_wait(world, &pair.first);
    }
    if (pair.waits) {
        world_wait(world, &pair.second);
        if (pair.target == WORLD_TARGETS)
            WORLD_EXPECT(world, "the run that waited: apply", &pair.second, 0, 20, 21, 75);
    }
    stops->mode->afterwards(world, &pair, index);
    world_run_release(&pair.first);
    world_run_release(&pair.second);
}

/* A letter for each send of a run without a fault (preload_stop_at.c). */
static char *kinds_of_sends(struct world *world)
{
    CLEANUP(mem_cleanup) char *path = probe_path(&world->probe, "sends");
    CLEANUP(text_release) struct text word = TEXT_INIT, where = TEXT_INIT;
    struct text kinds = TEXT_INIT;

    preload(&word);
    text_addf(&where, "STOP_KINDS=%s", path);
    const char *const environment[] = {text_cstr(&word), text_cstr(&where), NULL};
    world_reset(world);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, environment);
    if (run.code != 0 || file_read(path, 1u << 20, ERR_INTERNAL, &kinds, NULL, NULL) < 0 ||
        kinds.length == 0)
        world_die("the run to be counted ends with %d", run.code);
    return text_take(&kinds);
}

/* Whether something may be otherwise before the i-th send (from 0) than before the one in front of
 * it. */
static bool may_differ(const struct mode *mode, const char *kinds, size_t i, bool is_inside)
{
    char is = kinds[i], was = i > 0 ? kinds[i - 1] : 'c';

    if (mode->is_of_portal)
        return strchr("row", is);
    return strchr("cow", is) || strchr("cw", was) ||
           (!is_inside && (is == 'q' || (was == 'q' && is == 'b')));
}

static void choose(struct stops *stops, const char *kinds)
{
    bool is_inside = false, everything = getenv("CRASH_ALL");
    size_t others = 0;

    stops->number = mem_calloc(strlen(kinds), sizeof(stops->number[0]));
    for (size_t i = 0; kinds[i]; i++) {
        if (everything || may_differ(stops->mode, kinds, i, is_inside) || others++ % SAMPLE == 0)
            stops->number[stops->count++] = i + 1;
        if (kinds[i] == 'b' || kinds[i] == 'c')
            is_inside = kinds[i] == 'b';
    }
}

static size_t sweep_mode(struct world *world, const struct mode *mode, const char *kinds)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    struct stops stops = {.mode = mode};

    choose(&stops, kinds);
    printf("stop, %s %s: %zu of %zu messages that it sends\n", mode->name,
           world_path_name(world->path), stops.count, strlen(kinds));
    stops.wanted = stops.count;
    if (sweep_setting("CRASH_POINTS", stops.count) < stops.count)
        stops.wanted = sweep_setting("CRASH_POINTS", stops.count);
    text_addf(&name, "stop, %s", mode->name);
    const struct sweep sweep = {
        .name = text_cstr(&name), .count = stops.wanted, .data = &stops, .point = stop_at};
    size_t violations = sweep_run(&sweep, world).violations;
    free(stops.number);
    return violations;
}

int main(int argc, char **argv)
{
    struct world world;
    size_t violations = 0;

    world_begin(&world, sweep_chosen(argc, argv));
    CLEANUP(mem_cleanup) char *kinds = kinds_of_sends(&world);
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        bool by_name = argc > 2;
        /* The window does not count what is spread, and what is only proposed has none. */
        if (modes[i].meanwhile == use_up_budget &&
            (world.path == WORLD_NIGHT || !actions[world_action(world.path)].guard))
            continue;
        if (by_name ? text_equal(argv[2], modes[i].name) : !modes[i].needs_no_lock)
            violations += sweep_mode(&world, &modes[i], kinds);
    }
    world_finish(&world);
    return violations > 0;
}
