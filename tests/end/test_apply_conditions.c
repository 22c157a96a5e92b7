/*
 * Between the approval and the act the world goes on. What changed before the run is in its
 * picture, and the row is not proposed any more, or is another one; what changes behind it is seen
 * by the look before the act, and stops its step alone, with the reason in the journal.
 */
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "test.h"

#define POLICY "mode = \"enforce\"; "

/* Everything as before the first plan, but for the numbers. */
static void start_anew(struct acts *acts)
{
    probe_control(&acts->end.probe, "/_sim/reset", "");
    end_clear_faults(&acts->end);
    (void)acts_change(acts, "delete from reconcile.act");
    (void)acts_change(acts, "delete from reconcile.ruling");
    (void)acts_change(acts, "delete from reconcile.login_pending"); /* what a look told */
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

/* What is approved, with this change of one row when the first write is at the portal, which is
 * behind the list and before the look. */
static void apply_and_change(struct acts *acts, const char *id, const struct change *change)
{
    struct end_child child = acts_start_until_held(acts);

    if (change->form)
        end_change_user(&acts->end, id, change->form);
    if (change->fault)
        set_fault(acts, change->fault, id);
    end_fault(&acts->end, "hold=off");
    CLEANUP(end_result_release) struct end_result applied = end_wait(&child);
    end_assert_code(&applied, 0);
}

static void check_suspend_change(struct acts *acts, const struct change *change)
{
    print_message("  %s\n", change->form ? change->form : change->fault);
    start_anew(acts);
    acts_plan(acts, 0);
    acts_approve(acts);
    apply_and_change(acts, acts->row[1].id, change);
    acts_assert_step(acts, acts->row[1].id, change->state, change->reason);
    assert_int_equal(acts_writes_on(acts, acts->row[1].id), 0);
    acts_assert_written(acts, 0, "verified"); /* the other two */
    assert_int_equal(acts_writes(acts), 2);
    acts_assert_plan_state(acts, "applied");
}

/* The same change before the run: it is in its picture, and there is no step. */
static void check_seen_change(struct acts *acts, const struct change *change)
{
    start_anew(acts);
    acts_plan(acts, 0);
    acts_approve(acts);
    end_change_user(&acts->end, acts->row[1].id, change->form);
    APPLY(applied, acts, 0);
    acts_assert_no_step(acts, acts->row[1].id);
    assert_int_equal(acts_writes_on(acts, acts->row[1].id), 0);
    assert_int_equal(acts_writes(acts), 2);
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
    for (size_t i = 0; i < COUNT_OF(suspend_changes); i++) {
        if (suspend_changes[i].form)
            check_seen_change(&acts, &suspend_changes[i]);
    }
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
    check_seen_change(&acts, &change);
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
        size_t before = acts_writes(&acts);
        print_message("  %s\n", changes[i].form ? changes[i].form : changes[i].fault);
        apply_and_change(&acts, id, &changes[i]);
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
    char *now = acts_ask(&acts, "select to_char(created_at at time zone 'UTC',"
                                " '\"lastLogin=\"YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
                                " from reconcile.plan");
    const struct change login = {now, NULL, NULL, NULL};
    apply_and_change(&acts, acts.row[1].id, &login);
    acts_assert_step(&acts, acts.row[1].id, "skipped", "the rule does not hold any more: now keep");
    acts_assert_step(&acts, acts.row[0].id, "verified", NULL);
    acts_assert_written(&acts, 0, "verified");
}

/* Moves what was announced by so many days. */
static void move_announcements(struct acts *acts, int days)
{
    assert_true(acts_change(acts,
                            "update reconcile.announcement set announced_on = announced_on + %d,"
                            " announced_at = (announced_at at time zone 'UTC' + interval '%d "
                            "days') at time zone 'UTC',"
                            " not_before = not_before + %d where ended_on is null",
                            days, days, days) > 0);
}

/* Approved while it waits, it is done on its day without another word. */
TEST(suspend_whose_grace_is_not_over_waits_for_its_day)
{
    WORLD(acts, 0, 6, NULL);

    end_set(&acts.end, END_RULES, IDLE("14"));
    end_change_user(&acts.end, "staaa", "lastLogin=2026-01-10T10:00:00Z");
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 1);
    assert_int_equal(end_count(&acts.end, "select count(*) from reconcile.announcement"), 0);
    acts_approve(&acts); /* the grace begins with it */
    assert_int_equal(end_count(&acts.end, "select count(*) from reconcile.announcement"), 1);
    APPLY(early, &acts, 0);
    end_assert_says(&early.out, "1 approved wait for their day");
    RUN(run, &acts.end, "run"); /* nothing is wrong with that */
    end_assert_code(&run, 0);
    move_announcements(&acts, -13);
    APPLY(eve, &acts, 0);
    assert_int_equal(acts_writes(&acts), 0);
    move_announcements(&acts, -1);
    APPLY(today, &acts, 0);
    acts_assert_steps(&acts, "verified 1");
    assert_int_equal(acts_writes(&acts), 1);
}

