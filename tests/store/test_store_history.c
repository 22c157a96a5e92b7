/*
 * What the history adds to a new snapshot, and what the guards are told, against a real server.
 */
#include <string.h>
#include <unistd.h>

#include "alike.h"
#include "base/aside.h"
#include "base/parallel.h"
#include "cluster_fixture.h"
#include "distributed.h"
#include "store_world.h"
#include "test.h"

TEST_EACH(store_world_setup, store_world_teardown);

static void load(struct store_world *world, struct snapshot *snapshot)
{
    store_world_load(world, snapshot);
}

static struct instant ago(const struct store_world *world, int days)
{
    return instant_add_us(world->now, -(int64_t)days * DAY_US);
}

/* --- last logins --- */

enum reading { NOT_READ, READ_NEVER, READ_UNREADABLE, READ_DAYS_AGO_1, READ_DAYS_AGO_9 };

static struct login reading(const struct store_world *world, enum reading what)
{
    struct login login = {.source = LOGIN_FROM_SINGLE_READ, .seen_at = world->now};

    switch (what) {
    case NOT_READ:
        login = (struct login){.kind = LOGIN_NOT_READ};
        break;
    case READ_NEVER:
        login.kind = LOGIN_NEVER;
        break;
    case READ_UNREADABLE:
        login.kind = LOGIN_UNREADABLE;
        login.raw = "yesterday";
        break;
    case READ_DAYS_AGO_1:
    case READ_DAYS_AGO_9:
        login.kind = LOGIN_KNOWN;
        login.at = ago(world, what == READ_DAYS_AGO_1 ? 1 : 9);
        break;
    }
    return login;
}

/* Yesterday's reading, today's (days counted from today), what is believed, and what G5 counts. */
static const struct {
    enum reading before, now;
    enum login_kind kind;
    enum login_source source;
    int days;
    int known, lost;
} merges[] = {
    {NOT_READ, NOT_READ, LOGIN_NOT_READ, LOGIN_FROM_NOWHERE, 0, 0, 0},
    {NOT_READ, READ_NEVER, LOGIN_NEVER, LOGIN_FROM_SINGLE_READ, 0, 0, 0},
    {READ_NEVER, NOT_READ, LOGIN_NEVER, LOGIN_FROM_HISTORY, 0, 0, 0},
    {READ_NEVER, READ_DAYS_AGO_9, LOGIN_KNOWN, LOGIN_FROM_SINGLE_READ, 9, 0, 0},
    {READ_DAYS_AGO_9, NOT_READ, LOGIN_KNOWN, LOGIN_FROM_HISTORY, 10, 0, 0},
    {READ_DAYS_AGO_9, READ_DAYS_AGO_1, LOGIN_KNOWN, LOGIN_FROM_SINGLE_READ, 1, 1, 0},
    {READ_DAYS_AGO_1, READ_DAYS_AGO_9, LOGIN_KNOWN, LOGIN_FROM_HISTORY, 2, 1, 1},
    {READ_DAYS_AGO_9, READ_NEVER, LOGIN_KNOWN, LOGIN_FROM_HISTORY, 10, 1, 1},
    {READ_DAYS_AGO_9, READ_UNREADABLE, LOGIN_UNREADABLE, LOGIN_FROM_SINGLE_READ, 0, 1, 0},
    {READ_UNREADABLE, NOT_READ, LOGIN_UNREADABLE, LOGIN_FROM_HISTORY, 0, 0, 0},
    {READ_UNREADABLE, READ_DAYS_AGO_9, LOGIN_KNOWN, LOGIN_FROM_SINGLE_READ, 9, 0, 0},
};

