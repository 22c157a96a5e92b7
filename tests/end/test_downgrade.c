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

#define TO_LIGHT_AFTER(days)                                                                       \
    "{ name = \"idle regular\"; when = { profile = [ \"Regular\" ]; idle_days_min = " #days        \
    "; }; do = \"downgrade\"; to_profile = \"light\"; }"
#define TO_LIGHT TO_LIGHT_AFTER(60)

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

/* What a write omits may be emptied by it, of whoever is next as well. */
TEST(a_downgrade_that_empties_what_it_does_not_say_is_the_last_of_its_run)
{
    STORY(story, 20);

    story_rules(&story, TO_LIGHT);
    story_idles(&story, "ida", 70);
    story_idles(&story, "ivo", 70);
    story_changes(&story, "ida", "phoneNumber=0612345678");
    story_changes(&story, "ivo", "phoneNumber=0612345678");
    story_night(&story, 0);
    story_approves(&story);
    end_fault(&story.end, "empty-omitted=phoneNumber:POST");
    SAYS(&story, 21, "something else changed as well: phoneNumber is empty now", "run");
    assert_int_equal(story_writes(&story), 1);
    end_clear_faults(&story.end);
    story_night(&story, 0);
    assert_int_equal(story_writes(&story), 2);
    SAYS(&story, 0, NULL, "audit", "verify");
}

/* Events tell a login to the millisecond, and a single read may tell it to the second: that is no
 * login that went backwards. */
TEST(a_login_that_the_single_read_tells_less_finely_is_no_change)
{
    STORY(story, 20);
    char day[DAY_TEXT_SIZE];
    CLEANUP(text_release) struct text login = TEXT_INIT;

    end_set(&story.end, END_PORTAL, "timeout = 5; patience = 10; logins = \"events\";");
    story_rules(&story, TO_LIGHT);
    story_idles(&story, "ida", 70);
    text_addf(&login, "lastLogin=%sT10:07:57.781Z", day_format(day_add(story.today, -70), day));
    story_changes(&story, "ida", text_cstr(&login));
    end_fault(&story.end, "last-login-form=rfc3339");
    story_night(&story, 0);
    story_approves(&story);
    story_night(&story, 0);
    check_profile(&story, "ida", "Light");
    check_ask(&story,
              "select count(*) filter (where extract(milliseconds from at) % 1000 = 781)::text"
              " from audit.login_history where source = 'events'",
              "1");
}

/* --- given back --- */

/* The rule, the people and the profile of two that are downgraded; one needs it back. */
static void downgrade_two_by(struct story *story, const char *rule)
{
    story_rules(story, rule);
    story_idles(story, "ida", 70);
    story_idles(story, "ivo", 70);
    story_night(story, 0);
    story_approves(story);
    story_night(story, 0);
    check_profile(story, "ida", "Light");
    check_profile(story, "ivo", "Light");
}

static void downgrade_two(struct story *story)
{
    downgrade_two_by(story, TO_LIGHT);
}

TEST(who_logs_in_after_a_downgrade_is_proposed_their_profile_and_gets_it_from_a_person)
{
    STORY(story, 20);

    downgrade_two(&story);
    story_clock(&story, 9, 0);
    story_logs_in(&story, "ida");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "restore R16");
    story_is_planned(&story, "ivo", "nothing");
    story_nights(&story, 2); /* nobody decides: nothing is done */
    assert_int_equal(story_writes(&story), 2);
    story_approves(&story);
    story_night(&story, 0);
    check_profile(&story, "ida", "Regular");
    check_profile(&story, "ivo", "Light");
    story_is_active(&story, "ida");
    assert_int_equal(story_writes(&story), 3);
    check_ask(&story,
              "select state || ' ' || from_profile || ' ' || to_profile from reconcile.step"
              " where action = 'restore'",
              "verified " LIGHT " " REGULAR);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    check_ask(&story, "select state from reconcile.step where action = 'restore'", "verified");
    SAYS(&story, 0, NULL, "audit", "verify");
}

TEST(who_was_given_back_is_downgraded_again_only_after_a_login_and_idleness_since)
{
    STORY(story, 20);

    downgrade_two_by(&story, TO_LIGHT_AFTER(8));
    story_changes(&story, "ida", "profileId=" REGULAR); /* an administrator, in Bynder */
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing"); /* idle counts from this day at the earliest */
    story_nights(&story, 8);
    story_is_planned(&story, "ida", "keep R8"); /* nobody logged in since */
    story_clock(&story, 9, 0);
    story_logs_in(&story, "ida");
    story_nights(&story, 7);
    story_is_planned(&story, "ida", "nothing");
    story_nights(&story, 1);
    story_is_planned(&story, "ida", "downgrade R4");
}

