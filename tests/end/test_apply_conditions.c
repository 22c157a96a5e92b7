/*
 * Between the approval and the act the world goes on. Each thing that may have changed stops its
 * step alone, with its reason in the journal; what the approval itself rests on stops the plan.
 */
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "test.h"

#define POLICY "mode = \"enforce\"; "

static void clear_faults(struct acts *acts)
{
    probe_control(&acts->end.probe, "/_sim/faults", "clear=1");
}

/* Everything as before the first plan, but for the numbers. */
static void start_anew(struct acts *acts)
{
    probe_control(&acts->end.probe, "/_sim/reset", "");
    clear_faults(acts);
    (void)acts_change(acts, "delete from reconcile.act");
}

/* A fault with '@' for the account's id. */
static void set_fault(struct acts *acts, const char *pattern, const char *id)
{
    CLEANUP(text_release) struct text fault = TEXT_INIT;
    int length = (int)strcspn(pattern, "@");

    text_addf(&fault, "%.*s%s", length, pattern, pattern[length] ? id : "");
    end_fault(&acts->end, text_cstr(&fault));
}

/* --- one account --- */

static const struct change {
    const char *form;  /* to the account, or NULL */
    const char *fault; /* of the portal, or NULL */
    const char *state, *reason;
} suspend_changes[] = {
    {"email=other@acme.example", NULL, "skipped", "another e-mail"},
    {"active=0", NULL, "already", "there already"},
    {"username=svc-new", NULL, "skipped", "the rule does not hold any more: now keep"},
    {NULL, "no-such-user=GET /api/v4/users/@", "skipped", "gone"},
    {NULL, "active-form=garbage:GET /api/v4/users/@", "skipped", "unreadable"},
    {NULL, "last-login-form=garbage:GET /api/v4/users/@", "skipped", "now keep (P7"},
    {NULL, "last-login-form=future:GET /api/v4/users/@", "skipped", "now keep (P7"},
};

static void check_suspend_change(struct acts *acts, const struct change *change)
{
    print_message("  %s\n", change->form ? change->form : change->fault);
    start_anew(acts);
    acts_plan(acts, 0);
    acts_approve(acts);
    if (change->form)
        end_change_user(&acts->end, acts->row[1].id, change->form);
    if (change->fault)
        set_fault(acts, change->fault, acts->row[1].id);
    APPLY(applied, acts, 0);
    acts_assert_step(acts, acts->row[1].id, change->state, change->reason);
    assert_int_equal(acts_writes_on(acts, acts->row[1].id), 0);
    acts_assert_written(acts, 0, "verified"); /* the other two */
    assert_int_equal(acts_writes(acts), 2);
    acts_assert_plan_state(acts, "applied");
}

TEST(suspend_of_an_account_that_changed_is_not_done)
{
    WORLD(acts, 3, 4, NULL);

    end_set(&acts.end, END_RULES,
            "{ name = \"integrations\"; when = { username = [ \"svc-*\" ]; }; do = \"keep\"; },"
            "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\"; };"
            " do = \"suspend\"; }");
    for (size_t i = 0; i < COUNT_OF(suspend_changes); i++)
        check_suspend_change(&acts, &suspend_changes[i]);
}

/* The list tells a second address, a single user does not (API.md 3): its absence is no change. */
TEST(suspend_of_an_account_with_a_second_address_is_done)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    end_change_user(&acts.end, acts.row[1].id, "email2=lea@private.example");
    acts_plan(&acts, 0);
    acts_approve(&acts);
    APPLY(applied, &acts, 0);
    acts_assert_written(&acts, 0, "verified");
    assert_int_equal(acts_writes(&acts), 3);
}

/* Nothing in the configuration changed, so the approval stands: it is the account that is protected
 * now. */
TEST(suspend_of_an_account_that_became_protected_is_not_done)
{
    WORLD(acts, 3, 4, NULL);
    const struct change change = {"username=chair", NULL, "skipped", "now keep (P3"};

    acts_policy(&acts, POLICY "protected = ( { who = \"chair\"; reason = \"board\";"
                              " owner = \"it@acme.example\"; expires = \"2199-12-31\"; } );");
    acts_only_suspend(&acts);
    check_suspend_change(&acts, &change);
}

