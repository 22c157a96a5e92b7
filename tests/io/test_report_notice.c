/*
 * notify/message: subjects that are one plain line whatever the portal is called, words from
 * outside encoded in mail and absent from the webhook, and the shapes that Slack and Teams take.
 */
#include <string.h>

#include <json-c/json.h>

#include "base/cleanup.h"
#include "notify/message.h"
#include "test.h"

#define HOSTILE "<script>alert(1)</script> \x1b[31m&\xE2\x80\xAE \r\nBcc: x@y"

static struct guard_finding guards[2] = {
    {.id = "G7", .hold = false, .limit = "50", .actual = "3", .text = "fine"},
    {.id = "G10", .hold = true, .limit = "20 %", .actual = "40 %", .text = HOSTILE},
};

static struct class_seats classes[] = {
    {.name = "Heavy", .seats = 42, .seats_after = 38, .contracted = 40, .price = -1},
    {.name = "Regular", .seats = 95, .seats_after = 93, .contracted = 100, .price = -1},
    {.name = "Light", .seats = 900, .seats_after = 900, .contracted = -1, .price = -1},
    {.seats = 8, .seats_after = 8, .contracted = -1, .price = -1},
};

static struct plan make_plan(enum plan_state state)
{
    return (struct plan){
        .id = 17,
        .portal = "acme",
        .state = state,
        .guard = guards,
        .guard_count = 2,
        .seat_class = classes,
        .seat_class_count = COUNT_OF(classes),
        .totals = {.of = {[ACTION_SUSPEND] = 12, [ACTION_DEPROVISION] = 3}, .seats_now = 90}};
}

static struct notice_facts make_facts(enum notice_kind kind, const struct plan *plan)
{
    return (struct notice_facts){.kind = kind,
                                 .portal = "acme",
                                 .verb = "run",
                                 .host = "job1",
                                 .run = 5,
                                 .now = {.us = INT64_C(1764000000) * SECOND_US},
                                 .plan = plan,
                                 .to_approve = 15};
}

static bool is_plain_line(const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c < ' ' || *c > '~')
            return false;
    }
    return true;
}

static void put(struct json_object **json)
{
    (void)json_object_put(*json);
}

static const char *field(struct json_object *json, const char *name)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(json, name, &value))
        fail_msg("there is no '%s'", name);
    return json_object_get_string(value);
}

TEST(report_notice_subject_is_one_plain_line)
{
    static const struct {
        const char *portal, *shown;
    } cases[] = {
        {"acme", "[bynder-reconcile] acme: "},
        {"Zo\xC3\xAB's", "[bynder-reconcile] Zo?'s: "},
        {"a\r\nBcc: x@y", "[bynder-reconcile] a??Bcc: x@y: "},
        {"0123456789012345678901234567890123456789012345678901234567890123456789",
         "[bynder-reconcile] 012345678901234567890123456789012345678901234567890123456789: "},
    };
    struct plan plan = make_plan(PLAN_HELD);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(notice_message_release) struct notice_message message;
        struct notice_facts facts = make_facts(NOTICE_HELD, &plan);

        facts.portal = cases[i].portal;
        report_notice(&facts, &message);
        assert_true(is_plain_line(text_cstr(&message.subject)));
        if (!text_starts(text_cstr(&message.subject), cases[i].shown))
            fail_msg("%s", text_cstr(&message.subject));
        assert_non_null(strstr(text_cstr(&message.subject), "plan 17 is held by G10"));
        assert_null(strstr(text_cstr(&message.subject), "G7"));
    }
}

