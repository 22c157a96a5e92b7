/*
 * Brakes of amount and of time, met by the whole program: what is too much at once is refused when
 * it is approved, and waits when it has become so since; outside of the windows and in a freeze
 * nothing is done and nobody must act. And whoever opens the page afterwards reads what was done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "test.h"

/* A run that must end so. */
static void run(struct acts *acts, int code)
{
    RUN(result, &acts->end, "run");
    end_assert_code(&result, code);
}

/* What is said to the approval of the newest plan, with further words. */
static struct end_result approve(struct acts *acts, int code, const char *const *more)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    const char *words[12] = {"approve", NULL, "--digest", acts->digest};
    size_t count = 4;

    text_addf(&plan, "%lld", (long long)acts->plan);
    words[1] = text_cstr(&plan);
    for (; more && *more; more++) {
        assert_true(count + 1 < COUNT_OF(words));
        words[count++] = *more;
    }
    struct end_result result = end_run(&acts->end, words);
    end_assert_code(&result, code);
    return result;
}
#define APPROVE(name, acts, code, ...)                                                             \
    CLEANUP(end_result_release)                                                                    \
    __attribute__((unused)) struct end_result name =                                               \
        approve(acts, code, (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static int64_t count_standing(struct acts *acts)
{
    return end_count(&acts->end, "select count(*) from reconcile.ruling where ended_at is null");
}

/* --- administrators (G9) --- */

#define ADMIN_ROLE "'%%USERMANAGEMENT%%' limit 1"

/* The last leaver gets the profile of an administrator, and nobody else has it. */
static void make_one_administrator(struct acts *acts, char **ret_id, char **ret_form,
                                   char **ret_other)
{
    acts_only_suspend(acts);
    end_set(&acts->end, END_SUSPEND,
            "count = 100; percent = 100.0; rolling_days = 30; rolling_count = 100; };"
            " min_admins = 1; deprovision: { count = 100;");
    acts_plan(acts, 0);
    *ret_form = acts_ask(acts, "select 'profileId=' || profile_id from reconcile.profile_version"
                               " where roles::text like " ADMIN_ROLE);
    *ret_other = acts_ask(acts, "select 'profileId=' || profile_id from reconcile.profile_version"
                                " where roles::text not like " ADMIN_ROLE);
    *ret_id = mem_strdup(acts->row[2].id);
    end_change_user(&acts->end, *ret_id, *ret_form);
    acts_plan(acts, 0);
}

TEST(approve_that_leaves_too_few_administrators_records_nothing)
{
    WORLD(acts, 3, 6, NULL);
    CLEANUP(mem_cleanup) char *last = NULL, *form = NULL, *other = NULL;

    make_one_administrator(&acts, &last, &form, &other);
    APPROVE(refused, &acts, 20);
    end_assert_says(&refused.err, "fewer than 1 administrators would be left");
    end_assert_says(&refused.err, "'--except FILE'");
    assert_int_equal(count_standing(&acts), 0);
    APPROVE(spread, &acts, 20, "--spread"); /* on no night is there room for it */
    assert_int_equal(count_standing(&acts), 0);
    CLEANUP(mem_cleanup) char *except = end_file(&acts.end, "except", last, strlen(last));
    APPROVE(others, &acts, 0, "--except", except);
    assert_int_equal(count_standing(&acts), 2);
    run(&acts, 0);
    acts_assert_no_step(&acts, last);
    assert_int_equal(acts_writes(&acts), 2);
    acts_plan(&acts, 0);
    APPROVE(all, &acts, 0, "--override", "G9", "--reason", "the portal is given up");
    run(&acts, 0);
    assert_int_equal(acts_writes_on(&acts, last), 1);
}

/* Approved while there was another one, who is none any more: no day helps, a person must. */
TEST(run_that_would_take_the_last_administrator_is_red_until_a_person_decides)
{
    WORLD(acts, 3, 6, NULL);
    CLEANUP(mem_cleanup) char *last = NULL, *form = NULL, *other = NULL;

    make_one_administrator(&acts, &last, &form, &other);
    end_change_user(&acts.end, "staaa", form);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    end_change_user(&acts.end, "staaa", other);
    run(&acts, 21);
    assert_int_equal(acts_writes(&acts), 2); /* the others are done all the same */
    acts_assert_no_step(&acts, last);
    run(&acts, 20);
    RUN(withdrawn, &acts.end, "withdraw", last, "--reason", "they stay for now");
    end_assert_code(&withdrawn, 0);
    run(&acts, 0);
    assert_int_equal(acts_writes_on(&acts, last), 0);
}

/* --- countries (G10) --- */

/* Everybody in these worlds is of one country. */
TEST(approve_of_too_much_of_a_country_records_nothing_without_an_override)
{
    WORLD(acts, 4, 8, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    APPROVE(refused, &acts, 20);
    end_assert_says(&refused.err, "more than a fifth of a department or country");
    end_assert_says(&refused.err, "(G10)");
    assert_int_equal(count_standing(&acts), 0);
    APPROVE(overridden, &acts, 0, "--override", "G10", "--reason", "the office is closed");
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 4);
}

/* Approved as four of 24; tonight they are four of twelve, and up to three no percent forbids. */
TEST(run_takes_of_a_country_what_a_day_allows_and_the_rest_the_next_day)
{
    WORLD(acts, 4, 20, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    for (int i = 0; i < 12; i++) {
        char who[8];
        (void)snprintf(who, sizeof(who), "staa%c", 'a' + i);
        end_change_user(&acts.end, who, "active=0");
    }
    run(&acts, 0); /* the last one waits for a day, and nobody must act */
    assert_int_equal(acts_writes(&acts), 3);
    assert_int_equal(count_standing(&acts), 1);
    acts_move_to(&acts, 1);
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 4);
    assert_int_equal(count_standing(&acts), 0);
}

/* --- windows and freezes (G12) --- */

static void set_calendar(struct acts *acts, const char *settings)
{
    end_set(&acts->end, END_REST,
            "approval: { suspend = 1; deprovision = 1; };"
            "apply: { settle_seconds = 1; canary_minutes = 0; %s };",
            settings);
}

/* Nothing is done, it is no failure, and the approval is as good as before. */
static void check_closed(struct acts *acts, const char *settings, const char *says)
{
    set_calendar(acts, settings);
    RUN(result, &acts->end, "run");
    end_assert_code(&result, 0);
    end_assert_says(&result.err, says);
    assert_int_equal(acts_writes(acts), 0);
    assert_int_equal(count_standing(acts), 2);
}

TEST(run_outside_of_the_windows_or_in_a_freeze_waits_and_is_no_failure)
{
    WORLD(acts, 2, 4, NULL); /* it lives on a Tuesday */
    CLEANUP(text_release) struct text freeze = TEXT_INIT;

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup)
    char *days = acts_ask(&acts, "select (today - 1) || '/' || (today + 1) from reconcile.plan");
    text_addf(&freeze, "freeze = [ \"%s\" ];", days);
    check_closed(&acts, "windows = [ \"Sat 01:00-05:00\" ];", "2 rows wait");
    check_closed(&acts, text_cstr(&freeze), "2 rows wait");
    assert_int_equal(end_count(&acts.end, "select count(*) from reconcile.ruling"
                                          " where could_act_at is not null"),
                     0); /* nor does its time run */
    set_calendar(&acts, "windows = [ \"Mon-Thu 00:00-24:00\" ];");
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 2);
    assert_int_equal(count_standing(&acts), 0);
}

