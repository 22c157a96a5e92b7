/*
 * Who a portal is over its runs, and a history that goes on under another name: what is compared,
 * what a name that is newer sees, what is carried, and that the record stays whole in both ways to
 * look at it, and tells of every change by hand.
 */
#include "alike.h"
#include "ruling_case.h"

#include "store/portal.h"
#include "store/savings.h"

TEST_GROUP(review_case_begin, review_case_end);

#define HOST "acme.example:443"

/* Names of an earlier test are no neighbours of this one. */
static int setup(void **state)
{
    struct review_case *test = *state;
    int failed = audit_case_setup(state);

    execute(test, "update portal set host = null, own_id = null, known_snapshot_id = null,"
                  " shares_host = false, goes_on_in = null, url = 'http://127.0.0.1'");
    return failed;
}

TEST_EACH(setup, NULL);

static struct store_identity identity_of(struct review_case *test, const struct store *store,
                                         const char *host)
{
    struct store_identity identity;

    REVIEW_OK(store_load_identity(store, &test->world.arena, host, &identity, &why));
    return identity;
}

static void learn(struct review_case *test, const char *host, const char *own_id)
{
    REVIEW_OK(store_learn_identity(&test->world.store, &test->world.run, host, own_id, 1, &why));
}

static int64_t events(struct review_case *test, const char *word)
{
    return number(test, arena_printf(&test->world.arena,
                                     "select count(*) from audit_event where kind = 'identity'"
                                     " and word = '%s'",
                                     word));
}

static struct store second_name(struct review_case *test, const char *name)
{
    struct store store;

    REVIEW_OK(store_open(test->world.pg, name, "https://acme.example", &store, &why));
    execute(test, arena_printf(&test->world.arena,
                               "update portal set first_seen = (first_seen at time zone 'UTC' + "
                               "interval '1 day') at time zone 'UTC'"
                               " where portal_id = %lld",
                               (long long)store.portal_id));
    return store;
}

static struct store_adoption adoption_as(struct review_case *test, const char *name)
{
    return (struct store_adoption){.who = "anna",
                                   .reason = "it was renamed",
                                   .name = name,
                                   .url = "https://acme.example",
                                   .host = HOST,
                                   .at = test->world.now};
}

TEST(what_was_learned_is_told_once_and_compared_ever_after)
{
    struct review_case *test = *state;
    int64_t before = events(test, "learned");

    assert_null(identity_of(test, &test->world.store, HOST).host);
    learn(test, HOST, "R1");
    learn(test, HOST, "R1");
    learn(test, HOST, NULL); /* not told tonight: the one that is known stays */
    struct store_identity identity = identity_of(test, &test->world.store, HOST);
    assert_string_equal(identity.host, HOST);
    assert_string_equal(identity.own_id, "R1");
    assert_null(identity.older_name);
    assert_int_equal(events(test, "learned"), before + 1);
    learn(test, HOST, "R2"); /* a new token */
    assert_int_equal(events(test, "learned"), before + 2);
}

/* Only the newer of two names, only with the same host, and only until somebody says so. */
TEST(the_newer_of_two_names_of_a_host_is_asked_about)
{
    struct review_case *test = *state;
    struct store newer = second_name(test, "Acme");
    struct store_adoption adoption = adoption_as(test, "Acme");
    struct store_adopted adopted;

    assert_null(identity_of(test, &newer, HOST).older_name); /* the first is at another host */
    learn(test, HOST, "R1");
    assert_string_equal(identity_of(test, &newer, HOST).older_name, "acme");
    assert_null(identity_of(test, &newer, "acme.example:8443").older_name);
    assert_null(identity_of(test, &newer, NULL).older_name);
    assert_null(identity_of(test, &test->world.store, HOST).older_name);
    REVIEW_OK(store_adopt(&newer, &test->world.arena, &adoption, &adopted, &why));
    assert_null(adopted.before);
    assert_null(identity_of(test, &newer, HOST).older_name);
    assert_string_equal(identity_of(test, &newer, HOST).host, HOST);
    /* Which of them was told so is not told of a third, nor of another host. */
    struct store third = second_name(test, "ACME");
    execute(test, "update portal set first_seen = (first_seen at time zone 'UTC' + interval '1 "
                  "day') at time zone 'UTC' where name = 'ACME'");
    assert_string_equal(identity_of(test, &third, HOST).older_name, "acme");
    assert_null(identity_of(test, &newer, "acme.example:8443").older_name);
}

/* A history of before hosts were learned, whose name never runs again: its address tells where it
 * was, however that is written. A name that only ever looked has nothing to be forgotten. */