TEST(a_person_who_says_again_is_heard_in_both_directions)
{
    STORY(story, 20);

    downgrade_two(&story);
    SAYS(&story, 64, "one of them", "again", "ida", "--profile", "--downgrade", "--reason", "x");
    SAYS(&story, 0, "former profile is proposed", "again", "ida", "--reason", "she asked for it");
    SAYS(&story, 0, "again,", "audit", "decisions", "--format", "csv");
    check_ask(&story, "select action from reconcile.ruling where kind = 'again'", "restore");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "restore R16");
    story_is_planned(&story, "ivo", "nothing");
    story_approves(&story);
    story_night(&story, 0);
    check_profile(&story, "ida", "Regular");
    story_ended(&story, "again", "ida", "done");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing"); /* R8: given back by us, no finding */
    SAYS(&story, 64, "no profile", "again", "ida", "--profile", "--reason", "x");
    SAYS(&story, 0, "again to a downgrade", "again", "ida", "--reason", "the project is over");
}

/* --- two in a row --- */

#define OF_THREE(profile, to)                                                                      \
    "{ name = \"" to "\"; when = { profile = [ \"" profile "\" ]; idle_days_min = 5;"              \
    "  username = [ \"ida\", \"eva\", \"ivo\" ]; };"                                               \
    "  do = \"downgrade\"; to_profile = \"" to "\"; }"

static void approved_night(struct story *story)
{
    story_night(story, 0);
    story_approves(story);
    story_night(story, 0);
}

/* Of eva nobody said anything in between; ida's first downgrade a person asked for again; ivo
 * somebody gave another profile in between, and the one of before. */
TEST(who_was_downgraded_twice_in_a_row_gets_back_what_they_had_before_the_first)
{
    STORY(story, 100);

    story_rules(&story, OF_THREE("Agency", "regular") ", " OF_THREE("Regular", "light"));
    story_idles(&story, "ida", 70);
    story_changes(&story, "ida", "profileId=" AGENCY);
    approved_night(&story);
    check_profile(&story, "ida", "Regular");
    story_changes(&story, "ida", "profileId=" AGENCY);
    story_night(&story, 0);
    story_nights(&story, 5);
    story_is_planned(&story, "ida", "keep R8");
    SAYS(&story, 0, "again to a downgrade", "again", "ida", "--reason", "the project is over");
    story_idles(&story, "eva", 70);
    story_changes(&story, "eva", "profileId=" AGENCY);
    story_idles(&story, "ivo", 70);
    story_changes(&story, "ivo", "profileId=" AGENCY);
    approved_night(&story);
    check_profile(&story, "ida", "Regular");
    check_profile(&story, "eva", "Regular");
    story_changes(&story, "ivo", "profileId=" LIGHT);
    story_night(&story, 0);
    story_changes(&story, "ivo", "profileId=" REGULAR);
    story_nights(&story, 5);
    SAYS(&story, 0, "again to a downgrade", "again", "ivo", "--reason", "light is enough");
    approved_night(&story);
    check_profile(&story, "ida", "Light");
    check_profile(&story, "eva", "Light");
    check_profile(&story, "ivo", "Light");
    story_clock(&story, 9, 0);
    story_logs_in(&story, "ida");
    story_logs_in(&story, "ivo");
    SAYS(&story, 0, "former profile is proposed", "again", "eva", "--reason", "she asked for it");
    approved_night(&story);
    check_profile(&story, "ida", "Agency");
    check_profile(&story, "eva", "Agency");
    check_profile(&story, "ivo", "Regular");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    SAYS(&story, 0, NULL, "audit", "verify");
}

/* Another one may go through: it was deleted since the list, or one of the accounts was. */
TEST(a_profile_that_is_not_there_any_more_is_a_refusal_and_no_act_that_nobody_knows_of)
{
    STORY(story, 20);

    story_rules(&story, TO_LIGHT);
    story_idles(&story, "ida", 70);
    story_idles(&story, "ivo", 70);
    story_night(&story, 0);
    story_approves(&story);
    end_fault(&story.end, "no-such-user=POST /api/v4/users/");
    SAYS(&story, 21, NULL, "run");
    check_ask(&story,
              "select string_agg(concat_ws(' ', action, state), ', ' order by position)"
              " from reconcile.step",
              "downgrade failed, downgrade failed");
    check_profile(&story, "ida", "Regular");
    SAYS(&story, 0, NULL, "audit", "verify");
}

/* One rule, and what it does is another act by now. */
TEST(the_grace_of_a_downgrade_is_none_of_a_suspension)
{
    static const char begun[] =
        "select string_agg(distinct concat_ws(' ', action, ended_on is null)"
        ", ', ') from reconcile.announcement";
    STORY(story, 20);

    story_rules(&story, "{ name = \"idle\"; when = { idle_days_min = 60; }; grace_days = 10;"
                        "  do = \"downgrade\"; to_profile = \"" LIGHT "\"; }");
    story_idles(&story, "ida", 70);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "downgrade R7");
    check_ask(&story, begun, "downgrade t");
    story_nights(&story, 9);
    story_rules(&story, "{ name = \"idle\"; when = { idle_days_min = 60; }; grace_days = 10;"
                        "  do = \"suspend\"; }");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R7");
    check_ask(&story, begun, "downgrade f, suspend t");
    SAYS(&story, 0, NULL, "audit", "verify");
}

