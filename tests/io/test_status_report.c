/*
 * The status of a portal, as text and read back from JSON.
 */
#include <json-c/json.h>
#include <string.h>

#include "base/cleanup.h"
#include "format/encode.h"
#include "instant_of.h"
#include "report/status.h"
#include "test.h"

static struct day day_of(const char *text)
{
    struct day day = DAY_NONE;

    assert_true(day_parse_iso(text, &day));
    return day;
}

static struct store_status_run runs[3];

static struct store_lock_until suspended;
static struct status_guard held;
static struct store_step open_step;
static struct acknowledgement accepted;

static struct store_status make_status(void)
{
    runs[0] = (struct store_status_run){
        .id = 12,
        .verb = "plan",
        .started_at = instant_of("2026-11-22T07:45:00.25Z"),
        .exit_code = -1,
    };
    runs[1] = (struct store_status_run){
        .id = 11,
        .verb = "plan",
        .started_at = instant_of("2026-11-21T07:45:00Z"),
        .finished_at = instant_of("2026-11-21T07:46:00Z"),
        .exit_code = 20,
    };
    runs[2] = (struct store_status_run){
        .id = 10,
        .verb = "run",
        .started_at = instant_of("2026-11-20T07:45:00Z"),
        .finished_at = instant_of("2026-11-20T07:45:09Z"),
        .exit_code = 69,
        .message = "portal 'acme': no answer\n\x1b[31m",
    };
    suspended = (struct store_lock_until){
        .account_id = "A1",
        .username = "anna",
        .suspended_at = instant_of("2026-11-20T07:45:02Z"),
        .until = instant_of("2027-05-19T07:45:02Z"),
    };
    held = (struct status_guard){
        .id = "G3",
        .text = "120 rows are rejected",
        .limit = "1 %",
        .actual = "12 %",
        .since = instant_of("2026-11-19T07:45:59Z"),
    };
    open_step = (struct store_step){
        .plan_id = 6,
        .account_id = "A9",
        .aim.action = ACTION_SUSPEND,
        .intent_at = instant_of("2026-11-20T07:45:03Z"),
        .reason = "no answer",
    };
    accepted = (struct acknowledgement){
        .guard = "G6",
        .who = "anna",
        .reason = "a new\x1b domain",
        .at = instant_of("2026-11-20T09:00:00Z"),
        .cause = "40 %",
    };
    return (struct store_status){
        .portal = "acme",
        .open_steps = 1,
        .suspended = &suspended,
        .suspended_count = 1,
        .run = runs,
        .run_count = COUNT_OF(runs),
        .snapshot_taken_at = instant_of("2026-11-21T07:45:30Z"),
        .snapshot_complete = true,
        .accounts = 5000,
        .active = 4100,
        .inactive = 900,
        .gone = 3,
        .roster_read_at = instant_of("2026-11-21T07:45:01Z"),
        .roster_good = true,
        .people = 4800,
        .rejected = 2,
        .plan_id = 7,
        .plan_state = PLAN_HELD,
        .plan_created_at = instant_of("2026-11-21T07:45:59Z"),
        .held_count = 1,
        .held = &held,
        .database_bytes = 52428800,
        .locked = true,
        .stands = {.known = true,
                   .waiting = 5,
                   .due = 3,
                   .alone = 1,
                   .approved = 2,
                   .approval_first = instant_of("2026-11-30T07:45:00Z"),
                   .keeps = {1, day_of("2027-03-01")},
                   .rejects = {2, day_of("2027-04-01")},
                   .agains = {0},
                   .acknowledgement = &accepted,
                   .acknowledgements = 1,
                   .announced = 4,
                   .announced_next = day_of("2026-12-06"),
                   .open = &open_step,
                   .digest = "4c6b"},
    };
}

