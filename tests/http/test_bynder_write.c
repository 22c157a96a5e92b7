/*
 * The writing half of the client, with the simulator's own list of writes as witness: each act is
 * one write and no more, whatever happens to it on the way, and the answer never says more of its
 * effect than is true.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alike.h"
#include "base/mem.h"
#include "bynder/bynder.h"
#include "sim.h"
#include "test.h"

enum act { SUSPEND = 0, REACTIVATE, DEPROVISION, DOWNGRADE, RESTORE, ACT_COUNT };

/* Of every portal-sim. */
#define REGULAR "E5B8290F-7C14-4D6A-9E03A1F7D4C26B80"
#define LIGHT   "63F0A9D8-1E75-42BC-85D6097B3CE4F1A2"

static const char *const act_names[] = {"suspend", "reactivate", "deprovision", "downgrade",
                                        "restore"};
static const char *const act_methods[] = {"POST", "POST", "DELETE", "POST", "POST"};
static const char *const act_forms[] = {"{ \"active\": \"0\" }", "{ \"active\": \"1\" }", "{ }",
                                        "{ \"active\": \"1\", \"profileId\": \"" LIGHT "\" }",
                                        "{ \"active\": \"1\", \"profileId\": \"" REGULAR "\" }"};
/* That it gives, and as the account is when it is right. */
static const char *const act_profiles[] = {NULL, NULL, NULL, LIGHT, REGULAR};
static const char *const before_forms[] = {"active=1", "active=0&deactivated=2020-01-01T00:00:00Z",
                                           "active=0&deactivated=2020-01-01T00:00:00Z",
                                           "active=1&profileId=" REGULAR,
                                           "active=1&profileId=" LIGHT};

static struct sim shared;

static void put_json(struct json_object **json)
{
    (void)json_object_put(*json);
}

#define JSON_LOCAL CLEANUP(put_json) struct json_object

static const char *member(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;

    (void)json_object_object_get_ex(object, name, &value);
    return json_object_get_string(value);
}

/* A client with a token, and the account that the act is about. */
struct world {
    struct sim *sim;
    struct arena arena;
    struct bynder *bynder;
    struct portal portal;
    const struct clock *clock;
    struct err err;
    const char *id;
};

static void world_release(struct world *world)
{
    bynder_free(world->bynder);
    arena_release(&world->arena);
    err_release(&world->err);
}

#define WORLD_LOCAL CLEANUP(world_release) struct world

/* Somebody of the population, who then is as the act wants to find them. */
static const char *choose(struct world *world, enum act act)
{
    struct reply reply = probe_ask(&world->sim->probe, "GET", "/_sim/users", NULL, NULL, NULL);
    CLEANUP(text_release) struct text path = TEXT_INIT;
    const char *id = NULL;

    for (char *line = reply.body.data, *next; line && *line && !id; line = next) {
        JSON_LOCAL *user = NULL;

        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        user = json_tokener_parse(line);
        if (text_equal(member(user, "cast"), "idle"))
            id = arena_strdup(&world->arena, member(user, "id"));
    }
    reply_release(&reply);
    assert_non_null(id);
    text_addf(&path, "/_sim/users/%s", id);
    probe_control(&world->sim->probe, text_cstr(&path), before_forms[act]);
    return id;
}

static void read_account(struct world *world, struct account *ret_account, bool *ret_found)
{
    if (world->portal.get(world->portal.self, &world->arena, world->id, ret_account, ret_found,
                          NULL, &world->err) < 0)
        fail_msg("%s", world->err.text);
}

static enum account_status status_of(struct world *world)
{
    struct account account = {.id = NULL};
    bool found = false;

    read_account(world, &account, &found);
    return found ? account.status : ACCOUNT_GONE;
}

/* Logs in and reads, so that there is a connection that a write must not use. */
static void open_world(struct world *world, struct sim *sim, enum act act,
                       const struct clock *clock)
{
    struct bynder_setup setup = {.config = &sim->config, .clock = clock};
    struct snapshot snapshot = {.id = 0};

    *world = (struct world){
        .sim = sim, .arena = ARENA_INIT, .err = ERR_INIT, .clock = clock ? clock : clock_system()};
    world->id = choose(world, act);
    assert_int_equal(bynder_new(&setup, &world->bynder, &world->err), 0);
    world->portal = bynder_writing(world->bynder);
    if (world->portal.enter(world->portal.self, &world->arena, &snapshot, &world->err) < 0)
        fail_msg("%s", world->err.text);
    assert_int_equal(status_of(world), text_starts(before_forms[act], "active=1")
                                           ? ACCOUNT_ACTIVE
                                           : ACCOUNT_INACTIVE);
}