TEST(a_name_that_learned_no_host_is_known_by_its_address)
{
    static const char *const same[] = {"https://acme.example", "https://ACME.example:443/",
                                       "HTTPS://acme.example/"};
    static const char *const other[] = {"https://acme.example:8443", "http://acme.example",
                                        "https://acme.example.org", "acme"};
    struct review_case *test = *state;
    struct store newer = second_name(test, "Acme");
    static const char set[] = "update portal set url = '%s' where name = 'acme'";

    for (size_t i = 0; i < COUNT_OF(same); i++) {
        execute(test, arena_printf(&test->world.arena, set, same[i]));
        execute(test, "update run set verb = 'plan'");
        assert_null(identity_of(test, &newer, HOST).older_name);
        execute(test, "update run set verb = 'run'");
        assert_string_equal(identity_of(test, &newer, HOST).older_name, "acme");
        assert_null(identity_of(test, &newer, NULL).older_name);
        assert_null(identity_of(test, &test->world.store, HOST).older_name);
    }
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        execute(test, arena_printf(&test->world.arena, set, other[i]));
        assert_null(identity_of(test, &newer, HOST).older_name);
    }
    /* What was learned counts, wherever a look went since. */
    learn(test, HOST, "R1");
    assert_string_equal(identity_of(test, &newer, HOST).older_name, "acme");
    execute(test, "update run set verb = 'plan'");
}

TEST(of_the_accounts_of_a_reading_those_that_are_there_are_counted)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.suspend = 9, .approvals_suspend = 1};
    int64_t known = 0, of_those = 0;

    review_case_plan(test, &shape); /* 10 accounts */
    int64_t first = test->plan->inputs.snapshot_id;
    store_world_tomorrow(&test->world);
    struct snapshot few = store_world_snapshot(&test->world, 4);
    store_world_save(&test->world, &few);
    REVIEW_OK(store_count_known(&test->world.store, first, &known, &of_those, &why));
    assert_int_equal(known, 10);
    assert_int_equal(of_those, 4);
    store_world_tomorrow(&test->world);
    struct snapshot again = store_world_snapshot(&test->world, 10);
    store_world_save(&test->world, &again);
    REVIEW_OK(store_count_known(&test->world.store, first, &known, &of_those, &why));
    assert_int_equal(of_those, 10);
    REVIEW_OK(store_count_known(&test->world.store, few.id, &known, &of_those, &why));
    assert_int_equal(known, 4);
}

/* --- under another name --- */

static void tampered(struct review_case *test, const char *sql, const char *says, const char *psql)
{
    keep(test);
    unlock(test);
    execute(test, "create table kept.portal as table reconcile.portal");
    execute(test, sql);
    assert_found(test, sql, NULL, says, psql);
    execute(test, "update reconcile.portal p set name = k.name, host = k.host, own_id = k.own_id,"
                  " goes_on_in = k.goes_on_in from kept.portal k where p.portal_id = k.portal_id");
    put_back(test);
    execute(test, "drop schema kept cascade");
}

TEST(a_change_of_who_the_portal_is_is_found)
{
    struct review_case *test = *state;

    learn(test, HOST, "R1");
    assert_clean(test, NULL);
    tampered(test, "update portal set host = 'evil.example:443' where name = 'acme'",
             "not stored as it was recorded: host", "who the portal is is not stored");
    tampered(test, "update portal set own_id = 'R9' where name = 'acme'",
             "not stored as it was recorded: own_id", "who the portal is is not stored");
    assert_clean(test, NULL);
}

/* The whole history, its chain and its plans; and of what the new name wrote, what counts. */
TEST(a_history_goes_on_under_another_name_and_back)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.suspend = 3, .approvals_suspend = 1};
    struct store newer, taken;
    struct store_adopted adopted;
    struct plan *plan = NULL;

    learn(test, HOST, "R1");
    review_case_plan(test, &shape);
    int64_t first = test->plan->id;
    ruling_case_save(test, review_case_ruling(test, "anna", 1));
    ruling_case_save(test, ruling_case_keep(test, "bert", 2, "needed"));
    int64_t old_id = test->world.store.portal_id;

    newer = second_name(test, "Acme");
    struct store_adoption adoption = adoption_as(test, "Acme");
    REVIEW_OK(store_adopt_from(test->world.pg, &test->world.arena, "acme", &adoption, &taken,
                               &adopted, &why));
    assert_int_equal(taken.portal_id, old_id);
    assert_non_null(adopted.set_aside);
    assert_int_equal(adopted.acts, 0);
    assert_int_equal(number(test, "select count(*) from audit.ruling where portal = 'Acme'"
                                  " and ended_at is null"),
                     2);
    REVIEW_OK(store_load_plan(&taken, &test->world.arena, first, &plan, &why)); /* its digest */
    assert_string_equal(plan->portal, "acme");
    REVIEW_REFUSED(store_open(test->world.pg, "acme", "https://acme.example", &taken, &why),
                   ERR_CONFIG, "goes on as 'Acme'");
    REVIEW_OK(store_open(test->world.pg, "Acme", "https://acme.example", &taken, &why));
    assert_int_equal(taken.portal_id, old_id);

    /* And back: what was set aside stays so, and its chain is whole as well. */
    adoption = adoption_as(test, "acme");
    REVIEW_OK(store_adopt_from(test->world.pg, &test->world.arena, "Acme", &adoption, &taken,
                               &adopted, &why));
    assert_null(adopted.set_aside);
    assert_clean(test, NULL);
    assert_int_equal(number(test, arena_printf(&test->world.arena,
                                               "select goes_on_in from portal where portal_id ="
                                               " %lld",
                                               (long long)newer.portal_id)),
                     old_id);
    CLEANUP(text_release) struct text said = TEXT_INIT;
    struct review_case aside = *test;
    aside.world.store = newer;
    if (by_program(&aside, NULL, &said) != 0)
        fail_msg("%s", text_cstr(&said));
    tampered(test, "update portal set goes_on_in = 5 where name = 'acme'",
             "not stored as it was recorded: goes_on_in", "who the portal is is not stored");
}