TEST(store_load_history_merges_last_logins_newest_first)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, COUNT_OF(merges)), second;
    int64_t known = 0, lost = 0;

    for (size_t i = 0; i < COUNT_OF(merges); i++)
        first.account[i].login = reading(world, merges[i].before);
    load(world, &first);
    store_world_save(world, &first);
    store_world_tomorrow(world);
    second = store_world_snapshot(world, COUNT_OF(merges));
    for (size_t i = 0; i < COUNT_OF(merges); i++)
        second.account[i].login = reading(world, merges[i].now);
    load(world, &second);
    for (size_t i = 0; i < COUNT_OF(merges); i++) {
        const struct login *login = &second.account[i].login;
        if (login->kind != merges[i].kind || login->source != merges[i].source ||
            (login->kind == LOGIN_KNOWN && login->at.us != ago(world, merges[i].days).us))
            fail_msg("case %zu: kind %d, source %d", i, login->kind, login->source);
        known += merges[i].known;
        lost += merges[i].lost;
    }
    assert_int_equal(second.logins_known_before, known);
    assert_int_equal(second.logins_lost, lost);
    assert_string_equal(second.account[9].login.raw, "yesterday");
}

TEST(store_load_history_fills_login_department_and_when_it_was_read)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, 2), second;
    struct instant seen = world->now;

    for (size_t i = 0; i < first.count; i++) {
        first.account[i].login = reading(world, READ_DAYS_AGO_1);
        alike_own(&first.account[i])->department = "Sales";
    }
    load(world, &first);
    store_world_save(world, &first);
    store_world_tomorrow(world);
    second = store_world_snapshot(world, 3);
    second.account[1].login = reading(world, READ_NEVER);
    load(world, &second);
    assert_int_equal(second.account[0].login.source, LOGIN_FROM_HISTORY);
    assert_true(second.account[0].login.at.us == ago(world, 2).us);
    assert_true(second.account[0].login.seen_at.us == seen.us);
    assert_true(second.account[0].history.read_at.us == seen.us);
    assert_false(second.account[0].history.read_anew);
    assert_string_equal(account_alike(&second.account[0])->department, "Sales");
    assert_int_equal(second.account[1].login.kind, LOGIN_KNOWN); /* a login is not taken back */
    assert_true(second.account[1].history.read_at.us == world->now.us);
    assert_null(account_alike(&second.account[1])->department);
    assert_int_equal(second.account[2].login.kind, LOGIN_NOT_READ);
    assert_int_equal(second.account[2].history.number, 0);
}

/* Events are ahead of single reads at times, but a single read that knows of no login at all
 * contradicts them. */
TEST(store_load_history_of_events_counts_as_lost_what_vanished)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, 2), second;

    load(world, &first);
    for (size_t i = 0; i < 2; i++) {
        first.account[i].login = reading(world, READ_DAYS_AGO_1);
        first.account[i].login.source = LOGIN_FROM_EVENTS;
    }
    store_world_save(world, &first);
    store_world_tomorrow(world);
    second = store_world_snapshot(world, 2);
    second.account[0].login = reading(world, READ_NEVER);
    second.account[1].login = reading(world, READ_DAYS_AGO_9);
    load(world, &second);
    assert_int_equal(second.account[0].login.kind, LOGIN_KNOWN);
    assert_true(second.account[1].login.at.us == ago(world, 2).us);
    assert_int_equal(second.logins_known_before, 2);
    assert_int_equal(second.logins_lost, 1);
}

/* --- an account's life --- */

/* Asked for before the list, it is what it was then; a second time it is asked for anew. */
TEST(store_ask_history_keeps_what_is_known_until_it_is_loaded)
{
    struct store_world *world = *state;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct snapshot first = store_world_snapshot(world, 3), asked, anew;

    first.account[1].login = store_world_login(ago(world, 5), world->now);
    load(world, &first);
    store_world_save(world, &first);
    store_world_tomorrow(world);
    assert_int_equal(store_ask_history(&world->store, &err), 0);
    asked = store_world_snapshot(world, 4);
    assert_int_equal(store_world_number(world, "select count(*) from pg_cursors where is_holdable"),
                     3);
    assert_int_equal(PQtransactionStatus(pg_raw(world->store.pg)), PQTRANS_IDLE);
    load(world, &asked);
    anew = store_world_snapshot(world, 4);
    load(world, &anew);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(asked.account[i].history.number, anew.account[i].history.number);
        assert_true(asked.account[i].login.at.us == anew.account[i].login.at.us);
        assert_true(account_since(&asked.account[i])->first_seen.us ==
                    account_since(&anew.account[i])->first_seen.us);
    }
    assert_int_equal(asked.account[1].login.source, LOGIN_FROM_HISTORY);
    assert_int_equal(asked.account[3].history.number, 0);
    assert_int_equal(store_world_number(world, "select count(*) from pg_cursors where is_holdable"),
                     0);
}

