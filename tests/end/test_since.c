/*
 * What is new since somebody looked last, over the nights of a small company: what was reviewed
 * need not be reviewed again, in no format.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "story.h"
#include "test.h"

/* The rows are marked as new whose addresses begin so, and no others. */
static void assert_new(struct json_object *plan, const char *names)
{
    struct json_object *rows = end_at(plan, "decisions");
    size_t marked = 0, wanted = 0;

    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        CLEANUP(mem_cleanup)
        char *name =
            mem_strndup(end_text_at(row, "email"), strcspn(end_text_at(row, "email"), "@"));
        bool is_new = json_object_get_boolean(end_at(row, "is_new"));
        if (is_new != (strstr(names, name) != NULL))
            fail_msg("%s is marked %d", name, is_new);
        marked += is_new;
    }
    for (const char *at = names; *at; at += strcspn(at, " "), at += *at == ' ')
        wanted++;
    assert_int_equal(marked, wanted);
}

static void assert_since(struct story *story, int64_t plan, bool decided, const char *rows,
                         const char *counts)
{
    CLEANUP(text_release) struct text is = TEXT_INIT;
    RUN(shown, &story->end, "show", "--format", "json");
    JSON(json, end_json(&shown));

    assert_new(json, rows);
    if (plan == 0) {
        assert_null(end_at(json, "plan.since_plan"));
        return;
    }
    assert_int_equal(end_number_at(json, "plan.since_plan.id"), plan);
    assert_int_equal(json_object_get_boolean(end_at(json, "plan.since_plan.decided")), decided);
    text_addf(&is, "%lld %lld %lld %lld", (long long)end_number_at(json, "plan.since_plan.new"),
              (long long)end_number_at(json, "plan.since_plan.changed"),
              (long long)end_number_at(json, "plan.since_plan.gone"),
              (long long)end_number_at(json, "plan.since_plan.gone_by_acts"));
    assert_string_equal(text_cstr(&is), counts);
}

TEST(a_week_of_nights_is_compared_with_the_plan_that_was_decided_on)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    (void)story_joins(&story, "lia");
    story_idles(&story, "ida", 200);
    story_leaves(&story, "lea");
    story_night(&story, 0);
    assert_since(&story, 0, false, "", "");
    int64_t first = story.plan;
    story_approves(&story); /* ida and lea */
    story_leaves(&story, "leo");
    story_night(&story, 0); /* lea is done in it: her row is in this plan still */
    assert_since(&story, first, true, "leo", "1 0 0 0");
    story_leaves(&story, "lia");
    story_night(&story, 0);
    /* not only since last night: since somebody looked */
    assert_since(&story, first, true, "leo lia", "2 0 1 1");
    CLEANUP(mem_cleanup) char *only = story_names(&story, "leo");
    DECIDES(&story, 0, NULL, "approve", "--only", only);
    story_stays(&story, "lia");
    int64_t second = story.plan;
    story_night(&story, 0);
    assert_since(&story, second, true, "", "0 0 1 0");
}

/* Every format says it, and no digest covers it. */
TEST(what_is_new_is_in_every_format_and_in_no_digest)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    story_idles(&story, "ida", 200);
    story_leaves(&story, "lea");
    story_night(&story, 0);
    DECIDES(&story, 0, NULL, "reject", "--reason", "not before the fair");
    (void)story_joins(&story, "leo");
    story_leaves(&story, "leo");
    story_night(&story, 0);
    CLEANUP(mem_cleanup) char *digest = mem_strdup(story.digest);
    RUN(text, &story.end, "show");
    end_assert_says(&text.out, "new since plan 1 of ");
    end_assert_says(&text.out, "(the last one that people decided on): 1 row; gone since: 0; they\n"
                               "begin with +");
    end_assert_says(&text.out, "\n+ leo");
    end_assert_silent_of(&text.out, "\n+ lea");
    RUN(csv, &story.end, "show", "--format", "csv");
    end_assert_says(&csv.out, ",is_new,");
    RUN(json, &story.end, "show", "--format", "json");
    JSON(plan, end_json(&json));
    assert_string_equal(end_text_at(plan, "plan.digest"), digest);
    CLEANUP(mem_cleanup) char *only = story_names(&story, "leo");
    DECIDES(&story, 0, NULL, "approve", "--only", only); /* by the digest that was shown before */
}

/* --- plans, diff --- */

static struct json_object *row_of(struct json_object *rows, const char *name)
{
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        if (strncmp(end_text_at(row, "email"), name, strlen(name)) == 0)
            return row;
    }
    fail_msg("no row of %s", name);
    return NULL;
}

static void assert_row(struct json_object *rows, const char *name, const char *change,
                       const char *what)
{
    struct json_object *row = row_of(rows, name);

    assert_string_equal(end_text_at(row, "change"), change);
    if (!strstr(end_text_at(row, "what"), what))
        fail_msg("%s: '%s' is not in '%s'", name, what, end_text_at(row, "what"));
}