TEST(report_notice_encodes_words_from_outside)
{
    CLEANUP(notice_message_release) struct notice_message message;
    struct plan plan = make_plan(PLAN_HELD);
    struct notice_facts facts = make_facts(NOTICE_HELD, &plan);

    report_notice(&facts, &message);
    assert_true(notice_carries_plan(facts.kind));
    assert_null(strstr(text_cstr(&message.html), "<script"));
    assert_non_null(strstr(text_cstr(&message.html), "&lt;script&gt;"));
    assert_null(strchr(text_cstr(&message.text), '\x1b'));
    assert_null(strstr(text_cstr(&message.html), "\xE2\x80\xAE"));
    assert_null(strstr(text_cstr(&message.text), "\xE2\x80\xAE"));
    assert_null(strchr(text_cstr(&message.text), '\r'));
    assert_non_null(strstr(text_cstr(&message.text), "G10"));
}

TEST(notice_class_state_is_of_what_is_told_alone)
{
    struct class_seats full = {.name = "Full", .seats = 10, .seats_after = 10, .contracted = 10};

    assert_string_equal(notice_class_state(&classes[0], 0), "over");
    assert_string_equal(notice_class_state(&classes[0], 10), "over");
    assert_null(notice_class_state(&classes[1], 0));
    assert_null(notice_class_state(&classes[1], 7)); /* 100 less 93 */
    assert_string_equal(notice_class_state(&classes[1], 8), "short");
    assert_null(notice_class_state(&classes[2], 8));
    assert_null(notice_class_state(&classes[3], 8));
    assert_null(notice_class_state(&full, 0)); /* full is not over */
    full.seats++;
    assert_string_equal(notice_class_state(&full, 0), "over");
}

TEST(report_notice_of_too_few_free_seats_names_the_classes)
{
    struct plan plan = make_plan(PLAN_PROPOSED);
    struct notice_facts facts = make_facts(NOTICE_SEATS, &plan);
    CLEANUP(notice_message_release) struct notice_message message;

    plan.seat_class = &classes[1];
    plan.seat_class_count = 3;
    facts.keep_free = 10;
    report_notice(&facts, &message);
    assert_non_null(strstr(text_cstr(&message.subject), "1 class of seats with too few free"));
    assert_non_null(strstr(text_cstr(&message.text), "short         Regular: 95 seats of 100"));
    assert_non_null(strstr(text_cstr(&message.html), "10 should be free"));
    assert_null(strstr(text_cstr(&message.text), "Light"));
}

TEST(report_notice_says_what_each_reason_needs)
{
    static const struct {
        enum notice_kind kind;
        const char *subject, *text;
        bool attached;
    } cases[] = {
        {NOTICE_APPROVAL, "plan 17 waits for approval: 15 acts",
         "bynder-reconcile approve 17 --digest 0000", true},
        {NOTICE_HELD, "plan 17 is held by G10", "bynder-reconcile show 17", true},
        {NOTICE_STEPS, "2 acts failed, of 1 the outcome is not known", "never repeated", false},
        {NOTICE_FAILED, "run failed: not reachable (exit code 69)", "no answer", false},
        {NOTICE_CUT_OFF, "run 4 was cut off", "job2", false},
        {NOTICE_CLEAR, "all clear again", "a guard held the plan", false},
        {NOTICE_SEATS, "1 class of seats over the contract",
         "over          Heavy: 42 seats of 40 contracted, 38 when the whole plan is", false},
    };
    struct plan plan = make_plan(PLAN_PROPOSED);
    struct store_watch watch = {.cut_off_run = 4, .cut_off_verb = "apply", .cut_off_host = "job2"};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(notice_message_release) struct notice_message message;
        struct notice_facts facts = make_facts(cases[i].kind, &plan);

        facts.failed = 2;
        facts.unknown = 1;
        facts.exit_code = 69;
        facts.why = "no answer";
        facts.watch = &watch;
        facts.told[NOTICE_HELD] = "G10";
        facts.audit_head = "91 abcdef";
        report_notice(&facts, &message);
        if (!strstr(text_cstr(&message.subject), cases[i].subject))
            fail_msg("subject %s", text_cstr(&message.subject));
        if (!strstr(text_cstr(&message.text), cases[i].text))
            fail_msg("text %s", text_cstr(&message.text));
        assert_int_equal(notice_carries_plan(cases[i].kind), cases[i].attached);
        assert_non_null(strstr(text_cstr(&message.text), "audit head    91 abcdef"));
    }
}