/* --- what both histories know of an account --- */

/* Two names of a portal that no other test knows; `world` is at the older one. */
struct two_names {
    struct store first, older, newer; /* of the test, until it ends; and the two */
    const char *old_name, *new_name;
};

static struct two_names two_names(struct review_case *test, const char *old_name,
                                  const char *new_name)
{
    struct two_names two = {.first = test->world.store, .old_name = old_name, .new_name = new_name};

    REVIEW_OK(store_open(test->world.pg, old_name, "https://acme.example", &two.older, &why));
    two.newer = second_name(test, new_name);
    test->world.store = two.older;
    return two;
}

static void take_history(struct review_case *test, const struct two_names *two)
{
    struct store_adoption adoption = adoption_as(test, two->new_name);
    struct store_adopted adopted;
    struct store taken;

    REVIEW_OK(store_adopt_from(test->world.pg, &test->world.arena, two->old_name, &adoption, &taken,
                               &adopted, &why));
    assert_int_equal(taken.portal_id, two->older.portal_id);
    assert_non_null(adopted.set_aside);
}

static void end_names(struct review_case *test, const struct two_names *two)
{
    test->world.store = two->first;
    store_world_tomorrow(&test->world);
}

/* A day at one of the names on which the first of three accounts stands so; what was known then. */
static struct account a_day(struct review_case *test, const struct store *store,
                            enum account_status status)
{
    test->world.store = *store;
    store_world_tomorrow(&test->world);
    struct snapshot snapshot = store_world_snapshot(&test->world, 3);
    snapshot.account[0].status = status;
    store_world_load(&test->world, &snapshot);
    store_world_save(&test->world, &snapshot);
    return snapshot.account[0];
}

static const char *first_account(struct review_case *test)
{
    return store_world_account(&test->world, 1).id;
}

/* We suspended the first account a second after the last reading. */
static void an_act(struct review_case *test, const struct store *store)
{
    char at[INSTANT_TEXT_SIZE];

    execute(test, arena_printf(&test->world.arena,
                               "insert into act (portal_id, act_id, account_id, action, done_at,"
                               " rule, person_status) values (%lld, 1, '%s', 'suspend', '%s',"
                               " 'departed', 'departed');"
                               "update portal set last_act_id = 1 where portal_id = %lld",
                               (long long)store->portal_id, first_account(test),
                               instant_format(instant_add_us(test->world.now, SECOND_US), at),
                               (long long)store->portal_id));
}

/* Whoever acted, whoever saw that somebody gave it back, and whoever saw it without a seat again:
 * it is not ours, and R8 knows. Only where it stayed as we left it is it ours. */
TEST(a_reactivation_that_either_name_saw_is_not_forgotten)
{
    static const struct {
        const char *old_name, *new_name;
        bool newer_acts, older_sees, newer_sees;
    } rows[] = {
        {"ra", "Ra", true, false, true},  {"rb", "Rb", false, false, true},
        {"rc", "Rc", true, true, false},  {"rd", "Rd", false, true, false},
        {"re", "Re", true, false, false}, {"rf", "Rf", false, false, false},
    };
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct two_names two = two_names(test, rows[i].old_name, rows[i].new_name);
        (void)a_day(test, &two.older, ACCOUNT_ACTIVE);
        learn(test, HOST, "R1");
        (void)a_day(test, &two.newer, ACCOUNT_ACTIVE);
        an_act(test, rows[i].newer_acts ? &two.newer : &two.older);
        (void)a_day(test, &two.older, rows[i].older_sees ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE);
        (void)a_day(test, &two.newer, rows[i].newer_sees ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE);
        (void)a_day(test, &two.older, ACCOUNT_INACTIVE); /* by hand */
        (void)a_day(test, &two.newer, ACCOUNT_INACTIVE);
        take_history(test, &two);
        struct account account = a_day(test, &two.older, ACCOUNT_INACTIVE);
        const struct account_past *past = account_past(&account);
        bool seen = rows[i].older_sees || rows[i].newer_sees;
        assert_true(instant_is_set(past->acted_at));
        assert_int_equal(past->reactivated_since, seen);
        assert_int_equal(instant_is_set(past->suspended_by_us), !seen);
        assert_false(past->reactivation_unknown);
        end_names(test, &two);
    }
}

