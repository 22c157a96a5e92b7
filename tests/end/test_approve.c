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

/* limits: so many a day, and nothing else. */
#define ONLY_COUNT(n)                                                                              \
    "count = " #n "; percent = 100.0; rolling_days = 30; rolling_count = 100;"                     \
    " rolling_percent = 100.0;"

/* Who is at the keyboard; NULL: whoever runs the test. */
static void sit_down(const char *uid)
{
    end_sits(uid);
}

static int stand_up(void **state)
{
    (void)state;
    sit_down(NULL);
    return 0;
}

TEST_EACH(stand_up, NULL);

/* approve or reject of the newest plan with these further words, which must end so. Both streams.
 */
static void decide(struct acts *acts, int code, const char *says, const char *const *words)
{
    CLEANUP(mem_cleanup) char *plan = NULL;
    const char *all[14] = {words[0], NULL};
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

static int64_t count_rulings(struct acts *acts)
{
    return end_count(&acts->end, "select count(*) from reconcile.ruling");
}

static int64_t count_standing(struct acts *acts)
{
    return end_count(&acts->end, "select count(*) from reconcile.ruling where ended_at is null");
}

/* So many days from the day of the newest plan, as the program writes it. */
static char *day_behind(struct acts *acts, int days)
{
    return acts_ask(
        acts, "select (today + %d)::text from reconcile.plan order by plan_id desc limit 1", days);
}

static void assert_says_nights(const struct text *out, struct acts *acts, size_t nights, int each)
{
    for (size_t i = 0; i < nights; i++) {
        CLEANUP(mem_cleanup) char *day = day_behind(acts, (int)i + 1);
        CLEANUP(text_release) struct text line = TEXT_INIT;
        text_addf(&line, "\n  %s: %d", day, each);
        end_assert_says(out, text_cstr(&line));
    }
    CLEANUP(mem_cleanup) char *behind = day_behind(acts, (int)nights + 1);
    end_assert_silent_of(out, behind);
}

/* --- which plan, which row --- */

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
    assert_int_equal(count_rulings(&acts), 0);
}

/* Plans do not expire, decisions do: a week after the first night that could have acted. */
TEST(approve_of_an_old_plan_counts_and_an_old_approval_does_not)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    (void)acts_change(&acts, "update reconcile.plan set expires_at = now() - interval '1 s'");
    RUN(shown, &acts.end, "show", "1");
    end_assert_silent_of(&shown.out, "expired");
    DECIDE(&acts, 0, "2 rows approved", "approve", "--digest", "DIGEST");
    (void)acts_change(&acts, "update reconcile.ruling set could_act_at = (at at time zone 'UTC' - "
                             "interval '168 h') at time zone 'UTC'");
    APPLY(late, &acts, 20);
    end_assert_says(&late.err, "no row of plan 1 is approved");
    assert_int_equal(acts_writes(&acts), 0);
    (void)acts_change(&acts, "update reconcile.ruling set could_act_at = (at at time zone 'UTC' - "
                             "interval '167 h') at time zone 'UTC'");
    APPLY(early, &acts, 0);
    assert_int_equal(acts_writes(&acts), 2);
}

/* The mail of last night names a plan that is superseded: its rows are still the same rows. */
TEST(approve_of_a_superseded_plan_counts_for_the_rows_that_are_the_same)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *digest = mem_strdup(acts.digest);
    CLEANUP(mem_cleanup) char *changed = mem_strdup(acts.row[1].id);
    end_change_user(&acts.end, changed, "email=other@acme.example");
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 3);
    RUN(newer, &acts.end, "approve", "1", "--digest", acts.digest);
    end_assert_code(&newer, 20); /* its own digest, not the newest plan's */
    RUN(older, &acts.end, "approve", "1", "--digest", digest);
    end_assert_code(&older, 0);
    end_assert_says(&older.out, "2 rows approved");
    end_assert_says(&older.out, changed);
    end_assert_says(&older.out, "it is about something else since");
    RUN(applied, &acts.end, "apply", "1");
    end_assert_code(&applied, 0);
    assert_int_equal(acts_writes(&acts), 2);
    assert_int_equal(acts_writes_on(&acts, changed), 0);
    RUN(gone, &acts.end, "approve", "1", "--digest", digest);
    end_assert_code(&gone, 20); /* nothing of it is left */
}

