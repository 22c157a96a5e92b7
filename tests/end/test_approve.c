/*
 * A person's decision counts for the plan they saw, for the rows they named, and only when they may
 * decide; everything else is refused in one sentence and recorded nowhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "test.h"

/* Who is at the keyboard, as sudo would say it; NULL: whoever runs the test. */
static void sit_down(const char *uid)
{
    if (uid)
        assert_int_equal(setenv("SUDO_UID", uid, 1), 0);
    else
        assert_int_equal(unsetenv("SUDO_UID"), 0);
}

static int stand_up(void **state)
{
    (void)state;
    sit_down(NULL);
    return 0;
}

TEST_EACH(stand_up, NULL);

/* approve or reject of the newest plan with these further words, which must end so. */
static void decide(struct acts *acts, int code, const char *says, const char *const *words)
{
    CLEANUP(mem_cleanup) char *plan = NULL;
    const char *all[12] = {words[0], NULL};
    size_t count = 2;

    assert_true(asprintf(&plan, "%lld", (long long)acts->plan) > 0);
    all[1] = plan;
    for (const char *const *word = words + 1; *word; word++)
        all[count++] = text_equal(*word, "DIGEST") ? acts->digest : *word;
    CLEANUP(end_result_release) struct end_result result = end_run(&acts->end, all);
    end_assert_code(&result, code);
    if (says)
        end_assert_says(code ? &result.err : &result.out, says);
}
#define DECIDE(acts, code, says, ...)                                                              \
    decide(acts, code, says, (const char *const[]){__VA_ARGS__, NULL})

static int64_t count_approvals(struct acts *acts)
{
    return end_count(&acts->end, "select count(*) from reconcile.approval");
}

/* --- plans that nobody can approve --- */

TEST(approve_of_another_digest_is_refused)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *other = mem_strdup(acts.digest);
    other[63] = other[63] == '0' ? '1' : '0';
    DECIDE(&acts, 20, "another plan than you saw", "approve", "--digest", other);
    other[63] = '\0';
    DECIDE(&acts, 64, "no digest", "approve", "--digest", other);
    DECIDE(&acts, 64, "--digest", "approve");
    RUN(unknown, &acts.end, "approve", "99", "--digest", acts.digest);
    end_assert_code(&unknown, 64);
    RUN(nothing, &acts.end, "approve", "--digest", acts.digest);
    end_assert_code(&nothing, 64);
    assert_int_equal(count_approvals(&acts), 0);
}

TEST(approve_of_a_plan_past_its_time_is_refused)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    (void)acts_change(&acts, "update reconcile.plan set expires_at = now() - interval '1 s'");
    DECIDE(&acts, 20, "expired", "approve", "--digest", "DIGEST");
    (void)acts_change(&acts, "update reconcile.plan set expires_at = now() + interval '1 h'");
    DECIDE(&acts, 0, NULL, "approve", "--digest", "DIGEST");
    (void)acts_change(&acts, "update reconcile.plan set expires_at = now() - interval '1 s'");
    APPLY(late, &acts, 20); /* the approval dies with it */
    end_assert_says(&late.err, "expired");
    assert_int_equal(acts_writes(&acts), 0);
}

TEST(approve_of_a_superseded_plan_is_refused)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *digest = mem_strdup(acts.digest);
    acts_plan(&acts, 0);
    RUN(older, &acts.end, "approve", "1", "--digest", digest);
    end_assert_code(&older, 20);
    end_assert_says(&older.err, "newer");
    RUN(applied, &acts.end, "apply", "1");
    end_assert_code(&applied, 20);
    assert_int_equal(count_approvals(&acts), 0);
    assert_int_equal(acts_writes(&acts), 0);
}

TEST(approve_of_a_used_or_empty_plan_is_refused)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_do_all(&acts);
    DECIDE(&acts, 20, "applied already", "approve", "--digest", "DIGEST");
    DECIDE(&acts, 20, NULL, "reject", "--reason", "too late");
    acts_plan(&acts, 0);
    DECIDE(&acts, 20, "nothing to approve", "approve", "--digest", "DIGEST");
    assert_int_equal(acts_writes(&acts), 2);
}

TEST(reject_ends_a_plan_with_its_reason)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    DECIDE(&acts, 64, "--reason", "reject");
    DECIDE(&acts, 0, NULL, "approve", "--digest", "DIGEST");
    DECIDE(&acts, 0, "rejected", "reject", "--reason", "ask HR first");
    acts_assert_plan_state(&acts, "rejected");
    CLEANUP(mem_cleanup)
    char *why = acts_ask(&acts, "select reason from reconcile.approval where kind = 'reject'");
    assert_string_equal(why, "ask HR first");
    DECIDE(&acts, 20, "rejected", "approve", "--digest", "DIGEST");
    DECIDE(&acts, 20, NULL, "reject", "--reason", "again");
    APPLY(applied, &acts, 20);
    end_assert_says(&applied.err, "rejected");
    assert_int_equal(acts_writes(&acts), 0);
}