/* A login that is read late and was before the announcement is what it was announced about; one
 * after it starts the grace anew, though it is idle still (R7). */
TEST(suspend_announced_before_a_login_starts_its_grace_anew)
{
    WORLD(acts, 0, 6, NULL);

    end_set(&acts.end, END_RULES, IDLE("14"));
    end_change_user(&acts.end, "staaa", "lastLogin=2026-01-10T10:00:00Z");
    end_change_user(&acts.end, "staab", "lastLogin=2026-01-10T10:00:00Z");
    acts_plan(&acts, 0);
    acts_approve(&acts);
    move_announcements(&acts, -200);
    CLEANUP(mem_cleanup)
    char *behind = acts_ask(&acts, "select 'lastLogin=' || (today - 100) || 'T10:00:00Z'"
                                   " from reconcile.plan");
    CLEANUP(mem_cleanup)
    char *before = acts_ask(&acts, "select 'lastLogin=' || (today - 201) || 'T00:00:00Z'"
                                   " from reconcile.plan");
    CLEANUP(mem_cleanup) char *first = mem_strdup(acts.row[0].id);
    CLEANUP(mem_cleanup) char *second = mem_strdup(acts.row[1].id);
    end_change_user(&acts.end, first, behind);
    end_change_user(&acts.end, second, before);
    APPLY(applied, &acts, 0);
    acts_assert_no_step(&acts, first);
    acts_assert_step(&acts, second, "verified", NULL);
    assert_int_equal(acts_writes_on(&acts, first), 0);
    CLEANUP(mem_cleanup)
    char *waits = acts_ask(&acts,
                           "select not_before - today from reconcile.plan_row join reconcile.plan"
                           " using (portal_id, plan_id) where plan_id = 2 and account_id = '%s'",
                           first);
    assert_string_equal(waits, "14");
}

/* --- what a row rests on --- */

TEST(apply_after_a_change_of_policy_does_the_rows_it_leaves_as_they_were)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    acts_policy(&acts, POLICY "protected = ( { who = \"leaaa\"; reason = \"board\";"
                              " owner = \"it@acme.example\"; expires = \"2199-12-31\"; } );"
                              " time_zone = \"Europe/Amsterdam\";");
    APPLY(applied, &acts, 0);
    CLEANUP(mem_cleanup)
    char *chair = acts_ask(&acts, "select account_id from reconcile.plan_row where plan_id = 1"
                                  " and username = 'leaaa'");
    acts_assert_steps(&acts, "verified 2");
    assert_int_equal(acts_writes_on(&acts, chair), 0);
}

#define DEPARTED(more)                                                                             \
    "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\"; " more " };"     \
    " do = \"suspend\"; "

TEST(apply_after_a_change_of_the_rule_does_none_of_its_rows)
{
    WORLD(acts, 2, 4, NULL);

    end_set(&acts.end, END_RULES, DEPARTED("") "}");
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_set(&acts.end, END_RULES, DEPARTED("departed_days_min = 1;") "}");
    APPLY(applied, &acts, 20);
    assert_int_equal(end_count(&acts.end, "select count(*) from reconcile.ruling where ended_at"
                                          " is null"),
                     2);                                           /* an apply ends nothing */
    end_set(&acts.end, END_RULES, DEPARTED("") "approval = 1; }"); /* the same text */
    APPLY(same, &acts, 0);
    assert_int_equal(acts_writes(&acts), 2);
}