TEST(approve_of_a_plan_of_which_nothing_is_left_is_refused)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_do_all(&acts);
    DECIDE(&acts, 20, "does not propose it any more", "approve", "--digest", "DIGEST");
    DECIDE(&acts, 20, "does not propose it any more", "reject", "--reason", "too late");
    acts_plan(&acts, 0);
    DECIDE(&acts, 20, "nothing to decide on", "approve", "--digest", "DIGEST");
    DECIDE(&acts, 20, "nothing to decide on", "reject", "--reason", "too late");
    assert_int_equal(acts_writes(&acts), 2);
    assert_int_equal(count_standing(&acts), 0); /* an approval ends with its act */
}

/* --- what stands against an approval --- */

TEST(reject_ends_the_approvals_of_its_rows_and_no_approval_ends_it)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    DECIDE(&acts, 64, "--reason", "reject");
    DECIDE(&acts, 0, NULL, "approve", "--digest", "DIGEST");
    DECIDE(&acts, 0, "2 rows rejected", "reject", "--reason", "ask HR first");
    CLEANUP(mem_cleanup)
    char *why = acts_ask(&acts, "select string_agg(distinct reason, ',') from reconcile.ruling"
                                " where kind = 'reject' and ended_at is null");
    assert_string_equal(why, "ask HR first");
    CLEANUP(mem_cleanup)
    char *ended = acts_ask(&acts, "select string_agg(distinct end_word, ',') from reconcile.ruling"
                                  " where kind = 'approve'");
    assert_string_equal(ended, "newer");
    DECIDE(&acts, 20, "rejected until", "approve", "--digest", "DIGEST");
    DECIDE(&acts, 0, "2 rows rejected", "reject", "--reason", "again");
    assert_int_equal(count_standing(&acts), 2); /* the newer word of the same person */
    APPLY(applied, &acts, 20);
    acts_assert_plan_state(&acts, "rejected");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0);
    assert_int_equal(acts_writes(&acts), 0);
}

TEST(reject_of_one_row_leaves_the_others)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *rejected = mem_strdup(acts.row[1].id);
    CLEANUP(mem_cleanup) char *only = end_file(&acts.end, "one", rejected, strlen(rejected));
    DECIDE(&acts, 0, "1 rows rejected", "reject", "--only", only, "--reason", "she stays");
    DECIDE(&acts, 0, "2 rows approved", "approve", "--digest", "DIGEST");
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 2");
    acts_assert_no_step(&acts, rejected);
    assert_int_equal(acts_writes_on(&acts, rejected), 0);
}

/* Up to and including its day; and whoever was ever rejected needs a person. */
TEST(reject_until_a_day_holds_on_that_day_and_not_behind_it)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_approval(&acts, "suspend = 0; deprovision = 1;");
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *rejected = mem_strdup(acts.row[0].id);
    CLEANUP(mem_cleanup) char *only = end_file(&acts.end, "one", rejected, strlen(rejected));
    DECIDE(&acts, 64, "--until takes a day", "reject", "--only", only, "--reason", "x", "--until",
           "soon");
    DECIDE(&acts, 64, "--until", "reject", "--only", only, "--reason", "x", "--until",
           "2020-01-01");
    assert_int_equal(count_rulings(&acts), 0);
    DECIDE(&acts, 0, NULL, "reject", "--only", only, "--reason", "x", "--until", "2199-01-01");
    CLEANUP(mem_cleanup)
    char *until = acts_ask(&acts, "select until::text from reconcile.ruling");
    assert_string_equal(until, "2199-01-01");
    acts_approve_only(&acts, acts.row[1].id); /* the rule's text has its person now (G11) */
    CLEANUP(mem_cleanup) char *today = day_behind(&acts, 0);
    (void)acts_change(&acts, "update reconcile.ruling set until = '%s' where kind = 'reject'",
                      today);
    RUN(on_its_day, &acts.end, "run");
    end_assert_code(&on_its_day, 0);
    assert_int_equal(acts_writes(&acts), 1);
    assert_int_equal(acts_writes_on(&acts, rejected), 0);
    (void)acts_change(&acts, "update reconcile.ruling set until = until - 1 where kind = 'reject'");
    RUN(behind_it, &acts.end, "run");
    end_assert_code(&behind_it, 0);
    assert_int_equal(acts_writes_on(&acts, rejected), 0); /* proposed, and not done by itself */
    acts_do_all(&acts);
    assert_int_equal(acts_writes_on(&acts, rejected), 1);
}

