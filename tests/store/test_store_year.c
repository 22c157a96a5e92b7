/* What files of earlier years told, and that each is taken over once, against a real server. */
#include "store/year.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

static struct instant ago(const struct store_world *world, int days)
{
    return instant_add_us(world->now, -(int64_t)days * DAY_US);
}

static void save(struct store_world *world, enum year_outcome outcome,
                 const struct store_year_told *told)
{
    const struct store_year year = {
        .year = 2024, .outcome = outcome, .asked_at = world->now, .rows = 7};
    struct err err = ERR_INIT;

    if (store_save_year(&world->store, &year, told, &err) < 0)
        fail_msg("%s", err.text);
}

/* What is told of one account, and behind it a place with nothing. */
struct told {
    struct pending_login login;
    struct pending_activity activity;
    struct first_event first;
};

static struct pending_login told_login(const void *context, size_t place)
{
    return place == 0 ? ((const struct told *)context)->login : (struct pending_login){0};
}

static struct pending_activity told_activity(const void *context, size_t place)
{
    return place == 0 ? ((const struct told *)context)->activity : (struct pending_activity){0};
}

static struct first_event told_first(const void *context, size_t place)
{
    return place == 0 ? ((const struct told *)context)->first : (struct first_event){0};
}

static void save_told(struct store_world *world, const struct told *one)
{
    const struct store_year_told told = {
        .context = one,
        .places = 2,
        .login_count = one->login.account_id != NULL,
        .activity_count = one->activity.account_id != NULL,
        .first_count = one->first.account_id != NULL,
        .login = told_login,
        .activity = told_activity,
        .first = told_first,
    };

    save(world, YEAR_WAS_READ, &told);
}

static void save_first(struct store_world *world, const char *id, int days)
{
    const struct told one = {
        .first = {.account_id = id, .at = ago(world, days), .seen_at = world->now}};

    save_told(world, &one);
}

TEST(store_save_year_is_known_to_the_next_snapshot)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 2);
    const char *id = snapshot.account[0].id;
    const struct told one = {
        .login = {.account_id = id,
                  .login = {.kind = LOGIN_KNOWN,
                            .source = LOGIN_FROM_EVENTS,
                            .at = ago(world, 600),
                            .seen_at = world->now}},
        .activity = {.account_id = id,
                     .activity = {.at = ago(world, 500),
                                  .seen_at = world->now,
                                  .kind = EVENT_VIEW}},
        .first = {.account_id = id, .at = ago(world, 700), .seen_at = world->now},
    };

    save_told(world, &one);
    store_world_load(world, &snapshot);
    const struct account *account = &snapshot.account[0];
    assert_int_equal(account->login.at.us, ago(world, 600).us);
    assert_int_equal(account_activity(account)->at.us, ago(world, 500).us);
    assert_int_equal(account->history.first_event.us, ago(world, 700).us);
    assert_false(instant_is_set(snapshot.account[1].history.first_event));
    assert_false(instant_is_set(account_activity(&snapshot.account[1])->at));
}

TEST(store_save_year_keeps_the_oldest_event_of_an_account)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 1);
    const char *id = snapshot.account[0].id;

    save_first(world, id, 500);
    save_first(world, id, 600);
    save_first(world, id, 400);
    store_world_load(world, &snapshot);
    assert_int_equal(snapshot.account[0].history.first_event.us, ago(world, 600).us);
}

/* A night in which one is known, one gone, and others are new: as many as are looked up, or one
 * more. */
static void first_events_are_those_told(struct store_world *world, size_t fresh)
{
    enum { KNOWN = 3 };
    struct snapshot snapshot = store_world_snapshot(world, KNOWN);

    store_world_load(world, &snapshot);
    store_world_save(world, &snapshot);
    store_world_tomorrow(world);
    snapshot = store_world_snapshot(world, KNOWN + fresh);
    save_first(world, snapshot.account[0].id, 400);
    save_first(world, snapshot.account[2].id, 500);
    save_first(world, snapshot.account[KNOWN + fresh - 1].id, 600);
    snapshot.account[2] = snapshot.account[--snapshot.count];
    store_world_load(world, &snapshot);
    assert_int_equal(snapshot.count, KNOWN + fresh);
    assert_int_equal(snapshot.account[KNOWN + fresh - 1].status, ACCOUNT_GONE);
    for (size_t i = 0; i < snapshot.count; i++) {
        struct instant at = i == 0                   ? ago(world, 400)
                            : i == 2                 ? ago(world, 600)
                            : i == KNOWN + fresh - 1 ? ago(world, 500)
                                                     : INSTANT_NONE;
        assert_int_equal(snapshot.account[i].history.first_event.us, at.us);
    }
}

TEST(store_load_history_knows_first_events_of_few_new_ones)
{
    first_events_are_those_told(*state, 1000);
}

TEST(store_load_history_knows_first_events_of_many_new_ones)
{
    first_events_are_those_told(*state, 1001);
}

/* One that was read stays read, whatever comes after it; one that was not may become so. */
TEST(store_load_years_says_what_became_of_each)
{
    static const struct {
        enum year_outcome first, second, stands;
    } cases[] = {
        {YEAR_WAS_READ, YEAR_WAS_BROKEN, YEAR_WAS_READ},
        {YEAR_WAS_READ, YEAR_WAS_ABSENT, YEAR_WAS_READ},
        {YEAR_WAS_ABSENT, YEAR_WAS_READ, YEAR_WAS_READ},
        {YEAR_WAS_BROKEN, YEAR_WAS_ABSENT, YEAR_WAS_ABSENT},
        {YEAR_WAS_BROKEN, YEAR_WAS_READ, YEAR_WAS_READ},
    };
    struct store_world *world = *state;
    const struct store_year_told told = {.first_count = 0};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct store_year *year = NULL;
        struct err err = ERR_INIT;
        size_t count = 0;

        store_world_execute(world, "delete from historical_year");
        assert_int_equal(store_load_years(&world->store, &world->arena, &year, &count, &err), 0);
        assert_int_equal(count, 0);
        save(world, cases[i].first, &told);
        save(world, cases[i].second, &told);
        assert_int_equal(store_load_years(&world->store, &world->arena, &year, &count, &err), 0);
        assert_int_equal(count, 1);
        assert_int_equal(year[0].year, 2024);
        assert_int_equal(year[0].outcome, cases[i].stands);
        assert_int_equal(year[0].asked_at.us, world->now.us);
    }
}
