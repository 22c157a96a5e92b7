/*
 * What must hold of a world, by its witnesses: the portal's log of writes, and the steps, acts and
 * plan in the database; and how the world goes on after a fault, until nothing changes any more.
 */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"

static bool flag_of(struct json_object *object, const char *key)
{
    return json_object_get_boolean(json_object_object_get(object, key));
}

static const char *string_of(struct json_object *object, const char *key)
{
    struct json_object *value = json_object_object_get(object, key);

    return value ? json_object_get_string(value) : "";
}

static bool is_wanted(struct world *world, const char *id)
{
    struct json_object *json = world_user(world, id);
    bool deleted = !json || flag_of(json, "deleted"), active = json && flag_of(json, "active");

    json_object_put(json);
    return world->path == WORLD_SUSPEND ? !active && !deleted : deleted;
}

/* --- writes --- */

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && !text_equal(word, *words))
        words++;
    return *words;
}

/* Of whom the request was; one that was refused before anybody looked has only its path. */
static const char *id_written(struct json_object *item)
{
    const char *id = string_of(item, "id"), *path = string_of(item, "path");
    const char *last = strrchr(path, '/');

    return text_is_empty(id) && last ? last + 1 : id;
}

struct world_write *world_writes(struct world *world, size_t *ret_count)
{
    static const char *const no_effect[] = {"none", "unchanged", NULL};
    struct json_object *json = probe_control_json(&world->probe, "/_sim/writes");
    size_t count = json_object_array_length(json);
    struct world_write *writes = mem_calloc(count + 1, sizeof(writes[0]));

    for (size_t i = 0; i < count; i++) {
        struct json_object *item = json_object_array_get_idx(json, i);
        const char *method = string_of(item, "method");
        struct json_object *form = json_object_object_get(item, "form");
        struct instant at = {.us = 0};
        bool suspends = text_equal(method, "POST") && form &&
                        json_object_object_length(form) == 1 &&
                        text_equal(string_of(form, "active"), "0");

        (void)instant_parse_rfc3339(string_of(item, "time"), &at);
        writes[i] = (struct world_write){
            .id = mem_strdup(id_written(item)),
            .method = mem_strdup(method),
            .at_us = at.us,
            .status = (long)json_object_get_int64(json_object_object_get(item, "status")),
            .fits = world->path == WORLD_SUSPEND ? suspends : text_equal(method, "DELETE"),
            .effective = !is_one_of(string_of(item, "effect"), no_effect),
        };
    }
    json_object_put(json);
    *ret_count = count;
    return writes;
}

void world_writes_free(struct world_write *writes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(writes[i].id);
        free(writes[i].method);
    }
    free(writes);
}

/* 401 and 429 are told by the portal before anything is done: such a step may start anew. */
static bool counts(const struct world_write *write)
{
    return write->status != 401 && write->status != 429;
}

static size_t writes_to(const struct world_write *writes, size_t count, const char *id)
{
    size_t to = 0;

    for (size_t i = 0; i < count; i++)
        to += counts(&writes[i]) && text_equal(writes[i].id, id);
    return to;
}

static size_t effects_on(const struct world_write *writes, size_t count, const char *id)
{
    size_t on = 0;

    for (size_t i = 0; i < count; i++)
        on += writes[i].effective && text_equal(writes[i].id, id);
    return on;
}

size_t world_written(struct world *world, const char *id)
{
    size_t count = 0, to = 0;
    struct world_write *writes = world_writes(world, &count);

    for (size_t i = 0; i < count; i++)
        to += !id || text_equal(writes[i].id, id);
    world_writes_free(writes, count);
    return to;
}

bool world_was_read(struct world *world, const char *id)
{
    CLEANUP(reply_release)
    struct reply reply = probe_ask(&world->probe, "GET", "/_sim/log", NULL, NULL, NULL);
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "\"path\":\"/api/v4/users/%s\"", id);
    return strstr(text_cstr(&reply.body), text_cstr(&path));
}

/* --- steps, acts, the plan --- */

/* A step as the database has it. */
struct seen {
    char *state;
    int64_t intent_us; /* 0 = none */
};

static struct seen step_of(struct world *world, const char *id)
{
    CLEANUP(text_release) struct text state = TEXT_INIT, intent = TEXT_INIT;
    struct seen seen;

