/*
 * audit: questions to the history. Asks the portal nothing, takes no lock, changes nothing; but for
 * accept-restore, by which a person lets the record go on from a backup.
 */
#include <stdio.h>

#include "audit/rebuild.h"
#include "audit/record.h"
#include "base/jsonw.h"
#include "cmd/bynder-reconcile/ask.h"
#include "database/os_user.h"
#include "format/encode.h"
#include "host/clock.h"
#include "host/log.h"
#include "job/restore.h"
#include "report/audit.h"
#include "store/audit.h"
#include "store/portal.h"

static const struct option_spec options[] = {
    {"format", "FORMAT", "text (default), json or csv"},
    {"output", "FILE", "write there instead of to standard output"},
    {"since", "DATE",
     "actions, decisions, seats, savings: not what was before; YYYY-MM-DD or RFC 3339"},
    {"account", "WHO", "decisions: about this one"},
    {"by", "USER", "decisions: what this user of the system decided or ended"},
    {"head", "SEQ:HASH", "verify: a head that was kept outside of the database"},
    {"reason", "TEXT", "accept-restore: which backup, and why (required)"},
    {"full", NULL, "verify: also make every snapshot and roster again from its versions"},
    {NULL, NULL, NULL},
};

static int print_sections(const struct ask *ask, const struct audit_section *section, size_t count,
                          struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const char *output = invocation_option(ask->invocation, "output");
    struct report_style style = session_style(output);

    audit_report(section, count, ask->format, &style, &text);
    return session_print(output, &text, err);
}

static int since_of(const struct ask *ask, struct instant *ret_since, struct err *err)
{
    const char *since = invocation_option(ask->invocation, "since");

    *ret_since = INSTANT_NONE;
    return since ? ask_moment(since, ask->config.policy.zone, false, ret_since, err) : 0;
}

/* --- verify --- */

/* What is said of the record, in the format that was asked for. */
struct verdict {
    enum report_format format;
    struct text said;
    struct jsonw json;
};

static void verdict_begin(struct verdict *verdict)
{
    verdict->json = jsonw_to(&verdict->said);
    verdict->json.pretty = true;
    if (verdict->format == REPORT_CSV)
        text_add(&verdict->said, "event,finding\r\n");
    if (verdict->format != REPORT_JSON)
        return;
    jsonw_begin_object(&verdict->json);
    jsonw_key(&verdict->json, "findings");
    jsonw_begin_array(&verdict->json);
}

static void verdict_release(struct verdict *verdict)
{
    text_release(&verdict->said);
}

static void add_finding(void *context, int64_t sequence, const char *sentence)
{
    struct verdict *verdict = context;
    struct text *said = &verdict->said;

    if (verdict->format == REPORT_JSON) {
        jsonw_begin_object(&verdict->json);
        if (sequence)
            jsonw_field_int(&verdict->json, "event", sequence);
        else
            jsonw_field_null(&verdict->json, "event"); /* of the chain as a whole */
        jsonw_field_string(&verdict->json, "finding", sentence);
        jsonw_end_object(&verdict->json);
        return;
    }
    if (verdict->format == REPORT_CSV) {
        text_addf(said, sequence ? "%lld," : ",", (long long)sequence);
        encode_csv(said, sentence);
        text_add(said, "\r\n");
        return;
    }
    text_addf(said, sequence ? "event %lld: " : "chain: ", (long long)sequence);
    text_add_printable(said, sentence);
    text_add_char(said, '\n');
}

static void add_rebuilt(struct verdict *verdict, const struct store_audit_rebuilt *rebuilt)
{
    if (verdict->format == REPORT_TEXT)
        text_addf(&verdict->said,
                  "%zu snapshots and rosters made again, %zu left out: thinned out, not complete, "
                  "or with somebody who was erased\n",
                  rebuilt->count, rebuilt->left_out);
}