/* On a look of so long ago. */
static int do_act_late(struct world *world, enum act act, const char *id, int64_t age_us,
                       struct portal_answer *ret_answer)
{
    const struct portal *portal = &world->portal;
    static const enum action action[] = {[SUSPEND] = ACTION_SUSPEND,
                                         [REACTIVATE] = ACTION_REACTIVATE,
                                         [DEPROVISION] = ACTION_DEPROVISION,
                                         [DOWNGRADE] = ACTION_DOWNGRADE,
                                         [RESTORE] = ACTION_RESTORE};
    const struct portal_act what = {
        .action = action[act], .account_id = id, .profile_id = act_profiles[act]};

    struct time_mark looked = clock_mark(world->clock);

    looked.now.us -= age_us;
    looked.steady.us -= age_us;
    return portal->act(portal->self, &world->arena, &what, &looked, ret_answer, &world->err);
}

/* As the program does: ready, looked, done. */
static int do_act_on(struct world *world, enum act act, const char *id,
                     struct portal_answer *ret_answer)
{
    if (world->portal.ready(world->portal.self, 1, &world->err) < 0)
        return -1;
    return do_act_late(world, act, id, 0, ret_answer);
}

static struct portal_answer do_act(struct world *world, enum act act)
{
    struct portal_answer answer = {.effect = EFFECT_UNKNOWN};

    if (do_act_on(world, act, world->id, &answer) < 0)
        fail_msg("%s", world->err.text);
    assert_non_null(answer.text);
    return answer;
}

/* The writes that the portal saw are these, and nothing else about them. */
static void check_writes(struct world *world, enum act act, const char *const *effects)
{
    JSON_LOCAL *writes = probe_control_json(&world->sim->probe, "/_sim/writes");
    size_t count = json_object_array_length(writes);
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "/api/v4/users/%s", world->id);
    for (size_t i = 0; i < count && effects[i]; i++) {
        struct json_object *write = json_object_array_get_idx(writes, i);

        assert_string_equal(member(write, "method"), act_methods[act]);
        assert_string_equal(member(write, "path"), text_cstr(&path));
        assert_string_equal(member(write, "form"), act_forms[act]);
        assert_string_equal(member(write, "effect"), effects[i]);
    }
    for (size_t i = 0; i < count || effects[i]; i++) {
        if (i >= count || !effects[i])
            fail_msg("%s: %zu writes: %s", act_names[act], count,
                     json_object_to_json_string(writes));
    }
}

#define WRITES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* --- what each answer means --- */

enum {
    POSTS = 1 << SUSPEND | 1 << REACTIVATE | 1 << DOWNGRADE | 1 << RESTORE,
    REGRADES = 1 << DOWNGRADE | 1 << RESTORE,
    DELETES = 1 << DEPROVISION,
    ALL = POSTS | DELETES
};

/* What the simulator writes down of an act that it carried out. */
static const char *const done[] = {"suspended", "reactivated", "deleted", "regraded", "regraded"};

static const struct row {
    const char *name, *fault; /* the fault without its method */
    unsigned acts;
    enum portal_effect effect;
    long status;      /* of a POST, or of all */
    bool carried_out; /* in truth */
    const char *said;
} rows[] = {
    {"undisturbed", NULL, POSTS, EFFECT_ACCEPTED, 202, true, "answers 202"},
    {"undisturbed", NULL, DELETES, EFFECT_ACCEPTED, 204, true, "answers 204"},
    {"slow", "latency=50:", POSTS, EFFECT_ACCEPTED, 202, true, "answers 202"},
    /* No whole answer. */
    {"reset", "reset=", ALL, EFFECT_UNKNOWN, 0, false, "carried out is not known: "},
    {"lost answer", "lost-answer=", ALL, EFFECT_UNKNOWN, 0, true, "carried out is not known: "},
    {"cut by length", "cut=length:", POSTS, EFFECT_UNKNOWN, 202, true, "cut off"},
    {"cut chunk", "cut=chunked:", POSTS, EFFECT_UNKNOWN, 202, true, "carried out is not known: "},
    {"cut silently", "cut=close:", POSTS, EFFECT_UNKNOWN, 202, true, "something else than"},
    {"huge answer", "huge-body=70:", POSTS, EFFECT_UNKNOWN, 202, true, "larger than"},
    {"trailing garbage", "trailing-garbage=", POSTS, EFFECT_UNKNOWN, 202, true, "something else"},
    {"deep JSON", "deep-json=10000:", POSTS, EFFECT_UNKNOWN, 202, true, "something else"},
    {"a login page", "wrong-type=", ALL, EFFECT_UNKNOWN, 200, false, "something else"},
    {"error 500", "error=500:", ALL, EFFECT_UNKNOWN, 500, false, "carried out is not known"},
    {"error 502", "error=502:", ALL, EFFECT_UNKNOWN, 502, false, "carried out is not known"},
    {"error 503", "error=503:", ALL, EFFECT_UNKNOWN, 503, false, "carried out is not known"},
    {"error 504", "error=504:", ALL, EFFECT_UNKNOWN, 504, false, "carried out is not known"},
    {"error 408", "error=408:", ALL, EFFECT_UNKNOWN, 408, false, "carried out is not known"},
    /* A definite no. */
    {"error 400", "error=400:", ALL, EFFECT_REFUSED, 400, false, "answers 400: Refused"},
    {"error 409", "error=409:", ALL, EFFECT_REFUSED, 409, false, "answers 409: Refused"},
    {"error 422", "error=422:", ALL, EFFECT_REFUSED, 422, false, "answers 422: Refused"},
    {"redirect", "redirect-slash=", ALL, EFFECT_REFUSED, 301, false, "a redirect to '/api/v4/"},
    {"gateway's 404", "gateway-404=", ALL, EFFECT_REFUSED, 404, false, "wrong path"},
    {"no such user", "no-such-user=", ALL, EFFECT_GONE, 404, false, "404: User not found"},
    {"error 401", "error=401:", ALL, EFFECT_TOKEN, 401, false, "token will be renewed"},
    {"error 403", "error=403:", ALL, EFFECT_FORBIDDEN, 403, false, "admin.user:write"},
    {"role missing", "role-missing=", ALL, EFFECT_FORBIDDEN, 403, false, "USERMANAGEMENT"},
    {"roles of another profile", "role-missing=", REGRADES, EFFECT_FORBIDDEN, 403, false,
     "USERMANAGEMENT, and PERMISSIONMANAGEMENT where"},
    {"roles of a suspension", "role-missing=", 1 << SUSPEND, EFFECT_FORBIDDEN, 403, false,
     "USERMANAGEMENT; that user"},
    {"error 429", "error=429:", ALL, EFFECT_BLOCKED, 429, false, "nothing was done"},
};

