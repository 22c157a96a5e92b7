/*
 * Activity that was read and not yet taken by a snapshot, what snapshots of the past knew of it,
 * and how long a profile has been what it is, against a real server.
 */
#include "alike.h"
#include "store/login.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

static struct instant ago(const struct store_world *world, int days)
{
    return instant_add_us(world->now, -(int64_t)days * DAY_US);
}

static void put(struct store_world *world, const char *id, enum event_kind kind, struct instant at)
{
    const struct pending_activity pending = {
        .account_id = id, .activity = {.at = at, .seen_at = world->now, .kind = kind}};
    struct err err = ERR_INIT;

    if (store_save_activity(&world->store, &pending, 1, NULL, &err) < 0)
        fail_msg("%s", err.text);
}

/* The next night's snapshot of so many accounts, with its history, stored. */
static struct snapshot night(struct store_world *world, size_t accounts)
{
    struct snapshot snapshot;

    store_world_tomorrow(world);
    snapshot = store_world_snapshot(world, accounts);
    store_world_load(world, &snapshot);
    store_world_save(world, &snapshot);
    return snapshot;
}

TEST(store_save_activity_is_taken_by_the_next_snapshot_and_the_newest_counts)
{
    struct store_world *world = *state;
    struct snapshot first = night(world, 3);
    const char *id = first.account[0].id;
    struct instant newest = ago(world, 1), older = ago(world, 5);

    put(world, id, EVENT_DOWNLOAD, newest);
    put(world, id, EVENT_VIEW, older);
    put(world, "0A84D758-2B3A-141F-8F07D71AA1F223BD", EVENT_VIEW, newest); /* nobody listed */
    struct snapshot second = night(world, 3);
    assert_true(account_activity(&second.account[0])->at.us == newest.us);
    assert_int_equal(account_activity(&second.account[0])->kind, EVENT_DOWNLOAD);
    assert_false(account_activity(&second.account[0])->is_new);
    assert_false(instant_is_set(account_activity(&second.account[1])->at));
    assert_int_equal(store_world_number(world, "select count(*) from activity"), 1);
    assert_int_equal(store_world_number(world, "select count(*) from activity_known"), 1);
    assert_int_equal(store_world_number(world, "select count(*) from activity_pending"), 1);
    (void)night(world, 3); /* the same again is no row */
    put(world, id, EVENT_VIEW, older);
    (void)night(world, 3);
    assert_int_equal(store_world_number(world, "select count(*) from activity"), 1);
}

/* Few among many are looked up one by one, many are merged as a set: it comes to the same. Of
 * somebody whom a list that broke off does not have it waits. */
TEST(store_save_activity_of_few_is_taken_as_of_all)
{
    enum { ACCOUNTS = 400 };
    static const size_t told[] = {ACCOUNTS, 1, 25, ACCOUNTS, 3};
    struct store_world *world = *state;
    struct err err = ERR_INIT;
    int64_t rows = 0;

    (void)night(world, ACCOUNTS);
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        struct pending_activity pending[ACCOUNTS];
        struct snapshot snapshot;

        store_world_tomorrow(world);
        snapshot = store_world_snapshot(world, ACCOUNTS);
        for (size_t p = 0; p < told[i]; p++)
            pending[p] = (struct pending_activity){
                .account_id = snapshot.account[ACCOUNTS - 1 - p].id,
                .activity = {.at = ago(world, 1), .seen_at = world->now, .kind = EVENT_VIEW}};
        if (store_save_activity(&world->store, pending, told[i], NULL, &err) < 0)
            fail_msg("%s", err.text);
        snapshot.count--; /* and so the first that is told of */
        snapshot.complete = false;
        store_world_load(world, &snapshot);
        store_world_save(world, &snapshot);
        rows += (int64_t)told[i] - 1;
        assert_int_equal(store_world_number(world, "select count(*) from activity"), rows);
        assert_int_equal(store_world_number(world, "select count(*) from activity_pending"), 1);
        assert_int_equal(store_world_number(world, "select count(*) from activity_known where "
                                                   "valid_from = (select max(snapshot_id) from "
                                                   "snapshot)"),
                         told[i] - 1);
    }
    (void)night(world, ACCOUNTS); /* of the last one the newest word */
    assert_int_equal(store_world_number(world, "select count(*) from activity"), rows + 1);
    assert_int_equal(store_world_number(world, "select count(*) from activity_pending"), 0);
}