TEST(report_notice_json_generic_has_fields_and_no_words_from_outside)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct plan plan = make_plan(PLAN_HELD);
    struct notice_facts facts = make_facts(NOTICE_HELD, &plan);

    facts.why = HOSTILE;
    report_notice_json(&facts, WEBHOOK_GENERIC, &text);
    CLEANUP(put) struct json_object *json = json_tokener_parse(text_cstr(&text));
    assert_non_null(json);
    assert_string_equal(field(json, "reason"), "held");
    assert_string_equal(field(json, "text"), "plan 17 is held by G10");
    assert_string_equal(field(json, "run"), "5");
    assert_null(field(json, "audit_head"));
    struct json_object *inner = NULL;
    assert_true(json_object_object_get_ex(json, "plan", &inner));
    assert_string_equal(field(inner, "held_by"), "[ \"G10\" ]");
    assert_string_equal(field(inner, "state"), "held");
    assert_null(strstr(text_cstr(&text), "script"));
    assert_null(strstr(text_cstr(&text), "Bcc"));
}

TEST(report_notice_json_slack_is_text_with_its_three_marks_escaped)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct plan plan = make_plan(PLAN_HELD);
    struct notice_facts facts = make_facts(NOTICE_HELD, &plan);

    facts.portal = "a & <!channel>";
    report_notice_json(&facts, WEBHOOK_SLACK, &text);
    CLEANUP(put) struct json_object *json = json_tokener_parse(text_cstr(&text));
    assert_true(
        text_starts(field(json, "text"), "a &amp; &lt;!channel&gt;: plan 17 is held by G10\n"));
    assert_null(strstr(text_cstr(&text), "script"));
}

TEST(report_notice_json_teams_is_an_adaptive_card)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct plan plan = make_plan(PLAN_HELD);
    struct notice_facts facts = make_facts(NOTICE_HELD, &plan);
    struct json_object *attachments = NULL, *content = NULL, *body = NULL;

    report_notice_json(&facts, WEBHOOK_TEAMS, &text);
    CLEANUP(put) struct json_object *json = json_tokener_parse(text_cstr(&text));
    assert_string_equal(field(json, "type"), "message");
    assert_true(json_object_object_get_ex(json, "attachments", &attachments));
    struct json_object *first = json_object_array_get_idx(attachments, 0);
    assert_string_equal(field(first, "contentType"), "application/vnd.microsoft.card.adaptive");
    assert_true(json_object_object_get_ex(first, "content", &content));
    assert_string_equal(field(content, "type"), "AdaptiveCard");
    assert_true(json_object_object_get_ex(content, "body", &body));
    assert_true(json_object_array_length(body) > 3);
    assert_non_null(strstr(text_cstr(&text), "acme: plan 17 is held by G10"));
    assert_null(strstr(text_cstr(&text), "script"));
}

TEST(report_announcement_says_when_and_what_helps)
{
    struct store_announcement announcement = {.account_id = "a", .action = ACTION_SUSPEND};

    assert_true(day_parse_iso("2026-12-08", &announcement.not_before));
    for (int login = 0; login < 2; login++) {
        CLEANUP(notice_message_release) struct notice_message message;
        announcement.uses_login = login;
        report_announcement(&announcement, "https://acme.bynder.com", "it@acme.example", &message);
        assert_true(is_plain_line(text_cstr(&message.subject)));
        assert_non_null(strstr(text_cstr(&message.text), "2026-12-08"));
        assert_non_null(strstr(text_cstr(&message.text), "it@acme.example"));
        assert_int_equal(strstr(text_cstr(&message.text), "log in before") != NULL, login);
        assert_non_null(strstr(text_cstr(&message.html), "https://acme.bynder.com"));
    }
}