TEST(deprovision_of_an_account_that_changed_is_not_done)
{
    static const struct change changes[] = {
        {"active=1", NULL, "skipped", "is active, not inactive"},
        {"email=other@acme.example", NULL, "skipped", "another e-mail"},
        {NULL, "no-such-user=GET /api/v4/users/@", "already", "there already"},
    };
    WORLD(acts, 2, 4, NULL);

    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        start_anew(&acts);
        acts_prepare_both(&acts);
        const char *id = acts.row[1].id;
        if (changes[i].form)
            end_change_user(&acts.end, id, changes[i].form);
        if (changes[i].fault)
            set_fault(&acts, changes[i].fault, id);
        size_t before = acts_writes(&acts);
        APPLY(applied, &acts, 0);
        acts_assert_step(&acts, id, changes[i].state, changes[i].reason);
        acts_assert_written(&acts, before, "verified"); /* the suspension of the other one */
        assert_int_equal(acts_writes(&acts), before + 1);
    }
}

/* --- logins and grace --- */

#define IDLE(grace)                                                                                \
    "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; }; do = \"suspend\";"   \
    " grace_days = " grace "; }"

TEST(suspend_of_an_idle_account_that_logged_in_is_not_done)
{
    WORLD(acts, 0, 6, NULL);

    end_set(&acts.end, END_RULES, IDLE("0"));
    end_change_user(&acts.end, "staaa", "lastLogin=2026-01-10T10:00:00Z");
    end_change_user(&acts.end, "staab", "lastLogin=2026-01-11T10:00:00Z");
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 2);
    acts_approve(&acts);
    CLEANUP(mem_cleanup)
    char *now = acts_ask(
        &acts, "select to_char(now() at time zone 'UTC', '\"lastLogin=\"YYYY-MM-DD\"T\"HH24:MI:SS"
               "\"Z\"')");
    end_change_user(&acts.end, acts.row[0].id, now);
    APPLY(applied, &acts, 0);
    acts_assert_step(&acts, acts.row[0].id, "skipped", "the rule does not hold any more: now keep");
    acts_assert_step(&acts, acts.row[1].id, "verified", NULL);
    acts_assert_written(&acts, 0, "verified");
}

/* Moves what was announced by so many days. */
static void move_announcements(struct acts *acts, int days)
{
    assert_true(acts_change(acts,
                            "update reconcile.announcement set announced_on = announced_on"
                            " + %d where ended_on is null",
                            days) > 0);
}

TEST(suspend_whose_grace_is_not_over_is_not_done)
{
    WORLD(acts, 0, 6, NULL);

    end_set(&acts.end, END_RULES, IDLE("14"));
    end_change_user(&acts.end, "staaa", "lastLogin=2026-01-10T10:00:00Z");
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 1);
    acts_approve(&acts);
    APPLY(early, &acts, 20);
    RUN(run, &acts.end, "run"); /* it waits for its day: nothing is wrong with that */
    end_assert_code(&run, 0);
    move_announcements(&acts, -13);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    APPLY(eve, &acts, 20);
    move_announcements(&acts, -1);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    move_announcements(&acts, 5);
    APPLY(moved, &acts, 0);
    acts_assert_step(&acts, acts.row[0].id, "skipped", "grace is not over");
    assert_int_equal(acts_writes(&acts), 0);
    move_announcements(&acts, -5);
    acts_do_all(&acts);
    acts_assert_steps(&acts, "verified 1");
    assert_int_equal(acts_writes(&acts), 1);
}