/* What it was called before, and protected entries that once fitted it. */
TEST(store_ask_history_keeps_what_hardly_any_account_has)
{
    struct store_world *world = *state;
    CLEANUP(err_release) struct err err = ERR_INIT;

    for (int night = 0; night < 4; night++) {
        struct snapshot snapshot = store_world_snapshot(world, 3);
        const char *before = snapshot.account[0].name;
        if (night > 0)
            snapshot.account[0].name = "Called Otherwise";
        if (night > 1)
            store_world_execute(world, "update account set bound = '{b,a}' where account_no = 2");
        if (night != 2)
            assert_int_equal(store_ask_history(&world->store, &err), 0);
        load(world, &snapshot);
        const struct account_past *renamed = account_past(&snapshot.account[0]),
                                  *bound = account_past(&snapshot.account[1]);
        assert_int_equal(renamed->earlier_count, night > 1);
        assert_int_equal(bound->bound_count, night > 1 ? 2 : 0);
        if (night > 1) {
            assert_string_equal(renamed->earlier[0].name, before);
            assert_string_equal(bound->bound[0], "a");
            assert_string_equal(bound->bound[1], "b");
        }
        assert_int_equal(account_past(&snapshot.account[2])->bound_count, 0);
        store_world_save(world, &snapshot);
        store_world_tomorrow(world);
    }
}

TEST(store_load_history_of_a_new_account_begins_with_this_snapshot)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 2);

    snapshot.account[1].status = ACCOUNT_INACTIVE;
    load(world, &snapshot);
    assert_true(account_since(&snapshot.account[0])->first_seen.us == world->now.us);
    assert_true(snapshot.account[0].history.ever_active);
    assert_false(snapshot.account[1].history.ever_active);
    assert_false(instant_is_set(account_past(&snapshot.account[0])->suspended_by_us));
    assert_false(instant_is_set(account_since(&snapshot.account[0])->unlinked_since));
}

TEST(store_load_history_remembers_first_sight_and_ever_active)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, 2), second;
    struct instant begin = world->now;

    first.account[1].status = ACCOUNT_INACTIVE;
    store_world_save(world, &first);
    store_world_tomorrow(world);
    second = store_world_snapshot(world, 2);
    second.account[0].status = ACCOUNT_INACTIVE;
    load(world, &second);
    assert_true(account_since(&second.account[0])->first_seen.us == begin.us);
    assert_true(second.account[0].history.ever_active);
    assert_true(second.account[1].history.ever_active); /* by this snapshot */
}

TEST(store_load_history_incomplete_snapshot_makes_nobody_gone)
{
    struct store_world *world = *state;
    struct snapshot first = store_world_snapshot(world, 3), second;

    store_world_save(world, &first);
    store_world_tomorrow(world);
    second = store_world_snapshot(world, 1);
    second.complete = false;
    load(world, &second);
    assert_int_equal(second.count, 1);
    second.complete = true;
    load(world, &second);
    assert_int_equal(second.count, 3);
    assert_int_equal(second.account[2].status, ACCOUNT_GONE);
    assert_true(second.account[2].history.ever_active);
}