/* --- what forbids it --- */

TEST(a_profile_that_nobody_or_two_have_downgrades_nobody_and_is_said)
{
    STORY(story, 20);

    story_rules(&story, "{ name = \"no such\"; when = { idle_days_min = 60; };"
                        "  do = \"downgrade\"; to_profile = \"Nobody\"; }");
    story_idles(&story, "ida", 70);
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    check_ask(&story, "select sentence from reconcile.plan_note order by position limit 1",
              "rule 'no such' downgrades nobody (R15): the portal has no permission profile "
              "'Nobody'");
    SAYS(&story, 0, "the portal has no permission profile 'Nobody'", "check");
}

TEST(an_administrator_is_downgraded_by_a_rule_that_names_the_profile_alone)
{
    STORY(story, 20);

    end_set(&story.end, END_SUSPEND,
            "count = 50; percent = 90.0; }; min_admins = 0; downgrade: {"
            " percent = 90.0;");
    story_idles(&story, "ida", 70);
    story_changes(&story, "ida", "profileId=" ADMIN);
    story_rules(&story,
                "{ name = \"all\"; when = { profile = [ \"Admin*\" ]; idle_days_min = 60; };"
                "  do = \"downgrade\"; to_profile = \"" LIGHT "\"; }");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "nothing");
    story_rules(&story,
                "{ name = \"by name\"; when = { profile = [ \"administrator\" ];"
                "  idle_days_min = 60; }; do = \"downgrade\"; to_profile = \"" LIGHT "\"; }");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "downgrade R4");
    story_approves(&story);
    story_night(&story, 0);
    check_profile(&story, "ida", "Light");
}

TEST(a_profile_with_more_rights_is_a_persons_to_allow_and_one_of_an_admin_is_never_given)
{
    STORY(story, 20);

    story_approval(&story, "suspend = 0; downgrade = 0;", "");
    story_rules(&story, TO_LIGHT); /* a first plan, and a rule, that somebody approved */
    story_idles(&story, "ida", 70);
    story_night(&story, 0);
    story_approves(&story);
    story_night(&story, 0);
    check_profile(&story, "ida", "Light");
    story_idles(&story, "ivo", 70);
    story_night(&story, 0);
    check_profile(&story, "ivo", "Light"); /* nobody was asked */
    story_idles(&story, "ilse", 70);
    story_rules(&story, "{ name = \"idle regular\"; when = { profile = [ \"Regular\" ];"
                        "  idle_days_min = 60; }; do = \"downgrade\"; to_profile = \"Agency\"; }");
    story_nights(&story, 2);
    story_is_planned(&story, "ilse", "downgrade R4");
    check_profile(&story, "ilse", "Regular");
    check_ask(&story,
              "select gained_roles || ' ' || approvals from reconcile.plan_row where"
              " action = 'downgrade' order by plan_id desc limit 1",
              "COLLECTIONSHARE MEDIAUPLOAD 1");
    story_rules(&story,
                "{ name = \"idle regular\"; when = { profile = [ \"Regular\" ];"
                "  idle_days_min = 60; }; do = \"downgrade\"; to_profile = \"" ADMIN "\"; }");
    story_nights(&story, 1);
    story_is_planned(&story, "ilse", "nothing");
}

/* --- how much --- */

TEST(a_day_has_room_for_so_many_downgrades_and_seats_are_none_of_it)
{
    STORY(story, 20);

    end_set(&story.end, END_SUSPEND,
            "count = 50; percent = 90.0; }; downgrade: { count = 1;"
            " percent = 90.0; percent_floor = 0;");
    story_rules(&story, TO_LIGHT);
    story_idles(&story, "ida", 70);
    story_idles(&story, "ivo", 70);
    story_night(&story, 0);
    check_ask(&story,
              "select seats_now - seats_after || ' ' || downgrade from reconcile.plan"
              " order by plan_id desc limit 1",
              "0 2");
    DECIDES(&story, 20, "that would come to 2 of downgrade", "approve");
    DECIDES(&story, 0, NULL, "approve", "--spread");
    story_night(&story, 0);
    assert_int_equal(story_writes(&story), 1);
    check_ask(&story,
              "select actual from reconcile.plan_guard where guard = 'G16'"
              " order by plan_id desc limit 1",
              "1 of 2 approved and due wait");
    story_night(&story, 0);
    assert_int_equal(story_writes(&story), 2);
}

TEST(what_the_profile_gives_is_part_of_what_was_approved)
{
    STORY(story, 20);

    story_rules(&story, TO_LIGHT);
    story_idles(&story, "ida", 70);
    story_night(&story, 0);
    story_approves(&story);
    story_changes(&story, "ida", "profileId=" AGENCY); /* not what the rule is about any more */
    story_night(&story, 0);
    check_profile(&story, "ida", "Agency");
    assert_int_equal(story_writes(&story), 0);
    story_ended(&story, "approve", "ida", "kept");
}
