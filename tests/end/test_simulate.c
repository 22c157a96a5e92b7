/*
 * What if, as a user asks it: every threshold is what `plan` then says with it, row by row; and of
 * nights that were it is told who would have lost the seat, and who came back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "story.h"
#include "test.h"

#define IDLE(days)                                                                                 \
    "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = " days                      \
    "; }; do = \"suspend\"; grace_days = 14; }"

static struct json_object *find_row(struct json_object *rows, const char *id)
{
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        if (json_object_get_string(end_at(row, "account_id")) &&
            strcmp(end_text_at(row, "account_id"), id) == 0)
            return row;
    }
    return NULL;
}

/* A login that was read tonight is in the history when it is asked what if: who told it is no part
 * of the comparison. */
static char *shown(struct json_object *row, const char *field)
{
    struct json_object *value = end_at(row, field);
    char *text = mem_strdup(value ? json_object_get_string(value) : "none");
    char *from = strstr(text, "days ago, from "), *end = from ? strchr(from, ')') : NULL;

    if (end)
        memmove(from, end, strlen(end) + 1);
    return text;
}

/* Each row that the plan would carry out, as it is in the simulation, and no others. */
static void assert_same_rows(struct json_object *plan, struct json_object *simulated, int days)
{
    static const char *const fields[] = {"action", "rule",    "row",    "not_before",
                                         "reason", "held_by", "subject"};
    struct json_object *rows = end_at(plan, "decisions"), *others = end_at(simulated, "rows");
    size_t acts = 0;

    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        if (strcmp(end_text_at(row, "action"), "keep") == 0)
            continue;
        struct json_object *other = find_row(others, end_text_at(row, "account_id"));
        if (!other)
            fail_msg("at %d days %s is not simulated", days, end_text_at(row, "email"));
        for (size_t f = 0; f < COUNT_OF(fields); f++) {
            CLEANUP(mem_cleanup) char *is = shown(other, fields[f]);
            CLEANUP(mem_cleanup) char *wanted = shown(row, fields[f]);
            if (strcmp(is, wanted) != 0)
                fail_msg("at %d days %s of %s: '%s', not '%s'", days, fields[f],
                         end_text_at(row, "email"), is, wanted);
        }
        acts++;
    }
    assert_int_equal(json_object_array_length(others), acts);
    assert_int_equal(end_number_at(simulated, "acts"), acts);
    assert_int_equal(end_number_at(simulated, "unread"), 0); /* all were read just before */
    assert_int_equal(end_number_at(plan, "totals.seats_now") -
                         end_number_at(plan, "totals.seats_after"),
                     end_number_at(simulated, "seats"));
}

TEST(simulate_of_ten_thresholds_is_what_plan_says_with_each_row_by_row)
{
    static const int thresholds[] = {5, 20, 30, 45, 60, 90, 120, 180, 250, 365};
    STORY(story, 30);

    for (int i = 0; i < 24; i++) {
        CLEANUP(mem_cleanup) char *name = mem_calloc(1, 16);
        (void)snprintf(name, 16, "i%c%c", 'a' + i / 6, 'a' + i % 6);
        story_idles(&story, name, 4 + 17 * i);
    }
    (void)story_joins(&story, "lea");
    story_leaves(&story, "lea");
    story_rules(&story, STORY_DEPARTED ", " IDLE("90"));
    story_nights(&story, 2); /* announcements stand, and count */
    RUN(result, &story.end, "simulate", "--idle", "5,20,30,45,60,90,120,180,250,365", "--format",
        "json");
    end_assert_code(&result, 0);
    JSON(simulated, end_json(&result));
    struct json_object *of = end_at(simulated, "policies");
    assert_int_equal(json_object_array_length(of), 11);
    assert_null(end_at(simulated, "nights"));
    RUN(newest, &story.end, "show", "--format", "json");
    JSON(as_written, end_json(&newest));
    assert_same_rows(as_written, json_object_array_get_idx(of, 0), 90);
    struct json_object *curve = end_at(as_written, "curve");
    int64_t before = 1000;
    for (size_t t = 0; t < COUNT_OF(thresholds); t++) {
        struct json_object *one = json_object_array_get_idx(of, t + 1);
        CLEANUP(text_release) struct text rules = TEXT_INIT;
        text_addf(&rules,
                  STORY_DEPARTED ", { name = \"idle\"; when = { account = \"active\"; "
                                 "idle_days_min = %d; }; do = \"suspend\"; grace_days = 14; }",
                  thresholds[t]);
        story_rules(&story, text_cstr(&rules));
        story_looks(&story);
        RUN(planned, &story.end, "show", "--format", "json");
        JSON(plan, end_json(&planned));
        assert_same_rows(plan, one, thresholds[t]);
        assert_true(end_number_at(one, "idle") <= before);
        before = end_number_at(one, "idle");
        for (size_t i = 0; i < json_object_array_length(curve); i++) { /* the plan's own chart */
            struct json_object *point = json_object_array_get_idx(curve, i);
            if (end_number_at(point, "days") == thresholds[t])
                assert_int_equal(end_number_at(point, "seats"), end_number_at(one, "seats"));
        }
    }
    assert_true(before > 0);
}

