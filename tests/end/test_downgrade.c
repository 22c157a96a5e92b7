/*
 * A downgrade and its undoing from the rule to the portal: what was approved and nothing else,
 * once, and with the former profile kept for whoever needs it back.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "story.h"
#include "test.h"

/* Of every portal-sim. */
#define ADMIN   "4C2E1B7A-93D0-4F1C-A6E85B20C9D7F318"
#define REGULAR "E5B8290F-7C14-4D6A-9E03A1F7D4C26B80"
#define LIGHT   "63F0A9D8-1E75-42BC-85D6097B3CE4F1A2"
#define AGENCY  "B2C4D6E8-3F50-4A1B-9C7D8E6F0A2B4C1D"

#define TO_LIGHT                                                                                   \
    "{ name = \"idle regular\"; when = { profile = [ \"Regular\" ]; idle_days_min = 60; };"        \
    "  do = \"downgrade\"; to_profile = \"light\"; }"

static void check_ask(struct story *story, const char *sql, const char *wanted)
{
    CLEANUP(mem_cleanup) char *is = end_query(&story->end, sql);

    assert_string_equal(is, wanted);
}

/* The profile that the portal has for them, by its name. */
static void check_profile(struct story *story, const char *name, const char *profile)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "/_sim/users/%s", story_find(story, name)->id);
    CLEANUP(end_put)
    struct json_object *user = probe_control_json(&story->end.probe, text_cstr(&path));
    assert_string_equal(end_text_at(user, "profile"), profile);
}

TEST(a_downgrade_that_was_approved_is_done_once_and_verified)
{
    STORY(story, 20);

    story_rules(&story, TO_LIGHT);
    story_idles(&story, "ida", 70);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "downgrade R4");
    check_profile(&story, "ida", "Regular");
    story_approves(&story);
    story_night(&story, 0);
    check_profile(&story, "ida", "Light");
    story_is_active(&story, "ida");
    story_ended(&story, "approve", "ida", "done");
    assert_int_equal(story_writes(&story), 1);
    story_nights(&story, 2);
    assert_int_equal(story_writes(&story), 1);
    check_ask(&story,
              "select action || ' ' || state || ' ' || from_profile || ' ' || to_profile"
              " from reconcile.step",
              "downgrade verified " REGULAR " " LIGHT);
    check_ask(&story, "select from_roles from reconcile.act where action = 'downgrade'",
              "MEDIADOWNLOAD");
    SAYS(&story, 0, NULL, "audit", "verify");
}