static void verdict_end(struct verdict *verdict, const struct audit_head *last, size_t findings,
                        size_t anchors, const struct store_audit_rebuilt *rebuilt)
{
    struct jsonw *json = &verdict->json;
    char head[AUDIT_HEAD_SIZE];

    audit_head_format(last, head);
    if (verdict->format == REPORT_TEXT)
        text_addf(&verdict->said, "%lld events, %zu finding%s, %zu head%s from outside; head %s\n",
                  (long long)last->count, findings, findings == 1 ? "" : "s", anchors,
                  anchors == 1 ? "" : "s", head);
    if (verdict->format != REPORT_JSON)
        return;
    jsonw_end_array(json);
    jsonw_field_int(json, "events", last->count);
    jsonw_field_int(json, "heads_from_outside", (int64_t)anchors);
    jsonw_field_string(json, "head", head);
    if (rebuilt) {
        jsonw_field_int(json, "made_again", (int64_t)rebuilt->count);
        jsonw_field_int(json, "left_out", (int64_t)rebuilt->left_out);
    }
    jsonw_end_object(json);
    text_add_char(&verdict->said, '\n');
}

/* Whether a head is of a chain that was set aside for this one: it says nothing of this one. */
static int is_set_aside(const struct ask *ask, const struct audit_head *head, bool *ret_is,
                        struct err *err)
{
    struct store_place place;

    if (store_find_event(&ask->store, head, &place, err) < 0)
        return -1;
    *ret_is = place.aside && !place.has;
    return 0;
}

/* What was kept outside: the head given, and the one that the last run left in a file. One that
 * cannot be read (something else lies in its place) is told, and the rest is looked at. */
static int find_anchors(const struct ask *ask, struct verdict *verdict,
                        struct audit_head anchor[static 2], size_t *ret_count,
                        size_t *ret_unreadable, struct err *err)
{
    const char *head = invocation_option(ask->invocation, "head");
    CLEANUP(err_release) struct err own = ERR_INIT;
    CLEANUP(text_release) struct text told = TEXT_INIT;
    size_t count = 0;
    bool found = false, aside = false;

    if (head && !audit_head_parse(head, &anchor[count++]))
        return err_set(err, ERR_USAGE,
                       "'%s' is no head; hint: a number, a colon and 64 hex digits, as in the log "
                       "of a run",
                       head);
    *ret_unreadable = audit_file_read(&ask->config, &anchor[count], &found, &own) < 0;
    if (*ret_unreadable) {
        text_addf(&told, "what this machine kept of the record cannot be read: %s", own.text);
        add_finding(verdict, 0, text_cstr(&told));
        found = false;
    }
    if (found && is_set_aside(ask, &anchor[count], &aside, err) < 0)
        return -1;
    *ret_count = count + (found && !aside);
    return 0;
}

static int verify(struct ask *ask, struct err *err)
{
    CLEANUP(verdict_release) struct verdict verdict = {.format = ask->format};
    const char *output = invocation_option(ask->invocation, "output");
    bool full = invocation_option(ask->invocation, "full") != NULL;
    struct audit_head anchor[2], last;
    struct store_audit_rebuilt rebuilt = {.count = 0};
    size_t count = 0, findings = 0, unreadable = 0;

    if (!ask->sees_tables)
        return err_set(err, ERR_CONFIG,
                       "this connection sees the views only; hint: psql -v portal=%s -f "
                       "audit-verify.sql makes the same check with them",
                       ask->config.portal.name);
    verdict_begin(&verdict);
    if (find_anchors(ask, &verdict, anchor, &count, &unreadable, err) < 0 ||
        store_audit_verify(&ask->store, anchor, count, add_finding, &verdict, &last, &findings,
                           err) < 0 ||
        (full && store_audit_rebuild(&ask->store, add_finding, &verdict, &rebuilt, err) < 0))
        return -1;
    findings += rebuilt.findings + unreadable;
    if (full)
        add_rebuilt(&verdict, &rebuilt);
    verdict_end(&verdict, &last, findings, count, full ? &rebuilt : NULL);
    if (session_print(output, &verdict.said, err) < 0)
        return -1;
    if (findings == 0)
        return 0;
    return err_set(err, ERR_RECORD, "the record is not what was written: %zu finding%s", findings,
                   findings == 1 ? "" : "s");
}

/* --- a record that went back --- */

