/*
 * What must hold of a world, by its witnesses: the portal's log of writes, and the steps, acts,
 * decisions and announcements in the database; and how the world goes on after a fault, until
 * nothing changes any more.
 *
 * Every run makes a plan of its own, so a person may have steps in several: what is said of a step
 * is said of the newest.
 */
#include "world.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/parse.h"

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
    static const char *const profile[ACTION_COUNT] = {
        [ACTION_DOWNGRADE] = "Light", [ACTION_RESTORE] = "Regular"};
    enum action action = world_action(world->path);
    struct json_object *json = world_user(world, id);
    bool deleted = !json || flag_of(json, "deleted"), active = json && flag_of(json, "active");
    bool has_profile =
        json && profile[action] && text_equal(string_of(json, "profile"), profile[action]);

    json_object_put(json);
    switch (actions[action].wanted) {
    case ACCOUNT_ACTIVE:
        return active && !deleted && has_profile;
    case ACCOUNT_INACTIVE:
        return !active && !deleted;
    case ACCOUNT_GONE:
        return deleted;
    case ACCOUNT_UNREADABLE:
        break;
    }
    return false;
}

/* Whether it is the call of the path's action: its method, its form, and nothing else. */
static bool is_the_call(enum action action, const char *method, struct json_object *form)
{
    static const struct {
        const char *active, *profile;
        size_t fields;
    } calls[ACTION_COUNT] = {
        [ACTION_SUSPEND] = {"0", "", 1},
        [ACTION_DOWNGRADE] = {"1", WORLD_LIGHT, 2},
        [ACTION_RESTORE] = {"1", WORLD_REGULAR, 2},
    };

    if (actions[action].wanted == ACCOUNT_GONE)
        return text_equal(method, "DELETE");
    return text_equal(method, "POST") && form &&
           (size_t)json_object_object_length(form) == calls[action].fields &&
           text_equal(string_of(form, "active"), calls[action].active) &&
           text_equal(string_of(form, "profileId"), calls[action].profile);
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
        (void)instant_parse_rfc3339(string_of(item, "time"), &at);
        writes[i] = (struct world_write){
            .id = mem_strdup(id_written(item)),
            .method = mem_strdup(method),
            .at_us = at.us,
            .status = (long)json_object_get_int64(json_object_object_get(item, "status")),
            .fits = is_the_call(world_action(world->path), method, form),
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

/* --- steps, acts, decisions --- */

/* One cell of a statement with an account in it ("%s"). */
static char *ask_of(struct world *world, const char *before, const char *id, const char *behind)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "%s'%s'%s", before, id, behind);
    return world_query(world, text_cstr(&sql));
}

static int64_t count_of(struct world *world, const char *before, const char *id)
{
    CLEANUP(mem_cleanup) char *cell = ask_of(world, before, id, "");
    int64_t count = -1;

    if (!parse_int(cell, INT64_MIN, INT64_MAX, &count))
        world_die("%s'%s': '%s' is no number", before, id, cell);
    return count;
}

/* State of the newest step of what the path does, "" for none. */
static char *state_of(struct world *world, const char *id)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "select state from reconcile.step where action = '%s' and account_id = ",
              action_name(world_action(world->path)));
    return ask_of(world, text_cstr(&sql), id, " order by plan_id desc limit 1");
}

/* How many intents there are for an account, from a moment on or until it. */
static int64_t intents_of(struct world *world, const char *id, const char *when, int64_t us)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select count(*) from reconcile.step where reconcile.us(intent_at) %s %lld and"
              " action = '%s' and account_id = ",
              when, (long long)us, action_name(world_action(world->path)));
    return count_of(world, text_cstr(&sql), id);
}

static size_t target_of(const struct world *world, const char *id)
{
    size_t i = 0;

    while (i < WORLD_TARGETS && !text_equal(world->target[i], id))
        i++;
    return i;
}

/* Bynder's own yes: a page of somebody in between (200) is none. */
static bool is_accepted(const struct world_write *write)
{
    return write->effective || write->status == 202 || write->status == 204;
}

