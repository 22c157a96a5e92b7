/*
 * A page is built once: a headline, facts, what to do, commands. Three writers show it. The
 * headline is made of fixed words and numbers, so it can be a subject; a fact is marked when it may
 * hold words from outside, and those stay out of the webhook.
 */
#include "notify/message.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "format/encode.h"
#include "host/command.h"
#include "report/parts.h"
#include "report/status.h"

enum { FACTS_MAX = 2 * GUARD_COUNT + 16, COMMANDS_MAX = 8, NAME_MAX_BYTES = 60 };

struct fact {
    const char *label;
    struct text value;
    bool from_outside; /* may hold words of a server, a roster or a portal */
};

struct page {
    struct text headline;
    struct fact fact[FACTS_MAX];
    size_t fact_count;
    const char *advice;
    struct text command[COMMANDS_MAX];
    const char *purpose[COMMANDS_MAX];
    size_t command_count;
};

static void page_release(struct page *page)
{
    text_release(&page->headline);
    for (size_t i = 0; i < page->fact_count; i++)
        text_release(&page->fact[i].value);
    for (size_t i = 0; i < page->command_count; i++)
        text_release(&page->command[i]);
}

void notice_message_release(struct notice_message *message)
{
    text_release(&message->subject);
    text_release(&message->text);
    text_release(&message->html);
}

static struct text *add_fact(struct page *page, const char *label, bool from_outside)
{
    struct fact *fact = &page->fact[page->fact_count];

    if (page->fact_count + 1 < FACTS_MAX)
        page->fact_count++;
    *fact = (struct fact){.label = label, .value = TEXT_INIT, .from_outside = from_outside};
    return &fact->value;
}

/* Where the command goes; what was one too many goes into the last. */
static struct text *add_command(struct page *page, const char *purpose)
{
    size_t at = page->command_count < COMMANDS_MAX ? page->command_count++ : COMMANDS_MAX - 1;

    text_release(&page->command[at]);
    page->purpose[at] = purpose;
    page->command[at] = TEXT_INIT;
    return &page->command[at];
}

static void add_time(struct text *out, struct instant at)
{
    char buffer[INSTANT_TEXT_SIZE];
    struct instant second = {.us = at.us - at.us % SECOND_US};

    text_add(out, instant_is_set(at) ? instant_format(second, buffer) : "not known");
}

/* --- what the page is about --- */

static void add_plan(struct page *page, const struct plan *plan)
{
    char digest[DIGEST_HEX_SIZE];

    text_addf(add_fact(page, "plan", false), "%lld, %s", (long long)plan->id,
              plan_state_name(plan->state));
    report_add_headline(add_fact(page, "it", false), plan);
    text_addf(add_fact(page, "seats", false), "%zu now, %zu after", plan->totals.seats_now,
              plan->totals.seats_after);
    text_add(add_fact(page, "digest", false), digest_hex(&plan->digest, digest));
    if (plan->since.plan_id > 0)
        report_add_since(add_fact(page, "changes", false), plan);
}

/* What was attached, and where decisions go; of a webhook nothing. */
static void add_attached(struct page *page, const struct notice_facts *facts)
{
    const struct notice_attached *attached = facts->attached;

    if (!attached)
        return;
    const struct {
        const char *name, *what;
    } each[] = {
        {attached->page, "the page: open it in a browser, look, decide, save the decisions"},
        {attached->workbook, "the same as a workbook, with columns for decisions"},
        {attached->table, "the same as a table"}};
    bool comes_back = false;
    for (size_t i = 0; i < COUNT_OF(each); i++) {
        if (!each[i].name)
            continue;
        text_addf(add_fact(page, "attached", false), "%s (%s)", each[i].name, each[i].what);
        comes_back = true;
    }
    if (attached->left_out)
        text_add(add_fact(page, "not attached", false), attached->left_out);
    if (!comes_back)
        return;
    struct text *fact = add_fact(page, "decisions", false);
    if (attached->return_to)
        text_addf(fact, "%s%s", attached->return_to, attached->inbox ? "; or " : "");
    if (attached->inbox)
        text_addf(fact, "put the saved file into %s, as yourself: the next run takes it",
                  attached->inbox);
    if (!attached->return_to && !attached->inbox)
        text_add(fact, "give the saved file to whoever runs this program");
    command_add(add_command(page, "take a file of decisions that came back"), "review %lld FILE",
                (long long)facts->plan->id);
}