/* What the nights did since is taken in: who is gone is not counted again. */
TEST(simulate_counts_nobody_whose_seat_was_taken_since_the_picture)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_rules(&story, STORY_DEPARTED);
    story_night(&story, 0);
    RUN(before, &story.end, "simulate", "--format", "json");
    JSON(both, end_json(&before));
    struct json_object *of = end_at(both, "policies");
    assert_int_equal(json_object_array_length(of), 1); /* no rule asks for a threshold */
    assert_int_equal(end_number_at(json_object_array_get_idx(of, 0), "seats"), 2);
    assert_null(end_at(json_object_array_get_idx(of, 0), "days"));
    CLEANUP(mem_cleanup) char *only = story_names(&story, "lea");
    DECIDES(&story, 0, NULL, "approve", "--only", only);
    SAYS(&story, 0, NULL, "apply");
    story_is_suspended(&story, "lea");
    end_change(&story.end, "update reconcile.plan set snapshot_complete = false where plan_id > 1");
    end_change(&story.end, "update reconcile.snapshot set complete = false where snapshot_id > 1");
    RUN(after, &story.end, "simulate", "--format", "json");
    JSON(one, end_json(&after));
    assert_int_equal(end_number_at(one, "picture.plan"), 1);
    struct json_object *written = json_object_array_get_idx(end_at(one, "policies"), 0);
    assert_int_equal(end_number_at(written, "seats"), 1);
    assert_non_null(find_row(end_at(written, "rows"), story_find(&story, "leo")->id));
}

static int64_t count_all(struct story *story)
{
    return end_count(&story->end, "select (select count(*) from reconcile.plan)"
                                  " + (select count(*) from reconcile.run)"
                                  " + (select count(*) from reconcile.audit_event)"
                                  " + (select count(*) from reconcile.snapshot)"
                                  " + (select count(*) from reconcile.announcement)");
}

TEST(simulate_of_another_policy_says_what_it_would_do_and_changes_nothing)
{
    static const char other[] = "# only the policy of it is asked\n"
                                "policy: { time_zone = \"UTC\"; rules = ( { name = \"sleepers\"; "
                                "when = { account = \"active\"; idle_days_min = 20; }; "
                                "do = \"suspend\"; } ); };\n";
    static const char wrong[] = "policy: { time_zone = \"UTC\"; rules = ( { name = \"x\"; "
                                "when = { acount = \"active\"; }; do = \"suspend\"; } ); };\n";
    STORY(story, 20);
    CLEANUP(mem_cleanup) char *file = end_file(&story.end, "other", other, strlen(other));
    CLEANUP(mem_cleanup) char *bad = end_file(&story.end, "bad", wrong, strlen(wrong));
    CLEANUP(mem_cleanup) char *none = end_file(&story.end, "none", "a = 1;\n", 7);

    story_idles(&story, "ida", 30);
    story_idles(&story, "ivo", 200);
    RUN(early, &story.end, "simulate");
    end_assert_code(&early, 64);
    end_assert_says(&early.err, "no plan over a whole list of accounts yet");
    story_night(&story, 0);
    int64_t before = count_all(&story);
    double asked = end_stat(&story.end, "requests");
    RUN(result, &story.end, "simulate", "--policy", file, "--format", "json");
    end_assert_code(&result, 0);
    JSON(simulated, end_json(&result));
    struct json_object *written = json_object_array_get_idx(end_at(simulated, "policies"), 0);
    assert_string_equal(end_text_at(simulated, "policy_file"), file);
    assert_int_equal(end_number_at(written, "days"), 20);
    assert_int_equal(end_number_at(written, "seats"), 2);
    assert_int_equal(end_number_at(written, "later"), 0); /* it knows no grace */
    RUN(text, &story.end, "simulate", "--idle", "30,90");
    end_assert_says(&text.out, "on the picture of plan 1 of 2025-09-02 (");
    end_assert_says(&text.out, "as written (from 90)");
    assert_int_equal(count_all(&story), before);
    assert_true(end_stat(&story.end, "requests") == asked);
    SAYS(&story, 78, "unknown condition 'acount'", "simulate", "--policy", bad);
    SAYS(&story, 78, "there is no 'policy' in it", "simulate", "--policy", none);
    SAYS(&story, 64, "numbers of days", "simulate", "--idle", "30,,60");
    SAYS(&story, 64, "numbers of days", "simulate", "--idle", "soon");
    SAYS(&story, 64, "--from is a day", "simulate", "--from", "June");
    SAYS(&story, 64, "--to is before --from", "simulate", "--from", "2025-09-02", "--to",
         "2025-09-01");
    SAYS(&story, 64, "no night of these days", "simulate", "--from", "2025-12-01");
    SAYS(&story, 64, "no format here", "simulate", "--format", "csv");
}