/* Likewise the seat that it freed: it counts once, under the name that goes on, and ends by what
 * either saw. */
TEST(a_seat_that_was_freed_counts_once_whoever_acted_and_whoever_saw_it_taken)
{
    static const struct {
        const char *old_name, *new_name;
        bool newer_acts, older_sees, newer_sees;
    } rows[] = {
        {"sa", "Sa", true, false, true},  {"sb", "Sb", false, false, true},
        {"sc", "Sc", true, true, false},  {"sd", "Sd", false, true, false},
        {"se", "Se", true, false, false}, {"sf", "Sf", false, false, false},
    };
    struct review_case *test = *state;
    struct arena *arena = &test->world.arena;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct two_names two = two_names(test, rows[i].old_name, rows[i].new_name);
        (void)a_day(test, &two.older, ACCOUNT_ACTIVE);
        learn(test, HOST, "R1");
        (void)a_day(test, &two.newer, ACCOUNT_ACTIVE);
        an_act(test, rows[i].newer_acts ? &two.newer : &two.older);
        REVIEW_OK(store_settle_seats(&two.older, &why));
        REVIEW_OK(store_settle_seats(&two.newer, &why));
        (void)a_day(test, &two.older, rows[i].older_sees ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE);
        (void)a_day(test, &two.newer, rows[i].newer_sees ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE);
        (void)a_day(test, &two.older, ACCOUNT_INACTIVE); /* by hand */
        (void)a_day(test, &two.newer, ACCOUNT_INACTIVE);
        REVIEW_OK(store_settle_seats(&two.older, &why));
        take_history(test, &two);
        (void)a_day(test, &two.older, ACCOUNT_INACTIVE);
        REVIEW_OK(store_settle_seats(&two.older, &why));
        bool seen = rows[i].older_sees || rows[i].newer_sees;
        const char *acts = store_world_text(
            &test->world, arena_printf(arena,
                                       "select concat_ws(' ', count(*), count(back_on))"
                                       " from audit.seat_act where portal = '%s'",
                                       rows[i].new_name));
        const char *saved =
            store_world_text(&test->world, arena_printf(arena,
                                                        "select concat_ws(' ', sum(not_counted),"
                                                        " sum(freed_seat_days) > 0)"
                                                        " from audit.savings where portal = '%s'",
                                                        rows[i].new_name));
        const char *aside =
            store_world_text(&test->world, arena_printf(arena,
                                                        "select count(*)::text from audit.savings"
                                                        " where portal like '%s, %%'",
                                                        rows[i].new_name));
        assert_string_equal(acts, seen ? "1 1" : "1 0");
        assert_string_equal(saved, seen ? "1 f" : "0 t");
        assert_string_equal(aside, "0");
        end_names(test, &two);
    }
}

/* One without a chain gets one, another address is written down; of what is so nothing is written.
 */
TEST(a_portal_that_is_known_is_opened_as_it_is_asked_for)
{
    static const char *const urls[] = {"https://a.example", "https://b.example",
                                       "https://b.example"};
    struct review_case *test = *state;

    execute(test, "insert into portal (portal_id, name, url) values (7, 'known',"
                  " 'https://a.example')");
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        struct store store;
        REVIEW_OK(store_open(test->world.pg, "known", urls[i], &store, &why));
        assert_int_equal(store.portal_id, 7);
        assert_string_equal(store_world_text(&test->world, "select url || ' ' || (select count(*)"
                                                           " from audit_event where portal_id = 7)"
                                                           " from portal where portal_id = 7"),
                            arena_printf(&test->world.arena, "%s 1", urls[i]));
    }
}

/* No seat was free by what was known before. */
TEST(a_seat_that_was_freed_and_taken_before_anybody_looked_is_back)
{
    struct review_case *test = *state;
    struct store store;

    REVIEW_OK(store_open(test->world.pg, "once", "https://acme.example", &store, &why));
    (void)a_day(test, &store, ACCOUNT_ACTIVE);
    an_act(test, &store);
    (void)a_day(test, &store, ACCOUNT_INACTIVE);
    (void)a_day(test, &store, ACCOUNT_ACTIVE);
    REVIEW_OK(store_settle_seats(&store, &why));
    assert_string_equal(store_world_text(&test->world, "select string_agg(back_word, ' ')"
                                                       " from audit.seat_act"
                                                       " where portal = 'once'"),
                        "active");
}

