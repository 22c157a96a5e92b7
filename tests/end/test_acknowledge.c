/*
 * acknowledge, as the person who was called in the morning uses it: a guard of evidence holds, they
 * look, what it found is right, and the next night goes on. Each guard with its neighbour, which is
 * one fact away and stays held.
 */
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "end.h"
#include "test.h"

#define WORLD(name, options)                                                                       \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&name, options)

static const char departed[] =
    "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\"; };"
    "  do = \"suspend\"; }";
static const char idle[] =
    "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = %d; }; do = \"suspend\"; }";

static void night(struct end *end, int code)
{
    RUN(result, end, "run");

    end_assert_code(&result, code);
}

/* Nobody holds anything. */
static struct json_object *show(struct end *end)
{
    RUN(result, end, "show", "--format", "json");

    end_assert_code(&result, 0);
    return end_json(&result);
}

static struct json_object *guard_of(struct json_object *plan, const char *id)
{
    struct json_object *guards = end_at(plan, "guards");

    for (size_t i = 0; i < json_object_array_length(guards); i++) {
        struct json_object *guard = json_object_array_get_idx(guards, i);
        if (strcmp(end_text_at(guard, "id"), id) == 0)
            return guard;
    }
    fail_msg("no guard %s", id);
    return NULL;
}

static void assert_verdict(struct end *end, const char *id, const char *verdict)
{
    JSON(plan, show(end));

    if (strcmp(end_guard(plan, id), verdict) != 0)
        fail_msg("%s: not %s: %s", id, verdict, end_text_at(guard_of(plan, id), "text"));
}

/* The newest plan's guard is let go. */
static void acknowledge(struct end *end, const char *guard, int code, const char *says)
{
    JSON(plan, show(end));
    char number[24];

    (void)snprintf(number, sizeof(number), "%lld", (long long)end_number_at(plan, "plan.id"));
    RUN(result, end, "acknowledge", number, "--digest", end_text_at(plan, "plan.digest"), "--guard",
        guard, "--reason", "looked at it");
    end_assert_code(&result, code);
    if (says)
        end_assert_says(code ? &result.err : &result.out, says);
}

static int64_t standing(struct end *end)
{
    return end_count(end, "select count(*) from reconcile.acknowledgement where ended_at is null");
}

/* Why the last one ended, the caller's to free. */
static char *end_reason(struct end *end)
{
    return end_query(end, "select coalesce(end_reason, 'stands') from reconcile.acknowledgement"
                          " order by acknowledgement_id desc limit 1");
}

static void assert_ended(struct end *end, const char *words)
{
    CLEANUP(mem_cleanup) char *reason = end_reason(end);

    if (!strstr(reason, words))
        fail_msg("'%s' does not say '%s'", reason, words);
}

/* Deletes so many accounts behind our back, from account number `from` on. */
static void delete_accounts(struct end *end, int from, int count)
{
    for (int i = 0; i < count; i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        text_addf(&sql,
                  "select account_id from (select a.account_id, row_number() over (order by "
                  "a.account_id) as n from reconcile.account a where a.account_id <> (select "
                  "max(account_id) from reconcile.account)) x where n = %d",
                  from + i);
        CLEANUP(mem_cleanup) char *id = end_query(end, text_cstr(&sql));
        end_change_user(end, id, "delete=1");
    }
}

/* --- G4: an empty plan --- */

TEST(accounts_deleted_by_hand_are_let_go_on_a_plan_without_rows)
{
    WORLD(end, NULL);

    end_set(&end, END_RULES, "%s",
            "{ name = \"nobody\"; when = { username = [ \"no-such\" ]; }; do = \"suspend\"; }");
    night(&end, 0);
    delete_accounts(&end, 1, 15);
    night(&end, 20);
    night(&end, 20); /* it does not let go by itself */
    assert_verdict(&end, "G4", "hold");
    RUN(shown, &end, "show");
    end_assert_says(&shown.out, "acknowledge 3 --digest ");
    end_assert_says(&shown.out, "--guard G4 --reason ");
    acknowledge(&end, "G4", 0, "until");
    RUN(after, &end, "show");
    end_assert_says(&after.out, "acknowledged by ");
    end_assert_says(&after.out, "looked at it");
    night(&end, 0);
    assert_verdict(&end, "G4", "pass");
    assert_ended(&end, "passes"); /* and what was found is what the next night is compared with */
    night(&end, 0);
    delete_accounts(&end, 16, 15);
    night(&end, 20);
}

/* --- who, and what --- */