TEST(run_after_a_change_of_the_rule_ends_the_approvals_for_ever)
{
    WORLD(acts, 2, 4, NULL);

    end_set(&acts.end, END_RULES, DEPARTED("") "}");
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_set(&acts.end, END_RULES, DEPARTED("departed_days_min = 1;") "}");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0);
    CLEANUP(mem_cleanup)
    char *ends = acts_ask(&acts, "select string_agg(distinct end_word, ',') from reconcile.ruling");
    assert_string_equal(ends, "changed");
    end_set(&acts.end, END_RULES, DEPARTED("") "}");
    RUN(back, &acts.end, "run");
    end_assert_code(&back, 0);
    assert_int_equal(acts_writes(&acts), 0);
    acts_do_all(&acts); /* a new one of the same row may be given */
    assert_int_equal(acts_writes(&acts), 2);
}

TEST(apply_after_a_change_of_roster_does_the_rows_it_leaves_as_they_were)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    acts_rehire(&acts, acts.row[0].id);
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0);
    assert_int_equal(acts_writes(&acts), 1);
    assert_int_equal(acts_writes_on(&acts, acts.row[1].id), 1);
    CLEANUP(mem_cleanup)
    char *end = acts_ask(&acts, "select end_word from reconcile.ruling where account_id = '%s'",
                         acts.row[0].id);
    assert_string_equal(end, "kept"); /* for certain: she works here */
}

/* A night in doubt does nothing and ends nothing. */
TEST(apply_with_an_incomplete_list_is_held_and_ends_no_approval)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_fault(&acts.end, "wrong-total=3");
    APPLY(held, &acts, 20);
    end_assert_says(&held.err, "G4");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 20);
    assert_int_equal(acts_writes(&acts), 0);
    end_clear_faults(&acts.end);
    RUN(next, &acts.end, "run");
    end_assert_code(&next, 0);
    assert_int_equal(acts_writes(&acts), 2);
}

/* --- between two steps --- */

/* Applies three rows, does this when the first write is at the portal, and expects that it
 * was the only one. */
static void check_between(const char *statement, int code, const char *says)
{
    WORLD(acts, 3, 4, NULL);

    acts_limit(&acts, "count = 100; percent = 100.0; rolling_count = 4;", NULL);
    struct end_child child = acts_start_held(&acts);
    assert_true(acts_change(&acts, "%s", statement) > 0);
    end_clear_faults(&acts.end);
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

/* A person who decides otherwise while it runs: the rows that are left are not done. */
static void check_word_between(const char *state, const char *says, const char *const *words)
{
    WORLD(acts, 3, 4, NULL);

    struct end_child child = acts_start_held(&acts);
    const char *all[10] = {NULL};
    for (size_t i = 0; words[i]; i++)
        all[i] = text_equal(words[i], "ROW") ? acts.row[1].id : words[i];
    CLEANUP(end_result_release) struct end_result word = end_run(&acts.end, all);
    end_assert_code(&word, 0);
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 0);
    acts_assert_step(&acts, acts.row[0].id, "verified", NULL);
    acts_assert_step(&acts, acts.row[1].id, "skipped", says);
    acts_assert_step(&acts, acts.row[2].id, state, NULL);
}

TEST(apply_sees_what_a_person_decides_before_the_next_act)
{
    static const char *const withdraw[] = {"withdraw", "1", NULL};
    static const char *const one[] = {"withdraw", "ROW", NULL};
    static const char *const reject[] = {"reject", "1", "--reason", "wait", NULL};
    static const char *const keep[] = {"keep",     "ROW",         "--until",         "2026-12-31",
                                       "--reason", "she is back", "--also-departed", NULL};

    check_word_between("skipped", "does not stand any more", withdraw);
    check_word_between("verified", "does not stand any more", one);
    check_word_between("skipped", "somebody decided otherwise since: reject", reject);
    check_word_between("verified", "somebody decided otherwise since: keep", keep);
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