/* `nth`: of those to this account. */
static void check_write(struct world *world, const char *when, const struct world_write *write,
                        int64_t nth)
{
    if (target_of(world, write->id) == WORLD_TARGETS)
        world_violate(world, "%s: a write to %s, %s", when, write->id,
                      world_cast_why(world, write->id));
    else if (!write->fits)
        world_violate(world, "%s: %s to %s is not what was approved", when, write->method,
                      write->id);
    if (!counts(write))
        return;
    if (intents_of(world, write->id, "<=", write->at_us) < nth)
        world_violate(world, "%s: write %lld to %s without a committed intent of its own", when,
                      (long long)nth, write->id);
    if (is_accepted(write) && intents_of(world, write->id, ">", write->at_us) > 0)
        world_violate(world, "%s: %s was to be written again although Bynder had accepted", when,
                      write->id);
}

static void check_target(struct world *world, const char *when, size_t target,
                         const struct world_write *writes, size_t count)
{
    const char *id = world->target[target];
    size_t on = effects_on(writes, count, id), to = 0;

    for (size_t i = 0; i < count; i++) {
        if (counts(&writes[i]) && text_equal(writes[i].id, id))
            to++;
    }
    if (on > 1)
        world_violate(world, "%s: %zu effective changes of %s", when, on, id);
    if (world->changed == target && to > world->writes_at_change)
        world_violate(world, "%s: a write to %s, %s", when, id, world->changed_why);
}

void world_check(struct world *world, const char *when)
{
    size_t count = 0;
    struct world_write *writes = world_writes(world, &count);

    for (size_t i = 0; i < count; i++) {
        int64_t nth = 0;
        for (size_t k = 0; k <= i; k++)
            nth += counts(&writes[k]) && text_equal(writes[k].id, writes[i].id);
        check_write(world, when, &writes[i], nth);
    }
    for (size_t i = 0; i < WORLD_TARGETS; i++)
        check_target(world, when, i, writes, count);
    world_writes_free(writes, count);
}

/* What the portal's log says of one account. */
struct traces {
    size_t effects;
    bool accepted, refused;
};

static struct traces traces_of(struct world *world, const char *id)
{
    struct traces traces = {.effects = 0};
    size_t count = 0;
    struct world_write *writes = world_writes(world, &count);

    for (size_t i = 0; i < count; i++) {
        if (!text_equal(writes[i].id, id))
            continue;
        traces.effects += writes[i].effective;
        traces.accepted |= is_accepted(&writes[i]);
        traces.refused |= counts(&writes[i]) && writes[i].status >= 400 && writes[i].status < 500;
    }
    traces.accepted |= world->accepted_unseen && strstr(world->accepted_unseen, id);
    world_writes_free(writes, count);
    return traces;
}

/* A target of whom nothing says that it was done. Who was approved goes, unless the rule does not
 * hold any more, Bynder said no, or it said yes and nothing shows yet. */
static void check_not_done(struct world *world, const char *when, size_t target, const char *state)
{
    static const char *const ended[] = {"failed", "skipped", "already", "", NULL};
    const char *id = world->target[target];
    const struct traces traces = traces_of(world, id);

    if (traces.effects > 0)
        world_violate(world, "%s: %s is '%s', but it was written", when, id, state);
    if (text_equal(state, "unknown") && traces.accepted)
        return;
    if (!is_one_of(state, ended))
        world_violate(world, "%s: %s ends as '%s'", when, id, state);
    else if (world->changed != target && !traces.refused)
        world_violate(world, "%s: %s is '%s': approved, due, and nothing was done", when, id,
                      state);
}

/* The record of one target, against what the portal knows. */
static void check_record(struct world *world, const char *when, size_t target)
{
    static const char *const done[] = {"done", "verified", NULL};
    const char *id = world->target[target];
    CLEANUP(mem_cleanup) char *state = state_of(world, id);

    if (!is_one_of(state, done)) {
        check_not_done(world, when, target, state);
        return;
    }
    if (!is_wanted(world, id))
        world_violate(world, "%s: %s is %s, but the portal does not show it", when, id, state);
    if (traces_of(world, id).effects == 0 && world->changed != target)
        world_violate(world, "%s: %s is %s, but nothing was written", when, id, state);
    if (count_of(world,
                 "select count(*) from reconcile.ruling where kind = 'approve' and ended_at is null"
                 " and account_id = ",
                 id) > 0)
        world_violate(world, "%s: %s is %s, and its approval still stands", when, id, state);
}