TEST(what_is_no_acknowledgement_is_refused)
{
    WORLD(end, NULL);

    end_set(&end, END_RULES, "%s", departed);
    night(&end, 0);
    acknowledge(&end, "G4", 64, "does not hold plan 1");
    delete_accounts(&end, 1, 15);
    night(&end, 20);
    acknowledge(&end, "G7", 64, "approve --override");
    acknowledge(&end, "G99", 64, "G4");
    JSON(plan, show(&end));
    RUN(no_reason, &end, "acknowledge", "2", "--digest", end_text_at(plan, "plan.digest"),
        "--guard", "G4");
    end_assert_code(&no_reason, 64);
    RUN(other, &end, "acknowledge", "1", "--digest", end_text_at(plan, "plan.digest"), "--guard",
        "G4", "--reason", "why");
    end_assert_code(&other, 20);
    RUN(approve, &end, "approve", "2", "--digest", end_text_at(plan, "plan.digest"), "--override",
        "G4", "--reason", "why");
    end_assert_code(&approve, 64);
    end_assert_says(&approve.err, "acknowledge");
    end_set(&end, END_REST, "%s", "approval: { approvers = ( { user = \"somebody-else\"; } ); };");
    acknowledge(&end, "G4", 20, "not among the configured approvers");
    assert_int_equal(standing(&end), 0);
    assert_int_equal(end_count(&end, "select count(*) from reconcile.acknowledgement"), 0);
}

TEST(a_list_that_is_not_whole_nobody_lets_go)
{
    WORLD(end, NULL);

    end_set(&end, END_RULES, "%s", departed);
    night(&end, 0);
    end_fault(&end, "wrong-total=5");
    night(&end, 20);
    acknowledge(&end, "G4", 64, "nobody can let G4 go");
}

TEST(yesterdays_plan_lets_nothing_go_that_got_worse)
{
    WORLD(end, NULL);

    end_set(&end, END_RULES, "%s", departed);
    night(&end, 0);
    delete_accounts(&end, 1, 15);
    night(&end, 20);
    JSON(plan, show(&end));
    delete_accounts(&end, 16, 2);
    night(&end, 20);
    RUN(worse, &end, "acknowledge", "2", "--digest", end_text_at(plan, "plan.digest"), "--guard",
        "G4", "--reason", "why");
    end_assert_code(&worse, 20);
    end_assert_says(&worse.err, "worse");
    JSON(newest, show(&end));
    night(&end, 20); /* the same again */
    RUN(same, &end, "acknowledge", "3", "--digest", end_text_at(newest, "plan.digest"), "--guard",
        "G4", "--reason", "why");
    end_assert_code(&same, 0);
    night(&end, 0);
}

/* --- the roster: G1, G2, G3 --- */

static void put_roster(struct end *end, const char *text)
{
    free(end_file(end, "roster-now.csv", text, strlen(text)));
    end_set(end, END_SOURCE, "roster-now.csv");
}

/* The roster without its last rows. */
static char *cut(const char *roster, size_t rows)
{
    char *copy = mem_strdup(roster);
    size_t length = strlen(copy);

    for (; rows > 0 && length > 1; rows--)
        while (length > 1 && copy[--length - 1] != '\n')
            continue;
    copy[length] = '\0';
    return copy;
}

TEST(an_older_copy_of_the_roster_is_held_and_can_be_let_go)
{
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *whole = end_read(end.roster_path);
    CLEANUP(mem_cleanup) char *other = cut(whole, 1);
    CLEANUP(mem_cleanup) char *third = cut(whole, 2);

    end_set(&end, END_RULES, "%s", departed);
    put_roster(&end, whole);
    night(&end, 0);
    put_roster(&end, other);
    night(&end, 0);
    put_roster(&end, third); /* something new is no copy */
    night(&end, 0);
    put_roster(&end, whole);
    night(&end, 20);
    assert_verdict(&end, "G1", "hold");
    put_roster(&end, third); /* HR found the mistake by itself */
    night(&end, 0);
    put_roster(&end, whole);
    night(&end, 20);
    acknowledge(&end, "G1", 0, NULL);
    night(&end, 0);
    put_roster(&end, other); /* another older copy */
    night(&end, 20);
    assert_verdict(&end, "G1", "hold");
}

TEST(a_roster_cut_on_purpose_is_the_base_of_the_next)
{
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *whole = end_read(end.roster_path);
    CLEANUP(mem_cleanup) char *less = cut(whole, 40);
    CLEANUP(mem_cleanup) char *least = cut(whole, 80);

    end_set(&end, END_RULES, "%s", departed);
    put_roster(&end, whole);
    night(&end, 0);
    put_roster(&end, less);
    night(&end, 20);
    assert_verdict(&end, "G2", "hold");
    acknowledge(&end, "G2", 0, NULL);
    JSON(seen, show(&end));
    bool matched_too = strcmp(end_guard(seen, "G6"), "hold") == 0;
    if (matched_too)
        acknowledge(&end, "G6", 0, NULL);
    night(&end, 0);
    assert_verdict(&end, "G2", "pass");
    put_roster(&end, least);
    night(&end, 20);
    assert_verdict(&end, "G2", "hold");
}