/* Each table tells its own, and none takes away what the list or another one says. */
TEST(store_load_history_puts_together_what_the_tables_say)
{
    struct store_world *world = *state;
    struct instant long_ago;

    assert_true(instant_parse_rfc3339("2020-01-01T00:00:00Z", &long_ago));
    for (int night = 0; night < 10; night++) {
        struct snapshot before = store_world_snapshot(world, 4);
        before.account[2].status = ACCOUNT_INACTIVE;
        load(world, &before);
        account_alike_own(&world->arena, &before.account[0])->department = "Sales";
        account_alike_own(&world->arena, &before.account[1])->department = "Stores";
        store_world_save(world, &before);
        store_world_tomorrow(world);
    }
    store_world_execute(world, "update account set created = '2020-01-01T00:00:00Z', missing_at ="
                               " '2020-01-01T00:00:00Z' where account_id like '00000002%'");
    store_world_execute(world,
                        "update account set bound = '{b}' where account_id like '00000004%'");
    store_world_execute(world, "insert into link_version (portal_id, account_no, valid_from, since,"
                               " kind, matched_by) select portal_id, account_no, 1, first_seen,"
                               " 'none', 'none' from account where account_id like '00000002%'");
    store_world_execute(world, "insert into link_version (portal_id, account_no, valid_from,"
                               " valid_to, since, kind, matched_by, person_key) select portal_id,"
                               " account_no, 1, 9, first_seen, 'one', 'email', 'n:00009'"
                               " from account where account_id like '00000003%'");
    struct snapshot snapshot = store_world_snapshot(world, 3);
    struct account *account = snapshot.account;
    account_alike_own(&world->arena, &account[0])->department = "Legal";
    account[2].status = ACCOUNT_INACTIVE;
    assert_int_equal(store_load_history(&world->store, &world->arena, &snapshot, NULL), 0);
    account = snapshot.account;
    assert_string_equal(account_alike(&account[0])->department, "Legal");
    assert_string_equal(account_alike(&account[1])->department, "Stores");
    assert_true(account_since(&account[1])->created.us == long_ago.us);
    assert_true(account_since(&account[1])->missing_at.us == long_ago.us);
    assert_true(account_since(&account[1])->unlinked_since.us ==
                account_since(&account[1])->first_seen.us);
    assert_true(instant_is_set(account_since(&account[1])->profile_since));
    assert_null(account[1].history.yesterday);
    assert_string_equal(account[2].history.yesterday, "n:00009"); /* no link is open */
    assert_false(instant_is_set(account_past(&account[2])->became_active));
    assert_int_equal(account[3].status, ACCOUNT_GONE);
    assert_int_equal(account_past(&account[3])->bound_count, 1);
}

struct looking {
    struct store_world *world;
    struct snapshot *snapshot;
};

static int look(void *context, struct err *err)
{
    struct looking *looking = context;

    return store_load_history(&looking->world->store, &looking->world->arena, looking->snapshot,
                              err);
}