/* "approve changed, keep -": the decisions about one of the cast, and its announcements. */
static void check_decisions(struct world *world, const char *when, enum world_cast cast,
                            const char *wanted)
{
    CLEANUP(mem_cleanup)
    char *is = ask_of(world,
                      "select coalesce(string_agg(what, ', ' order by n, id), '') from ("
                      "select 1 as n, ruling_id as id, kind || ' ' || coalesce(end_word, '-') as"
                      " what, account_id from reconcile.ruling union all"
                      " select 2, announcement_id, 'announced ' || case when ended_on is null then"
                      " '-' else 'over' end, account_id from reconcile.announcement) d"
                      " where account_id = ",
                      world->cast[cast], "");

    if (!text_equal(is, wanted))
        world_violate(world, "%s: of %s, %s, there is '%s', not '%s'", when, world->cast[cast],
                      world_cast_why(world, world->cast[cast]), is, wanted);
}

/* A night ends what does not hold any more, and begins what holds; once. */
static void check_night(struct world *world, const char *when)
{
    static const char *const wanted[CAST_COUNT] = {
        [CAST_BYSTANDER] = "",
        [CAST_UNAPPROVED] = "",
        [CAST_CHANGED] = "approve changed",
        [CAST_REJECTED] = "approve newer, reject -",
        [CAST_KEPT] = "approve newer, keep -",
        [CAST_WITHDRAWN] = "approve withdrawn",
        [CAST_RETURNED] = "approve kept, announced over",
        [CAST_ANNOUNCED] = "announced -",
    };

    for (enum world_cast i = 0; i < CAST_COUNT; i++)
        check_decisions(world, when, i, wanted[i]);
    if (world_count(world, "select count(*) from reconcile.act where not uncounted") > 0)
        world_violate(world, "%s: the window counts acts that were spread", when);
}

enum { APPROVED = WORLD_TARGETS + 1 }; /* rows, by WORLD_APPROVE: and one whose grace begins */

/* Rows are approved together or not at all. */
static void check_approved(struct world *world, const char *when)
{
    int64_t rulings = world_count(world, "select count(*) from reconcile.ruling");
    int64_t begun = world_count(world, "select count(*) from reconcile.announcement");

    if (rulings != 0 && rulings != APPROVED)
        world_violate(world, "%s: %lld of %d rows are approved", when, (long long)rulings,
                      APPROVED);
    if (begun > 1 || begun > rulings)
        world_violate(world, "%s: %lld graces have begun, and %lld rows are approved", when,
                      (long long)begun, (long long)rulings);
}

/* Nobody of the cast becomes a step. */
static void check_untouched(struct world *world, const char *when, enum world_cast cast)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "select count(*) from reconcile.step where action = '%s' and account_id = ",
              action_name(world_action(world->path)));
    if (count_of(world, text_cstr(&sql), world->cast[cast]) > 0)
        world_violate(world, "%s: %s, %s, became a step", when, world->cast[cast],
                      world_cast_why(world, world->cast[cast]));
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

    if (world->deciding) {
        check_approved(world, when);
        return;
    }
    if (world_count(world, "select count(*) from reconcile.act a join reconcile.step s using"
                           " (portal_id, plan_id, account_id, action) where (a.from_profile,"
                           " a.to_profile) is distinct from (s.from_profile, s.to_profile)") > 0)
        world_violate(world, "%s: acts and steps tell of other profiles", when);
    if (*wrong_acts)
        world_violate(world, "%s: acts and done steps differ for %s", when, wrong_acts);
    if (world_count(world, "select count(*) from reconcile.step where state in ('planned',"
                           " 'approved', 'intent')") > 0)
        world_violate(world, "%s: a step is left over", when);
    if (world_count(world,
                    "select count(*) from reconcile.plan p where state = 'applying' and not"
                    " exists (select 1 from reconcile.step s where s.portal_id = p.portal_id and"
                    " s.plan_id = p.plan_id and s.state = 'unknown')") > 0)
        world_violate(world, "%s: a plan is still being carried out", when);
    for (enum world_cast i = 0; i < CAST_COUNT; i++)
        check_untouched(world, when, i);
    for (size_t i = 0; i < WORLD_TARGETS; i++)
        check_record(world, when, i);
    if (world->path == WORLD_NIGHT)
        check_night(world, when);
}

/* By the program that made the world: the chain says what the tables say. */
static void check_chain(struct world *world, const char *when)
{
    CLEANUP(text_release) struct text said = TEXT_INIT;
    CLEANUP(world_run_release) struct world_run run;

    world_start_person(world, (const char *const[]){"audit", "verify", NULL}, &run);
    world_wait(world, &run);
    world_said(&run, &said);
    if (run.code != 0)
        world_violate(world, "%s: the record does not verify: %s", when, text_cstr(&said));
}