TEST(suspend_announced_before_a_login_starts_its_grace_anew)
{
    WORLD(acts, 0, 6, NULL);

    end_set(&acts.end, END_RULES, IDLE("14"));
    end_change_user(&acts.end, "staaa", "lastLogin=2026-01-10T10:00:00Z");
    acts_plan(&acts, 0);
    move_announcements(&acts, -20);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_change_user(&acts.end, "staaa", "lastLogin=2026-02-10T10:00:00Z"); /* still idle */
    APPLY(applied, &acts, 0);
    acts_assert_step(&acts, acts.row[0].id, "skipped", "grace starts anew");
    assert_int_equal(acts_writes(&acts), 0);
}

/* --- what the whole plan rests on --- */

TEST(apply_after_a_change_of_policy_is_stale)
{
    static const char *const policies[] = {
        POLICY "protected = ( { who = \"leaaa\"; reason = \"board\"; owner = \"it@acme.example\";"
               " expires = \"2027-06-30\"; } );",
        POLICY "time_zone = \"Pacific/Auckland\";",
    };
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    for (size_t i = 0; i < COUNT_OF(policies); i++) {
        acts_policy(&acts, policies[i]);
        APPLY(stale, &acts, 20);
        end_assert_says(&stale.err, "stale: the policy changed");
    }
    acts_policy(&acts, POLICY);
    end_set(&acts.end, END_RULES,
            "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\";"
            " departed_days_min = 1; }; do = \"suspend\"; }");
    APPLY(stale, &acts, 20);
    end_assert_says(&stale.err, "stale: the policy changed");
    RUN(run, &acts.end, "run"); /* says so, and makes a new plan that nobody approved */
    end_assert_code(&run, 20);
    end_assert_says(&run.err, "stale: the policy changed");
    assert_int_equal(acts_writes(&acts), 0);
}

TEST(apply_after_a_change_of_roster_is_stale)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    acts_rehire(&acts, acts.row[0].id);
    APPLY(stale, &acts, 20);
    end_assert_says(&stale.err, "stale: the roster changed");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 20);
    end_assert_says(&run.err, "stale: the roster changed");
    assert_int_equal(acts_writes(&acts), 0);
}

TEST(apply_with_an_incomplete_list_is_held)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "wrong-total=3");
    APPLY(held, &acts, 20);
    end_assert_says(&held.err, "G4");
    assert_int_equal(acts_writes(&acts), 0);
}

/* --- between two steps --- */

/* Applies three rows slowly, does this when the first write is at the portal, and expects that it
 * was the only one. */
static void check_between(const char *statement, int code, const char *says)
{
    WORLD(acts, 3, 4, NULL);

    acts_limit(&acts, "count = 100; percent = 100.0; rolling_count = 4;", NULL);
    struct end_child child = acts_start_slowly(&acts);
    assert_true(acts_change(&acts, "%s", statement) > 0);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, code);
    if (!strstr(text_cstr(&ended.out), says) && !strstr(text_cstr(&ended.err), says))
        fail_msg("'%s' is not in: %s%s", says, text_cstr(&ended.out), text_cstr(&ended.err));
    assert_int_equal(acts_writes(&acts), 1);
    CLEANUP(mem_cleanup)
    char *first = acts_ask(&acts,
                           "select state in ('done', 'verified') from reconcile.step"
                           " where account_id = '%s'",
                           acts.row[0].id);
    assert_string_equal(first, "t"); /* what was in hand is told */
    acts_assert_step(&acts, acts.row[1].id, "approved", NULL);
}

TEST(apply_whose_approval_expires_meanwhile_goes_no_further)
{
    check_between("update reconcile.plan set expires_at = now()", 21, "expired");
}

TEST(apply_whose_plan_is_rejected_meanwhile_goes_no_further)
{
    check_between("update reconcile.plan set state = 'rejected'", 21, "rejected");
}

TEST(apply_whose_budget_is_used_up_meanwhile_goes_no_further)
{
    check_between("insert into reconcile.act (portal_id, act_id, account_id, action, done_at)"
                  " select portal_id, 1000 + row_number() over (), account_id, 'suspend', now()"
                  " from reconcile.account limit 3",
                  21, "4");
}

TEST(apply_overtaken_by_a_newer_run_goes_no_further)
{
    check_between("update reconcile.portal set last_run_id = last_run_id + 1", 75, "run");
}
