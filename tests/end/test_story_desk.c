/*
 * Weeks at the desk of those who decide: what was decided is done, on its day, and nothing else is.
 * Each story has a neighbour, one fact away, that goes the other way.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "story.h"
#include "test.h"

static int stand_up(void **state)
{
    (void)state;
    story_sits(NULL);
    return 0;
}

TEST_EACH(stand_up, NULL);

/* The uids of two users that every system has. */
#define ANNA  "1" /* daemon */
#define BRUNO "2" /* bin */

/* --- a roster that changes every day, a look once a week --- */

TEST(an_approval_once_a_week_is_carried_out_by_the_run_of_the_next_night)
{
    STORY(story, 40);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    story_night(&story, 0); /* Tuesday */
    for (int day = 0; day < 3; day++)
        story_nights(&story, 1);
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_nights(&story, 4); /* Friday to Monday: other files, other plans */
    story_approves(&story);
    story_stays(&story, "leo"); /* HR takes one of them back on that day */
    story_nights(&story, 1);
    story_is_suspended(&story, "lea");
    story_is_active(&story, "leo");
    story_ended(&story, "approve", "lea", "done");
    story_ended(&story, "approve", "leo", "kept");
    story_leaves(&story, "leo"); /* an approval that ended does not wake up */
    story_nights(&story, 2);
    story_is_active(&story, "leo");
    assert_int_equal(story_writes(&story), 1);
}