static void check_row(const struct row *row, enum act act)
{
    WORLD_LOCAL world;
    CLEANUP(text_release) struct text fault = TEXT_INIT;
    struct portal_answer answer;

    sim_reset(&shared);
    open_world(&world, &shared, act, NULL);
    text_addf(&fault, "%s%s /api/v4/users/", row->fault ? row->fault : "", act_methods[act]);
    if (row->fault)
        sim_fault(&shared, text_cstr(&fault));
    answer = do_act(&world, act);
    if (answer.effect != row->effect || answer.status != row->status ||
        !strstr(answer.text, row->said))
        fail_msg("%s, %s: effect %d, status %ld: %s", act_names[act], row->name, (int)answer.effect,
                 answer.status, answer.text);
    check_writes(&world, act, WRITES(row->carried_out ? done[act] : "none"));
    assert_int_equal(bynder_429s(world.bynder), row->effect == EFFECT_BLOCKED);
}

TEST(write_under_each_fault_is_one_write_and_told_truly)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (unsigned act = 0; act < ACT_COUNT; act++) {
            if (rows[i].acts & 1U << act)
                check_row(&rows[i], (enum act)act);
        }
    }
}

TEST(write_that_is_never_answered_is_unknown)
{
    for (unsigned act = 0; act < ACT_COUNT; act++) {
        WORLD_LOCAL world;
        CLEANUP(text_release) struct text fault = TEXT_INIT;
        struct portal_answer answer;

        sim_reset(&shared);
        shared.config.timeout = 1;
        open_world(&world, &shared, (enum act)act, NULL);
        text_addf(&fault, "hang=%s /api/", act_methods[act]);
        sim_fault(&shared, text_cstr(&fault));
        answer = do_act(&world, (enum act)act);
        assert_int_equal(answer.effect, EFFECT_UNKNOWN);
        assert_int_equal(answer.status, 0);
        check_writes(&world, (enum act)act, WRITES("none"));
    }
}

/* --- the effect, read back --- */

TEST(write_is_what_a_reading_shows)
{
    static const enum account_status after[] = {ACCOUNT_INACTIVE, ACCOUNT_ACTIVE, ACCOUNT_GONE,
                                                ACCOUNT_ACTIVE, ACCOUNT_ACTIVE};

    for (unsigned act = 0; act < ACT_COUNT; act++) {
        WORLD_LOCAL world;

        sim_reset(&shared);
        open_world(&world, &shared, (enum act)act, NULL);
        assert_int_equal(do_act(&world, (enum act)act).effect, EFFECT_ACCEPTED);
        assert_int_equal(status_of(&world), after[act]);
        check_writes(&world, (enum act)act, WRITES(done[act]));
    }
}