TEST(status_report_text_held_plan_and_open_run_are_said_first)
{
    struct store_status status = make_status();
    CLEANUP(text_release) struct text out = TEXT_INIT;

    status_report_text(&status, NULL, &out);
    assert_true(text_starts(text_cstr(&out), "acme: last run 12 running, newest plan 7 held\n"));
    assert_non_null(strstr(text_cstr(&out),
                           "\naccounts  5,000: 4,100 active (seats), 900 inactive, "
                           "3 gone; read 2026-11-21T07:45:30Z, complete\n"));
    assert_non_null(strstr(text_cstr(&out), "\nheld      by G3 rejected roster rows since "
                                            "2026-11-19T07:45:59Z: 120 rows are rejected "));
    assert_non_null(strstr(text_cstr(&out), "\n            bynder-reconcile roster check\n"));
    assert_non_null(
        strstr(text_cstr(&out), "\n     11  plan      2026-11-21T07:45:00Z  20 held\n"));
    assert_non_null(strstr(text_cstr(&out), "69 not reachable\n         portal 'acme': no answer"
                                            "\\x0a\\x1b[31m\n"));
    assert_non_null(strstr(text_cstr(&out), "\ndatabase  52 MB\nlock      held by a run\n"));
    assert_non_null(strstr(text_cstr(&out), "\nacts      1 with an unknown outcome: "));
    assert_non_null(strstr(text_cstr(&out), "  2026-11-20 until 2027-05-19  A1  anna\n"));
}

TEST(status_report_text_says_what_stands_and_what_waits)
{
    static const char *const lines[] = {
        ("waiting   5 rows for a person's approval, 3 due by now, 1 of them for one more person\n"
         "            bynder-reconcile show 7\n"
         "            bynder-reconcile approve 7 --digest 4c6b\n"),
        ("approved  2 rows by enough people, to be done when due and there is room; the first "
         "approval ends 2026-11-30T07:45:00Z\n"),
        "kept      1 account, the first until 2027-03-01\n",
        "rejected  2 rows, the first until 2027-04-01\n",
        "accepted  G6 by anna, 2026-11-20T09:00:00Z: a new\\x1b domain\n",
        "grace     4 announcements, the first is due 2026-12-06\n",
        "            bynder-reconcile audit decisions\n",
        "          suspend A9, plan 6, since 2026-11-20T07:45:03Z: no answer\n",
    };
    struct store_status status = make_status();
    CLEANUP(text_release) struct text out = TEXT_INIT;

    status_report_text(&status, NULL, &out);
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (!strstr(text_cstr(&out), lines[i]))
            fail_msg("'%s' is not in: %s", lines[i], text_cstr(&out));
    assert_null(strstr(text_cstr(&out), "again"));
}

/* Two guards have verbs of their own, and one of them knows the name to go on from. */
TEST(status_report_text_has_the_command_that_lets_the_portal_and_the_record_go_on)
{
    static const struct {
        const char *guard, *actual, *command;
    } rows[] = {
        {"G14", "acme.example:443",
         "bynder-reconcile portal adopt --reason \"why it is this portal\"\n"},
        {"G14", "also known as my 'acme",
         "bynder-reconcile portal adopt --from 'my '\\''acme' --reason \"why it is this "
         "portal\"\n"},
        {"G15", "an older record",
         "bynder-reconcile audit accept-restore --reason \"which backup, and why\"\n"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct store_status status = make_status();
        CLEANUP(text_release) struct text out = TEXT_INIT;
        held.id = rows[i].guard;
        held.actual = rows[i].actual;
        held.cause = NULL;
        status_report_text(&status, NULL, &out);
        if (!strstr(text_cstr(&out), rows[i].command))
            fail_msg("'%s' is not in: %s", rows[i].command, text_cstr(&out));
    }
}

TEST(status_report_text_run_without_end_and_lock_was_cut_off)
{
    struct store_status status = make_status();
    CLEANUP(text_release) struct text out = TEXT_INIT;

    status.locked = false;
    runs[1].exit_code = -1;
    status_report_text(&status, NULL, &out);
    assert_true(text_starts(text_cstr(&out), "acme: last run 12 cut off, "));
    assert_null(strstr(text_cstr(&out), "running"));
}

TEST(status_report_text_only_the_newest_run_can_be_running)
{
    struct store_status status = make_status();
    CLEANUP(text_release) struct text out = TEXT_INIT;

    runs[1].exit_code = -1;
    status_report_text(&status, NULL, &out);
    assert_non_null(strstr(text_cstr(&out), "2026-11-22T07:45:00Z  running\n"));
    assert_non_null(strstr(text_cstr(&out), "2026-11-21T07:45:00Z  cut off\n"));
}

TEST(status_report_text_new_portal_says_what_there_is_not)
{
    struct store_status status = {.portal = "acme"};
    CLEANUP(text_release) struct text out = TEXT_INIT;

    status_report_text(&status, NULL, &out);
    assert_string_equal(text_cstr(&out), "acme: no run yet\n"
                                         "\n"
                                         "accounts  never read\n"
                                         "roster    never read\n"
                                         "plan      none yet\n"
                                         "database  0 bytes\n"
                                         "lock      free\n"
                                         "acts      0 with an unknown outcome\n");
}

static void assert_json(const struct store_status *status, const char *expected)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;
    struct json_object *root;

    status_report_json(status, &out);
    assert_int_equal(out.data[out.length - 1], '\n');
    root = json_tokener_parse(text_cstr(&out));
    assert_non_null(root);
    assert_string_equal(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN |
                                                                 JSON_C_TO_STRING_NOSLASHESCAPE),
                        expected);
    json_object_put(root);
}