/* --- a run that the database left --- */

size_t world_outcomes(const struct world *world, const char *suffix)
{
    CLEANUP(mem_cleanup) char *path = probe_path(&world->probe, "state");
    DIR *directory = opendir(path);
    const struct dirent *entry;
    size_t count = 0;

    while (directory && (entry = readdir(directory))) {
        const char *end = strlen(entry->d_name) > strlen(suffix)
                              ? entry->d_name + strlen(entry->d_name) - strlen(suffix)
                              : "";
        count += text_starts(entry->d_name, "outcome-") && text_equal(end, suffix);
    }
    if (directory)
        (void)closedir(directory);
    return count;
}

/* A write whose outcome the database does not know must have left it in a file, and the program
 * must have said so: it was alive all the time. `before`: writes of earlier runs. */
static void check_outcome_kept(struct world *world, const struct world_run *run, size_t before)
{
    size_t count = 0;
    struct world_write *write = world_writes(world, &count);
    CLEANUP(text_release) struct text said = TEXT_INIT;

    world_said(run, &said);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT, suffix = TEXT_INIT;

        text_addf(&sql,
                  "select plan_id || '-' || position from reconcile.step"
                  " where state = 'intent' and account_id = '%s'",
                  write[i].id);
        CLEANUP(mem_cleanup) char *open = world_query(world, text_cstr(&sql));
        if (text_is_empty(open))
            continue;
        text_addf(&suffix, "-%s.json", open);
        if (world_outcomes(world, text_cstr(&suffix)) != 1)
            world_violate(world,
                          "the outcome of the call for '%s' is neither in the database nor "
                          "in the state directory",
                          write[i].id);
        if (i >= before && (!strstr(text_cstr(&said), "for the next run") ||
                            !strstr(text_cstr(&said), write[i].id)))
            world_violate(world, "nobody was told what became of the call for '%s': %s",
                          write[i].id, text_cstr(&said));
    }
    world_writes_free(write, count);
}

/* The codes that a cut connection may lead to (INTERFACE). */
static void check_code(struct world *world, const struct world_run *run)
{
    static const int allowed[] = {0, 20, 21, 69};

    for (size_t i = 0; i < COUNT_OF(allowed); i++) {
        if (run->code == allowed[i])
            return;
    }
    CLEANUP(text_release) struct text said = TEXT_INIT;
    world_said(run, &said);
    world_violate(world, "exit code %d: %s", run->code, text_cstr(&said));
}

void world_check_cut_off(struct world *world, const struct world_run *run, size_t before)
{
    check_outcome_kept(world, run, before);
    check_code(world, run);
}

/* --- the world goes on --- */

enum { CHANGES = 4 };

static const char *const change_form[ACTION_COUNT][CHANGES] = {
    [ACTION_SUSPEND] = {"email=elsewhere%40acme.example", "username=svc-target", "active=0",
                        "delete=1"},
    [ACTION_DOWNGRADE] = {"email=elsewhere%40acme.example", "username=svc-target",
                          "profileId=" WORLD_AGENCY, "active=0"},
    [ACTION_RESTORE] = {"email=elsewhere%40acme.example", "username=svc-target",
                        "profileId=" WORLD_AGENCY, "active=0"},
    [ACTION_DEPROVISION] = {"email=elsewhere%40acme.example", "active=1", "employeeNumber=9999",
                            "delete=1"},
};

size_t world_waiting(struct world *world, bool unread)
{
    for (size_t i = WORLD_TARGETS; i > 0; i--) {
        const char *id = world->target[i - 1];
        if (world_written(world, id) == 0 && !(unread && world_was_read(world, id)))
            return i - 1;
    }
    return WORLD_TARGETS;
}

void world_forbid(struct world *world, size_t target, const char *why)
{
    world->changed = target;
    world->changed_why = why;
    world->writes_at_change =
        target < WORLD_TARGETS ? world_written(world, world->target[target]) : 0;
}

void world_change(struct world *world, unsigned variant, bool unread)
{
    size_t target = world_waiting(world, unread);
    enum action action = world_action(world->path);

    if (target == WORLD_TARGETS)
        return;
    world_change_user(world, world->target[target], change_form[action][variant % CHANGES]);
    world_forbid(world, target, "whose rule does not hold any more");
}