/* No other field is sent, so none changes, also where an omitted one takes its default. */
static void check_others(enum act act, enum account_status status, const char *profile)
{
    WORLD_LOCAL world;
    struct account before = {.id = NULL}, after = {.id = NULL};
    struct digest before_digest, after_digest;
    bool found = false;

    sim_reset(&shared);
    open_world(&world, &shared, act, NULL);
    read_account(&world, &before, &found);
    assert_int_equal(do_act(&world, act).effect, EFFECT_ACCEPTED);
    read_account(&world, &after, &found);
    assert_true(found);
    assert_int_equal(after.status, status);
    after.status = before.status;
    if (profile) {
        assert_string_equal(account_alike(&after)->profile_id, profile);
        alike_own(&after)->profile_id = account_alike(&before)->profile_id;
    }
    before_digest = account_digest(&before);
    after_digest = account_digest(&after);
    assert_int_equal(digest_compare(&after_digest, &before_digest), 0);
}

TEST(suspend_leaves_every_other_field)
{
    check_others(SUSPEND, ACCOUNT_INACTIVE, NULL);
}

TEST(downgrade_and_restore_leave_every_other_field)
{
    check_others(DOWNGRADE, ACCOUNT_ACTIVE, LIGHT);
    check_others(RESTORE, ACCOUNT_ACTIVE, REGULAR);
}

TEST(downgrade_to_a_profile_that_the_portal_has_not_is_refused)
{
    const struct portal_act what = {.action = ACTION_DOWNGRADE,
                                    .profile_id = "a&active=0 =\xc3\xa9"};
    WORLD_LOCAL world;
    struct portal_answer answer;
    struct portal_act act = what;

    sim_reset(&shared);
    open_world(&world, &shared, DOWNGRADE, NULL);
    act.account_id = world.id;
    struct time_mark looked = clock_mark(world.clock);
    assert_int_equal(
        world.portal.act(world.portal.self, &world.arena, &act, &looked, &answer, &world.err), 0);
    assert_int_equal(answer.effect, EFFECT_REFUSED);
    assert_non_null(strstr(answer.text, "active=1&profileId=a%26active%3D0%20%3D%C3%A9"));
    assert_int_equal(status_of(&world), ACCOUNT_ACTIVE);
}

/* What sets a profile has one, and what does not has none. */
TEST(write_of_a_profile_that_is_not_meant_is_not_sent)
{
    static const struct portal_act acts[] = {
        {.action = ACTION_DOWNGRADE, .profile_id = NULL},
        {.action = ACTION_DOWNGRADE, .profile_id = ""},
        {.action = ACTION_RESTORE, .profile_id = NULL},
        {.action = ACTION_SUSPEND, .profile_id = LIGHT},
    };
    WORLD_LOCAL world;
    struct portal_answer answer;

    sim_reset(&shared);
    open_world(&world, &shared, SUSPEND, NULL);
    for (size_t i = 0; i < COUNT_OF(acts); i++) {
        struct portal_act act = acts[i];
        struct time_mark looked = clock_mark(world.clock);
        act.account_id = world.id;
        assert_int_equal(
            world.portal.act(world.portal.self, &world.arena, &act, &looked, &answer, &world.err),
            -1);
        err_release(&world.err);
    }
    check_writes(&world, SUSPEND, WRITES(NULL));
}

TEST(write_done_twice_is_told_as_it_is)
{
    WORLD_LOCAL world;

    sim_reset(&shared);
    open_world(&world, &shared, SUSPEND, NULL);
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_ACCEPTED);
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_ACCEPTED);
    check_writes(&world, SUSPEND, WRITES("suspended", "unchanged"));
}

TEST(deprovision_done_twice_is_gone)
{
    WORLD_LOCAL world;
    struct portal_answer answer;

    sim_reset(&shared);
    open_world(&world, &shared, DEPROVISION, NULL);
    assert_int_equal(do_act(&world, DEPROVISION).effect, EFFECT_ACCEPTED);
    answer = do_act(&world, DEPROVISION);
    assert_int_equal(answer.effect, EFFECT_GONE);
    assert_int_equal(answer.status, 404);
    check_writes(&world, DEPROVISION, WRITES("deleted", "none"));
}

TEST(suspend_that_takes_its_time_is_accepted_before_it_shows)
{
    WORLD_LOCAL world;

    sim_reset(&shared);
    open_world(&world, &shared, SUSPEND, NULL);
    sim_fault(&shared, "delay-202=600000");
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_ACCEPTED);
    assert_int_equal(status_of(&world), ACCOUNT_ACTIVE);
    probe_control(&shared.probe, "/_sim/clock", "advance=601");
    assert_int_equal(status_of(&world), ACCOUNT_INACTIVE);
    check_writes(&world, SUSPEND, WRITES("delayed"));
}