/* --- more than a day allows --- */

TEST(approve_above_a_limit_records_nothing_without_an_override)
{
    WORLD(acts, 3, 4, NULL);

    acts_limit(&acts, ONLY_COUNT(1), NULL);
    acts_plan(&acts, 0); /* what lies on a desk holds nothing */
    DECIDE(&acts, 20, "nothing is recorded", "approve", "--digest", "DIGEST");
    DECIDE(&acts, 20, "limits.suspend", "approve", "--digest", "DIGEST");
    DECIDE(&acts, 64, "needs a --reason", "approve", "--digest", "DIGEST", "--override", "G7");
    DECIDE(&acts, 20, "nothing is recorded", "approve", "--digest", "DIGEST", "--override", "G8",
           "--reason", "x");
    DECIDE(&acts, 64, "acknowledge", "approve", "--digest", "DIGEST", "--override", "G4",
           "--reason", "x");
    DECIDE(&acts, 64, NULL, "approve", "--digest", "DIGEST", "--override", "rubbish", "--reason",
           "x");
    assert_int_equal(count_rulings(&acts), 0);
    APPLY(before, &acts, 20);
    assert_int_equal(acts_writes(&acts), 0);
    DECIDE(&acts, 0, "3 rows approved", "approve", "--digest", "DIGEST", "--override", "G7",
           "--reason", "the Utrecht office closed");
    CLEANUP(mem_cleanup)
    char *recorded = acts_ask(&acts, "select distinct concat(overrides, ' ', plan_id, ' ', reason)"
                                     " from reconcile.ruling");
    assert_string_equal(recorded, "{G7} 1 the Utrecht office closed");
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 3");
}

/* An override is for the rows it was given with, in any plan, and for no other. */
TEST(override_belongs_to_its_rows_and_leaves_the_limit_to_the_others)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_limit(&acts, ONLY_COUNT(1), NULL);
    acts_plan(&acts, 0);
    CLEANUP(text_release) struct text two = TEXT_INIT;
    text_addf(&two, "%s\n%s\n", acts.row[2].id, acts.row[3].id);
    CLEANUP(mem_cleanup) char *path = end_file(&acts.end, "two", two.data, two.length);
    DECIDE(&acts, 0, "2 rows approved", "approve", "--digest", "DIGEST", "--only", path,
           "--override", "G7", "--reason", "they asked");
    acts_plan(&acts, 0);
    CLEANUP(text_release) struct text others = TEXT_INIT;
    text_addf(&others, "%s\n%s\n", acts.row[0].id, acts.row[1].id);
    CLEANUP(mem_cleanup) char *rest = end_file(&acts.end, "rest", others.data, others.length);
    DECIDE(&acts, 20, "the day allows 1", "approve", "--digest", "DIGEST", "--only", rest);
    acts_approve_only(&acts, acts.row[0].id);
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 3");
    acts_assert_no_step(&acts, acts.row[1].id);
    acts_assert_written(&acts, 0, "verified");
}

/* Approved for tomorrow is not weighed against what was done today. */
TEST(approve_weighs_the_day_it_will_be_done_on)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_limit(&acts, ONLY_COUNT(2), NULL);
    acts_plan(&acts, 0);
    CLEANUP(text_release) struct text two = TEXT_INIT;
    text_addf(&two, "%s\n%s\n", acts.row[0].id, acts.row[1].id);
    CLEANUP(mem_cleanup) char *path = end_file(&acts.end, "two", two.data, two.length);
    DECIDE(&acts, 0, "2 rows approved", "approve", "--digest", "DIGEST", "--only", path);
    APPLY(today, &acts, 0);
    assert_int_equal(acts_writes(&acts), 2);
    acts_plan(&acts, 0);
    DECIDE(&acts, 0, "2 rows approved", "approve", "--digest", "DIGEST");
    APPLY(full, &acts, 0); /* this day is full: they wait, and nothing is wrong with that */
    end_assert_says(&full.out, "2 approved and due wait");
    assert_int_equal(acts_writes(&acts), 2);
    (void)acts_change(&acts, "update reconcile.act set done_at = (done_at at time zone 'UTC' - "
                             "interval '1 day') at time zone 'UTC'");
    APPLY(tomorrow, &acts, 0);
    assert_int_equal(acts_writes(&acts), 4);
}