/* Who looks without the portal's lock sees one moment, although tables come one after another. */
TEST(store_load_history_sees_nothing_that_is_stored_meanwhile)
{
    struct store_world *world = *state;
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_closep) struct pg *other = NULL;
    struct snapshot first = store_world_snapshot(world, 3), again = store_world_snapshot(world, 3);
    struct looking looking = {.world = world, .snapshot = &again};
    struct aside aside;

    if (distributed_is_here() || parallel_processors() < 2)
        return; /* of each part of a table there is a lock of its own there; nobody is beside us */
    load(world, &first);
    store_world_save(world, &first);
    if (pg_open(&(struct pg_settings){.conninfo = cluster_fixture_conninfo()}, &other, &err) < 0 ||
        pg_script(other, "meanwhile",
                  "begin; lock table reconcile.account_version in access exclusive mode;"
                  "insert into reconcile.account (portal_id, account_id, account_no,"
                  " first_snapshot_id, first_seen, ever_active, once_linked)"
                  " select portal_id, 'X', 4, first_snapshot_id, first_seen, true, false"
                  " from reconcile.account where account_no = 1;"
                  "insert into reconcile.account_version (portal_id, account_no, valid_from,"
                  " status, username, email, name, groups, groups_unreadable, sso_only, digest)"
                  " select portal_id, 4, valid_from, status, 'x', 'x', 'x', groups,"
                  " groups_unreadable, sso_only, digest"
                  " from reconcile.account_version where account_no = 1",
                  &err) < 0)
        fail_msg("%s", err.text);
    aside_begin(&aside, look, &looking);
    for (int i = 0; i < 1000; i++) {
        CLEANUP(pg_clearp) PGresult *waiting = NULL;
        assert_int_equal(pg_run(other, "waiting", "select count(*) from pg_locks where not granted",
                                PG_ONE, NULL, 0, &waiting, &err),
                         0);
        if (pg_int(waiting, 0, 0) > 0)
            break;
        usleep(10000);
    }
    assert_int_equal(pg_commit(other, &err), 0);
    assert_int_equal(aside_end(&aside, &err), 0);
    assert_int_equal(again.count, 3);
    assert_int_equal(again.missing_count, 0);
    assert_int_equal(again.unlisted_count, 0);
}

#define ACT(number, action, at, person)                                                            \
    "insert into act (portal_id, act_id, account_id, action, done_at, person_status) select "      \
    "portal_id, " number ", account_id, '" action "', '" at "', " person                           \
    " from account where account_id like '00000001%'"

/* We suspend on the first day at 03:00; then one letter a day: A active, I inactive, x a snapshot
 * that is incomplete and does not have the account. The last day is the one that is asked about. */
static const struct {
    const char *days;
    const char *more; /* another act, or NULL */
    bool suspended, reactivated;
} lives[] = {
    {"AI", NULL, true, false},
    {"AII", NULL, true, false},
    {"AA", NULL, false, true},
    {"AAI", NULL, false, true},
    {"AIA", NULL, false, true},
    {"AIAI", NULL, false, true},
    {"AxI", NULL, true, false},
    {"AIA", ACT("2", "reactivate", "2026-11-02T12:00:00Z", "null"), false, false},
    {"AIAI", ACT("2", "suspend", "2026-11-03T12:00:00Z", "'absent'"), true, false},
};

static void live(struct store_world *world, const char *days, struct snapshot *ret_last)
{
    for (size_t i = 0; days[i]; i++) {
        if (i > 0)
            store_world_tomorrow(world);
        struct snapshot snapshot = store_world_snapshot(world, 2);
        if (days[i] == 'I')
            snapshot.account[0].status = ACCOUNT_INACTIVE;
        if (days[i] == 'x') {
            snapshot.complete = false;
            snapshot.account++;
            snapshot.count--;
        }
        if (days[i + 1])
            store_world_save(world, &snapshot);
        if (i == 0)
            store_world_execute(world, ACT("1", "suspend", "2026-11-01T03:00:00Z", "'departed'"));
        *ret_last = snapshot;
    }
}

TEST_WITH(store_load_history_tells_who_is_suspended_by_us_and_who_came_back, NULL, NULL)
{
    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        struct store_world world;
        struct snapshot last;

        store_world_begin(&world);
        live(&world, lives[i].days, &last);
        if (lives[i].more)
            store_world_execute(&world, lives[i].more);
        (void)load(&world, &last);
        const struct account_past *past = account_past(&last.account[0]);
        if (instant_is_set(past->suspended_by_us) != lives[i].suspended ||
            past->reactivated_since != lives[i].reactivated)
            fail_msg("%s (%zu): suspended %d, reactivated %d", lives[i].days, i,
                     instant_is_set(past->suspended_by_us), past->reactivated_since);
        if (lives[i].suspended && !lives[i].more)
            assert_int_equal(past->suspended_as, PERSON_DEPARTED);
        assert_false(instant_is_set(account_past(&last.account[1])->suspended_by_us));
        store_world_end(&world);
    }
}