TEST(suspend_that_has_no_effect_is_no_more_than_accepted)
{
    WORLD_LOCAL world;

    sim_reset(&shared);
    open_world(&world, &shared, SUSPEND, NULL);
    sim_fault(&shared, "never-202");
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_ACCEPTED);
    assert_int_equal(status_of(&world), ACCOUNT_ACTIVE);
    check_writes(&world, SUSPEND, WRITES("none"));
}

TEST(reactivate_within_180_days_is_refused_in_the_portals_words)
{
    WORLD_LOCAL world;
    struct portal_answer answer;

    sim_reset(&shared);
    open_world(&world, &shared, SUSPEND, NULL);
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_ACCEPTED);
    answer = do_act(&world, REACTIVATE);
    assert_int_equal(answer.effect, EFFECT_REFUSED);
    assert_int_equal(answer.status, 403);
    assert_non_null(strstr(answer.text, "403: User can only be activated 180 days after"));
    assert_non_null(strstr(answer.text, "Bynder's support"));
    assert_int_equal(status_of(&world), ACCOUNT_INACTIVE);
}

/* --- connections --- */

/* Requests of this method, and that none of them shares a connection with any other request. */
static size_t count_alone(struct sim *sim, const char *method)
{
    struct reply reply = probe_ask(&sim->probe, "GET", "/_sim/log", NULL, NULL, NULL);
    struct line {
        int port;
        bool fits;
    } *line = NULL;
    size_t lines = 0, capacity = 0, fitting = 0;

    for (char *at = reply.body.data, *next; at && *at; at = next) {
        JSON_LOCAL *entry = NULL;
        struct json_object *port = NULL;

        next = at + strcspn(at, "\n");
        if (*next)
            *next++ = '\0';
        entry = json_tokener_parse(at);
        assert_true(json_object_object_get_ex(entry, "port", &port));
        line = mem_grow(line, lines, &capacity, sizeof(line[0]));
        line[lines++] = (struct line){
            .port = json_object_get_int(port),
            .fits = text_equal(member(entry, "method"), method) &&
                    text_starts(member(entry, "path"), "/api/v4/users/"),
        };
    }
    reply_release(&reply);
    for (size_t i = 0; i < lines; i++) {
        fitting += line[i].fits;
        for (size_t k = 0; line[i].fits && k < lines; k++)
            assert_true(k == i || line[k].port != line[i].port);
    }
    free(line);
    return fitting;
}

TEST(write_has_a_connection_of_its_own)
{
    for (unsigned act = 0; act < ACT_COUNT; act++) {
        WORLD_LOCAL world;

        sim_reset(&shared);
        open_world(&world, &shared, (enum act)act, NULL);
        (void)do_act(&world, (enum act)act);
        (void)status_of(&world);
        (void)do_act(&world, (enum act)act);
        (void)status_of(&world);
        assert_int_equal(count_alone(&shared, act_methods[act]), 2);
    }
}

/* The first request of all, so that a later one would have this connection to go on with. */
TEST(write_leaves_its_connection_to_nobody)
{
    CLEANUP(mem_cleanup) char *path = sim_file(&shared, "token", PROBE_TOKEN "\n");

    for (unsigned act = 0; act < ACT_COUNT; act++) {
        struct bynder_setup setup = {.config = &shared.config};
        WORLD_LOCAL world = {.sim = &shared, .arena = ARENA_INIT, .err = ERR_INIT};

        sim_reset(&shared);
        shared.config.token.file = path;
        world.id = choose(&world, (enum act)act);
        world.clock = clock_system();
        assert_int_equal(bynder_new(&setup, &world.bynder, &world.err), 0);
        world.portal = bynder_writing(world.bynder);
        assert_int_equal(do_act(&world, (enum act)act).effect, EFFECT_ACCEPTED);
        (void)status_of(&world);
        assert_int_equal(count_alone(&shared, act_methods[act]), 1);
    }
}

/* libcurl sends a request again when a connection that it reuses dies before the first byte of the
 * answer: with the answer lost, the portal would have acted twice. */
TEST(write_whose_connection_dies_reaches_the_portal_once)
{
    static const char *const faults[] = {"reset", "lost-answer"};

    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        for (unsigned act = 0; act < ACT_COUNT; act++) {
            WORLD_LOCAL world;

            sim_reset(&shared);
            open_world(&world, &shared, (enum act)act, NULL);
            for (unsigned reads = 0; reads < 3; reads++)
                (void)status_of(&world);
            sim_fault(&shared, faults[i]);
            assert_int_equal(do_act(&world, (enum act)act).effect, EFFECT_UNKNOWN);
            probe_control(&shared.probe, "/_sim/faults", "clear=1");
            assert_int_equal(count_alone(&shared, act_methods[act]), 1);
            check_writes(&world, (enum act)act, WRITES(i == 1 ? done[act] : "none"));
        }
    }
}

/* --- what keeps a write from being sent --- */