static void add_guards(struct page *page, const struct plan *plan)
{
    for (size_t i = 0; i < plan->guard_count; i++) {
        const struct guard_finding *guard = &plan->guard[i];
        CLEANUP(text_release) struct text command = TEXT_INIT;
        const char *title = report_guard_title(guard->id), *advice = report_guard_advice(guard->id);

        if (!guard->hold)
            continue;
        text_addf(add_fact(page, "guard", false), "%s %s", guard->id, title ? title : "");
        text_addf(add_fact(page, "found", true), "%s (limit %s, actual %s)", guard->text,
                  guard->limit, guard->actual);
        if (advice)
            text_add(add_fact(page, "what to do", false), advice);
        const char *purpose = report_advice_command(guard->id, &command);
        if (purpose)
            text_add(add_command(page, purpose), text_cstr(&command));
    }
}

static void make_approval(const struct notice_facts *facts, struct page *page)
{
    const struct plan *plan = facts->plan;

    text_addf(&page->headline, "plan %lld waits for approval: %zu %s", (long long)plan->id,
              facts->to_approve, facts->to_approve == 1 ? "act" : "acts");
    add_plan(page, plan);
    if (facts->due < facts->to_approve)
        text_addf(add_fact(page, "due", false),
                  "%zu now; what is approved today is done on its day", facts->due);
    page->advice =
        "Read the plan, then approve it, whole or in part, or reject it. Nothing is done before.";
    add_attached(page, facts);
    for (size_t i = 0; i < COMMANDS_MAX; i++) {
        CLEANUP(text_release) struct text purpose = TEXT_INIT, command = TEXT_INIT;
        if (report_command(plan, i, &purpose, &command) && strstr(text_cstr(&command), "approve"))
            text_add(add_command(page, "approve all of it"), text_cstr(&command));
    }
    command_add(add_command(page, "or reject it"), "reject %lld --reason TEXT",
                (long long)plan->id);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void make_expiring(const struct notice_facts *facts, struct page *page)
{
    const struct notice_expiring *expiring = &facts->expiring;
    size_t count = expiring->approvals + expiring->keeps;
    char digest[DIGEST_HEX_SIZE], day[DAY_TEXT_SIZE];

    text_addf(&page->headline, "%zu decision%s about to end", count, count == 1 ? " is" : "s are");
    if (expiring->approvals > 0) {
        struct text *fact = add_fact(page, "approvals", false);
        text_addf(fact, "%zu approval%s not carried out, the first ends at ", expiring->approvals,
                  plural(expiring->approvals));
        add_time(fact, expiring->approval_first);
    }
    if (expiring->keeps > 0)
        text_addf(add_fact(page, "keeps", false), "%zu account%s kept, the first until %s",
                  expiring->keeps, plural(expiring->keeps),
                  day_format(expiring->keep[0].until, day));
    page->advice = "What was approved and then ends waits for people again; who is kept no longer "
                   "is judged by the rules like everybody else. Nothing is to be done when that is "
                   "right.";
    if (expiring->approvals > 0 && facts->plan)
        command_add(add_command(page, "approve again what stands approved"),
                    "approve %lld --digest %s --renew%s", (long long)facts->plan->id,
                    digest_hex(&facts->plan->digest, digest), expiring->spread ? " --spread" : "");
    for (size_t i = 0; i < expiring->keeps && page->command_count < COMMANDS_MAX - 1; i++)
        command_add(add_command(page, "keep this account longer"),
                    "keep %s --until %s --reason 'still needed'", expiring->keep[i].account_id,
                    day_format(expiring->keep[i].again_until, day));
    command_add(add_command(page, "see all that stands"), "status");
}

static void make_held(const struct notice_facts *facts, struct page *page)
{
    const struct plan *plan = facts->plan;

    text_addf(&page->headline, "plan %lld is held by", (long long)plan->id);
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (plan->guard[i].hold)
            text_addf(&page->headline, " %s", plan->guard[i].id);
    }
    add_plan(page, plan);
    add_guards(page, plan);
    page->advice = "Nothing of what is held will be done. Find out whether the input is right "
                   "before you let the plan pass.";
    add_attached(page, facts);
    command_add(add_command(page, "look at it"), "show %lld", (long long)plan->id);
}