TEST(approve_spread_says_its_nights_and_each_does_what_fits)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_limit(&acts,
               "count = 1; percent = 100.0; rolling_days = 30; rolling_count = 2;"
               " rolling_percent = 100.0;",
               NULL);
    acts_plan(&acts, 0);
    DECIDE(&acts, 20, "--spread", "approve", "--digest", "DIGEST");
    RUN(spread, &acts.end, "approve", "1", "--digest", acts.digest, "--spread");
    end_assert_code(&spread, 0);
    end_assert_says(&spread.out, "4 rows approved");
    assert_says_nights(&spread.out, &acts, 4, 1);
    for (size_t night = 1; night <= 4; night++) { /* also behind what the window alone allows */
        RUN(run, &acts.end, "run");
        end_assert_code(&run, 0);
        assert_int_equal(acts_writes(&acts), night);
        RUN(again, &acts.end, "run"); /* the same day */
        end_assert_code(&again, 0);
        assert_int_equal(acts_writes(&acts), night);
        (void)acts_change(&acts, "update reconcile.act set done_at = (done_at at time zone 'UTC' - "
                                 "interval '1 day') at time zone 'UTC'");
    }
    acts_assert_steps(&acts, "verified 4");
    acts_assert_written(&acts, 0, "verified"); /* in the order of the plan */
    assert_int_equal(count_standing(&acts), 0);
}

TEST(approve_nightly_is_fewer_than_the_limit_and_says_why)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_limit(&acts, ONLY_COUNT(3), NULL);
    acts_plan(&acts, 0);
    DECIDE(&acts, 64, "--nightly", "approve", "--digest", "DIGEST", "--nightly", "2", "--reason",
           "x");
    DECIDE(&acts, 64, "--nightly", "approve", "--digest", "DIGEST", "--spread", "--nightly", "2");
    DECIDE(&acts, 64, "--nightly", "approve", "--digest", "DIGEST", "--spread", "--nightly", "0",
           "--reason", "x");
    assert_int_equal(count_rulings(&acts), 0);
    RUN(spread, &acts.end, "approve", "1", "--digest", acts.digest, "--spread", "--nightly", "2",
        "--reason", "the help desk is small");
    end_assert_code(&spread, 0);
    assert_says_nights(&spread.out, &acts, 2, 2);
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0);
    assert_int_equal(acts_writes(&acts), 2);
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
    acts_assert_steps(&acts, "verified 2");
    acts_assert_written(&acts, 0, "verified");
    acts_assert_no_step(&acts, acts.row[0].id);
    acts_assert_no_step(&acts, acts.row[2].id);
    assert_int_equal(acts_writes_on(&acts, acts.row[0].id), 0);
    RUN(shown, &acts.end, "show", "1", "--format", "json");
    end_assert_says(&shown.out, acts.digest); /* the plan itself is as it was */
}