TEST(write_to_anything_but_an_id_sends_nothing)
{
    static const char *const ids[] = {
        "",
        "ann.smith",
        "../currentUser/",
        "1a84d758-2b3a-141f-8f07d71aa1f223bd",
        "1A84D758-2B3A-141F-8F07-D71AA1F223BD",
        "1A84D758-2B3A-141F-8F07D71AA1F223BD/",
        "1A84D758-2B3A-141F-8F07D71AA1F223B%",
        NULL,
    };
    WORLD_LOCAL world;

    sim_reset(&shared);
    open_world(&world, &shared, SUSPEND, NULL);
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        for (unsigned act = 0; act < ACT_COUNT; act++) {
            struct portal_answer answer = {.effect = EFFECT_BLOCKED};

            assert_int_equal(do_act_on(&world, (enum act)act, ids[i], &answer), -1);
            assert_int_equal(world.err.code, ERR_INTERNAL);
            assert_int_equal(answer.effect, EFFECT_BLOCKED);
        }
    }
    sim_assert_no_writes(&shared);
}

TEST(write_after_a_signal_is_not_sent)
{
    for (unsigned act = 0; act < ACT_COUNT; act++) {
        WORLD_LOCAL world;
        struct portal_answer answer = {.effect = EFFECT_BLOCKED};

        sim_reset(&shared);
        open_world(&world, &shared, (enum act)act, NULL);
        clock_interrupt(SIGTERM);
        assert_int_equal(do_act_on(&world, (enum act)act, world.id, &answer), -1);
        clock_clear_interrupt();
        assert_non_null(strstr(world.err.text, "nothing was sent: stopped by a signal"));
        assert_int_equal(answer.effect, EFFECT_BLOCKED);
        sim_assert_no_writes(&shared);
    }
}

/* A clock that waits by being set forward; a signal may come during a wait of some length. */
struct hand {
    struct instant at;
    int64_t waited_us;
    int64_t interrupt_beyond_us; /* 0 = never */
};

static struct instant hand_time(void *self)
{
    return ((struct hand *)self)->at;
}

static bool hand_sleep(void *self, struct instant until)
{
    struct hand *hand = self;

    if (hand->interrupt_beyond_us > 0 && until.us - hand->at.us > hand->interrupt_beyond_us)
        return false;
    if (until.us > hand->at.us) {
        hand->waited_us += until.us - hand->at.us;
        hand->at = until;
    }
    return true;
}

#define HAND_CLOCK(hand)                                                                           \
    ((struct clock){                                                                               \
        .self = &(hand), .now = hand_time, .steady = hand_time, .sleep_until = hand_sleep})

/* The first suspension is answered with a 429. */
static void open_blocked_world(struct world *world, const struct clock *clock)
{
    sim_reset(&shared);
    shared.config.silence_after_429 = 310;
    open_world(world, &shared, SUSPEND, clock);
    sim_fault(&shared, "error=429:nth=1:POST /api/");
}

TEST(write_after_a_429_waits_out_the_silence)
{
    struct hand hand = {.at = {.us = INT64_C(1763800000) * SECOND_US}};
    struct clock clock = HAND_CLOCK(hand);
    WORLD_LOCAL world;

    open_blocked_world(&world, &clock);
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_BLOCKED);
    assert_int_equal(hand.waited_us, 0);
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_ACCEPTED);
    assert_int_equal(hand.waited_us, 310 * SECOND_US);
    check_writes(&world, SUSPEND, WRITES("none", "suspended"));
}

TEST(write_interrupted_in_a_silence_is_not_sent)
{
    struct hand hand = {.at = {.us = INT64_C(1763800000) * SECOND_US},
                        .interrupt_beyond_us = 100 * SECOND_US};
    struct clock clock = HAND_CLOCK(hand);
    struct portal_answer answer = {.effect = EFFECT_ACCEPTED};
    WORLD_LOCAL world;

    open_blocked_world(&world, &clock);
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_BLOCKED);
    assert_int_equal(do_act_on(&world, SUSPEND, world.id, &answer), -1);
    assert_int_equal(answer.effect, EFFECT_ACCEPTED);
    check_writes(&world, SUSPEND, WRITES("none"));
}

/* --- how old the look may be --- */

TEST(write_on_a_look_of_more_than_10_seconds_is_not_sent)
{
    static const struct {
        int64_t age_us;
        enum portal_effect effect;
    } looks[] = {
        {PORTAL_LOOK_S * SECOND_US, EFFECT_ACCEPTED},
        {PORTAL_LOOK_S * SECOND_US + 1, EFFECT_LATE},
        {-SECOND_US, EFFECT_ACCEPTED}, /* a clock that was set back says nothing */
        {3600 * SECOND_US, EFFECT_LATE},
    };
    struct hand hand = {.at = {.us = INT64_C(1763800000) * SECOND_US}};
    struct clock clock = HAND_CLOCK(hand);

    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        struct portal_answer answer = {.effect = EFFECT_UNKNOWN};
        WORLD_LOCAL world;

        sim_reset(&shared);
        open_world(&world, &shared, SUSPEND, &clock);
        assert_int_equal(do_act_late(&world, SUSPEND, world.id, looks[i].age_us, &answer), 0);
        assert_int_equal(answer.effect, looks[i].effect);
        check_writes(&world, SUSPEND,
                     looks[i].effect == EFFECT_ACCEPTED ? WRITES("suspended") : WRITES(NULL));
    }
}