static void make_steps(const struct notice_facts *facts, struct page *page)
{
    text_addf(&page->headline, "%zu %s failed, of %zu the outcome is not known", facts->failed,
              facts->failed == 1 ? "act" : "acts", facts->unknown);
    page->advice = facts->unknown
                       ? "An act with an unknown outcome is never repeated: the next run asks "
                         "Bynder what became of it. If it stays unknown, look at the account in "
                         "Bynder."
                       : "The reasons are in the history; the next plan proposes again what still "
                         "holds.";
    command_add(add_command(page, "see where it stands"), "status");
    command_add(add_command(page, "and why"),
                "psql -c \"select plan_id, account_id, action, state, reason from step where state "
                "in ('intent', 'unknown', 'failed') order by outcome_at\"");
}

static void make_failed(const struct notice_facts *facts, struct page *page)
{
    text_addf(&page->headline, "%s failed: %s (exit code %d)", facts->verb,
              status_exit_name(facts->exit_code), facts->exit_code);
    text_add(add_fact(page, "because", true), facts->why ? facts->why : "of an unknown reason");
    if (facts->watch)
        add_time(add_fact(page, "last success", false), facts->watch->last_success);
    page->advice = "Until it is mended no plan is made and nothing is done.";
    command_add_portal(add_command(page, "see what is wrong"), COMMAND_CHECK, 0);
}

static void make_cut_off(const struct notice_facts *facts, struct page *page)
{
    const struct store_watch *watch = facts->watch;

    text_addf(&page->headline, "run %lld was cut off", (long long)watch->cut_off_run);
    text_add(add_fact(page, "it was", false), watch->cut_off_verb);
    add_time(add_fact(page, "started", false), watch->cut_off_started);
    if (watch->cut_off_host)
        text_add(add_fact(page, "on host", false), watch->cut_off_host);
    page->advice = "It was killed, or its machine or database went away. What it left open is "
                   "settled by this run, by asking Bynder; nothing is done twice. Its journal says "
                   "more.";
}

const char *notice_class_state(const struct class_seats *class, int64_t keep_free)
{
    if (!class->name || class->contracted < 0)
        return NULL;
    if ((int64_t) class->seats > class->contracted)
        return "over";
    return class->contracted - (int64_t) class->seats_after < keep_free ? "short" : NULL;
}

/* One class, what it has and what the plan would leave. */
static void add_class(struct page *page, const struct class_seats *class, const char *state,
                      int64_t keep_free)
{
    struct text *fact = add_fact(page, state, false);

    text_addf(fact, "%s: %zu seats of %lld contracted, %zu when the whole plan is done",
              class->name, class->seats, (long long)class->contracted, class->seats_after);
    if (keep_free > 0)
        text_addf(fact, "; %lld should be free", (long long)keep_free);
}

static void make_seats(const struct notice_facts *facts, struct page *page)
{
    size_t over = 0, wrong = 0;

    for (size_t i = 0; facts->plan && i < facts->plan->seat_class_count; i++) {
        const struct class_seats *class = &facts->plan->seat_class[i];
        const char *state = notice_class_state(class, facts->keep_free);
        if (!state)
            continue;
        add_class(page, class, state, facts->keep_free);
        wrong++;
        over += text_equal(state, "over");
    }
    if (over > 0)
        text_addf(&page->headline, "%zu %s of seats over the contract", over,
                  over == 1 ? "class" : "classes");
    else
        text_addf(&page->headline, "%zu %s of seats with too few free", wrong,
                  wrong == 1 ? "class" : "classes");
    page->advice = "Over the seat limit Bynder charges extra. What the plan proposes frees seats "
                   "when people approve it; beyond that the contract or the rules must change. "
                   "This is told once, and again when another class comes to it.";
    if (facts->plan)
        command_add(add_command(page, "look at the plan"), "show %lld", (long long)facts->plan->id);
    command_add(add_command(page, "and at the seats over time"), "audit seats");
}

