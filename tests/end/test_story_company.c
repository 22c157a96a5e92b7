/*
 * Weeks of a company in which something happens to many people at once: who should go goes, at the
 * pace that the limits allow, and nobody goes because of what happened to the data.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/parse.h"
#include "sink.h"
#include "story.h"
#include "test.h"

#define ADMINISTRATOR "profileId=4C2E1B7A-93D0-4F1C-A6E85B20C9D7F318"

static void say_name(char name[16], const char *prefix, int number)
{
    (void)snprintf(name, 16, "%s%d", prefix, number % 100);
}

static int64_t count_decisions(struct story *story)
{
    return end_count(&story->end, "select count(*) from reconcile.ruling");
}

static int64_t count_announced(struct story *story)
{
    return end_count(&story->end, "select count(*) from reconcile.announcement"
                                  " where ended_on is null");
}

/* --- many at once --- */

/* 13 of 43. */
static void lay_off(struct story *story)
{
    char name[16];

    for (int i = 0; i < 13; i++) {
        say_name(name, "gone", i);
        (void)story_joins(story, name);
    }
    story_night(story, 0);
    for (int i = 0; i < 13; i++) {
        say_name(name, "gone", i);
        story_leaves(story, name);
    }
}

TEST(a_layoff_of_thirty_percent_goes_three_a_night_after_one_approval)
{
    static const size_t after[] = {3, 6, 9, 12, 12};
    STORY(story, 30);

    lay_off(&story);
    story_night(&story, 0);
    DECIDES(&story, 20, "--spread", "approve");
    assert_int_equal(count_decisions(&story), 0);
    DECIDES(&story, 0, "13 rows approved", "approve", "--spread");
    for (size_t night = 0; night < sizeof(after) / sizeof(after[0]); night++) {
        story_night(&story, 0);
        if (night == 0)
            story_stays(&story, "gone12"); /* HR had one of them wrong */
        assert_int_equal(story_count_suspended(&story, "gone"), after[night]);
    }
    story_is_active(&story, "gone12");
    assert_int_equal(story_count_suspended(&story, "staff"), 0);
}

TEST(thirty_percent_that_are_not_in_the_file_any_more_go_nowhere)
{
    STORY(story, 30);
    char name[16];

    story_rules(&story, STORY_DEPARTED ", { name = \"absent\"; when = { account = \"active\"; "
                                       "person = \"absent\"; }; do = \"suspend\"; }");
    (void)story_joins(&story, "lea");
    lay_off(&story);
    story_leaves(&story, "lea");
    for (int i = 0; i < 13; i++) {
        say_name(name, "gone", i);
        story_stays(&story, name);
        story_find(&story, name)->unlisted = true;
    }
    for (int night = 0; night < 4; night++)
        story_night(&story, 20); /* G2, every night */
    assert_int_equal(story_writes(&story), 0);
    for (int i = 0; i < 13; i++) {
        say_name(name, "gone", i);
        story_find(&story, name)->unlisted = false;
    }
    story_leaves(&story, "gone0"); /* the file is whole again: one of them has left */
    story_night(&story, 0);
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    story_is_suspended(&story, "gone0");
    assert_int_equal(story_writes(&story), 2);
}

/* A quarter is idle, limits are the defaults. */
TEST(a_first_clean_up_is_announced_at_once_and_goes_down_night_by_night)
{
    STORY(story, 30);
    char name[16];

    for (int i = 0; i < 10; i++) {
        say_name(name, "idle", i);
        story_idles(&story, name, 200 + i);
    }
    story_night(&story, 0); /* 2 September */
    assert_int_equal(count_announced(&story), 10);
    story_nights(&story, 2);
    assert_int_equal(count_announced(&story), 10);
    assert_int_equal(end_count(&story.end, "select count(*) from reconcile.announcement"), 10);
    assert_int_equal(end_count(&story.end,
                               "select count(*) from reconcile.plan_row where plan_id = 3"
                               " and action = 'suspend' and not_before = '2025-09-16'"),
                     10);
    DECIDES(&story, 20, "--spread", "approve");
    assert_int_equal(count_decisions(&story), 0);
    DECIDES(&story, 0, "2025-09-16: 3", "approve", "--spread");
    story_passes(&story, 10);
    story_logs_in(&story, "idle3"); /* told, and back */
    story_night(&story, 0);
    assert_int_equal(story_writes(&story), 0);
    for (size_t night = 1; night <= 4; night++) { /* the 16th to the 19th */
        story_night(&story, 0);
        assert_int_equal(story_count_suspended(&story, "idle"), night < 4 ? 3 * night : 9);
    }
    story_is_active(&story, "idle3");
    story_ended(&story, "approve", "idle3", "login");
}