TEST(status_report_json_every_field_has_its_type)
{
    struct store_status status = make_status();

    assert_json(
        &status,
        "{\"portal\":\"acme\",\"locked\":true,\"snapshot\":{\"taken_at\":\"2026-11-21T07:45:30Z\","
        "\"complete\":true,\"accounts\":5000,\"active\":4100,\"inactive\":900,\"gone\":3},"
        "\"roster\":{\"read_at\":\"2026-11-21T07:45:01Z\",\"good\":true,\"people\":4800,"
        "\"rejected\":2},\"plan\":{\"id\":7,\"state\":\"held\",\"created_at\":"
        "\"2026-11-21T07:45:59Z\",\"held\":[\"120 rows are rejected\"]},"
        "\"guards\":[{\"id\":\"G3\",\"since\":\"2026-11-19T07:45:59Z\",\"found\":"
        "\"120 rows are rejected\",\"limit\":\"1 %\",\"actual\":\"12 %\",\"advice\":"
        "\"have the rows corrected\",\"command\":\"bynder-reconcile roster "
        "check\",\"let_go\":null}],"
        "\"stands\":{\"waiting\":5,\"waiting_due\":3,\"waiting_for_one_more\":1,\"approved\":2,"
        "\"approval_first_ends\":\"2026-11-30T07:45:00Z\","
        "\"keeps\":{\"count\":1,\"first_until\":\"2027-03-01\"},"
        "\"rejects\":{\"count\":2,\"first_until\":\"2027-04-01\"},"
        "\"agains\":{\"count\":0,\"first_until\":null},"
        "\"acknowledged\":[{\"guard\":\"G6\",\"who\":\"anna\",\"at\":\"2026-11-20T09:00:00Z\","
        "\"reason\":\"a new\\u001b domain\",\"cause\":\"40 %\"}],"
        "\"announced\":4,\"announced_next\":\"2026-12-06\","
        "\"open\":[{\"plan\":6,\"account_id\":\"A9\",\"action\":\"suspend\","
        "\"since\":\"2026-11-20T07:45:03Z\",\"reason\":\"no answer\"}]},"
        "\"database_bytes\":52428800,\"open_steps\":1,\"suspended\":[{\"account_id\":\"A1\","
        "\"username\":\"anna\",\"email\":null,\"suspended_at\":\"2026-11-20T07:45:02Z\","
        "\"locked_until\":\"2027-05-19T07:45:02Z\"}],\"runs\":["
        "{\"id\":12,\"verb\":\"plan\",\"started_at\":\"2026-11-22T07:45:00.250000Z\","
        "\"finished_at\":null,\"exit_code\":null,\"outcome\":\"running\",\"message\":null},"
        "{\"id\":11,\"verb\":\"plan\",\"started_at\":\"2026-11-21T07:45:00Z\","
        "\"finished_at\":\"2026-11-21T07:46:00Z\",\"exit_code\":20,\"outcome\":\"held\","
        "\"message\":null},"
        "{\"id\":10,\"verb\":\"run\",\"started_at\":\"2026-11-20T07:45:00Z\","
        "\"finished_at\":\"2026-11-20T07:45:09Z\",\"exit_code\":69,\"outcome\":\"not reachable\","
        "\"message\":\"portal 'acme': no answer\\n\\u001b[31m\"}]}");
}

TEST(status_report_json_new_portal_has_nulls)
{
    struct store_status status = {.portal = "acme"};

    assert_json(&status, "{\"portal\":\"acme\",\"locked\":false,\"snapshot\":null,\"roster\":null,"
                         "\"plan\":null,\"guards\":[],\"stands\":null,\"database_bytes\":0,\"open_"
                         "steps\":0,\"suspended\":[],\"runs\":[]}");
}
