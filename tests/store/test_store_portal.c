/*
 * Who a portal is over its runs, and a history that goes on under another name: what is compared,
 * what a name that is newer sees, what is carried, and that the record stays whole in both ways to
 * look at it, and tells of every change by hand.
 */
#include "ruling_case.h"

#include "store/portal.h"

TEST_GROUP(review_case_begin, review_case_end);

#define HOST "acme.example:443"

/* Names of an earlier test are no neighbours of this one. */
static int setup(void **state)
{
    struct review_case *test = *state;
    int failed = audit_case_setup(state);

    execute(test, "update portal set host = null, own_id = null, known_snapshot_id = null,"
                  " shares_host = false, goes_on_in = null");
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
                               "update portal set first_seen = first_seen + interval '1 day'"
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

    assert_null(identity_of(test, &newer, HOST).older_name); /* nothing is learned of the first */
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
    execute(test,
            "update portal set first_seen = first_seen + interval '1 day' where name = 'ACME'");
    assert_string_equal(identity_of(test, &third, HOST).older_name, "acme");
    assert_null(identity_of(test, &newer, "acme.example:8443").older_name);
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