/* --- small portals --- */

TEST(of_a_portal_of_fourteen_five_percent_is_three_and_not_four)
{
    static const char *const names[] = {"lea", "leo", "lia", "lou"};
    STORY(story, 9);

    for (size_t i = 0; i < 4; i++) {
        (void)story_joins(&story, names[i]);
        story_leaves(&story, names[i]);
    }
    story_night(&story, 0);
    DECIDES(&story, 20, "come to 4", "approve");
    CLEANUP(mem_cleanup) char *lou = story_names(&story, "lou");
    DECIDES(&story, 0, "3 rows approved", "approve", "--except", lou);
    story_night(&story, 0);
    assert_int_equal(story_count_suspended(&story, "l"), 3);
    story_is_active(&story, "lou");
}

TEST(the_one_administrator_of_a_portal_of_fifteen_stays_and_the_others_go)
{
    STORY(story, 11);

    end_set(&story.end, END_SUSPEND, " }; min_admins = 1; deprovision: { ");
    (void)story_joins(&story, "ada");
    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    story_changes(&story, "ada", ADMINISTRATOR);
    story_leaves(&story, "ada");
    story_leaves(&story, "lea");
    story_leaves(&story, "leo");
    story_night(&story, 0);
    DECIDES(&story, 20, "fewer than 1 administrators would be left", "approve");
    assert_int_equal(count_decisions(&story), 0);
    CLEANUP(mem_cleanup) char *ada = story_names(&story, "ada");
    DECIDES(&story, 0, "2 rows approved", "approve", "--except", ada);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    story_is_suspended(&story, "leo");
    story_is_active(&story, "ada");
    story_changes(&story, "staff0", ADMINISTRATOR); /* somebody takes over */
    story_night(&story, 0);
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "ada");
    story_is_active(&story, "staff0");
}

/* Of two administrators whose going was approved on different days one stays. */
TEST(the_last_administrator_stays_when_the_other_went_in_between)
{
    STORY(story, 11);

    end_set(&story.end, END_SUSPEND, " }; min_admins = 1; deprovision: { ");
    (void)story_joins(&story, "ada");
    (void)story_joins(&story, "ann");
    story_changes(&story, "ada", ADMINISTRATOR);
    story_changes(&story, "ann", ADMINISTRATOR);
    story_leaves(&story, "ada");
    story_night(&story, 0);
    story_approves(&story);
    story_changes(&story, "ann", "active=0"); /* by hand, on that day */
    story_night(&story, 20);                  /* a person must look at this */
    story_is_active(&story, "ada");
    story_changes(&story, "ann", "active=1");
    story_night(&story, 0);
    story_is_suspended(&story, "ada");
    story_is_active(&story, "ann");
}

/* --- what happens to everybody's data --- */

static void change_domain(struct story *story, bool portal_too)
{
    for (size_t i = 0; i < story->count; i++) {
        struct story_person *person = &story->person[i];
        CLEANUP(text_release) struct text text = TEXT_INIT;
        text_addf(&text, "email=%s@brand.example", person->name);
        if (portal_too)
            story_changes(story, person->name, text_cstr(&text));
        free(person->email);
        person->email = mem_strdup(text_cstr(&text) + strlen("email="));
    }
}

/* lea's account is as it was, leo's has the new address when the night comes. */
static void tell_of_a_new_domain(struct story *story)
{
    (void)story_joins(story, "lea");
    (void)story_joins(story, "leo");
    (void)story_joins(story, "nora");
    story_changes(story, "nora", "employeeNumber="); /* HR has one, the portal does not */
    story_leaves(story, "lea");
    story_leaves(story, "leo");
    story_night(story, 0);
    story_approves(story);
    change_domain(story, false);
    story_changes(story, "leo", "email=leo@brand.example");
    story_night(story, 0);
    story_is_suspended(story, "lea");
}