/* The machine slept: only civil time knows of it. */
TEST(write_on_a_look_from_before_a_sleep_is_not_sent)
{
    struct hand hand = {.at = {.us = INT64_C(1763800000) * SECOND_US}};
    struct clock clock = HAND_CLOCK(hand);
    struct portal_answer answer = {.effect = EFFECT_UNKNOWN};
    WORLD_LOCAL world;

    sim_reset(&shared);
    open_world(&world, &shared, SUSPEND, &clock);
    struct time_mark looked = clock_mark(&clock);
    looked.now.us -= 3600 * SECOND_US;
    const struct portal_act act = {.action = ACTION_SUSPEND, .account_id = world.id};
    assert_int_equal(
        world.portal.act(world.portal.self, &world.arena, &act, &looked, &answer, &world.err), 0);
    assert_int_equal(answer.effect, EFFECT_LATE);
    check_writes(&world, SUSPEND, WRITES(NULL));
}

/* Whatever the pace: the wait is before the look. */
TEST(write_after_ready_waits_no_more_between_look_and_act)
{
    struct hand hand = {.at = {.us = INT64_C(1763800000) * SECOND_US}};
    struct clock clock = HAND_CLOCK(hand);
    WORLD_LOCAL world;

    sim_reset(&shared);
    shared.config.requests_per_second = 0.01;
    open_world(&world, &shared, SUSPEND, &clock);
    struct portal_answer answer = {.effect = EFFECT_UNKNOWN};
    hand.waited_us = 0;
    assert_int_equal(world.portal.ready(world.portal.self, 2, &world.err), 0);
    assert_int_equal(hand.waited_us, 200 * SECOND_US);
    assert_int_equal(status_of(&world), ACCOUNT_ACTIVE);
    assert_int_equal(do_act_late(&world, SUSPEND, world.id, 0, &answer), 0);
    assert_int_equal(answer.effect, EFFECT_ACCEPTED);
    assert_int_equal(hand.waited_us, 200 * SECOND_US);
    assert_int_equal(status_of(&world), ACCOUNT_INACTIVE); /* and then the pace holds again */
    assert_int_equal(hand.waited_us, 300 * SECOND_US);
    sim_default_config(&shared);
}

/* --- tokens --- */

TEST(write_in_a_silence_that_outlasts_the_token_uses_a_new_one)
{
    struct hand hand = {.at = {.us = INT64_C(1763800000) * SECOND_US}};
    struct clock clock = HAND_CLOCK(hand);
    WORLD_LOCAL world;

    open_blocked_world(&world, &clock);
    hand.at.us += 3400 * SECOND_US;
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_BLOCKED);
    /* By the portal's clock the token ends during the silence. */
    probe_control(&shared.probe, "/_sim/clock", "advance=3710");
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_ACCEPTED);
    assert_true(sim_stat(&shared, "endpoints.token.200") == 2);
    check_writes(&world, SUSPEND, WRITES("none", "suspended"));
}

TEST(write_refused_for_its_token_succeeds_with_the_next)
{
    for (unsigned act = 0; act < ACT_COUNT; act++) {
        WORLD_LOCAL world;
        CLEANUP(text_release) struct text fault = TEXT_INIT;

        sim_reset(&shared);
        open_world(&world, &shared, (enum act)act, NULL);
        text_addf(&fault, "error=401:nth=1:%s /api/", act_methods[act]);
        sim_fault(&shared, text_cstr(&fault));
        assert_int_equal(do_act(&world, (enum act)act).effect, EFFECT_TOKEN);
        assert_int_equal(do_act(&world, (enum act)act).effect, EFFECT_ACCEPTED);
        assert_true(sim_stat(&shared, "endpoints.token.200") == 2);
        check_writes(&world, (enum act)act, WRITES("none", done[act]));
    }
}