    text_addf(&state, "select state from reconcile.step where plan_id = %lld and account_id = '%s'",
              (long long)world->plan_id, id);
    text_addf(&intent,
              "select coalesce(sum(reconcile.us(intent_at)), 0)::bigint from reconcile.step "
              "where plan_id = %lld and account_id = '%s'",
              (long long)world->plan_id, id);
    seen.state = world_query(world, text_cstr(&state));
    seen.intent_us = world_count(world, text_cstr(&intent));
    return seen;
}

static size_t target_of(const struct world *world, const char *id)
{
    size_t i = 0;

    while (i < WORLD_TARGETS && !text_equal(world->target[i], id))
        i++;
    return i;
}

static void check_write(struct world *world, const char *when, const struct world_write *write)
{
    if (target_of(world, write->id) == WORLD_TARGETS)
        world_violate(world, "%s: a write to %s, which is no approved row", when, write->id);
    else if (!write->fits)
        world_violate(world, "%s: %s to %s is not what was approved", when, write->method,
                      write->id);
    if (!counts(write))
        return;
    struct seen step = step_of(world, write->id);
    if (step.intent_us == 0)
        world_violate(world, "%s: a write to %s without a committed intent (step is '%s')", when,
                      write->id, step.state);
    else if (step.intent_us > write->at_us)
        world_violate(world, "%s: the intent of %s is younger than its write", when, write->id);
    free(step.state);
}

static void check_target(struct world *world, const char *when, size_t target,
                         const struct world_write *writes, size_t count)
{
    const char *id = world->target[target];
    size_t to = writes_to(writes, count, id), on = effects_on(writes, count, id);

    if (on > 1)
        world_violate(world, "%s: %zu effective changes of %s", when, on, id);
    if (to > 1)
        world_violate(world, "%s: %zu writes to %s", when, to, id);
    if (world->changed == target && to > world->writes_at_change)
        world_violate(world, "%s: a write to %s, whose rule does not hold any more", when, id);
}

void world_check(struct world *world, const char *when)
{
    size_t count = 0;
    struct world_write *writes = world_writes(world, &count);

    for (size_t i = 0; i < count; i++)
        check_write(world, when, &writes[i]);
    for (size_t i = 0; i < WORLD_TARGETS; i++)
        check_target(world, when, i, writes, count);
    world_writes_free(writes, count);
}

/* The record of one target, against what the portal knows. */
static void check_record(struct world *world, const char *when, size_t target, const char *state)
{
    static const char *const done[] = {"done", "verified", NULL};
    static const char *const not_done[] = {"failed", "skipped", "already", NULL};
    const char *id = world->target[target];
    bool by_others = world->changed == target;
    size_t count = 0;
    struct world_write *writes = world_writes(world, &count);
    size_t effects = effects_on(writes, count, id);

    world_writes_free(writes, count);
    if (is_one_of(state, done)) {
        if (!is_wanted(world, id))
            world_violate(world, "%s: %s is %s, but the portal does not show it", when, id, state);
        if (effects == 0 && !by_others)
            world_violate(world, "%s: %s is %s, but nothing was written", when, id, state);
    } else if (is_one_of(state, not_done)) {
        if (effects > 0)
            world_violate(world, "%s: %s is %s, but it was written", when, id, state);
    } else {
        world_violate(world, "%s: %s ends as '%s'", when, id, state);
    }
}

void world_check_end(struct world *world, const char *when)
{
    CLEANUP(mem_cleanup)
    char *wrong_acts =
        world_query(world, "select coalesce(string_agg(account_id, ' '), '') from ("
                           " select plan_id, account_id, action from reconcile.step"
                           "  where state in ('done', 'verified')"
                           " except select plan_id, account_id, action from reconcile.act"
                           " union all (select plan_id, account_id, action from reconcile.act"
                           " except select plan_id, account_id, action from reconcile.step"
                           "  where state in ('done', 'verified'))) odd");
    CLEANUP(mem_cleanup)
    char *plan =
        world_query(world, "select state from reconcile.plan order by plan_id desc limit 1");
    struct seen unapproved = step_of(world, world->unapproved);

    if (*wrong_acts)
        world_violate(world, "%s: acts and done steps differ for %s", when, wrong_acts);
    if (!text_equal(plan, "applied"))
        world_violate(world, "%s: the plan is '%s'", when, plan);
    if (!text_equal(unapproved.state, "planned"))
        world_violate(world, "%s: the row that nobody approved is '%s'", when, unapproved.state);
    free(unapproved.state);
    for (size_t i = 0; i < WORLD_TARGETS; i++) {
        struct seen step = step_of(world, world->target[i]);
        check_record(world, when, i, step.state);
        free(step.state);
    }
}