_Static_assert(CHANGES + 1 == WORLD_VARIANTS, "and a roster that changed");

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

static void write_roster(struct world *world, const char *name, const char *status,
                         const char *last_day)
{
    CLEANUP(mem_cleanup) char *roster = world_roster_with(world->roster, name, status, last_day);

    free(world_write_file(world, "roster.csv", roster));
}

/* HR takes somebody back. In a night that ends the approval for ever, though HR says the night
 * after what it said before: that person has left, as approved (in a roster that is new all the
 * same). */
static void take_back(struct world *world)
{
    size_t target = world_waiting(world, false);

    if (target == WORLD_TARGETS)
        return;
    if (world_action(world->path) == ACTION_RESTORE) {
        write_roster(world, world->target_name[target], "Voluntarily Terminated", "2020-03-31");
        world_forbid(world, target, "who has left again");
        return;
    }
    write_roster(world, world->target_name[target], "Active", "");
    world_forbid(world, target, "who works here again");
    if (world->path != WORLD_NIGHT)
        return;
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    WORLD_EXPECT(world, "a night that keeps somebody: run", &run, 0, 20, 21);
    world_wait_for_sessions(world);
    world_check(world, "kept for certain");
    write_roster(world, "Person Numberaa", "Leave", "");
    world_forbid(world, target, "whom a run had kept for certain since the approval");
}

/* Nobody knows whether an approval that was cut off is there: it is given again. */
static void approve_again(struct world *world)
{
    if (!world->deciding)
        return;
    check_approved(world, "approved once");
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    WORLD_EXPECT(world, "approved again: approve", &run, 0);
    if (world_count(world, "select count(*) from reconcile.ruling where ended_at is null") !=
        APPROVED)
        world_violate(world, "approved again: something else stands");
    if (world_count(world, "select count(*) from reconcile.announcement where ended_on is null") !=
        1)
        world_violate(world, "approved again: not one grace has begun");
    world_wait_for_sessions(world);
    world->deciding = false;
}

/* Steps, but for done ones that were looked at once more, and decisions and announcements. */
static char *states(struct world *world)
{
    return world_query(
        world, "select coalesce(string_agg(what, ', ' order by n, id), '') from ("
               "select 1 as n, plan_id * 1000 + position as id, account_id || ' ' ||"
               " case state when 'verified' then 'done' else state end as what from reconcile.step"
               " union all select 2, ruling_id, account_id || ' ' || coalesce(end_word, 'stands')"
               " from reconcile.ruling union all select 3, announcement_id, account_id || ' ' ||"
               " coalesce(ended_reason, 'stands') from reconcile.announcement) s");
}

static void resume_once_more(struct world *world)
{
    size_t before = world_written(world, NULL);
    CLEANUP(mem_cleanup) char *was = states(world);
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    CLEANUP(mem_cleanup) char *is = states(world);

    if (world->path == WORLD_NIGHT ||
        world->path == WORLD_APPROVE) /* where a row waits for its day */
        WORLD_EXPECT(world, "resumed twice: the run", &run, 0, 21);
    else
        WORLD_EXPECT(world, "resumed twice: apply", &run, 20, 21);
    if (world_written(world, NULL) != before)
        world_violate(world, "resumed twice: it writes");
    if (!text_equal(was, is))
        world_violate(world, "resumed twice: it was %s and is %s", was, is);
    world_wait_for_sessions(world);
}

void world_converge(struct world *world, unsigned variant)
{
    world_heal(world);
    world_wait_for_sessions(world);
    approve_again(world);
    if (world->changed == WORLD_TARGETS) {
        if (variant % WORLD_VARIANTS == CHANGES)
            take_back(world);
        else
            world_change(world, variant % WORLD_VARIANTS, false);
    }
    CLEANUP(world_run_release) struct world_run run = world_apply(world, NULL, NULL);
    WORLD_EXPECT(world, "resumed: the run", &run, 0, 20, 21);
    world_wait_for_sessions(world);
    world_check(world, "resumed");
    world_check_end(world, "resumed");
    if (world->violation.length > 0) {
        CLEANUP(text_release) struct text said = TEXT_INIT;
        world_said(&run, &said);
        world_violate(world, "resumed: it ended with %d: %s", run.code, text_cstr(&said));
    }
    resume_once_more(world);
    world_check_end(world, "resumed twice");
    check_chain(world, "resumed twice");
}