static void make_clear(const struct notice_facts *facts, struct page *page)
{
    static const char *const over[NOTICE_KIND_COUNT] = {
        [NOTICE_HELD] = "a guard held the plan",
        [NOTICE_STEPS] = "acts had failed or were unknown",
        [NOTICE_FAILED] = "the run failed",
        [NOTICE_CUT_OFF] = "a run was cut off",
    };

    text_add(&page->headline, "all clear again");
    for (unsigned kind = 1; kind < NOTICE_KIND_COUNT; kind++) {
        if (facts->told[kind] && over[kind])
            text_add(add_fact(page, "over", false), over[kind]);
    }
}

static void make_page(const struct notice_facts *facts, struct page *page)
{
    static void (*const makers[NOTICE_KIND_COUNT])(const struct notice_facts *, struct page *) = {
        [NOTICE_CLEAR] = make_clear,       [NOTICE_APPROVAL] = make_approval,
        [NOTICE_EXPIRING] = make_expiring, [NOTICE_HELD] = make_held,
        [NOTICE_STEPS] = make_steps,       [NOTICE_FAILED] = make_failed,
        [NOTICE_CUT_OFF] = make_cut_off,   [NOTICE_SEATS] = make_seats,
    };

    *page = (struct page){.fact_count = 0};
    makers[facts->kind](facts, page);
    if (facts->run)
        text_addf(add_fact(page, "told by", false), "run %lld (%s)", (long long)facts->run,
                  facts->verb);
    if (facts->host)
        text_add(add_fact(page, "on host", false), facts->host);
    add_time(add_fact(page, "at", false), facts->now);
    if (facts->audit_head)
        text_add(add_fact(page, "audit head", false), facts->audit_head);
}

/* --- mail --- */

/* One line of ASCII, whatever the portal is called. */
static void add_ascii(struct text *out, const char *name)
{
    size_t length = 0;

    for (const char *c = name; *c && length < NAME_MAX_BYTES; c++) {
        if (((unsigned char)*c & 0xC0) == 0x80)
            continue; /* one mark for a character, not one for each of its bytes */
        text_add_char(out, *c >= ' ' && *c <= '~' ? *c : '?');
        length++;
    }
}

static void write_text(const struct page *page, const char *portal, struct text *out)
{
    text_add(out, "Bynder portal ");
    text_add_printable(out, portal);
    text_addf(out, "\n%s.\n\n", text_cstr(&page->headline));
    for (size_t i = 0; i < page->fact_count; i++) {
        text_addf(out, "  %-12s  ", page->fact[i].label);
        encode_wrapped(out, text_cstr(&page->fact[i].value), 16, 74);
        text_add_char(out, '\n');
    }
    if (page->advice) {
        text_add_char(out, '\n');
        encode_wrapped(out, page->advice, 0, 76);
        text_add_char(out, '\n');
    }
    for (size_t i = 0; i < page->command_count; i++) {
        text_addf(out, "\n%s:\n  ", page->purpose[i]);
        text_add_printable(out, text_cstr(&page->command[i]));
        text_add_char(out, '\n');
    }
}