/* --- the world goes on --- */

enum { CHANGES = 4 };

static const char *const change_form[][CHANGES] = {
    [WORLD_SUSPEND] = {"email=elsewhere%40acme.example", "username=svc-target", "active=0",
                       "delete=1"},
    [WORLD_DEPROVISION] = {"email=elsewhere%40acme.example", "active=1", "employeeNumber=9999",
                           "delete=1"},
};

/* The last target that was not written to, WORLD_TARGETS for none. */
static size_t find_waiting(struct world *world, bool unread)
{
    for (size_t i = WORLD_TARGETS; i > 0; i--) {
        const char *id = world->target[i - 1];
        if (world_written(world, id) == 0 && !(unread && world_was_read(world, id)))
            return i - 1;
    }
    return WORLD_TARGETS;
}

void world_change(struct world *world, unsigned variant, bool unread)
{
    size_t target = find_waiting(world, unread);

    if (target == WORLD_TARGETS)
        return;
    world_change_user(world, world->target[target], change_form[world->path][variant % CHANGES]);
    world->changed = target;
    world->writes_at_change = 0;
}

_Static_assert(CHANGES + 1 == WORLD_VARIANTS, "and a roster that changed");

/* HR takes somebody back: the first person of the roster that left. */
static void rehire(struct world *world)
{
    static const char left[] = "Voluntarily Terminated";
    const char *at = strstr(world->roster, left);
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (!at)
        world_die("nobody left in the roster");
    text_add_bytes(&text, world->roster, (size_t)(at - world->roster));
    text_add(&text, "Active");
    text_add(&text, at + strlen(left));
    free(world_write_file(world, "roster.csv", text_cstr(&text)));
}

void world_expect(struct world *world, const char *what, const struct world_run *run,
                  const int *codes)
{
    CLEANUP(text_release) struct text said = TEXT_INIT;

    for (; *codes >= 0; codes++)
        if (run->code == *codes)
            return;
    world_said(run, &said);
    world_violate(world, "%s ends with %d: %s", what, run->code, text_cstr(&said));
}

/* The approval rests on the roster: with another one nothing may be done. */
static void resume_with_other_roster(struct world *world)
{
    size_t before = world_written(world, NULL);

    rehire(world);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    WORLD_EXPECT(world, "resumed with another roster: apply", &run, 20);
    if (world_written(world, NULL) != before)
        world_violate(world, "resumed with another roster: it writes");
    world_check(world, "resumed with another roster");
    free(world_write_file(world, "roster.csv", world->roster));
    world_wait_for_sessions(world);
}

/* Whether the steps are as they were, but for done ones that were looked at once more. */
static char *states(struct world *world)
{
    return world_query(world,
                       "select coalesce(string_agg(account_id || ' ' || case state when 'verified'"
                       " then 'done' else state end, ', ' order by plan_id, position), '')"
                       " from reconcile.step");
}

static void resume_once_more(struct world *world)
{
    size_t before = world_written(world, NULL);
    CLEANUP(mem_cleanup) char *was = states(world);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    CLEANUP(mem_cleanup) char *is = states(world);

    WORLD_EXPECT(world, "resumed twice: apply", &run, 20);
    if (world_written(world, NULL) != before)
        world_violate(world, "resumed twice: it writes");
    if (!text_equal(was, is))
        world_violate(world, "resumed twice: the steps were %s and are %s", was, is);
    world_wait_for_sessions(world);
}

void world_converge(struct world *world, unsigned variant)
{
    world_heal(world);
    world_wait_for_sessions(world);
    if (variant % WORLD_VARIANTS == CHANGES)
        resume_with_other_roster(world);
    else if (world->changed == WORLD_TARGETS)
        world_change(world, variant % WORLD_VARIANTS, false);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    WORLD_EXPECT(world, "resumed: apply", &run, 0, 20, 21);
    world_wait_for_sessions(world);
    world_check(world, "resumed");
    world_check_end(world, "resumed");
    if (world->violation.length > 0) {
        CLEANUP(text_release) struct text said = TEXT_INIT;
        world_said(&run, &said);
        world_violate(world, "resumed: apply ended with %d: %s", run.code, text_cstr(&said));
    }
    resume_once_more(world);
    world_check_end(world, "resumed twice");
}