/* HR's week is not the timer's: what waits for a window that no run meets would wait for ever. */
TEST(runs_that_never_meet_a_window_are_told_after_a_week)
{
    WORLD(acts, 2, 4, NULL); /* it lives on a Tuesday */

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    set_calendar(&acts, "windows = [ \"Sat 01:00-05:00\" ];");
    for (int night = 0; night < 4; night++)
        run(&acts, 0);
    end_change(&acts.end, "update reconcile.run set started_at = (started_at at time zone 'UTC' - "
                          "interval '7 days') at time zone 'UTC'"
                          " where verb = 'run'");
    RUN(missed, &acts.end, "run");
    end_assert_code(&missed, 20);
    end_assert_says(&missed.err, "began inside of apply.windows");
    end_assert_says(&missed.err, "2 rows");
    assert_int_equal(acts_writes(&acts), 0);
    /* one of them met a window: it is only closed now */
    CLEANUP(mem_cleanup)
    char *saturday = acts_ask(&acts, "select date_trunc('week', max(started_at)) + interval '5 days"
                                     " 2 hours' from reconcile.run where verb = 'run'");
    assert_int_equal(acts_change(&acts,
                                 "update reconcile.run set started_at = '%s' where run_id ="
                                 " (select max(run_id) from reconcile.run where verb = 'run')",
                                 saturday),
                     1);
    run(&acts, 0);
    set_calendar(&acts, "windows = [ \"Mon-Thu 00:00-24:00\" ];");
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 2);
}

/* --- what was done --- */

TEST(page_after_the_acts_says_what_was_done)
{
    WORLD(acts, 3, 4, NULL);
    CLEANUP(mem_cleanup) char *reports = probe_path(&acts.end.probe, "reports");

    acts_only_suspend(&acts);
    end_set(&acts.end, END_REST,
            "approval: { suspend = 1; deprovision = 1; };"
            "apply: { settle_seconds = 1; canary_minutes = 0; };"
            "report: { directory = \"%s\"; formats = [ \"text\", \"html\" ]; };",
            reports);
    acts_plan(&acts, 0);
    acts_approve_only(&acts, acts.row[1].id);
    run(&acts, 0);
    CLEANUP(mem_cleanup) char *path = probe_path(&acts.end.probe, "reports/end-plan-2.html");
    CLEANUP(mem_cleanup) char *page = end_read(path);
    RUN(shown, &acts.end, "show", "--format", "html");
    RUN(text, &acts.end, "show");
    /* Of one row alone: beside it, and on the page where it says what was done as well. */
    const struct {
        const char *text;
        size_t times;
    } all[] = {{page, 2}, {text_cstr(&shown.out), 2}, {text_cstr(&text.out), 1}};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        size_t times = 0;
        assert_non_null(strstr(all[i].text, "suspended 1; would suspend 2 more"));
        for (const char *at = all[i].text; (at = strstr(at, "suspended on ")); at++)
            times++;
        assert_int_equal(times, all[i].times);
    }
}