TEST(diff_says_what_came_went_and_changed_and_who_decided_meanwhile)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    (void)story_joins(&story, "lia");
    story_idles(&story, "ida", 200);
    story_idles(&story, "ivo", 200);
    story_leaves(&story, "lea");
    story_leaves(&story, "lia");
    story_night(&story, 0);
    CLEANUP(mem_cleanup) char *only = story_names(&story, "lea");
    DECIDES(&story, 0, NULL, "approve", "--only", only);
    story_leaves(&story, "leo");
    story_leaves(&story, "ivo"); /* was idle, and has left */
    story_stays(&story, "lia");
    story_night(&story, 0);
    story_night(&story, 0);
    RUN(shown, &story.end, "show", "--format", "json");
    JSON(plan, end_json(&shown));
    RUN(result, &story.end, "diff", "3", "1", "--format", "json", "--detailed-exitcode");
    end_assert_code(&result, 10);
    JSON(diff, end_json(&result));
    struct json_object *rows = end_at(diff, "rows"), *decisions = end_at(diff, "decisions");
    assert_int_equal(json_object_array_length(rows), 4);
    assert_row(rows, "leo", "came", "departed: last day");
    assert_row(rows, "lea", "went", "done");
    assert_row(rows, "lia", "went", "not proposed any more; it was: departed: last day");
    assert_row(rows, "ivo", "changed",
               "rule: departed (was idle); row: R10 (was R7); person: departed (was employed)");
    /* the same rows are new as in the report */
    assert_int_equal(end_number_at(plan, "plan.since_plan.id"), 1);
    assert_int_equal(end_number_at(plan, "plan.since_plan.new"), 2);
    assert_int_equal(end_number_at(plan, "plan.since_plan.gone"), 2);
    assert_int_equal(json_object_array_length(decisions), 1);
    struct json_object *decision = json_object_array_get_idx(decisions, 0);
    assert_string_equal(end_text_at(decision, "decision"), "approve");
    assert_string_equal(end_text_at(decision, "end"), "done");
    /* nobody says which: the newest, and what its report compares it with */
    RUN(text, &story.end, "diff");
    end_assert_says(&text.out, "decided from the one to the other\n");
    end_assert_says(&text.out, "changed");
    SAYS(&story, 0, "nothing", "diff", "3", "3", "--detailed-exitcode");
    story_night(&story, 0);
    SAYS(&story, 0, "rows\nnothing", "diff", "3", "4", "--detailed-exitcode");
    end_hold(&story.end); /* the same rows, and something holds them */
    story_night(&story, 20);
    RUN(moved, &story.end, "diff", "4", "5", "--format", "json");
    JSON(held, end_json(&moved));
    assert_row(end_at(held, "rows"), "leo", "moved", "held by: G2 (was none)");
    RUN(again, &story.end, "show", "--format", "json");
    JSON(same, end_json(&again));
    assert_int_equal(end_number_at(same, "plan.since_plan.new"), 2); /* leo and ivo still */
    SAYS(&story, 64, "there is no plan 9; hint: ", "diff", "1", "9");
    SAYS(&story, 64, "there is no earlier plan", "diff", "1");
    SAYS(&story, 64, "html' is no format here", "diff", "--format", "html");
}

TEST(plans_lists_each_with_its_rows_what_holds_it_and_what_was_decided)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    story_idles(&story, "ida", 200);
    story_leaves(&story, "lea");
    RUN(none, &story.end, "plans");
    assert_string_equal(text_cstr(&none.out), "nothing\n");
    story_night(&story, 0);
    CLEANUP(mem_cleanup) char *only = story_names(&story, "lea");
    DECIDES(&story, 0, NULL, "approve", "--only", only);
    CLEANUP(mem_cleanup) char *other = story_names(&story, "ida");
    DECIDES(&story, 0, NULL, "reject", "--only", other, "--reason", "not before the fair");
    story_night(&story, 0);
    end_hold(&story.end);
    story_night(&story, 20);
    RUN(result, &story.end, "plans", "--format", "json");
    end_assert_code(&result, 0);
    JSON(list, end_json(&result));
    struct json_object *plans = end_at(list, "plans");
    assert_int_equal(json_object_array_length(plans), 3);
    struct json_object *first = json_object_array_get_idx(plans, 2);
    assert_int_equal(end_number_at(first, "plan_id"), 1);
    assert_int_equal(end_number_at(first, "suspend"), 2);
    assert_int_equal(end_number_at(first, "approved"), 1);
    assert_int_equal(end_number_at(first, "kept"), 1);
    assert_int_equal(end_number_at(first, "waiting"), 1);
    assert_null(end_at(first, "held_by"));
    assert_int_equal(end_number_at(json_object_array_get_idx(plans, 1), "done"), 1);
    struct json_object *held = json_object_array_get_idx(plans, 0);
    assert_string_equal(end_text_at(held, "state"), "held");
    assert_non_null(strstr(end_text_at(held, "held_by"), "G2"));
    assert_int_equal(strlen(end_text_at(held, "digest")), 12);
    assert_memory_equal(end_text_at(held, "digest"), story.digest, 12);
    RUN(one, &story.end, "plans", "--last", "1");
    end_assert_says(&one.out, "held");
    end_assert_silent_of(&one.out, "expired");
    SAYS(&story, 64, "--last is a number from 1, not '0'", "plans", "--last", "0");
}