TEST(a_new_domain_for_everybody_moves_nobody_who_works_here)
{
    STORY(story, 30);

    story_rules(&story, STORY_DEPARTED ", { name = \"absent\"; when = { account = \"active\"; "
                                       "person = \"absent\"; }; do = \"suspend\"; }");
    tell_of_a_new_domain(&story);
    story_is_active(&story, "leo"); /* the address is of what was approved */
    story_ended(&story, "approve", "leo", "changed");
    story_nights(&story, 3); /* the portal lags behind for days */
    story_is_planned(&story, "nora", "keep P6");
    change_domain(&story, true);
    story_night(&story, 0);
    story_is_planned(&story, "nora", "nothing");
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "leo"); /* approved anew */
    assert_int_equal(story_writes(&story), 2);
}

TEST(a_new_domain_that_is_a_known_alias_is_no_change)
{
    STORY(story, 30);

    end_set(&story.end, END_REST,
            "matching: { email_aliases = ( { from = \"" STORY_DOMAIN "\"; to = \"brand.example\"; }"
            " ); };");
    tell_of_a_new_domain(&story);
    story_is_suspended(&story, "leo");
    story_is_active(&story, "nora");
    assert_int_equal(story_writes(&story), 2);
}

static void change_numbers(struct story *story, int by, bool portal_too)
{
    for (size_t i = 0; i < story->count; i++) {
        struct story_person *person = &story->person[i];
        CLEANUP(text_release) struct text text = TEXT_INIT;
        int64_t number = 0;
        assert_true(parse_int(person->number, 0, INT32_MAX, &number));
        text_addf(&text, "employeeNumber=%lld", (long long)number + by);
        if (portal_too)
            story_changes(story, person->name, text_cstr(&text));
        free(person->number);
        person->number = mem_strdup(text_cstr(&text) + strlen("employeeNumber="));
    }
}

TEST(new_numbers_for_everybody_hold_what_rests_on_hr_until_the_portal_follows)
{
    STORY(story, 30);

    (void)story_joins(&story, "lea");
    story_leaves(&story, "lea");
    story_night(&story, 0);
    story_approves(&story);
    change_numbers(&story, 90000, false);
    story_night(&story, 20); /* G6 */
    story_is_active(&story, "lea");
    story_ended(&story, "approve", "lea", "stands"); /* a night in doubt ends nothing */
    change_numbers(&story, 0, true);
    story_night(&story, 0);
    story_is_active(&story, "lea");
    story_ended(&story, "approve", "lea", "changed"); /* another key of hers, another subject */
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    assert_int_equal(story_writes(&story), 1);
}

TEST(new_numbers_that_hr_takes_back_end_nothing)
{
    STORY(story, 30);

    (void)story_joins(&story, "lea");
    story_leaves(&story, "lea");
    story_night(&story, 0);
    story_approves(&story);
    change_numbers(&story, 90000, false);
    story_night(&story, 20);
    change_numbers(&story, -90000, false);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    assert_int_equal(story_writes(&story), 1);
}

/* --- a typo --- */

#define UNASKED "suspend = 0;"

TEST(nine_days_instead_of_ninety_suspends_nobody_though_nobody_needs_to_be_asked)
{
    STORY(story, 20);

    story_approval(&story, UNASKED, "");
    story_rules(&story, "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; };"
                        "  do = \"suspend\"; }");
    story_idles(&story, "ida", 200);
    story_idles(&story, "ian", 88);
    story_night(&story, 0);
    story_approves(&story); /* the first of a rule needs one person (G11) */
    story_night(&story, 0);
    story_is_suspended(&story, "ida");
    story_is_suspended(&story, "ian"); /* 90 days since tonight */
    story_idles(&story, "iris", 60);
    story_night(&story, 0);
    story_is_active(&story, "iris");
    story_passes(&story, 9);
    story_rules(&story, "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 9; };"
                        "  do = \"suspend\"; }");
    for (int night = 0; night < 3; night++) /* everybody is idle for more than nine days */
        story_night(&story, 0);
    story_is_planned(&story, "staff0", "suspend R4");
    story_is_active(&story, "iris");
    assert_int_equal(story_count_suspended(&story, "staff"), 0);
    assert_int_equal(story_writes(&story), 2);
}

