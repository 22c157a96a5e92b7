/*
 * sweep_fault [suspend|deprovision|downgrade|restore|night]: the portal answers a write, or the
 * reading around it, wrongly, late or not at all. Each fault hits the first, second and third
 * request that fits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "sweep.h"

enum { NTH = 3 };

#define WRITES "%s /api/v4/users/"
#define READS  "GET /api/v4/users/"

/* %zu is which request; WHERE is a write's method and path. */
static const struct kind {
    const char *first;  /* of a write */
    const char *second; /* of a single read, at the same time; NULL = none */
    bool not_deletion;
    bool changes_more; /* than it should: no write follows it in its run */
} kinds[] = {
    {.first = "lost-answer=nth=%zu:" WRITES},
    {.first = "reset=nth=%zu:" WRITES},
    {.first = "error=401:nth=%zu:" WRITES},
    {.first = "error=403:nth=%zu:" WRITES},
    {.first = "error=404:nth=%zu:" WRITES},
    {.first = "error=429:nth=%zu:" WRITES},
    {.first = "error=500:nth=%zu:" WRITES},
    {.first = "error=503:nth=%zu:" WRITES},
    {.first = "wrong-type=nth=%zu:" WRITES},
    {.first = "hang=nth=%zu:" WRITES},
    {.first = "never-202=nth=%zu:" WRITES, .not_deletion = true},
    {.first = "delay-202=300:nth=%zu:" WRITES, .not_deletion = true},
    {.first = "default-omitted=nth=%zu:" WRITES, .not_deletion = true},
    {.first = "empty-omitted=companyName:nth=%zu:" WRITES,
     .not_deletion = true,
     .changes_more = true},
    {.first = "error=503:nth=1:" WRITES, .second = "gateway-404=nth=%zu:" READS},
    {.first = "error=503:nth=1:" WRITES,
     .second = "no-such-user=nth=%zu:" READS,
     .not_deletion = true}, /* of a deletion nobody could see through that lie */
    {.first = "lost-answer=nth=1:" WRITES, .second = "error=503:nth=%zu:" READS},
    {.first = "lost-answer=nth=1:" WRITES, .second = "last-login-form=garbage:nth=%zu:" READS},
};

/* Single reads of an account by a run without any fault: whoever reads an act back is among them.
 */
static size_t reads;

static void count_reads(struct world *world)
{
    static const char line[] = "/api/v4/users/";

    world_reset(world);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    WORLD_EXPECT(world, "apply", &run, 0);
    CLEANUP(reply_release)
    struct reply log = probe_ask(&world->probe, "GET", "/_sim/log", NULL, NULL, NULL);
    const char *at = text_cstr(&log.body);
    while ((at = strstr(at, line))) {
        at += sizeof(line) - 1;
        reads += *at != '?' && *at != '"';
    }
    reads += NTH; /* a few are read once more */
}

static size_t points_of(const struct kind *kind, enum world_path path)
{
    if (kind->not_deletion && world_action(path) == ACTION_DEPROVISION)
        return 0;
    return kind->second ? reads : NTH;
}

/* The index-th point is the n-th of a kind. */
static const struct kind *kind_of(enum world_path path, size_t index, size_t *ret_n)
{
    size_t i = 0;

    while (i + 1 < COUNT_OF(kinds) && index >= points_of(&kinds[i], path))
        index -= points_of(&kinds[i++], path);
    *ret_n = index + 1;
    return &kinds[i];
}

/* The words of the table have one number and one method, each as the format has it. */
static void set_fault(struct world *world, const char *format, size_t n, struct text *name)
{
    const char *method = world_action(world->path) == ACTION_DEPROVISION ? "DELETE" : "POST";
    CLEANUP(text_release) struct text pair = TEXT_INIT;

    for (const char *at = format; *at; at++) {
        if (text_starts(at, "%zu")) {
            text_addf(&pair, "%zu", n);
            at += 2;
        } else if (text_starts(at, "%s")) {
            text_add(&pair, method);
            at += 1;
        } else {
            text_add_char(&pair, *at);
        }
    }
    text_addf(name, "%s%s", name->length ? " and " : "", text_cstr(&pair));
    world_fault(world, text_cstr(&pair));
}

static void fault_at(const struct sweep *sweep, struct world *world, size_t index,
                     struct point *ret_point)
{
    size_t n = 0;
    const struct kind *kind = kind_of(world->path, index, &n);

    (void)sweep;
    world_reset(world);
    set_fault(world, kind->first, n, &ret_point->name);
    if (kind->second)
        set_fault(world, kind->second, n, &ret_point->name);
    ret_point->reached = true;
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    /* The fault came while it was collecting: 69, or 20 where list and single read contradict each
     * other (G4). */
    if (kind_of(world->path, index, &n)->second)
        WORLD_EXPECT(world, "apply", &run, 0, 20, 21, 69);
    else
        WORLD_EXPECT(world, "apply", &run, 0, 21);
    if (kind->changes_more && world_written(world, NULL) > n)
        world_violate(world, "after the fault: a write that changed something else was not the "
                             "last of its run");
    world_check(world, "after the fault");
    world_converge(world, (unsigned)index);
}

int main(int argc, char **argv)
{
    enum world_path path = sweep_chosen(argc, argv);
    struct world world;
    struct sweep sweep = {.name = "fault", .point = fault_at};

    world_begin(&world, path);
    count_reads(&world);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        sweep.count += points_of(&kinds[i], path);
    struct sweep_result result = sweep_run(&sweep, &world);
    world_finish(&world);
    return result.violations > 0;
}