/* --- nights that were --- */

static struct json_object *within(struct json_object *simulated, size_t policy, size_t span)
{
    struct json_object *one = json_object_array_get_idx(end_at(simulated, "policies"), policy);

    return json_object_array_get_idx(end_at(one, "nights.within"), span);
}

static void assert_back(struct json_object *simulated, size_t policy, size_t span, int back,
                        int not_back, int unknown)
{
    struct json_object *told = within(simulated, policy, span);

    assert_int_equal(end_number_at(told, "back"), back);
    assert_int_equal(end_number_at(told, "not_back"), not_back);
    assert_int_equal(end_number_at(told, "unknown"), unknown);
}

/* Five who stop for 30 days: ida comes back within the grace, ivo after 20 days more, ira never,
 * ute is suspended by somebody in the meantime, and jan says what he does every night. */
TEST(simulate_of_stored_nights_says_who_would_have_lost_the_seat_and_came_back)
{
    STORY(story, 10);

    story_rules(&story, IDLE("200"));
    story_idles(&story, "ida", 30);
    story_idles(&story, "ivo", 30);
    story_idles(&story, "ira", 30);
    story_idles(&story, "ute", 30);
    story_joins(&story, "jan");
    for (int night = 1; night <= 130; night++) {
        if (night % 5 == 0 || night < 50) {
            for (size_t i = 0; i < story.count; i++) {
                const char *name = story.person[i].name;
                if (strncmp(name, "i", 1) != 0 && strcmp(name, "ute") != 0)
                    story_logs_in(&story, name);
            }
        }
        if (night == 10)
            story_logs_in(&story, "ida");
        if (night == 35)
            story_logs_in(&story, "ivo");
        if (night == 40)
            story_changes(&story, "ute", "active=0");
        if (night < 50 || night % 10 == 0)
            story_night(&story, 0);
        else
            story_passes(&story, 1);
    }
    RUN(result, &story.end, "simulate", "--idle", "40,200", "--from", "2025-09-01", "--to",
        "2025-10-10", "--format", "json");
    end_assert_code(&result, 0);
    JSON(simulated, end_json(&result));
    assert_int_equal(end_number_at(simulated, "nights.count"), 39);
    assert_string_equal(end_text_at(simulated, "nights.from"), "2025-09-02");
    struct json_object *forty = json_object_array_get_idx(end_at(simulated, "policies"), 1);
    /* ivo, ira, ute: idle for 40 days on 11 September, and gone with its grace on the 25th */
    assert_int_equal(end_number_at(forty, "nights.taken"), 3);
    struct json_object *accounts = end_at(forty, "nights.accounts");
    struct json_object *ivo = find_row(accounts, story_find(&story, "ivo")->id);
    assert_string_equal(end_text_at(ivo, "taken_on"), "2025-09-25");
    assert_string_equal(end_text_at(ivo, "back_on"), "2025-10-05");
    assert_string_equal(json_object_to_json_string_ext(end_at(ivo, "within"), 0),
                        "[\"back\",\"back\"]");
    assert_null(find_row(accounts, story_find(&story, "ida")->id));
    assert_null(find_row(accounts, story_find(&story, "jan")->id));
    assert_back(simulated, 1, 0, 1, 1, 1);
    assert_back(simulated, 1, 1, 1, 1, 1);
    assert_int_equal(
        end_number_at(json_object_array_get_idx(end_at(simulated, "policies"), 2), "nights.taken"),
        0);
    RUN(text, &story.end, "simulate", "--idle", "40", "--to", "2025-10-10");
    end_assert_says(&text.out, "on 39 stored nights from 2025-09-02 to 2025-10-10, watched until ");
}