/* The roster and so many rows whose status nobody knows. */
static void put_bad_rows(struct end *end, const char *whole, int count)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_add(&text, whole);
    for (int i = 0; i < count; i++)
        text_addf(&text, "90%04d,P %d,p%d@other.example,Sleeping,2016-04-03,,IT\n", i, i, i);
    put_roster(end, text_cstr(&text));
}

TEST(rejected_rows_are_let_go_until_there_are_more_of_them)
{
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *whole = end_read(end.roster_path);

    end_set(&end, END_RULES, "%s", departed);
    put_bad_rows(&end, whole, 4);
    night(&end, 20);
    assert_verdict(&end, "G3", "hold");
    acknowledge(&end, "G3", 0, "rejected rows");
    night(&end, 0);
    JSON(plan, show(&end));
    assert_string_equal(end_guard(plan, "G3"), "pass");
    assert_string_equal(end_text_at(guard_of(plan, "G3"), "acknowledged.reason"), "looked at it");
    assert_non_null(end_text_at(guard_of(plan, "G3"), "acknowledged.until"));
    RUN(text, &end, "show");
    end_assert_says(&text.out, "acknowledged by ");
    RUN(page, &end, "show", "--format", "html");
    end_assert_says(&page.out, "acknowledged by ");
    assert_int_equal(standing(&end), 1);
    put_bad_rows(&end, whole, 5); /* one more is news */
    night(&end, 20);
    assert_ended(&end, "worse");
    RUN(record, &end, "audit", "decisions");
    end_assert_code(&record, 0);
    end_assert_says(&record.out, "acknowledge G3");
    RUN(verify, &end, "audit", "verify");
    end_assert_code(&verify, 0);
}

TEST(an_acknowledgement_is_over_after_seven_days)
{
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *whole = end_read(end.roster_path);

    end_set(&end, END_RULES, "%s", departed);
    put_bad_rows(&end, whole, 4);
    night(&end, 20);
    acknowledge(&end, "G3", 0, NULL);
    end_change(&end, "update reconcile.acknowledgement set at = (at at time zone 'UTC' - interval "
                     "'7 days') at time zone 'UTC'");
    night(&end, 0);
    end_change(&end, "update reconcile.acknowledgement set at = (at at time zone 'UTC' - interval "
                     "'1 day') at time zone 'UTC'");
    night(&end, 20);
    assert_ended(&end, "7 days");
}

TEST(what_plan_looks_at_ends_no_acknowledgement)
{
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *whole = end_read(end.roster_path);

    end_set(&end, END_RULES, "%s", departed);
    put_bad_rows(&end, whole, 4);
    night(&end, 20);
    acknowledge(&end, "G3", 0, NULL);
    put_roster(&end, whole);
    RUN(what_if, &end, "plan");
    end_assert_code(&what_if, 0);
    assert_int_equal(standing(&end), 1);
    put_bad_rows(&end, whole, 4);
    night(&end, 0);
    assert_int_equal(standing(&end), 1);
}

/* --- the clock: G13 --- */