/* --- held plans --- */

TEST(approve_of_a_held_plan_needs_the_guard_overridden_by_name)
{
    WORLD(acts, 3, 4, NULL);

    acts_limit(&acts, "count = 1; percent = 100.0; rolling_count = 100;", NULL);
    acts_plan(&acts, 20);
    DECIDE(&acts, 20, "held by G7", "approve", "--digest", "DIGEST");
    DECIDE(&acts, 64, "needs a --reason", "approve", "--digest", "DIGEST", "--override", "G7");
    DECIDE(&acts, 64, "no guard 'G8' holds", "approve", "--digest", "DIGEST", "--override", "G8",
           "--reason", "x");
    DECIDE(&acts, 64, NULL, "approve", "--digest", "DIGEST", "--override", "rubbish", "--reason",
           "x");
    assert_int_equal(count_approvals(&acts), 0);
    APPLY(before, &acts, 20);
    assert_int_equal(acts_writes(&acts), 0);
    DECIDE(&acts, 0, "3 may be applied", "approve", "--digest", "DIGEST", "--override", "G7",
           "--reason", "the Utrecht office closed");
    CLEANUP(mem_cleanup)
    char *recorded = acts_ask(&acts, "select concat(guard, ' ', plan_id, ' ', reason) from"
                                     " reconcile.guard_override");
    assert_string_equal(recorded, "G7 1 the Utrecht office closed");
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 3");
}

TEST(override_is_for_one_plan_only)
{
    WORLD(acts, 3, 4, NULL);

    acts_limit(&acts, "count = 1; percent = 100.0; rolling_count = 100;", NULL);
    acts_plan(&acts, 20);
    DECIDE(&acts, 0, NULL, "approve", "--digest", "DIGEST", "--override", "G7", "--reason", "x");
    acts_plan(&acts, 20);
    DECIDE(&acts, 20, "held by G7", "approve", "--digest", "DIGEST");
    APPLY(applied, &acts, 20);
    assert_int_equal(acts_writes(&acts), 0);
}

/* --- some of the rows --- */

/* The plan's own CSV with only its header and the rows of these two accounts. */
static char *make_edited_csv(struct acts *acts, const char *a, const char *b)
{
    CLEANUP(text_release) struct text kept = TEXT_INIT;
    RUN(csv, &acts->end, "show", "--format", "csv");

    end_assert_code(&csv, 0);
    bool first = true;
    for (const char *line = text_cstr(&csv.out); *line; first = false) {
        size_t length = strcspn(line, "\n") + (strchr(line, '\n') ? 1 : 0);
        CLEANUP(mem_cleanup) char *copy = mem_strndup(line, length);
        if (first || strstr(copy, a) || strstr(copy, b))
            text_add(&kept, copy);
        line += length;
    }
    return end_file(&acts->end, "edited.csv", text_cstr(&kept), kept.length);
}

TEST(approve_only_the_rows_of_the_edited_csv_leaves_the_rest_untouched)
{
    WORLD(acts, 4, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *path = make_edited_csv(&acts, acts.row[1].id, acts.row[3].id);
    DECIDE(&acts, 0, "2 rows approved", "approve", "--digest", "DIGEST", "--only", path);
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "planned 2, verified 2");
    acts_assert_written(&acts, 0, "verified");
    acts_assert_step(&acts, acts.row[0].id, "planned", NULL);
    acts_assert_step(&acts, acts.row[2].id, "planned", NULL);
    assert_int_equal(acts_writes_on(&acts, acts.row[0].id), 0);
    RUN(shown, &acts.end, "show", "1", "--format", "json");
    end_assert_says(&shown.out, acts.digest); /* the plan itself is as it was */
}

TEST(approve_except_the_named_ones_does_the_others)
{
    WORLD(acts, 4, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup)
    char *email =
        acts_ask(&acts, "select upper(email) from reconcile.plan_row where account_id = '%s'",
                 acts.row[2].id);
    CLEANUP(mem_cleanup) char *path = end_file(&acts.end, "except", email, strlen(email));
    DECIDE(&acts, 0, "3 rows approved", "approve", "--digest", "DIGEST", "--except", path);
    APPLY(applied, &acts, 0);
    acts_assert_step(&acts, acts.row[2].id, "planned", NULL);
    acts_assert_steps(&acts, "planned 1, verified 3");
}