TEST(write_with_a_permanent_token_says_what_to_do_when_it_is_refused)
{
    WORLD_LOCAL world;
    CLEANUP(mem_cleanup) char *path = sim_file(&shared, "token", PROBE_TOKEN "\n");
    struct portal_answer answer;

    sim_reset(&shared);
    shared.config.token.file = path;
    open_world(&world, &shared, SUSPEND, NULL);
    sim_fault(&shared, "error=401:nth=1:POST /api/");
    answer = do_act(&world, SUSPEND);
    assert_int_equal(answer.effect, EFFECT_TOKEN);
    assert_non_null(strstr(answer.text, "portal.token_file"));
    assert_int_equal(do_act(&world, SUSPEND).effect, EFFECT_ACCEPTED);
    check_writes(&world, SUSPEND, WRITES("none", "suspended"));
}

static int log_in(struct sim *sim, bool writing, char **ret_scopes, struct err *err)
{
    struct bynder_setup setup = {.config = &sim->config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct snapshot snapshot = {.id = 0};
    struct portal portal;
    int result;

    assert_int_equal(bynder_new(&setup, &bynder, err), 0);
    portal = bynder_read_only(bynder);
    assert_null(portal.act);
    result = portal.enter(portal.self, &arena, &snapshot, err);
    if (writing && result == 0) {
        portal = bynder_writing(bynder);
        result = portal.enter(portal.self, &arena, &snapshot, err);
    }
    *ret_scopes = mem_strdup(bynder_scopes(bynder));
    return result;
}

TEST(login_asks_for_the_write_scope_only_to_write)
{
    for (unsigned writing = 0; writing < 2; writing++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(mem_cleanup) char *scopes = NULL;

        sim_reset(&shared);
        if (log_in(&shared, writing, &scopes, &err) < 0)
            fail_msg("%s", err.text);
        assert_int_equal(strstr(scopes, "admin.user:write") != NULL, writing);
    }
}

TEST(login_without_the_write_scope_names_it)
{
    CLEANUP(sim_stop_quietly) struct sim sim = {.url = NULL};
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(mem_cleanup) char *scopes = NULL, *again = NULL;

    sim_start(&sim,
              (const char *const[]){
                  "--users", "20", "--scopes",
                  "admin.user:read admin.profile:read current.user:read analytics.api:read", NULL});
    if (log_in(&sim, false, &scopes, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(log_in(&sim, true, &again, &err), -1);
    assert_int_equal(err.code, ERR_SCOPE);
    assert_non_null(strstr(err.text, "lacks scope 'admin.user:write'"));
}

static int start(void **state)
{
    (void)state;
    sim_start(&shared,
              (const char *const[]){"--users", "40", "--seed", "3", "--enforce-180-days", NULL});
    return 0;
}

static int stop(void **state)
{
    (void)state;
    return sim_stop(&shared);
}

TEST_GROUP(start, stop);

/* --- as the portal's own description has it --- */

static struct json_object *at(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, name, &value))
        fail_msg("the description has no '%s'", name);
    return value;
}

static void check_value(struct json_object *property, const char *name, const char *value)
{
    struct json_object *words = NULL;
    bool is_one = false;

    if (strcmp(member(property, "type"), "integer") == 0)
        assert_int_equal(strspn(value, "0123456789"), strlen(value));
    else
        assert_string_equal(member(property, "type"), "string");
    if (!json_object_object_get_ex(property, "enum", &words))
        return;
    for (size_t i = 0; i < json_object_array_length(words); i++)
        is_one |= strcmp(json_object_get_string(json_object_array_get_idx(words, i)), value) == 0;
    if (!is_one)
        fail_msg("%s may not be '%s'", name, value);
}

/* The forms are those that the tests above find in the simulator's list of writes, to the byte. */
TEST(writes_are_as_the_portal_describes_them)
{
    const char *directory = getenv("BYNDER_OPENAPI");
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "%s/users-v4.json",
              directory ? directory : SOURCE_DIR "/../shared/bynder/openapi");
    if (access(text_cstr(&path), R_OK) < 0) {
        text_release(&path); /* a skip leaves by a jump */
        skip();
    }
    JSON_LOCAL *description = json_object_from_file(text_cstr(&path));
    assert_non_null(description);
    struct json_object *methods = at(at(description, "paths"), "/api/v4/users/{id}");
    for (enum act act = 0; act < ACT_COUNT; act++) {
        bool deletes = strcmp(act_methods[act], "DELETE") == 0;
        struct json_object *method = at(methods, deletes ? "delete" : "post");
        assert_non_null(at(at(method, "responses"), deletes ? "204" : "202"));
        JSON_LOCAL *form = json_tokener_parse(act_forms[act]);
        if (deletes) {
            assert_int_equal(json_object_object_length(form), 0);
            continue;
        }
        struct json_object *content = at(at(method, "requestBody"), "content");
        struct json_object *properties =
            at(at(at(content, "application/x-www-form-urlencoded"), "schema"), "properties");
        assert_non_null(
            json_object_object_get(form, "active")); /* else its default might be taken */
        json_object_object_foreach(form, name, value)
            check_value(at(properties, name), name, json_object_get_string(value));
    }
}