TEST(store_load_snapshot_knows_the_activity_of_its_night)
{
    struct store_world *world = *state;
    struct snapshot first = night(world, 2), loaded;
    const char *id = first.account[0].id;
    struct instant early = ago(world, 4);
    struct err err = ERR_INIT;

    put(world, id, EVENT_SEARCH, early);
    struct snapshot second = night(world, 2);
    put(world, id, EVENT_CREATION, world->now);
    (void)night(world, 2);
    assert_int_equal(store_load_snapshot(&world->store, &world->arena, second.id, &loaded, &err),
                     0);
    assert_true(account_activity(&loaded.account[0])->at.us == early.us);
    assert_int_equal(account_activity(&loaded.account[0])->kind, EVENT_SEARCH);
    assert_int_equal(store_load_snapshot(&world->store, &world->arena, first.id, &loaded, &err), 0);
    assert_false(instant_is_set(account_activity(&loaded.account[0])->at));
}

TEST(store_save_snapshot_keeps_how_far_activity_reaches)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 1), loaded;
    struct err err = ERR_INIT;

    snapshot.activity.since = ago(world, 90);
    snapshot.activity.missing = "nothing";
    store_world_load(world, &snapshot);
    store_world_save(world, &snapshot);
    assert_int_equal(store_load_snapshot(&world->store, &world->arena, snapshot.id, &loaded, &err),
                     0);
    assert_true(loaded.activity.since.us == ago(world, 90).us);
    assert_string_equal(loaded.activity.missing, "nothing");
}

TEST(store_load_events_of_each_kind_is_its_own)
{
    struct store_world *world = *state;
    struct events_progress views = {.kind = EVENT_VIEW,
                                    .complete_to = ago(world, 1),
                                    .covered_from = ago(world, 365),
                                    .torn = true,
                                    .version = 1},
                           is;
    struct err err = ERR_INIT;

    assert_int_equal(store_save_activity(&world->store, NULL, 0, &views, &err), 0);
    assert_int_equal(store_load_events(&world->store, &world->arena, EVENT_VIEW, &is, &err), 0);
    assert_true(is.covered_from.us == views.covered_from.us && is.torn && is.version == 1);
    assert_int_equal(store_load_events(&world->store, &world->arena, EVENT_SEARCH, &is, &err), 0);
    assert_int_equal(is.kind, EVENT_SEARCH);
    assert_false(instant_is_set(is.complete_to) || is.torn || is.version);
}

/* --- silences --- */

/* A page of asset views of these days, so many before the world's first one; -1 ends them. */
static void tell(struct store_world *world, const char *host, const int *ago)
{
    struct day day[16];
    struct events_progress views = {.kind = EVENT_VIEW, .host = host, .told = day};
    struct err err = ERR_INIT;

    for (; ago[views.told_count] >= 0; views.told_count++)
        day[views.told_count] = day_add(world->today, -ago[views.told_count]);
    if (store_save_activity(&world->store, NULL, 0, &views, &err) < 0)
        fail_msg("%s", err.text);
}
#define TELL(world, host, ...) tell((world), (host), (const int[]){__VA_ARGS__, -1})