static void write_html(const struct page *page, const char *portal, struct text *out)
{
    text_add(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
    encode_html(out, text_cstr(&page->headline));
    text_add(out, "</title></head>\n<body style=\"font-family:sans-serif\">\n<p>Bynder portal <b>");
    encode_html(out, portal);
    text_add(out, "</b></p>\n<h2>");
    encode_html(out, text_cstr(&page->headline));
    text_add(out, "</h2>\n<table cellpadding=\"4\">\n");
    for (size_t i = 0; i < page->fact_count; i++) {
        text_addf(out, "<tr><th align=\"left\" valign=\"top\">%s</th><td>", page->fact[i].label);
        encode_html(out, text_cstr(&page->fact[i].value));
        text_add(out, "</td></tr>\n");
    }
    text_add(out, "</table>\n");
    if (page->advice) {
        text_add(out, "<p>");
        encode_html(out, page->advice);
        text_add(out, "</p>\n");
    }
    for (size_t i = 0; i < page->command_count; i++) {
        text_addf(out, "<p>%s:</p>\n<pre>", page->purpose[i]);
        encode_html(out, text_cstr(&page->command[i]));
        text_add(out, "</pre>\n");
    }
    text_add(out, "</body></html>\n");
}

bool notice_carries_plan(enum notice_kind kind)
{
    return kind == NOTICE_APPROVAL || kind == NOTICE_HELD;
}

void report_notice(const struct notice_facts *facts, struct notice_message *ret_message)
{
    struct notice_message message = {.text = TEXT_INIT};
    struct page page;

    make_page(facts, &page);
    text_add(&message.subject, "[bynder-reconcile] ");
    add_ascii(&message.subject, facts->portal);
    text_addf(&message.subject, ": %s", text_cstr(&page.headline));
    write_text(&page, facts->portal, &message.text);
    write_html(&page, facts->portal, &message.html);
    page_release(&page);
    *ret_message = message;
}

/* --- webhook --- */

static void write_generic(const struct notice_facts *facts, const struct page *page,
                          struct jsonw *json)
{
    char at[INSTANT_TEXT_SIZE];

    jsonw_field_string(json, "program", "bynder-reconcile");
    jsonw_field_string(json, "version", PROGRAM_VERSION);
    jsonw_field_string(json, "portal", facts->portal);
    jsonw_field_string(json, "reason", notice_kind_name(facts->kind));
    jsonw_field_string(json, "text", text_cstr(&page->headline));
    jsonw_field_string(json, "at", instant_format(facts->now, at));
    jsonw_field_string(json, "verb", facts->verb);
    jsonw_field_int(json, "run", facts->run);
    jsonw_field_int(json, "exit_code", facts->exit_code);
    jsonw_field_int(json, "failed", (int64_t)facts->failed);
    jsonw_field_int(json, "unknown", (int64_t)facts->unknown);
    jsonw_field_string(json, "audit_head", facts->audit_head);
    jsonw_key(json, "plan");
    if (!facts->plan) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    jsonw_field_int(json, "id", facts->plan->id);
    jsonw_field_string(json, "state", plan_state_name(facts->plan->state));
    jsonw_field_int(json, "to_approve", (int64_t)facts->to_approve);
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a))
        jsonw_field_int(json, action_name(a), (int64_t)facts->plan->totals.of[a]);
    jsonw_key(json, "held_by");
    jsonw_begin_array(json);
    for (size_t i = 0; i < facts->plan->guard_count; i++) {
        if (facts->plan->guard[i].hold)
            jsonw_string(json, facts->plan->guard[i].id);
    }
    jsonw_end_array(json);
    jsonw_end_object(json);
}

/* Slack reads & < > as its own, and nothing else of what a headline or fact can hold. */
static void add_slack(struct text *out, const char *value)
{
    for (const char *c = value; *c; c++) {
        switch (*c) {
        case '&':
            text_add(out, "&amp;");
            break;
        case '<':
            text_add(out, "&lt;");
            break;
        case '>':
            text_add(out, "&gt;");
            break;
        default:
            text_add_char(out, *c);
        }
    }
}

static void write_slack(const struct notice_facts *facts, const struct page *page,
                        struct jsonw *json)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    add_slack(&text, facts->portal);
    text_add(&text, ": ");
    add_slack(&text, text_cstr(&page->headline));
    for (size_t i = 0; i < page->fact_count; i++) {
        if (page->fact[i].from_outside)
            continue;
        text_addf(&text, "\n%s: ", page->fact[i].label);
        add_slack(&text, text_cstr(&page->fact[i].value));
    }
    jsonw_field_string(json, "text", text_cstr(&text));
    jsonw_field_bool(json, "mrkdwn", false);
}