TEST(nine_days_instead_of_ninety_suspends_nobody_after_their_grace_either)
{
    STORY(story, 20);

    story_approval(&story, UNASKED, "");
    story_idles(&story, "ida", 200);
    story_night(&story, 0); /* announced on 2 September */
    story_approves(&story);
    story_passes(&story, 13);
    story_night(&story, 0);
    story_is_suspended(&story, "ida");
    story_rules(&story,
                STORY_DEPARTED ", { name = \"idle\"; when = { account = \"active\"; "
                               "idle_days_min = 9; }; do = \"suspend\"; grace_days = 14; }");
    story_night(&story, 0);
    story_passes(&story, 14);
    story_nights(&story, 2);
    story_is_planned(&story, "staff0", "suspend R4");
    assert_int_equal(story_writes(&story), 1);
}

static size_t count_told(const struct sink *mail)
{
    size_t count = 0;

    for (size_t i = 1; i <= sink_count(mail); i++) {
        CLEANUP(mem_cleanup) char *raw = sink_raw(mail, i);
        count += strstr(raw, "undisclosed-recipients:;") != NULL; /* to a person */
    }
    return count;
}

TEST(nine_days_instead_of_ninety_tells_nobody)
{
    CLEANUP(sink_stop) struct sink mail = {.pid = 0};
    STORY(story, 20);

    sink_start(&mail, story.end.probe.directory, "mail", NULL);
    end_set(&story.end, END_REST,
            "apply: { settle_seconds = 1; }; notify: { mail: { server = \"smtp://127.0.0.1:%u\";"
            " starttls = \"none\"; from = \"job@acme.example\"; to = [ \"it@acme.example\" ];"
            " announce = \"yes\"; contact = \"help@acme.example\"; }; };",
            mail.port);
    story_idles(&story, "ida", 200);
    story_night(&story, 0); /* one is within the limits of a day, and is told */
    assert_int_equal(count_told(&mail), 1);
    story_passes(&story, 9);
    story_rules(&story,
                STORY_DEPARTED ", { name = \"idle\"; when = { account = \"active\"; "
                               "idle_days_min = 9; }; do = \"suspend\"; grace_days = 14; }");
    story_nights(&story, 2);
    story_is_planned(&story, "staff0", "suspend R7");
    assert_int_equal(count_told(&mail), 1); /* twenty are not */
    assert_int_equal(count_announced(&story), 1);
    CLEANUP(mem_cleanup) char *one = story_names(&story, "staff3");
    DECIDES(&story, 0, "2025-09-27: 1", "approve", "--only", one);
    story_night(&story, 0);
    assert_int_equal(count_told(&mail), 2); /* whom a person approved is told */
    assert_int_equal(story_writes(&story), 0);
}

/* --- two masters, and strange logins --- */

TEST(who_was_let_in_again_goes_when_they_leave_once_more)
{
    STORY(story, 20);

    story_rules(&story, STORY_DEPARTED ", { name = \"idle\"; when = { account = \"active\"; "
                                       "idle_days_min = 90; }; do = \"suspend\"; }");
    (void)story_joins(&story, "lea");
    story_idles(&story, "ida", 200);
    story_leaves(&story, "lea");
    story_night(&story, 0);
    story_approves(&story);
    story_night(&story, 0);
    assert_int_equal(story_writes(&story), 2);
    story_stays(&story, "lea"); /* re-hired; support lets both in */
    story_changes(&story, "lea", "active=1");
    story_changes(&story, "ida", "active=1");
    story_night(&story, 0);
    story_logs_in(&story, "lea");
    for (int month = 0; month < 3; month++) {
        story_passes(&story, 29);
        for (int i = 0; i < 20; i++) {
            char name[16];
            say_name(name, "staff", i);
            story_logs_in(&story, name);
        }
        story_logs_in(&story, "lea");
        story_night(&story, 0);
    }
    story_is_planned(&story, "ida", "keep R8"); /* never used since */
    story_leaves(&story, "lea");
    story_night(&story, 0);
    story_is_planned(&story, "lea", "suspend R10");
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    story_is_active(&story, "ida");
    assert_int_equal(story_writes(&story), 3);
}

