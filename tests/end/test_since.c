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