static int accept_restore(struct ask *ask, struct err *err)
{
    const struct clock *clock = clock_system();
    CLEANUP(restore_answer_release) struct restore_answer answer = {.approvals = 0};
    const char *who = NULL;
    struct job job = {
        .config = &ask->config,
        .arena = ask->invocation->arena,
        .clock = clock,
        .store = &ask->store,
        .now = clock->now(clock->self),
    };

    if (!ask->sees_tables)
        return err_set(err, ERR_CONFIG,
                       "this connection sees the views only, and may accept nothing");
    if (os_user(job.arena, &who, err) < 0 || store_lock(&ask->store, err) < 0 ||
        job_accept_restore(&job, who, invocation_option(ask->invocation, "reason"), &answer, err) <
            0)
        return -1;
    store_unlock(&ask->store); /* whoever reads what follows may take their time */
    for (size_t i = 0; i < answer.lost_count; i++)
        session_say("  not in the database: %s", answer.lost[i]);
    session_say("the record goes on from here, says '%s'", who);
    session_say("  %zu approvals of before are void: what is still to be done is approved anew",
                answer.approvals);
    session_say("  %zu things that files on this machine know of are not in the database: look "
                "into the portal before you approve anything",
                answer.lost_count);
    return 0;
}

/* --- questions --- */

static int ask_user(struct ask *ask, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    struct store_subject subject;

    if (ask_who(ask, ask->invocation->argument[1], &subject, err) < 0 ||
        store_ask_user(&ask->store, &subject, &rows, err) < 0)
        return -1;
    const struct audit_section section = {.name = "timeline", .rows = rows, .last = "what"};
    return print_sections(ask, &section, 1, err);
}

static int ask_at(struct ask *ask, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    struct instant moment;

    if (ask_moment(ask->invocation->argument[1], ask->config.policy.zone, true, &moment, err) < 0 ||
        store_ask_at(&ask->store, ask->config.portal.name, moment, &rows, err) < 0 ||
        ask_thinned(ask, moment, err) < 0)
        return -1;
    log_info("as read at %s, the newest reading until then",
             PQgetvalue(rows, 0, PQfnumber(rows, "taken_at")));
    const struct audit_section section = {.name = "accounts", .rows = rows};
    return print_sections(ask, &section, 1, err);
}

static int ask_actions(struct ask *ask, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    struct instant since;

    if (since_of(ask, &since, err) < 0 || store_ask_actions(&ask->store, since, &rows, err) < 0)
        return -1;
    const struct audit_section section = {.name = "actions", .rows = rows, .last = "reason"};
    return print_sections(ask, &section, 1, err);
}

static int ask_decisions(struct ask *ask, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    const char *whom = invocation_option(ask->invocation, "account");
    struct store_subject subject = {.account_id = NULL};
    struct instant since;

    if (since_of(ask, &since, err) < 0 || (whom && ask_who(ask, whom, &subject, err) < 0))
        return -1;
    if (whom && !subject.account_id)
        return err_set(err, ERR_USAGE, "'%s' never had an account", whom);
    if (store_ask_decisions(&ask->store, since, subject.account_id,
                            invocation_option(ask->invocation, "by"), &rows, err) < 0)
        return -1;
    const struct audit_section section = {.name = "decisions", .rows = rows, .last = "reason"};
    return print_sections(ask, &section, 1, err);
}

static int ask_seats(struct ask *ask, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct instant since;

    if (since_of(ask, &since, err) < 0 ||
        store_ask_seats(&ask->store,
                        instant_is_set(since) ? instant_day(since, ask->config.policy.zone)
                                              : DAY_NONE,
                        &rows, err) < 0)
        return -1;
    const struct audit_section section = {.name = "seats", .rows = rows};
    if (ask->format != REPORT_TEXT)
        return print_sections(ask, &section, 1, err);
    const char *output = invocation_option(ask->invocation, "output");
    struct report_style style = session_style(output);
    audit_report_seats(rows, &style, &text);
    return session_print(output, &text, err);
}

/* A month, or any moment in it. */
static int month_of(const struct ask *ask, struct day *ret_month, struct err *err)
{
    const char *since = invocation_option(ask->invocation, "since");
    struct instant moment = INSTANT_NONE;
    struct day day = DAY_NONE;

    if (since && day_parse_iso(arena_printf(ask->invocation->arena, "%s-01", since), &day)) {
        *ret_month = day;
        return 0;
    }
    if (since_of(ask, &moment, err) < 0)
        return -1;
    *ret_month = instant_is_set(moment) ? instant_day(moment, ask->config.policy.zone) : DAY_NONE;
    return 0;
}