TEST(approve_except_the_rows_of_the_edited_csv_does_the_others)
{
    WORLD(acts, 4, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *path = make_edited_csv(&acts, acts.row[0].id, acts.row[2].id);
    DECIDE(&acts, 0, "2 rows approved", "approve", "--digest", "DIGEST", "--except", path);
    APPLY(applied, &acts, 0);
    acts_assert_step(&acts, acts.row[0].id, "planned", NULL);
    acts_assert_step(&acts, acts.row[2].id, "planned", NULL);
    acts_assert_steps(&acts, "planned 2, verified 2");
    acts_assert_written(&acts, 0, "verified");
}

TEST(approve_of_a_line_that_names_no_row_is_64)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(text_release) struct text lines = TEXT_INIT;
    text_addf(&lines, "%s\nnobody@acme.example\n", acts.row[0].id);
    CLEANUP(mem_cleanup) char *path = end_file(&acts.end, "some", lines.data, lines.length);
    DECIDE(&acts, 64, "some:2: 'nobody@acme.example'", "approve", "--digest", "DIGEST", "--only",
           path);
    DECIDE(&acts, 64, "some:2:", "approve", "--digest", "DIGEST", "--except", path);
    CLEANUP(mem_cleanup) char *missing = probe_path(&acts.end.probe, "missing");
    DECIDE(&acts, 64, "missing", "approve", "--digest", "DIGEST", "--only", missing);
    CLEANUP(mem_cleanup) char *empty = end_file(&acts.end, "empty", "", 0);
    DECIDE(&acts, 64, "no row", "approve", "--digest", "DIGEST", "--only", empty);
    assert_int_equal(count_approvals(&acts), 0);
}

/* --- who --- */

TEST(approve_of_a_deletion_needs_two_different_people)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip(); /* only root is believed when it says who called sudo */
    acts_approval(&acts, "suspend = 1; deprovision = 2;");
    sit_down("2");
    acts_prepare_both(&acts); /* approved by one */
    DECIDE(&acts, 0, "1 may be applied, 1 need somebody else", "approve", "--digest", "DIGEST");
    sit_down("1");
    DECIDE(&acts, 0, "2 may be applied, 0 need", "approve", "--digest", "DIGEST");
    CLEANUP(mem_cleanup)
    char *who =
        acts_ask(&acts, "select string_agg(who, ',' order by who) from reconcile.approval where"
                        " plan_id = 2");
    assert_string_equal(who, "bin,daemon");
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 2");
    acts_assert_written(&acts, 1, "verified");
}

TEST(apply_with_one_of_two_people_does_the_other_class_only)
{
    WORLD(acts, 2, 4, NULL);

    acts_approval(&acts, "suspend = 1; deprovision = 2;");
    acts_prepare_both(&acts);
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "planned 1, verified 1");
    assert_int_equal(acts_writes(&acts), 2); /* the suspension before included */
    acts_assert_written(&acts, 1, "verified");
}

TEST(approve_by_somebody_who_is_not_listed_is_refused)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_approval(&acts, "suspend = 1; deprovision = 1; approvers = ( { user = \"daemon\"; } );");
    acts_plan(&acts, 0);
    DECIDE(&acts, 20, "not among the configured approvers", "approve", "--digest", "DIGEST");
    sit_down("2");
    DECIDE(&acts, 20, "'bin' is not among", "approve", "--digest", "DIGEST");
    assert_int_equal(count_approvals(&acts), 0);
    sit_down("1");
    DECIDE(&acts, 0, "by 'daemon'", "approve", "--digest", "DIGEST");
    sit_down("4000000");
    DECIDE(&acts, 70, "4000000", "approve", "--digest", "DIGEST");
}

TEST(approve_of_ones_own_account_is_refused)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup)
    char *email = acts_ask(&acts, "select email from reconcile.plan_row where account_id = '%s'",
                           acts.row[0].id);
    CLEANUP(text_release) struct text settings = TEXT_INIT;
    text_addf(&settings,
              "suspend = 1; approvers = ( { user = \"daemon\"; email = \"%s\"; },"
              " { user = \"bin\"; email = \"b@acme.example\"; } );",
              email);
    acts_approval(&acts, text_cstr(&settings));
    sit_down("1");
    DECIDE(&acts, 20, "own account", "approve", "--digest", "DIGEST");
    CLEANUP(mem_cleanup)
    char *only = end_file(&acts.end, "other", acts.row[1].id, strlen(acts.row[1].id));
    DECIDE(&acts, 20, "own account", "approve", "--digest", "DIGEST", "--only", only);
    sit_down("2");
    DECIDE(&acts, 0, NULL, "approve", "--digest", "DIGEST");
    sit_down(NULL);
    acts_approval(&acts, "suspend = 1;"); /* no list: the name alone tells */
    end_change_user(&acts.end, acts.row[0].id, "username=daemon");
    acts_plan(&acts, 0);
    sit_down("1");
    DECIDE(&acts, 20, "own account", "approve", "--digest", "DIGEST");
}

TEST(approve_writes_nothing_to_the_portal_and_asks_it_nothing)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    double requests = end_stat(&acts.end, "requests");
    DECIDE(&acts, 0, NULL, "approve", "--digest", "DIGEST");
    DECIDE(&acts, 0, NULL, "reject", "--reason", "no");
    assert_true(end_stat(&acts.end, "requests") == requests);
}