/* A run of text in a rich text block is shown as it is: no Markdown is read in it. */
static void write_run(struct jsonw *json, const char *text, bool bold)
{
    jsonw_begin_object(json);
    jsonw_field_string(json, "type", "RichTextBlock");
    jsonw_key(json, "inlines");
    jsonw_begin_array(json);
    jsonw_begin_object(json);
    jsonw_field_string(json, "type", "TextRun");
    jsonw_field_string(json, "text", text);
    if (bold)
        jsonw_field_string(json, "weight", "Bolder");
    jsonw_end_object(json);
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void write_card(const struct notice_facts *facts, const struct page *page,
                       struct jsonw *json)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    jsonw_begin_object(json);
    jsonw_field_string(json, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    jsonw_field_string(json, "type", "AdaptiveCard");
    jsonw_field_string(json, "version", "1.4");
    jsonw_key(json, "body");
    jsonw_begin_array(json);
    text_addf(&line, "%s: %s", facts->portal, text_cstr(&page->headline));
    write_run(json, text_cstr(&line), true);
    for (size_t i = 0; i < page->fact_count; i++) {
        if (page->fact[i].from_outside)
            continue;
        text_clear(&line);
        text_addf(&line, "%s: %s", page->fact[i].label, text_cstr(&page->fact[i].value));
        write_run(json, text_cstr(&line), false);
    }
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void write_teams(const struct notice_facts *facts, const struct page *page,
                        struct jsonw *json)
{
    jsonw_field_string(json, "type", "message");
    jsonw_key(json, "attachments");
    jsonw_begin_array(json);
    jsonw_begin_object(json);
    jsonw_field_string(json, "contentType", "application/vnd.microsoft.card.adaptive");
    jsonw_key(json, "content");
    write_card(facts, page, json);
    jsonw_end_object(json);
    jsonw_end_array(json);
}

void report_notice_json(const struct notice_facts *facts, enum webhook_shape shape,
                        struct text *out)
{
    static void (*const writers[])(const struct notice_facts *, const struct page *,
                                   struct jsonw *) = {
        [WEBHOOK_GENERIC] = write_generic,
        [WEBHOOK_SLACK] = write_slack,
        [WEBHOOK_TEAMS] = write_teams,
    };
    struct jsonw json = jsonw_to(out);
    struct page page;

    make_page(facts, &page);
    jsonw_begin_object(&json);
    writers[shape](facts, &page, &json);
    jsonw_end_object(&json);
    page_release(&page);
}

/* --- to the person concerned --- */

static void add_paragraph(struct notice_message *message, const struct text *paragraph)
{
    encode_wrapped(&message->text, text_cstr(paragraph), 0, 76);
    text_add(&message->text, "\n\n");
    text_add(&message->html, "<p>");
    encode_html(&message->html, text_cstr(paragraph));
    text_add(&message->html, "</p>\n");
}

void report_announcement(const struct store_announcement *announcement, const char *url,
                         const char *contact, struct notice_message *ret_message)
{
    struct notice_message message = {.text = TEXT_INIT};
    const char *done = actions[announcement->action].done;
    bool sets = actions[announcement->action].sets_profile;
    CLEANUP(text_release) struct text paragraph = TEXT_INIT;
    char day[DAY_TEXT_SIZE], login[INSTANT_TEXT_SIZE];

    if (sets)
        text_add(&message.subject, "Your permissions in a Bynder portal are going to change");
    else
        text_addf(&message.subject, "Your account in a Bynder portal is going to be %s", done);
    text_add(&message.html,
             "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
             "<title>Bynder</title></head><body style=\"font-family:sans-serif\">\n");
    day_format(announcement->not_before, day);
    if (sets)
        text_addf(&paragraph,
                  "Your permissions in the Bynder portal %s are going to change from '%s' to '%s', "
                  "not before %s. You keep your account and can log in as before.",
                  url, announcement->from_profile, announcement->to_profile, day);
    else
        text_addf(&paragraph,
                  "Your account in the Bynder portal %s is going to be %s, not before %s.", url,
                  done, day);
    add_paragraph(&message, &paragraph);
    text_clear(&paragraph);
    if (instant_is_set(announcement->last_login))
        text_addf(&paragraph, "The last login that is known was on %.10s. ",
                  instant_format(announcement->last_login, login));
    text_addf(&paragraph, "If you need %s, %swrite to %s.", sets ? "them" : "the account",
              announcement->uses_login ? "log in before that day, or " : "", contact);
    add_paragraph(&message, &paragraph);
    text_add(&message.html, "</body></html>\n");
    *ret_message = message;
}