/* Of the days until so many ago, how many before the world's first one they are: "12 8 0". */
static void assert_told(struct store_world *world, const char *host, int days_ago,
                        const char *wanted)
{
    CLEANUP(text_release) struct text is = TEXT_INIT;
    struct day *day;
    size_t count;
    struct err err = ERR_INIT;

    if (store_load_told_days(&world->store, &world->arena, EVENT_VIEW, host,
                             day_add(world->today, -days_ago), &day, &count, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < count; i++)
        text_addf(&is, "%s%d", i > 0 ? " " : "", day_between(day[i], world->today));
    assert_string_equal(text_cstr(&is), wanted);
}

/* Pages come in any order, and more than once. */
TEST(store_load_told_days_is_of_all_pages_in_order_and_of_one_host)
{
    struct store_world *world = *state;

    assert_told(world, "a", 0, "");
    TELL(world, "a", 12, 15, 12, 20);
    TELL(world, "a", 19, 15);
    TELL(world, "a", 3, 0);
    assert_told(world, "a", 0, "20 19 15 12 3 0");
    assert_told(world, "a", 3, "20 19 15 12 3");
    assert_told(world, "a", 4, "20 19 15 12");
    assert_told(world, "b", 0, "");
    TELL(world, "b", 3);
    assert_told(world, "b", 0, "3");
    assert_told(world, "a", 0, "");
}

TEST(store_load_told_days_is_of_the_last_400_days)
{
    struct store_world *world = *state;

    TELL(world, "a", 401, 400, 399);
    TELL(world, "a", 0);
    assert_told(world, "a", 0, "399 0");
}

/* --- profiles --- */

/* The night's snapshot in which the first account has this profile. */
static struct snapshot night_with(struct store_world *world, const char *profile, bool complete)
{
    struct snapshot snapshot;

    store_world_tomorrow(world);
    snapshot = store_world_snapshot(world, 2);
    alike_own(&snapshot.account[0])->profile_id = profile;
    snapshot.complete = complete;
    store_world_load(world, &snapshot);
    store_world_save(world, &snapshot);
    return snapshot;
}

static void assert_profile(const struct account *account, struct instant since,
                           struct instant other_at)
{
    assert_int_equal(account_since(account)->profile_since.us, since.us);
    assert_int_equal(account_past(account)->profile_other_at.us, other_at.us);
}

TEST(profile_of_the_first_snapshot_is_known_since_then_and_maybe_longer)
{
    struct store_world *world = *state;
    struct snapshot first = night_with(world, "1", true);
    struct snapshot second = night_with(world, "1", true);

    assert_profile(&first.account[0], first.taken_at, INSTANT_NONE);
    assert_profile(&second.account[0], first.taken_at, INSTANT_NONE);
}

/* A snapshot that is not complete may miss it: the other profile is certain up to a complete one.
 */
TEST(profile_that_changes_is_since_the_snapshot_that_shows_it)
{
    struct store_world *world = *state;

    (void)night_with(world, "1", true);
    struct snapshot last = night_with(world, "1", true);
    (void)night_with(world, "1", false);
    struct snapshot changed = night_with(world, "2", true), after = night_with(world, "2", true);
    assert_profile(&changed.account[0], changed.taken_at, last.taken_at);
    assert_profile(&after.account[0], changed.taken_at, last.taken_at);
    assert_false(instant_is_set(account_past(&after.account[1])->profile_other_at));
    struct snapshot back = night_with(world, "1", true);
    assert_profile(&back.account[0], back.taken_at, after.taken_at);
}

/* What is told once more is no change: thinned versions take no fact away. */
TEST(profile_is_a_fact_that_thinned_versions_leave)
{
    struct store_world *world = *state;

    (void)night_with(world, "1", true);
    struct snapshot changed = night_with(world, "2", true);
    store_world_execute(world, "delete from account_version where valid_to is not null");
    struct snapshot after = night_with(world, "2", true);
    assert_int_equal(account_since(&after.account[0])->profile_since.us, changed.taken_at.us);
    assert_true(instant_is_set(account_past(&after.account[0])->profile_other_at));
}

/* A list may be late, and one with a flaw is not asked singly: it tells of no other profile. */
TEST(profile_that_undoes_a_downgrade_is_none_of_an_account_with_a_flaw)
{
    struct store_world *world = *state;

    (void)night_with(world, "2", true);
    store_world_execute(world,
                        "insert into act (portal_id, act_id, account_id, action, done_at,"
                        " from_profile, to_profile, from_roles) select v.portal_id,"
                        " 1, a.account_id, 'downgrade', timestamptz '2001-01-01', '1', '2', ''"
                        " from account_version v join account a using (portal_id, account_no)"
                        " where v.valid_to is null and v.profile_id = '2'"
                        " order by a.account_no limit 1");
    for (int flawed = 1; flawed >= 0; flawed--) {
        store_world_tomorrow(world);
        struct snapshot snapshot = store_world_snapshot(world, 2);
        alike_own(&snapshot.account[0])->profile_id = "1";
        alike_own(&snapshot.account[0])->flaw = flawed ? "a name that is none" : NULL;
        store_world_load(world, &snapshot);
        assert_non_null(account_past(&snapshot.account[0])->downgrade);
        assert_int_equal(instant_is_set(account_past(&snapshot.account[0])->downgrade->other_at),
                         !flawed);
        store_world_save(world, &snapshot);
        assert_int_equal(store_world_number(world, "select count(*) from account where regraded_at"
                                                   " is not null"),
                         !flawed);
    }
}

/* --- leaves --- */

/* The night's roster of two people, of whom the first is or is not on leave. */
static struct person_extra night_of(struct store_world *world, enum person_status status)
{
    struct roster roster;
    struct err err = ERR_INIT;

    store_world_tomorrow(world);
    roster = store_world_roster(world, 2);
    roster.person[0].status = status;
    roster.person[1].status = PERSON_EMPLOYED;
    if (store_load_leaves(&world->store, &world->arena, world->now, &zone_utc, world->today,
                          &roster, &err) < 0 ||
        store_save_roster(&world->store, &world->run, &roster, true, &roster.id, &err) < 0)
        fail_msg("%s", err.text);
    assert_false(day_is_set(person_extra(&roster.person[1])->on_leave_at));
    return *person_extra(&roster.person[0]);
}

TEST(leaves_are_told_as_the_rosters_said_them)
{
    struct store_world *world = *state;

    assert_false(day_is_set(night_of(world, PERSON_EMPLOYED).on_leave_at));
    assert_false(day_is_set(night_of(world, PERSON_ON_LEAVE).on_leave_at));
    struct day away = world->today;
    (void)night_of(world, PERSON_UNKNOWN); /* says nothing */
    struct person_extra back = night_of(world, PERSON_EMPLOYED);
    struct day came = world->today;
    assert_int_equal(back.on_leave_at.number, away.number);
    assert_int_equal(back.back_on.number, came.number);
    struct person_extra later = night_of(world, PERSON_EMPLOYED);
    assert_int_equal(later.back_on.number, came.number);
    (void)night_of(world, PERSON_ON_LEAVE); /* another one */
    struct day again = world->today;
    assert_int_equal(store_world_number(world, "select count(*) from person_leave"), 2);
    struct person_extra twice = night_of(world, PERSON_DEPARTED);
    assert_int_equal(twice.on_leave_at.number, again.number);
    assert_int_equal(twice.back_on.number, world->today.number);
}

/* --- downgrades in a row (R16) --- */

struct done {
    int day;               /* of January 2001; 0 = no more */
    char action, from, to; /* d or r; profiles */
};

/* The profiles that are undone with the newest downgrade, from it back. */
static void check_row(struct store_world *world, const struct done *done, int regraded_on,
                      const char *wanted)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT, is = TEXT_INIT;

    store_world_execute(world, "delete from act");
    text_addf(&sql, "update account set regraded_at = timestamptz '2001-01-%02d 12:00Z'",
              regraded_on);
    store_world_execute(world,
                        regraded_on ? text_cstr(&sql) : "update account set regraded_at = null");
    for (int i = 0; done[i].day; i++) {
        text_clear(&sql);
        text_addf(&sql,
                  "insert into act (portal_id, act_id, account_id, action, done_at, from_profile,"
                  " to_profile, from_roles) select portal_id, %d, account_id, '%s',"
                  " timestamptz '2001-01-%02dZ', '%c', '%c', '' from account where account_no = 1",
                  i + 1, done[i].action == 'd' ? "downgrade" : "restore", done[i].day, done[i].from,
                  done[i].to);
        store_world_execute(world, text_cstr(&sql));
    }
    struct snapshot snapshot = store_world_snapshot(world, 2);
    store_world_load(world, &snapshot);
    for (size_t i = 0; i < snapshot.count; i++) {
        for (const struct account_downgrade *at = account_past(&snapshot.account[i])->downgrade; at;
             at = at->earlier)
            text_add(&is, at->from);
    }
    if (!text_equal(text_cstr(&is), wanted))
        fail_msg("'%s', not '%s'", text_cstr(&is), wanted);
}

