/*
 * What was saved, as a user asks for it: people leave, their seats are free, one comes back within
 * the month, one later, and the price changes in between.
 */
#include <string.h>

#include "base/mem.h"
#include "host/file.h"
#include "story.h"
#include "test.h"

static void classes(struct story *story, const char *path, const char *price)
{
    end_set(&story->end, END_REST,
            "approval: { }; apply: { settle_seconds = 1; }; metrics: { textfile = \"%s\"; }; "
            "seats: { currency = \"EUR\"; classes = ( { name = \"All\"; profiles = \"*\"; "
            "contracted = 40; price = %s; } ); };",
            path, price);
}

TEST(audit_savings_tells_what_was_freed_and_what_came_back)
{
    STORY(story, 20);
    CLEANUP(mem_cleanup) char *path = probe_path(&story.end.probe, "figures.prom");

    classes(&story, path, "365");
    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    (void)story_joins(&story, "liv");
    story_night(&story, 0); /* 2 September */
    SAYS(&story, 0, "2025-09,All,EUR,0,0.00,0,0.00,0,0,0,16,5840.00", "audit", "savings",
         "--format", "csv");
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_leaves(&story, "liv");
    story_night(&story, 0); /* the 3rd */
    SAYS(&story, 0, "2025-09,All,EUR,3,1095.00,0,0.00,0,0,0,19,6935.00", "audit", "savings",
         "--format", "csv");
    story_approves(&story);
    story_night(&story, 0); /* the 4th: suspended */
    story_is_suspended(&story, "lea");
    /* what is done of that plan is not in use any more */
    SAYS(&story, 0, "2025-09,All,EUR,0,0.00,3,3.00,0,0,0,19,6935.00", "audit", "savings",
         "--format", "csv");
    story_night(&story, 0);
    SAYS(&story, 0, "2025-09,All,EUR,0,0.00,6,6.00,0,0,0,19,6935.00", "audit", "savings",
         "--format", "csv");
    /* within the month: as if she had never been suspended */
    story_stays(&story, "lea");
    story_changes(&story, "lea", "active=1");
    story_night(&story, 0); /* the 6th */
    SAYS(&story, 0, "2025-09,All,EUR,0,0.00,6,6.00,0,1,0,18,6570.00", "audit", "savings",
         "--format", "csv");
    /* from the 7th on a seat costs twice as much */
    classes(&story, path, "730");
    story_night(&story, 0);
    SAYS(&story, 0, "2025-09,All,EUR,0,0.00,8,10.00,0,1,0,18,13140.00", "audit", "savings",
         "--format", "csv");
    story_passes(&story, 28); /* nobody looked, and they were free: 46 days more in September */
    story_night(&story, 0);   /* 6 October, 32 days after the act */
    story_stays(&story, "leo");
    story_changes(&story, "leo", "active=1");
    story_night(&story, 0); /* the 7th, and he does not count on it */
    SAYS(&story, 0, "2025-09,All,EUR,0,0.00,54,102.00,0,1,0,18,13140.00", "audit", "savings",
         "--format", "csv");
    SAYS(&story, 0, "2025-10,All,EUR,0,0.00,13,26.00,1,0,0,17,12410.00", "audit", "savings",
         "--format", "csv", "--since", "2025-10");
    SAYS(&story, 0, "\"freed\": 128.00", "audit", "savings", "--format", "json");
    SAYS(&story, 0, "never added, nor are currencies", "audit", "savings");
    SAYS(&story, 64, "", "audit", "savings", "--since", "2025-13");
    SAYS(&story, 0, "All: currency EUR, exposed 0, worth a year 0.00", "show");
    SAYS(&story, 0, "<td>EUR<td>0<td>0.00<td>13<td>26.00<td>67<td>128.00<td>", "show", "--format",
         "html");
    SAYS(&story, 0, "\"year_freed\": 128.00", "show", "--format", "json");
    CLEANUP(mem_cleanup) char *figures = end_read(path);
    assert_non_null(strstr(figures, "bynder_reconcile_savings_freed_year{"));
    assert_non_null(strstr(figures, "class=\"All\",currency=\"EUR\"} 128\n"));
    CLEANUP(mem_cleanup) char *book = probe_path(&story.end.probe, "plan.xlsx");
    SAYS(&story, 0, NULL, "show", "--format", "xlsx", "--output", book);
}