/* Readings of the new name that were thinned out while nobody kept who became active. */
TEST(a_reactivation_that_the_other_name_may_have_forgotten_is_unknown)
{
    struct review_case *test = *state;
    struct two_names two = two_names(test, "ta", "Ta");

    (void)a_day(test, &two.older, ACCOUNT_ACTIVE);
    learn(test, HOST, "R1");
    an_act(test, &two.older);
    (void)a_day(test, &two.newer, ACCOUNT_INACTIVE);
    execute(test, arena_printf(&test->world.arena,
                               "update portal set states_whole_from ="
                               " (select max(taken_at) from snapshot where portal_id = %lld)"
                               " where portal_id = %lld",
                               (long long)two.newer.portal_id, (long long)two.newer.portal_id));
    take_history(test, &two);
    struct account account = a_day(test, &two.older, ACCOUNT_INACTIVE);
    assert_true(account_past(&account)->reactivation_unknown);
    end_names(test, &two);
}

/* Of accounts that both know, and of one that only the new name saw. */
TEST(facts_of_a_life_are_those_of_both_names)
{
    static const char facts[] =
        "select string_agg(concat_ws(' ', account_no, (first_seen at time zone 'UTC')::date,"
        " ever_active, once_linked, (missing_at at time zone 'UTC')::date, bound), ', '"
        " order by account_no) from account where portal_id = %lld";
    struct review_case *test = *state;
    struct two_names two = two_names(test, "fa", "Fa");
    struct arena *arena = &test->world.arena;

    struct day begin = test->world.today;
    test->world.store = two.newer;
    store_world_tomorrow(&test->world); /* of both names the new one saw account 1 first */
    struct snapshot one = store_world_snapshot(&test->world, 1);
    store_world_save(&test->world, &one);
    test->world.store = two.older;
    store_world_tomorrow(&test->world);
    struct snapshot both = store_world_snapshot(&test->world, 2);
    both.account[0].status = both.account[1].status = ACCOUNT_INACTIVE;
    store_world_save(&test->world, &both);
    learn(test, HOST, "R1");
    test->world.store = two.newer;
    store_world_tomorrow(&test->world);
    struct snapshot all = store_world_snapshot(&test->world, 3);
    store_world_save(&test->world, &all);
    execute(test, arena_printf(arena,
                               "update account set once_linked = true, bound = '{b,c}'"
                               " where portal_id = %lld;"
                               "update account set bound = '{a,b}' where portal_id = %lld",
                               (long long)two.newer.portal_id, (long long)two.older.portal_id));
    take_history(test, &two);
    char day[4][DAY_TEXT_SIZE];
    for (int i = 1; i < 4; i++)
        (void)day_format(day_add(begin, i), day[i]);
    assert_string_equal(
        store_world_text(&test->world, arena_printf(arena, facts, (long long)two.older.portal_id)),
        arena_printf(arena, "1 %s t t {a,b,c}, 2 %s t t %s {a,b,c}, 3 %s t t %s {b,c}", day[1],
                     day[2], day[1], day[3], day[2]));
    end_names(test, &two);
}

/* A day at one of the names on which the first account has this profile. */
static void a_day_with(struct review_case *test, const struct store *store, const char *profile)
{
    test->world.store = *store;
    store_world_tomorrow(&test->world);
    struct snapshot snapshot = store_world_snapshot(&test->world, 2);
    alike_own(&snapshot.account[0])->profile_id = profile;
    store_world_load(&test->world, &snapshot);
    store_world_save(&test->world, &snapshot);
}

/* Since when, in days of the world, and until when it was another one, as the older name has it
 * after one more reading; 0 = not known. */
static void assert_profile(struct review_case *test, const struct two_names *two,
                           const char *account, int since, int other_at)
{
    struct arena *arena = &test->world.arena;
    const char *is = store_world_text(
        &test->world,
        arena_printf(arena,
                     "select concat_ws(' ', coalesce(extract(day from '%s'::timestamptz -"
                     " profile_since), 0), coalesce(extract(day from '%s'::timestamptz -"
                     " profile_other_at), 0)) from account where account_id = '%s' and portal_id ="
                     " %lld",
                     instant_format(test->world.now, arena_alloc(arena, INSTANT_TEXT_SIZE)),
                     instant_format(test->world.now, arena_alloc(arena, INSTANT_TEXT_SIZE)),
                     account, (long long)two->older.portal_id));

    assert_string_equal(is, arena_printf(arena, "%d %d", since, other_at));
}