static void move_portal_clock(struct end *end, const char *seconds)
{
    CLEANUP(text_release) struct text form = TEXT_INIT;
    time_t at = time(NULL) + strtol(seconds, NULL, 10);
    struct tm tm;
    char moment[40];

    assert_non_null(gmtime_r(&at, &tm));
    assert_true(strftime(moment, sizeof(moment), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
    text_addf(&form, "at=%s", moment);
    probe_control(&end->probe, "/_sim/clock", text_cstr(&form));
}

TEST(a_portal_whose_clock_differs_is_held_and_can_be_let_go)
{
    WORLD(end, NULL);

    end_set(&end, END_RULES, "%s", departed);
    night(&end, 0);
    move_portal_clock(&end, "500");
    night(&end, 0);
    move_portal_clock(&end, "700");
    night(&end, 20);
    assert_verdict(&end, "G13", "hold");
    acknowledge(&end, "G13", 0, "clock is ahead");
    night(&end, 0);
    move_portal_clock(&end, "7200"); /* that is not what was accepted */
    night(&end, 20);
    assert_ended(&end, "worse");
}

/* --- the policy --- */

TEST(a_policy_that_another_one_followed_is_held_until_a_person_confirms_it)
{
    WORLD(end, NULL);

    end_set(&end, END_RULES, idle, END_IDLE_DAYS);
    night(&end, 0);
    end_set(&end, END_RULES,
            "{ name = \"other name\"; when = { account = \"active\"; idle_days_min = %d; };"
            "  do = \"suspend\"; grace_days = 20; approval = 2; }",
            END_IDLE_DAYS); /* the same text */
    night(&end, 0);
    end_set(&end, END_RULES, idle, END_IDLE_DAYS);
    night(&end, 0);
    end_set(&end, END_RULES, idle, END_IDLE_DAYS + 50); /* a new one */
    night(&end, 0);
    end_set(&end, END_RULES, idle, END_IDLE_DAYS); /* the second host, with the old file */
    night(&end, 20);
    assert_verdict(&end, "policy", "hold");
    end_set(&end, END_RULES, idle, END_IDLE_DAYS + 50);
    night(&end, 0);
    end_set(&end, END_RULES, idle, END_IDLE_DAYS);
    RUN(what_if, &end, "plan");
    end_assert_code(&what_if, 20);
    end_set(&end, END_RULES, idle, END_IDLE_DAYS + 50);
    night(&end, 0); /* what plan asked is no policy that was in force */
    end_set(&end, END_RULES, idle, END_IDLE_DAYS);
    night(&end, 20);
    acknowledge(&end, "policy", 0, NULL);
    night(&end, 0);
    night(&end, 0);
}

/* --- the events: G5 --- */

static void set_all_logins(struct end *end, int64_t hours_ago)
{
    int64_t count = end_count(end, "select count(*) from reconcile.account");
    CLEANUP(text_release) struct text form = TEXT_INIT;
    time_t at = time(NULL) - hours_ago * 3600;
    struct tm tm;
    char moment[40];

    assert_non_null(gmtime_r(&at, &tm));
    assert_true(strftime(moment, sizeof(moment), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
    text_addf(&form, "lastLogin=%s", moment);
    for (int64_t i = 0; i < count; i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        text_addf(
            &sql,
            "select account_id from reconcile.account order by account_id offset %lld limit 1",
            (long long)i);
        CLEANUP(mem_cleanup) char *id = end_query(end, text_cstr(&sql));
        end_change_user(end, id, text_cstr(&form));
    }
}

static void set_one_login(struct end *end, int64_t hours_ago)
{
    CLEANUP(mem_cleanup)
    char *id =
        end_query(end, "select a.account_id from reconcile.account a join"
                       " reconcile.account_version v using (portal_id, account_no) where v.valid_to"
                       " is null and v.status = 'active' and v.username not like 'svc-%'"
                       " order by a.account_id desc limit 1");
    CLEANUP(text_release) struct text form = TEXT_INIT;
    time_t at = time(NULL) - hours_ago * 3600;
    struct tm tm;
    char moment[40];

    assert_non_null(gmtime_r(&at, &tm));
    assert_true(strftime(moment, sizeof(moment), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
    text_addf(&form, "lastLogin=%s", moment);
    end_change_user(end, id, text_cstr(&form));
}

static const char portal_by_events[] =
    "requests_per_second = 1000000.0; requests_per_window = 100000000; page_size = 50; "
    "connections = 4; timeout = 3; patience = 10; logins = \"events\"; events_overlap_hours = 0;";

TEST(a_weekend_without_logins_passes_and_logins_without_events_do_not)
{
    static const char *const small[] = {"--users", "15", "--seed", "5", NULL};
    WORLD(end, small);

    end_set(&end, END_RULES, "%s", departed);
    night(&end, 0); /* asks nobody's login */
    set_all_logins(&end, 72);
    end_set(&end, END_PORTAL, "%s", portal_by_events);
    end_set(&end, END_RULES, idle, END_IDLE_DAYS);
    night(&end, 0);
    JSON(plan, show(&end));
    assert_string_equal(end_guard(plan, "G5"), "pass");
    assert_non_null(strstr(end_text_at(guard_of(plan, "G5"), "text"), "nobody was there"));
    set_one_login(&end, 60); /* within a day of the newest event: told late, not lost */
    night(&end, 0);
    set_one_login(&end, 40);
    night(&end, 20);
    assert_verdict(&end, "G5", "hold");
    acknowledge(&end, "G5", 0, NULL);
    night(&end, 0);
    assert_int_equal(standing(&end), 1);
}

TEST(a_portal_that_tells_nobodys_login_is_held_after_thirty_days)
{
    WORLD(end, NULL);

    end_set(&end, END_RULES, "%s",
            "{ name = \"never\"; when = { account = \"active\"; login = \"never\";"
            "  known_days_min = 20; }; do = \"suspend\"; }");
    end_fault(&end, "last-login-form=missing");
    night(&end, 0);
    end_change(&end, "update reconcile.snapshot set taken_at = (taken_at at time zone 'UTC' - "
                     "interval '29 days') at time zone 'UTC'");
    night(&end, 0);
    end_change(&end, "update reconcile.snapshot set taken_at = (taken_at at time zone 'UTC' - "
                     "interval '2 days') at time zone 'UTC'");
    night(&end, 20);
    assert_verdict(&end, "G5", "hold");
    acknowledge(&end, "G5", 0, "hardly anybody's last login");
    night(&end, 0);
}