/* The end of time, which only who owns the tables can write, is no moment that decides anything:
 * read as one that is not known, an act at it would be in no budget. */
TEST(store_load_history_with_the_end_of_time_in_it_ends)
{
    struct store_world *world = *state;
    struct roster roster = store_world_roster(world, 1);
    const struct limits limits = {.of = {[ACTION_SUSPEND] = {.rolling_days = 30}}};
    struct digest policy = digest_of("policy", 6);
    struct guard_history history;
    struct snapshot last;
    struct err err = ERR_INIT;

    live(world, "AI", &last);
    assert_int_equal(store_load_history(&world->store, &world->arena, &last, &err), 0);
    store_world_execute(world, "update act set done_at = 'infinity'");
    assert_int_equal(store_load_history(&world->store, &world->arena, &last, &err), -1);
    assert_non_null(strstr(err.text, "infinity"));
    store_world_execute(world, "update act set done_at = now()");
    assert_int_equal(store_load_guard_history(&world->store, &world->arena, &limits, &roster,
                                              &policy, world->now, &history, &err),
                     0);
    store_world_execute(world, "update snapshot set taken_at = 'infinity'");
    assert_int_equal(store_load_guard_history(&world->store, &world->arena, &limits, &roster,
                                              &policy, world->now, &history, &err),
                     -1);
}

/* --- links --- */

static void save_links(struct store_world *world, enum link_kind kind, struct roster *roster)
{
    struct snapshot snapshot = store_world_snapshot(world, 1);
    struct pairing pairing = {.kind = kind};
    struct err err = ERR_INIT;

    *roster = store_world_roster(world, 1);
    if (kind == LINK_ONE)
        pairing = (struct pairing){
            .kind = kind, .key = MATCH_BY_EMPLOYEE_NUMBER, .person = &roster->person[0]};
    store_world_save(world, &snapshot);
    store_world_save_roster(world, roster, true);
    if (store_save_links(&world->store, &snapshot, roster, &pairing, 97.5, true, &err) < 0)
        fail_msg("%s", err.text);
}

static struct instant unlinked(struct store_world *world)
{
    struct snapshot snapshot = store_world_snapshot(world, 1);

    load(world, &snapshot);
    return account_since(&snapshot.account[0])->unlinked_since;
}

TEST(store_save_links_counts_absence_from_the_first_unbroken_roster)
{
    struct store_world *world = *state;
    struct roster roster;

    save_links(world, LINK_ONE, &roster);
    assert_false(instant_is_set(unlinked(world)));
    store_world_tomorrow(world);
    save_links(world, LINK_NONE, &roster);
    struct instant first = world->now;
    store_world_tomorrow(world);
    save_links(world, LINK_NONE, &roster);
    assert_true(unlinked(world).us == first.us);
    store_world_tomorrow(world);
    save_links(world, LINK_AMBIGUOUS, &roster);
    assert_false(instant_is_set(unlinked(world)));
    store_world_tomorrow(world);
    save_links(world, LINK_NONE, &roster);
    assert_true(unlinked(world).us == world->now.us);
    assert_int_equal(store_world_number(world, "select count(*) from link_version"), 4);
    assert_string_equal(store_world_text(world, "select person_key from link_version "
                                                "where kind = 'one'"),
                        "n:00001");
}

/* By the same key to somebody else is another link, and to nobody new is none. */
TEST(store_save_links_tells_one_person_from_another)
{
    static const size_t person[] = {0, 1, 1, 0};
    struct store_world *world = *state;

    for (size_t night = 0; night < COUNT_OF(person); night++) {
        struct snapshot snapshot = store_world_snapshot(world, 1);
        struct roster roster = store_world_roster(world, 2);
        const struct pairing pairing = {.kind = LINK_ONE,
                                        .key = MATCH_BY_EMPLOYEE_NUMBER,
                                        .person = &roster.person[person[night]]};
        struct err err = ERR_INIT;

        store_world_save(world, &snapshot);
        store_world_save_roster(world, &roster, true);
        if (store_save_links(&world->store, &snapshot, &roster, &pairing, 97.5, true, &err) < 0)
            fail_msg("%s", err.text);
        store_world_tomorrow(world);
    }
    assert_string_equal(
        store_world_text(world, "select string_agg(person_key || ' ' || valid_from || ' ' ||"
                                " coalesce(valid_to::text, 'open'), ', ' order by valid_from)"
                                " from link_version"),
        "n:00001 1 2, n:00002 2 4, n:00001 4 open");
}