/* The later beginning counts, and that the other name saw another one in between. */
TEST(since_when_a_profile_is_what_it_is_is_told_by_both_names)
{
    struct review_case *test = *state;
    struct two_names same = two_names(test, "pa", "Pa");
    const char *first = store_world_account(&test->world, 1).id;

    a_day_with(test, &same.older, "9");
    a_day_with(test, &same.newer, "8");
    a_day_with(test, &same.older, "9");
    a_day_with(test, &same.newer, "9");
    take_history(test, &same);
    test->world.store = same.older;
    a_day_with(test, &same.older, "9");
    assert_profile(test, &same, first, 1, 3); /* as the new name saw it */
    end_names(test, &same);

    struct two_names other = two_names(test, "pb", "Pb");
    a_day_with(test, &other.older, "9");
    a_day_with(test, &other.newer, "8");
    take_history(test, &other);
    a_day_with(test, &other.older, "9");
    assert_profile(test, &other, first, 1, 1);
    end_names(test, &other);
}

/* Whoever was on leave under one of the names was on leave. */
TEST(leaves_are_those_of_both_names)
{
    static const char rows[] =
        "insert into person_leave (portal_id, person_key, since, seen_at, back_at) values"
        " (%lld, 'n:1', '2026-01-01Z', '2026-01-02Z', '2026-01-03Z'),"
        " (%lld, 'n:1', '2026-01-01Z', '2026-01-05Z', '2026-01-06Z'),"
        " (%lld, 'n:2', '2026-01-01Z', '2026-01-05Z', null)";
    struct review_case *test = *state;
    struct two_names two = two_names(test, "la", "La");
    struct arena *arena = &test->world.arena;
    long long older = two.older.portal_id, newer = two.newer.portal_id;

    execute(test, arena_printf(arena, rows, older, newer, newer));
    take_history(test, &two);
    assert_string_equal(
        store_world_text(
            &test->world,
            arena_printf(arena,
                         "select string_agg(concat_ws(' ', person_key, (since at time zone"
                         " 'UTC')::date, (seen_at at time zone 'UTC')::date, (back_at at time zone"
                         " 'UTC')::date), ', ' order by person_key) from person_leave where"
                         " portal_id = %lld",
                         older)),
        "n:1 2026-01-01 2026-01-05 2026-01-06, n:2 2026-01-01 2026-01-05");
    end_names(test, &two);
}

/* Whom the new name knew in between is not absent since before that (R6). */
TEST(nights_on_which_the_other_name_knew_the_person_are_no_absence)
{
    struct review_case *test = *state;

    for (int linked = 0; linked < 2; linked++) {
        struct two_names two = two_names(test, linked ? "la" : "lb", linked ? "La" : "Lb");
        (void)a_day(test, &two.older, ACCOUNT_ACTIVE);
        learn(test, HOST, "R1");
        static const char link[] =
            "insert into link_version (portal_id, account_no, valid_from, since, kind, matched_by,"
            " person_key) values (%lld, 1, 1, '%s', %s)";
        char at[INSTANT_TEXT_SIZE];
        struct instant since = test->world.now;
        execute(test, arena_printf(&test->world.arena, link, (long long)two.older.portal_id,
                                   instant_format(since, at), "'none', '', null"));
        (void)a_day(test, &two.newer, ACCOUNT_ACTIVE);
        execute(test, arena_printf(&test->world.arena, link, (long long)two.newer.portal_id,
                                   instant_format(test->world.now, at),
                                   linked ? "'one', 'email', 'n:1'" : "'none', '', null"));
        take_history(test, &two);
        struct account account = a_day(test, &two.older, ACCOUNT_ACTIVE);
        struct instant unlinked = account_since(&account)->unlinked_since;
        assert_true(instant_is_set(unlinked));
        assert_int_equal(instant_compare(unlinked, since) > 0, linked);
        end_names(test, &two);
    }
}

/* What was there first was there, whichever name was told; which files were read is each one's own.
 */
TEST(first_event_of_an_account_is_the_older_one_of_both_names)
{
    static const struct {
        int old_days, new_days, days; /* 0 = none */
    } cases[] = {{500, 700, 700}, {700, 500, 700}, {0, 600, 600}, {600, 0, 600}};
    static const char first[] = "insert into first_event (portal_id, account_id, at, seen_at)"
                                " values (%lld, '%s', '2026-11-01T00:00:00Z'::timestamptz"
                                " - interval '%d days', now())";
    struct review_case *test = *state;
    struct arena *arena = &test->world.arena;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct two_names two = two_names(test, arena_printf(arena, "first %zu", i),
                                         arena_printf(arena, "First %zu", i));
        long long older = (long long)two.older.portal_id, newer = (long long)two.newer.portal_id;
        const char *id = first_account(test);
        struct instant at = INSTANT_NONE;

        (void)a_day(test, &two.older, ACCOUNT_ACTIVE);
        (void)a_day(test, &two.newer, ACCOUNT_ACTIVE);
        if (cases[i].old_days)
            execute(test, arena_printf(arena, first, older, id, cases[i].old_days));
        if (cases[i].new_days)
            execute(test, arena_printf(arena, first, newer, id, cases[i].new_days));
        execute(test, arena_printf(arena,
                                   "insert into historical_year (portal_id, year, asked_at,"
                                   " outcome, rows, unreadable)"
                                   " values (%lld, 2024, now(), 'read', 1, 0)",
                                   newer));
        take_history(test, &two);
        struct account_history history = a_day(test, &two.older, ACCOUNT_ACTIVE).history;
        assert_true(instant_parse_bynder("2026-11-01T00:00:00Z", &at));
        assert_int_equal(history.first_event.us, at.us - cases[i].days * DAY_US);
        assert_int_equal(number(test, arena_printf(arena,
                                                   "select count(*) from historical_year"
                                                   " where portal_id = %lld",
                                                   older)),
                         0);
        end_names(test, &two);
    }
}