TEST(downgrades_in_a_row_end_where_somebody_else_or_we_gave_another_profile)
{
    static const struct done
        two[] = {{1, 'd', '3', '2'}, {5, 'd', '2', '1'}, {0}},
        three[] = {{1, 'd', '4', '3'}, {5, 'd', '3', '2'}, {9, 'd', '2', '1'}, {0}},
        other[] = {{1, 'd', '3', '2'}, {5, 'd', '4', '1'}, {0}},
        broken[] = {{1, 'd', '4', '3'}, {5, 'd', '5', '2'}, {9, 'd', '2', '1'}, {0}},
        restored[] = {{1, 'd', '3', '2'},
                      {3, 'r', '2', '3'},
                      {5, 'd', '3', '2'},
                      {9, 'd', '2', '1'},
                      {0}},
        behind[] = {{1, 'd', '3', '2'}, {5, 'd', '2', '1'}, {9, 'r', '1', '3'}, {0}};
    struct store_world *world = *state;

    (void)night_with(world, "1", true);
    check_row(world, two, 0, "23");
    check_row(world, two, 3, "2");  /* in between */
    check_row(world, two, 7, "23"); /* since, which R8 and R16 ask */
    check_row(world, three, 0, "234");
    check_row(world, three, 3, "23");
    check_row(world, three, 7, "2");
    check_row(world, other, 0, "4"); /* that no reading saw */
    check_row(world, broken, 0, "25");
    check_row(world, restored, 0, "23");
    check_row(world, behind, 0, "23");
}