/* Where nothing else changed. */
TEST(store_save_links_closes_that_of_an_account_that_is_gone)
{
    struct store_world *world = *state;

    for (size_t night = 0; night < 2; night++) {
        struct snapshot snapshot = store_world_snapshot(world, 2 - night);
        struct roster roster = store_world_roster(world, 1);
        const struct pairing pairing[2] = {{.kind = LINK_NONE}, {.kind = LINK_NONE}};
        struct err err = ERR_INIT;

        store_world_save(world, &snapshot);
        store_world_save_roster(world, &roster, true);
        if (store_save_links(&world->store, &snapshot, &roster, pairing, 0, true, &err) < 0)
            fail_msg("%s", err.text);
        store_world_tomorrow(world);
    }
    assert_string_equal(store_world_text(world, "select string_agg(account_no || ' ' ||"
                                                " coalesce(valid_to::text, 'open'), ', '"
                                                " order by account_no) from link_version"),
                        "1 open, 2 2");
}

/* --- what the guards compare with --- */

static struct guard_history guards(struct store_world *world, const struct roster *roster)
{
    const struct limits limits = {
        .of = {
            [ACTION_SUSPEND] = {.rolling_days = 30}, [ACTION_DEPROVISION] = {.rolling_days = 7}}};
    struct digest policy = digest_of("policy", 6);
    struct guard_history history;
    struct err err = ERR_INIT;

    if (store_load_guard_history(&world->store, &world->arena, &limits, roster, &policy, world->now,
                                 &history, &err) < 0)
        fail_msg("%s", err.text);
    return history;
}

TEST(store_load_guard_history_of_an_empty_portal_has_nothing)
{
    struct store_world *world = *state;
    struct roster roster = store_world_roster(world, 1);
    struct guard_history history = guards(world, &roster);

    assert_true(history.first_plan);
    assert_int_equal(history.last_roster_people, -1);
    assert_false(instant_is_set(history.same_bytes_since));
    assert_int_equal(history.last_snapshot_accounts, -1);
    assert_true(history.last_matched_percent < 0);
    assert_int_equal(history.in_window[ACTION_SUSPEND], 0);
    assert_int_equal(history.in_window[ACTION_DEPROVISION], 0);
    assert_false(day_is_set(history.last_run_day));
}

TEST(store_load_guard_history_compares_with_what_was_accepted)
{
    struct store_world *world = *state;
    struct roster good = store_world_roster(world, 20), bad = store_world_roster(world, 5), last;
    struct snapshot whole = store_world_snapshot(world, 9), part = store_world_snapshot(world, 3);

    store_world_save(world, &whole);
    store_world_save_roster(world, &good, true);
    save_links(world, LINK_ONE, &last); /* one account, one person, 97.5 % */
    store_world_tomorrow(world);
    part.complete = false;
    store_world_save(world, &part);
    store_world_save_roster(world, &bad, false);
    struct guard_history history = guards(world, &bad);
    assert_int_equal(history.last_roster_people, 1);
    assert_int_equal(history.last_snapshot_accounts, 1);
    assert_true(history.last_matched_percent > 97.4 && history.last_matched_percent < 97.6);
}