TEST(a_history_that_was_set_aside_is_not_taken_over)
{
    struct review_case *test = *state;
    struct two_names two = two_names(test, "sa", "Sa");
    struct store_adopted adopted;
    struct store taken;

    (void)a_day(test, &two.older, ACCOUNT_ACTIVE);
    learn(test, HOST, "R1");
    take_history(test, &two);
    const char *aside =
        store_world_text(&test->world, "select name from portal where name like 'Sa, set aside%'");
    struct store_adoption adoption = adoption_as(test, "third");
    REVIEW_REFUSED(store_adopt_from(test->world.pg, &test->world.arena, aside, &adoption, &taken,
                                    &adopted, &why),
                   ERR_USAGE, "goes on as 'Sa'; hint: 'portal adopt --from Sa'");
    end_names(test, &two);
}

/* Between the look at the names and the locks somebody else takes the history over: the lock is
 * where that happens here. */
TEST(names_that_changed_before_the_locks_were_held_are_not_acted_on)
{
    static const struct {
        const char *old_name, *new_name;
        bool of_older;
        enum err_code code;
        const char *says;
    } rows[] = {{"na", "Na", true, ERR_USAGE, "has no portal 'na'"},
                {"nb", "Nb", false, ERR_LOCKED, "another history meanwhile"}};
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct two_names two = two_names(test, rows[i].old_name, rows[i].new_name);
        struct store_adoption adoption = adoption_as(test, two.new_name);
        const struct store *changes = rows[i].of_older ? &two.older : &two.newer;
        struct store_adopted adopted;
        struct store taken;
        (void)a_day(test, &two.older, ACCOUNT_ACTIVE);
        learn(test, HOST, "R1");
        execute(test, arena_printf(&test->world.arena,
                                   "create function pg_try_advisory_lock(bigint) returns boolean"
                                   " language sql as $$"
                                   " update portal set name = 'n%zu' where portal_id = %lld;"
                                   " select pg_catalog.pg_try_advisory_lock($1) $$",
                                   i, (long long)changes->portal_id));
        CLEANUP(err_release) struct err why = ERR_INIT;
        int failed = store_adopt_from(test->world.pg, &test->world.arena, two.old_name, &adoption,
                                      &taken, &adopted, &why);
        execute(test, "drop function pg_try_advisory_lock(bigint)");
        assert_true(failed);
        assert_int_equal(why.code, rows[i].code);
        assert_non_null(strstr(why.text, rows[i].says));
        assert_int_equal(
            number(test, "select count(*) from portal where name like 'N_, set aside%'"), 0);
        end_names(test, &two);
    }
}

/* --- readings that are of another portal --- */

/* When the first of the second reading's accounts was certainly not there (K4). */
static bool is_missing_before(struct review_case *test, const struct store *store, unsigned count)
{
    test->world.store = *store;
    store_world_tomorrow(&test->world);
    struct snapshot snapshot = store_world_snapshot(&test->world, count);
    store_world_save(&test->world, &snapshot);
    return number(test, arena_printf(&test->world.arena,
                                     "select (missing_at is not null)::int from account"
                                     " where portal_id = %lld and account_no = %u",
                                     (long long)store->portal_id, count)) == 1;
}

static void hold_newest(struct review_case *test, const struct store *store, const char *guard)
{
    CLEANUP(mem_cleanup) char *off = cluster_fixture_triggers("plan", TRIGGERS_OFF);
    CLEANUP(mem_cleanup) char *on = cluster_fixture_triggers("plan", TRIGGERS_ON);

    execute(test, off);
    execute(test,
            arena_printf(&test->world.arena,
                         "insert into plan select (jsonb_populate_record(null::plan,"
                         " to_jsonb(p) || jsonb_build_object('portal_id', %lld, 'plan_id',"
                         " n.id, 'snapshot_id', n.id))).* from (select * from plan limit 1) p,"
                         " (select max(snapshot_id) as id from snapshot where portal_id ="
                         " %lld) n;"
                         "insert into plan_guard (portal_id, plan_id, position, guard, hold,"
                         " limit_text, actual, sentence) select %lld, max(plan_id), 1, '%s',"
                         " true, '', '', '' from plan where portal_id = %lld",
                         (long long)store->portal_id, (long long)store->portal_id,
                         (long long)store->portal_id, guard, (long long)store->portal_id));
    execute(test, on);
}

