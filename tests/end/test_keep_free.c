/*
 * seats.keep_free: of what is approved and due as many seats are taken back as are missing, longest
 * unused first; the rest waits, says so, and is there on the day it is missed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "end.h"
#include "test.h"

#define IDLE                                                                                       \
    "{ name = \"integrations\"; when = { username = [ \"svc-*\" ]; }; do = \"keep\"; },"           \
    "{ name = \"idle\"; when = { account = \"active\"; login = \"known\"; idle_days_min = 300; };" \
    "  do = \"suspend\"; }"
#define DEPARTED                                                                                   \
    "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\"; };"              \
    "  do = \"suspend\"; }"

#define WIDE "count = 1000; percent = 100.0; rolling_count = 1000; rolling_percent = 100.0;"

/* One class of all profiles, with so many seats more than are in use now. */
static void set_seats(struct end *end, int64_t contracted, int keep_free)
{
    end_set(end, END_REST,
            "approval: { suspend = 1; }; apply: { settle_seconds = 1; };"
            "seats: { classes = ( { name = \"Any\"; profiles = [ \"*\" ]; contracted = %lld; } );"
            "         keep_free = %d; };",
            (long long)contracted, keep_free);
}

static int64_t active_accounts(struct end *end)
{
    return end_count(end,
                     "select active from reconcile.snapshot order by snapshot_id desc limit 1");
}

static int64_t suspended(struct end *end)
{
    return end_count(end, "select count(*) from reconcile.act where action = 'suspend'");
}

static void approve_newest(struct end *end)
{
    CLEANUP(mem_cleanup)
    char *digest = end_query(end, "select encode(digest, 'hex') from reconcile.plan "
                                  "order by plan_id desc limit 1");
    CLEANUP(mem_cleanup)
    char *plan = end_query(end, "select max(plan_id) from reconcile.plan");
    RUN(approved, end, "approve", plan, "--digest", digest, "--override", "G10", "--reason",
        "a test");
    end_assert_code(&approved, 0);
}

static void begin(struct end *end, const char *seed, const char *rules)
{
    end_begin(end, (const char *const[]){"--users", "200", "--seed", seed, NULL});
    end_set(end, END_POLICY, "mode = \"enforce\";");
    end_set(end, END_RULES, "%s", rules);
    end_set(end, END_SUSPEND, "%s }; downgrade: { %s", WIDE, WIDE);
    RUN(plan, end, "plan");
    end_assert_code(&plan, 0);
}

/* How many of the plan's rows that are not done were unused for longer than one that is. */
#define PASSED_OVER                                                                                \
    "with idle as (select r.account_id, r.last_login from reconcile.plan_row r where r.plan_id = " \
    "              (select max(plan_id) from reconcile.plan where state <> 'empty')"               \
    "              and r.rule = 'idle'),"                                                          \
    "     done as (select account_id, i.last_login from idle i join reconcile.act a"               \
    "              using (account_id)) "                                                           \
    "select count(*) from idle i left join done d using (account_id) where d.account_id is null"   \
    "  and i.last_login < (select max(last_login) from done)"

TEST(keep_free_takes_back_what_is_missing_and_the_rest_when_it_is)
{
    CLEANUP(end_finish) struct end end;

    begin(&end, "1", IDLE);
    int64_t active = active_accounts(&end);
    set_seats(&end, active + 2, 5);
    RUN(planned, &end, "plan");
    end_assert_code(&planned, 0);
    approve_newest(&end);
    RUN(first, &end, "run");
    end_assert_code(&first, 0);
    assert_int_equal(suspended(&end), 3);
    assert_int_equal(end_count(&end, PASSED_OVER), 0);
    RUN(shown, &end, "show");
    end_assert_says(&shown.out, "waits: as many seats of its class are free as seats.keep_free");
    RUN(json, &end, "show", "--format", "json");
    end_assert_says(&json.out, "\"waits_for\": \"keep_free\"");

    RUN(second, &end, "run");
    end_assert_code(&second, 0);
    assert_int_equal(suspended(&end), 3);

    set_seats(&end, active + 2, 6); /* one more is wanted */
    RUN(third, &end, "run");
    end_assert_code(&third, 0);
    assert_int_equal(suspended(&end), 4);

    set_seats(&end, active - 3, 0); /* and without the wish all that were approved */
    RUN(fourth, &end, "run");
    end_assert_code(&fourth, 0);
    assert_true(suspended(&end) > 4);
}