TEST(store_load_guard_history_finds_since_when_the_bytes_are_the_same)
{
    struct store_world *world = *state;
    struct roster same = store_world_roster(world, 2), other = store_world_roster(world, 3);

    store_world_save_roster(world, &same, true);
    store_world_tomorrow(world);
    store_world_save_roster(world, &other, true);
    store_world_tomorrow(world);
    same.read_at = world->now;
    struct instant since = world->now;
    assert_false(instant_is_set(guards(world, &same).same_bytes_since));
    store_world_save_roster(world, &same, true);
    store_world_tomorrow(world);
    same.read_at = world->now;
    store_world_save_roster(world, &same, false);
    assert_true(guards(world, &same).same_bytes_since.us == since.us);
    assert_false(instant_is_set(guards(world, &other).same_bytes_since));
}

TEST(store_load_guard_history_counts_acts_inside_the_rolling_window)
{
    struct store_world *world = *state;
    struct snapshot snapshot = store_world_snapshot(world, 1);
    struct roster roster = store_world_roster(world, 1);

    store_world_save(world, &snapshot);
    /* just outside and just inside of 30 and of 7 days before 2026-11-01T02:00 */
    store_world_execute(world, ACT("1", "suspend", "2026-10-02T02:00:00Z", "null"));
    store_world_execute(world, ACT("2", "suspend", "2026-10-02T02:00:01Z", "null"));
    store_world_execute(world, ACT("3", "suspend", "2026-10-31T02:00:00Z", "null"));
    store_world_execute(world, ACT("4", "deprovision", "2026-10-25T02:00:00Z", "null"));
    store_world_execute(world, ACT("5", "deprovision", "2026-10-25T02:00:01Z", "null"));
    struct guard_history history = guards(world, &roster);
    assert_int_equal(history.in_window[ACTION_SUSPEND], 2);
    assert_int_equal(history.in_window[ACTION_DEPROVISION], 1);
}

TEST(store_load_proofs_gives_what_proves_in_order)
{
    struct store_world *world = *state;
    struct roster_proof *proof = NULL;
    size_t count = 0;
    struct err err = ERR_INIT;
    struct instant begin = world->now;
    struct roster roster;

    for (unsigned i = 0; i < 5; i++) {
        struct snapshot snapshot = store_world_snapshot(world, 1);
        struct pairing pairing = {.kind = LINK_NONE};

        roster = store_world_roster(world, i + 1);
        store_world_save(world, &snapshot);
        store_world_save_roster(world, &roster, true);
        if (store_save_links(&world->store, &snapshot, &roster, &pairing, 0, i != 3, &err) < 0)
            fail_msg("%s", err.text);
        store_world_tomorrow(world);
    }
    if (store_load_proofs(&world->store, &world->arena, &proof, &count, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(count, 4);
    assert_true(proof[0].as_of.us == begin.us);
    assert_true(proof[0].few);
    assert_true(proof[3].as_of.us == begin.us + 4 * DAY_US);
    struct digest values = roster_values(&roster);
    assert_int_equal(digest_compare(&proof[3].values, &values), 0);
    assert_int_equal(roster_absence(proof, count, proof[1].as_of).times, 3);
}

/* --- the portal at a moment --- */

/* Nobody, where nothing was read by then, or there is no such portal; and without any person, where
 * a run ended between its list and its roster. */
TEST(a_portal_at_a_moment_of_which_nothing_is_known_has_nobody)
{
    struct store_world *world = *state;
    static const char of[][32] = {"'acme', now()", "'acme', '2020-01-01'", "'nobody', now()"};

    for (int listed = 0; listed <= 2; listed += 2) {
        if (listed) {
            struct snapshot snapshot = store_world_snapshot(world, (size_t)listed);
            store_world_save(world, &snapshot);
        }
        for (size_t i = 0; i < COUNT_OF(of); i++)
            assert_int_equal(
                store_world_number(world, arena_printf(&world->arena,
                                                       "select count(*) from audit.account_at(%s)"
                                                       " where person_key is null",
                                                       of[i])),
                i == 0 ? listed : 0);
    }
}