/* A name with a line of somebody else's in it, in a report that they were taken out of. */
TEST(approve_only_the_rows_left_in_the_csv_whatever_somebody_is_called)
{
    WORLD(acts, 4, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(text_release) struct text form = TEXT_INIT, name = TEXT_INIT;
    text_addf(&name, "Mallory\"\n%s,x,\"\r%s", acts.row[0].id, acts.row[1].id);
    text_add(&form, "firstname=");
    text_add_url(&form, text_cstr(&name));
    end_change_user(&acts.end, acts.row[2].id, text_cstr(&form));
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *path = make_edited_csv(&acts, acts.row[2].id, acts.row[3].id);
    CLEANUP(mem_cleanup) char *edited = end_read(path);
    assert_non_null(strstr(edited, "Mallory\"\"\\x0a"));
    CLEANUP(text_release) struct text without = TEXT_INIT; /* every line that begins with row 0 */
    for (const char *line = edited; *line;) {
        size_t length = strcspn(line, "\n") + 1;
        if (!text_starts(line, acts.row[0].id))
            text_add_bytes(&without, line, length);
        line += length;
    }
    CLEANUP(mem_cleanup) char *cut = end_file(&acts.end, "cut.csv", without.data, without.length);
    DECIDE(&acts, 0, "2 rows approved", "approve", "--digest", "DIGEST", "--only", cut);
    APPLY(applied, &acts, 0);
    acts_assert_no_step(&acts, acts.row[0].id);
    acts_assert_no_step(&acts, acts.row[1].id);
    acts_assert_steps(&acts, "verified 2");
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
    acts_assert_no_step(&acts, acts.row[2].id);
    acts_assert_steps(&acts, "verified 3");
}

TEST(approve_except_the_rows_of_the_edited_csv_does_the_others)
{
    WORLD(acts, 4, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *path = make_edited_csv(&acts, acts.row[0].id, acts.row[2].id);
    DECIDE(&acts, 0, "  2 excepted", "approve", "--digest", "DIGEST", "--except", path);
    APPLY(applied, &acts, 0);
    acts_assert_no_step(&acts, acts.row[0].id);
    acts_assert_no_step(&acts, acts.row[2].id);
    acts_assert_steps(&acts, "verified 2");
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
    DECIDE(&acts, 64, "empty: names nobody", "approve", "--digest", "DIGEST", "--only", empty);
    DECIDE(&acts, 64, "empty: names nobody", "approve", "--digest", "DIGEST", "--except", empty);
    assert_int_equal(count_rulings(&acts), 0);
}

/* --- who --- */

TEST(approve_of_a_deletion_needs_two_different_people)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip(); /* root alone can be somebody else */
    acts_approval(&acts, "suspend = 1; deprovision = 2;");
    sit_down("2");
    acts_prepare_both(&acts); /* approved by one */
    DECIDE(&acts, 0, "1 need somebody else", "approve", "--digest", "DIGEST");
    assert_int_equal(count_standing(&acts), 2); /* said twice, it is one person's word */
    sit_down("1");
    RUN(daemon, &acts.end, "approve", "3", "--digest", acts.digest);
    end_assert_code(&daemon, 0);
    end_assert_says(&daemon.out, "2 rows approved by 'daemon'");
    end_assert_silent_of(&daemon.out, "somebody else");
    CLEANUP(mem_cleanup)
    char *who = acts_ask(&acts,
                         "select string_agg(who, ',' order by who) from reconcile.ruling"
                         " where ended_at is null and account_id = '%s'",
                         acts.row[1].id);
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
    acts_assert_steps(&acts, "verified 1");
    acts_assert_no_step(&acts, acts.row[1].id);
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
    assert_int_equal(count_rulings(&acts), 0);
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
    CLEANUP(mem_cleanup)
    char *own = end_file(&acts.end, "own", acts.row[0].id, strlen(acts.row[0].id));
    DECIDE(&acts, 20, "own account", "approve", "--digest", "DIGEST", "--only", own);
    DECIDE(&acts, 20, "own account", "reject", "--only", own, "--reason", "x");
    DECIDE(&acts, 0, "this is the own account of 'daemon'", "approve", "--digest", "DIGEST");
    CLEANUP(mem_cleanup)
    char *whose = acts_ask(&acts, "select string_agg(account_id, ',') from reconcile.ruling");
    assert_string_equal(whose, acts.row[1].id); /* the other row alone */
    sit_down("2");
    DECIDE(&acts, 0, "2 rows approved by 'bin'", "approve", "--digest", "DIGEST");
    sit_down(NULL);
    acts_approval(&acts, "suspend = 1; approvers = ();"); /* no list: the name alone tells */
    end_change_user(&acts.end, acts.row[0].id, "username=daemon");
    acts_plan(&acts, 0);
    sit_down("1");
    DECIDE(&acts, 0, "own account", "approve", "--digest", "DIGEST");
    DECIDE(&acts, 20, "own account", "approve", "--digest", "DIGEST", "--only", own);
}

/* Who may decide is asked again when it is done, of the configuration in force. */
TEST(approval_of_somebody_who_is_not_listed_any_more_does_not_count)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_plan(&acts, 0);
    sit_down("1");
    acts_approve(&acts);
    acts_approval(&acts, "suspend = 1; deprovision = 1; approvers = ( { user = \"bin\"; } );");
    APPLY(refused, &acts, 20);
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0); /* it waits for somebody who may */
    assert_int_equal(acts_writes(&acts), 0);
    acts_approval(&acts, "suspend = 1; deprovision = 1;"
                         " approvers = ( { user = \"bin\"; }, { user = \"daemon\"; } );");
    APPLY(applied, &acts, 0);
    acts_assert_steps(&acts, "verified 2");
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