static int ask_savings(struct ask *ask, struct err *err)
{
    CLEANUP(store_savings_told_release) struct store_savings_told told = {.months = NULL};
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const char *output = invocation_option(ask->invocation, "output");
    struct report_style style = session_style(output);
    struct day since = DAY_NONE;

    if (month_of(ask, &since, err) < 0 || store_ask_savings(&ask->store, since, &told, err) < 0)
        return -1;
    const struct audit_section section[] = {{.name = "total", .rows = told.total},
                                            {.name = "savings", .rows = told.months}};
    if (ask->format != REPORT_TEXT)
        return print_sections(ask, section, COUNT_OF(section), err);
    audit_report_savings(told.months, told.total, &style, &text);
    return session_print(output, &text, err);
}

static int ask_plan(struct ask *ask, struct err *err)
{
    CLEANUP(store_plan_story_release) struct store_plan_story story = {.plan = NULL};
    int64_t id = 0;

    if (session_plan_id(ask->invocation->argument[1], &id, err) < 0 ||
        store_ask_plan(&ask->store, ask->config.portal.name, id, &story, err) < 0)
        return -1;
    const struct audit_section section[] = {
        {.name = "plan", .rows = story.plan, .upright = true},
        {.name = "decisions", .heading = "who decided", .rows = story.decisions},
        {.name = "rows",
         .heading = "what happened to each row",
         .rows = story.rows,
         .last = "reason"},
    };
    return print_sections(ask, section, COUNT_OF(section), err);
}

static const struct {
    const char *word;
    size_t arguments; /* behind the word */
    int (*answer)(struct ask *ask, struct err *err);
} questions[] = {
    {"user", 1, ask_user},                 /* everything about one account */
    {"at", 1, ask_at},                     /* all accounts of a day */
    {"actions", 0, ask_actions},           /* what was done */
    {"decisions", 0, ask_decisions},       /* what people decided, and what became of it */
    {"seats", 0, ask_seats},               /* how many, over time */
    {"savings", 0, ask_savings},           /* what was freed, and what could be */
    {"plan", 1, ask_plan},                 /* what became of one */
    {"verify", 0, verify},                 /* whether the record is whole */
    {"accept-restore", 0, accept_restore}, /* no question: it goes on from a backup */
};

static int run_verb(const struct invocation *invocation, struct err *err)
{
    CLEANUP(ask_end) struct ask ask = {.invocation = invocation};
    const char *word = invocation->argument_count ? invocation->argument[0] : NULL;
    size_t i = 0;

    while (i < COUNT_OF(questions) && !text_equal(questions[i].word, word))
        i++;
    if (i == COUNT_OF(questions) || invocation->argument_count != questions[i].arguments + 1) {
        bool is_known = i < COUNT_OF(questions);
        (void)err_set(err, ERR_USAGE,
                      "audit %s%s hint: 'audit user WHO', 'audit at DATE', 'audit actions', 'audit "
                      "decisions', 'audit seats', 'audit savings', 'audit plan PLAN', 'audit "
                      "verify' or 'audit "
                      "accept-restore --reason TEXT'",
                      is_known ? word : "what?",
                      !is_known                    ? ""
                      : questions[i].arguments > 0 ? ": which?"
                                                   : ": that is one word too many;");
        return ERR_USAGE;
    }
    if (ask_begin(&ask, err) < 0)
        return (int)err->code;
    if (ask.sees_tables)
        session_warn_back(&ask.config, &ask.store, invocation->arena);
    return questions[i].answer(&ask, err) < 0 ? (int)err->code : 0;
}

const struct verb verb_audit = {
    .name = "audit",
    .synopsis = "user WHO|at DATE|actions|decisions|seats|plan PLAN|verify|accept-restore "
                "[--format FORMAT]",
    .sentence = "ask the history: who, when, why, and whether the record is whole",
    .option = options,
    .argument_max = 2,
    .run = run_verb,
};