TEST(one_login_from_the_future_is_forgotten_with_its_night)
{
    STORY(story, 10);

    story_rules(&story, "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; };"
                        "  do = \"suspend\"; }");
    story_idles(&story, "ida", 200);
    story_idles(&story, "ivo", 200);
    story_night(&story, 0);
    story_changes(&story, "ida", "lastLogin=2031-01-01T09:00:00Z");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "keep P7");
    story_is_planned(&story, "ivo", "suspend R4");
    story_changes(&story, "ida", "lastLogin=2025-02-13T09:00:00Z");
    story_night(&story, 0);
    story_is_planned(&story, "ida", "suspend R4");
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "ida");
    story_is_suspended(&story, "ivo");
    SAYS(&story, 0, NULL, "audit", "verify", "--full"); /* though that night is in the record */
}

/* --- departments --- */

#define COLUMNS_WITHOUT                                                                            \
    "employee_number = \"EmpID\"; email = \"Work Email\"; name = \"Name\"; "                       \
    "status = \"EmploymentStatus\"; hire_date = \"DateofHire\"; last_day = \"DateofTermination\";"
#define ROOMY "count = 50; percent = 20.0;"

static void move_to(struct story *story, const char *prefix, const char *department)
{
    for (size_t i = 0; i < story->count; i++) {
        struct story_person *person = &story->person[i];
        CLEANUP(text_release) struct text form = TEXT_INIT;
        if (!text_starts(person->name, prefix))
            continue;
        text_addf(&form, "department=%s", department);
        story_changes(story, person->name, text_cstr(&form));
        free(person->department);
        person->department = mem_strdup(department);
    }
}

static void ten_leave(struct story *story)
{
    char name[16];

    end_set(&story->end, END_SUSPEND, ROOMY);
    story_rules(story, STORY_DEPARTED);
    for (int i = 0; i < 10; i++) {
        say_name(name, "gone", i);
        (void)story_joins(story, name);
        story_leaves(story, name);
    }
}

TEST(ten_of_a_department_that_nobody_tells_are_no_fifth_of_it)
{
    STORY(story, 44);

    end_set(&story.end, END_COLUMNS, COLUMNS_WITHOUT);
    ten_leave(&story);
    move_to(&story, "", "Sales");
    story_night(&story, 0);
    story_approves(&story);
    story_night(&story, 0);
    assert_int_equal(story_count_suspended(&story, "gone"), 10);
}

TEST(ten_of_twentyone_are_more_than_a_fifth_and_spread_over_nights)
{
    STORY(story, 44);

    ten_leave(&story);
    move_to(&story, "gone", "Sales");
    move_to(&story, "staff1", "Marketing"); /* 11 people */
    move_to(&story, "staff2", "Sales");     /* likewise: 10 of 21 */
    story_night(&story, 0);
    DECIDES(&story, 20, "G10", "approve");
    assert_int_equal(count_decisions(&story), 0);
    DECIDES(&story, 0, "10 rows approved", "approve", "--spread");
    story_night(&story, 0);
    assert_int_equal(story_count_suspended(&story, "gone"), 4); /* a fifth of 21 */
    story_night(&story, 0);
    assert_int_equal(story_count_suspended(&story, "gone"), 7);
    assert_int_equal(story_count_suspended(&story, "staff"), 0);
}

TEST(a_keep_rule_on_a_department_has_it_read_and_keeps_no_other)
{
    STORY(story, 20);

    end_set(&story.end, END_COLUMNS, COLUMNS_WITHOUT);
    story_rules(&story, "{ name = \"board\"; when = { department = [ \"Board*\" ]; };"
                        "  do = \"keep\"; }," STORY_DEPARTED);
    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "bea");
    move_to(&story, "bea", "Board");
    story_leaves(&story, "lea");
    story_leaves(&story, "bea");
    story_night(&story, 0);
    story_is_planned(&story, "lea", "suspend R10");
    story_approves(&story);
    story_night(&story, 0);
    story_is_suspended(&story, "lea");
    story_is_active(&story, "bea");
}