TEST(a_reading_of_another_portal_proves_no_account_missing)
{
    const struct review_shape shape = {.suspend = 1, .approvals_suspend = 1};
    struct review_case *test = *state;
    struct two_names two = two_names(test, "ka", "Ka");
    struct store_adoption adoption = adoption_as(test, "ka");
    struct store_adopted adopted;
    struct store other = two.first;

    test->world.store = two.first;
    store_world_tomorrow(&test->world);
    review_case_plan(test, &shape);
    assert_false(is_missing_before(test, &two.older, 1));
    assert_true(is_missing_before(test, &two.older, 2));
    /* What was approved, and first seen, on a night that G14 held. */
    assert_true(is_missing_before(test, &two.older, 3));
    hold_newest(test, &two.older, "G14");
    REVIEW_OK(store_adopt(&two.older, &test->world.arena, &adoption, &adopted, &why));
    assert_int_equal(number(test, arena_printf(&test->world.arena,
                                               "select string_agg(account_no::text, '' order by"
                                               " account_no)::int from account where portal_id ="
                                               " %lld and missing_at is not null",
                                               (long long)two.older.portal_id)),
                     2);
    assert_false(is_missing_before(test, &two.older, 4)); /* the first reading of this portal */
    assert_true(is_missing_before(test, &two.older, 5));
    /* Under another name: what G14 held is passed over, what another guard held is not. */
    other = two.newer;
    assert_false(is_missing_before(test, &other, 1));
    hold_newest(test, &other, "G14");
    assert_false(is_missing_before(test, &other, 2));
    hold_newest(test, &other, "G4");
    assert_true(is_missing_before(test, &other, 3));
    execute(test, arena_printf(&test->world.arena,
                               "delete from plan_guard where portal_id in (%lld, %lld);"
                               "delete from plan where portal_id in (%lld, %lld)",
                               (long long)two.older.portal_id, (long long)other.portal_id,
                               (long long)two.older.portal_id, (long long)other.portal_id));
    end_names(test, &two);
}

/* --- a record that went back --- */

TEST(approvals_of_before_a_restore_are_void_and_what_spares_stands)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.suspend = 3, .approvals_suspend = 1};
    struct store_restore restore = {
        .who = "anna", .reason = "the disk broke", .kept = {.sequence = 900}, .last_plan = 70};
    struct audit_head head, other;
    struct store_place place;
    size_t over = 0;

    review_case_plan(test, &shape);
    ruling_case_save(test, review_case_ruling(test, "anna", 1));
    ruling_case_save(test, review_case_ruling(test, "bert", 1));
    ruling_case_save(test, ruling_case_keep(test, "bert", 2, "needed"));
    ruling_case_save(test, ruling_case_reject(test, "bert", 3, "not now"));
    REVIEW_OK(store_audit_head(&test->world.store, &head, &why));
    REVIEW_OK(store_find_event(&test->world.store, &head, &place, &why));
    assert_true(place.has);
    assert_int_equal(place.ends_at, head.sequence);
    other = head;
    other.hash.byte[0] ^= 1; /* the same number, another event */
    REVIEW_OK(store_find_event(&test->world.store, &other, &place, &why));
    assert_false(place.has);
    other = head;
    other.sequence++;
    REVIEW_OK(store_find_event(&test->world.store, &other, &place, &why));
    assert_false(place.has);

    restore.at = test->world.now;
    REVIEW_OK(store_accept_restore(&test->world.store, &restore, &over, &why));
    assert_int_equal(over, 2);
    assert_string_equal(
        store_world_text(&test->world,
                         "select string_agg(concat(kind, ' ', coalesce(end_word, '-')),"
                         " ', ' order by ruling_id) from ruling"
                         " where at >= (select max(at) from ruling)"),
        "approve void, approve void, keep -, reject -");
    assert_int_equal(number(test, "select count(*) from audit_event where kind = 'restore'"), 1);
    assert_int_equal(number(test, "select last_plan_id from portal where name = 'acme'"), 70);
    REVIEW_OK(store_find_event(&test->world.store, &head, &place, &why));
    assert_true(place.has); /* it goes on from where it was */
    assert_clean(test, NULL);
    restore.reason = "";
    REVIEW_REFUSED(store_accept_restore(&test->world.store, &restore, &over, &why), ERR_USAGE,
                   "needs a reason");
}