TEST(keep_free_never_lets_who_left_wait)
{
    CLEANUP(end_finish) struct end end;

    begin(&end, "1", DEPARTED "," IDLE);
    int64_t active = active_accounts(&end);
    int64_t departed = end_count(&end, "select count(*) from reconcile.plan_row where plan_id = 1 "
                                       "and rule = 'departed'");
    assert_true(departed > 2);
    set_seats(&end, active + 100, 5); /* more than enough are free */
    RUN(planned, &end, "plan");
    approve_newest(&end);
    RUN(run, &end, "run");
    end_assert_code(&run, 0);
    assert_int_equal(suspended(&end), departed);
    assert_int_equal(end_count(&end,
                               "select count(*) from reconcile.act a join reconcile.plan_row r "
                               "using (portal_id, plan_id, account_id) where r.rule <> 'departed'"),
                     0);
    set_seats(&end, active - departed, 2); /* all of them gave their seat, and two are missing */
    RUN(more, &end, "run");
    end_assert_code(&more, 0);
    assert_int_equal(suspended(&end), departed + 2);
}

/* --- classes, and downgrades between them --- */

#define HEAVY   "'Administrator', 'Brand Manager'"
#define REGULAR "'Content Creator', 'Regular', 'Agency'"
#define CLASS_OF_PROFILE                                                                           \
    "case when p.name in (" HEAVY ") then 'Heavy' when p.name in (" REGULAR ") then 'Regular' "    \
    "else 'Light' end"
static const char *const class_names[] = {"Heavy", "Regular", "Light"};

/* How many rows `from` has, of a class. */
static int64_t count_of(struct end *end, const char *from, const char *of, const char *class)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "select count(*) from %s and %s = '%s'", from, of, class);
    return end_count(end, text_cstr(&sql));
}

/* Seats in use, by the newest reading of each account. */
#define USED                                                                                       \
    "reconcile.account_version v join reconcile.profile_version p on p.portal_id = v.portal_id "   \
    "and p.profile_id = v.profile_id and p.valid_to is null "                                      \
    "where v.valid_to is null and v.status = 'active'"
/* Acts of rules about the login, and rows of the newest plan that would still be some, and stand
 * approved: whoever was downgraded may have a new row by now. */
#define TAKEN                                                                                      \
    "reconcile.act a join reconcile.plan_row r on r.portal_id = a.portal_id and r.plan_id = "      \
    "a.plan_id and "                                                                               \
    "r.account_id = a.account_id where a.rule <> 'departed'"
#define LEFT                                                                                       \
    "reconcile.plan_row r join reconcile.ruling g on g.portal_id = r.portal_id and "               \
    "g.account_id = r.account_id and g.action = r.action and g.kind = 'approve' "                  \
    "where r.plan_id = (select max(plan_id) from reconcile.plan) "                                 \
    "and r.action in ('suspend', 'downgrade') and r.held_by is null"

static void check_world(unsigned seed)
{
    CLEANUP(end_finish) struct end end;
    char number[8];
    int keep_free = (int)(seed % 4) + 2;

    (void)snprintf(number, sizeof(number), "%u", seed);
    begin(&end, number,
          DEPARTED ","
                   "{ name = \"idle heavy\"; when = { account = \"active\";"
                   "  profile = [ \"Brand Manager\" ]; idle_days_min = 120; };"
                   "  do = \"downgrade\"; to_profile = \"Light\"; }," IDLE);
    int64_t contracted[COUNT_OF(class_names)];
    for (size_t c = 0; c < COUNT_OF(class_names); c++)
        contracted[c] =
            count_of(&end, USED, CLASS_OF_PROFILE, class_names[c]) + (int64_t)((seed + c) % 3);
    end_set(
        &end, END_REST,
        "approval: { suspend = 1; downgrade = 1; }; apply: { settle_seconds = 1; };"
        "seats: { classes = ("
        "  { name = \"Heavy\"; profiles = [ \"Administrator\", \"Brand Manager\" ];"
        "    contracted = %lld; },"
        "  { name = \"Regular\"; profiles = [ \"Content Creator\", \"Regular\", \"Agency\" ];"
        "    contracted = %lld; },"
        "  { name = \"Light\"; profiles = [ \"*\" ]; contracted = %lld; } ); keep_free = %d; };",
        (long long)contracted[0], (long long)contracted[1], (long long)contracted[2], keep_free);
    RUN(planned, &end, "plan");
    end_assert_code(&planned, 0);
    approve_newest(&end);
    RUN(run, &end, "run");
    end_assert_code(&run, 0);
    RUN(after, &end, "plan"); /* what the portal says now */
    for (size_t c = 0; c < COUNT_OF(class_names); c++) {
        const char *class = class_names[c];
        int64_t free = contracted[c] - count_of(&end, USED, CLASS_OF_PROFILE, class);
        int64_t taken = count_of(&end, TAKEN, "r.class", class);
        int64_t left = count_of(&end, LEFT, "r.class", class);
        print_message("  seed %u, %s: %lld free of %d, %lld taken, %lld left\n", seed, class,
                      (long long)free, keep_free, (long long)taken, (long long)left);
        if (free > keep_free)
            assert_int_equal(taken, 0); /* more than wanted are free by who departed alone */
        if (free < keep_free)
            assert_int_equal(left, 0);
    }
}

TEST(keep_free_of_each_class_is_what_is_free_afterwards)
{
    for (unsigned seed = 1; seed <= 6; seed++)
        check_world(seed);
}
