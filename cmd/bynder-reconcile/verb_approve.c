/*
 * approve, acknowledge, reject and review: a person's decision about the plan whose digest they
 * saw, or whose rows the file they hand back names by their subjects. None asks the portal
 * anything.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cmd/bynder-reconcile/configs.h"
#include "cmd/bynder-reconcile/desk.h"
#include "cmd/bynder-reconcile/session.h"
#include "database/os_user.h"
#include "host/clock.h"
#include "host/command.h"
#include "host/file.h"
#include "host/log.h"
#include "job/acknowledge.h"
#include "job/decide.h"
#include "job/describe.h"
#include "job/review.h"
#include "report/decisions_file.h"
#include "report/portals_file.h"
#include "report/review_file.h"
#include "store/plan.h"
#include "store/review.h"

static const struct option_spec approve_options[] = {
    {"digest", "DIGEST", "of the plan as you saw it (required)"},
    {"portals", "FILE",
     "instead of a plan: those of many portals, the lines of 'status --all --format csv' in whose "
     "column decision you wrote approve"},
    {"only", "FILE",
     "approve only these: the plan's CSV without the others, or an id or e-mail a line"},
    {"except", "FILE", "approve all but these"},
    {"spread", NULL, "what exceeds a day's limit is done over several nights"},
    {"nightly", "N", "with --spread: at most so many a night; needs --reason"},
    {"renew", NULL, "just the rows that stand approved already, before that ends"},
    {"now", NULL, "reactivations do not wait for the 180 days"},
    {"override", "GUARD",
     "let these rows pass this guard of amount (G7 to G10, or several: G7,G10); needs --reason"},
    {"reason", "TEXT", "why"},
    {NULL, NULL, NULL},
};

static const struct option_spec acknowledge_options[] = {
    {"digest", "DIGEST", "of the plan as you saw it (required)"},
    {"guard", "GUARD", "the guard of evidence to let go: G1 to G6, G13 or policy (required)"},
    {"reason", "TEXT", "why what it found is right (required)"},
    {NULL, NULL, NULL},
};

static const struct option_spec review_options[] = {
    {"spread", NULL, "what exceeds a day's limit is done over several nights"},
    {"nightly", "N", "with --spread: at most so many a night; needs --reason"},
    {"override", "GUARD", "let what it approves pass this guard of amount, as approve does"},
    {"reason", "TEXT", "why"},
    {NULL, NULL, NULL},
};

static const struct option_spec reject_options[] = {
    {"only", "FILE",
     "reject only these: the plan's CSV without the others, or an id or e-mail a line"},
    {"until", "DAY", "not before this day is over (default: 180 days from now)"},
    {"reason", "TEXT", "why (required)"},
    {NULL, NULL, NULL},
};

/* What they need: configuration, database, the plan and who is asking. */
struct desk {
    struct config config;
    struct database database;
    struct store store;
    struct job job;
    struct plan *plan;
    const char *who;
};

/* The plan of that number in the history of desk->config. */
static int open_plan(const struct invocation *invocation, int64_t id, struct desk *desk,
                     struct err *err)
{
    const struct clock *clock = clock_system();

    if (os_user(invocation->arena, &desk->who, err) < 0 ||
        session_open(&desk->config, SESSION_READS, &desk->database, &desk->store, err) < 0)
        return -1;
    desk->job = (struct job){.config = &desk->config,
                             .arena = invocation->arena,
                             .clock = clock,
                             .store = &desk->store,
                             .now = clock->now(clock->self)};
    desk->job.today = instant_day(desk->job.now, desk->config.policy.zone);
    if (store_load_plan(&desk->store, invocation->arena, id, &desk->plan, err) < 0)
        return -1;
    if (!desk->plan)
        return session_no_plan(desk->config.portal.name, id, err);
    return 0;
}

static int open_desk(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    int64_t id = 0;

    *desk = (struct desk){.plan = NULL};
    CLEANUP(mem_cleanup) char *status = command_make("status");

    if (invocation->argument_count == 0)
        return err_set(err, ERR_USAGE, "%s which plan? hint: '%s' says which there is",
                       invocation->verb->name, status);
    if (session_plan_id(invocation->argument[0], &id, err) < 0 ||
        session_config(invocation, &desk->config, err) < 0)
        return -1;
    return open_plan(invocation, id, desk, err);
}

/* The rows that a file names; NULL while none is given. */
static int read_selection(const struct invocation *invocation, const char *option,
                          const struct review_names **ret_names, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const char *path = invocation_option(invocation, option);
    struct review_names *names;

    if (!path)
        return 0;
    names = arena_calloc(invocation->arena, 1, sizeof(*names));
    if (file_read(invocation_file(invocation, option), LIMIT_HTTP_BODY, ERR_USAGE, &text, NULL,
                  err) < 0 ||
        review_file_read(invocation->arena, text_cstr(&text), text.length, path, names, err) < 0)
        return -1;
    *ret_names = names;
    return 0;
}

static void show_answer(const struct desk *desk, const struct decide_answer *answer)
{
    CLEANUP(text_release) struct text lines = TEXT_INIT;

    session_say("plan %lld: %zu rows approved by '%s'", (long long)desk->plan->id, answer->approved,
                desk->who);
    describe_nights(&lines, answer);
    describe_left(&lines, answer);
    (void)fputs(text_cstr(&lines), stdout);
}

static int read_number(const struct invocation *invocation, const char *option, int *ret_number,
                       struct err *err)
{
    const char *text = invocation_option(invocation, option);
    int64_t number = 0;

    if (!text)
        return 0;
    if (!parse_int(text, 1, 1000000, &number))
        return err_set(err, ERR_USAGE, "--%s takes a number from 1 on, not '%s'", option, text);
    *ret_number = (int)number;
    return 0;
}

static int check_terms(const struct decide_request *request, struct err *err)
{
    if (request->nightly && (!request->spread || text_is_empty(request->reason)))
        return err_set(err, ERR_USAGE, "--nightly goes with --spread, and needs a --reason");
    return 0;
}

static int need_digest(const struct invocation *invocation, struct err *err)
{
    const char *plan = invocation->argument_count ? invocation->argument[0] : "";
    int64_t id = 0;
    CLEANUP(mem_cleanup)
    char *show = parse_int(plan, 1, INT64_MAX, &id) ? command_make("show %lld", (long long)id)
                                                    : command_make("show");

    return err_set(err, ERR_USAGE, "approve needs --digest; hint: '%s' prints it", show);
}

/* Once the plan is there. */
static int approve_plan(struct desk *desk, struct decide_request *request, struct err *err)
{
    struct decide_answer answer;

    request->who = desk->who;
    if (session_refuse_back(&desk->config, &desk->store, desk->job.arena, err) < 0 ||
        job_approve(&desk->job, desk->plan, request, &answer, err) < 0)
        return -1;
    session_keep_head(&desk->config, &desk->store);
    show_answer(desk, &answer);
    return 0;
}

static int decide(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    struct decide_request request = {
        .digest = invocation_option(invocation, "digest"),
        .override_guards = invocation_option(invocation, "override"),
        .reason = invocation_option(invocation, "reason"),
        .spread = invocation_option(invocation, "spread") != NULL,
        .renew = invocation_option(invocation, "renew") != NULL,
        .at_once = invocation_option(invocation, "now") != NULL,
    };

    if (!request.digest)
        return need_digest(invocation, err);
    if (read_number(invocation, "nightly", &request.nightly, err) < 0 ||
        read_selection(invocation, "only", &request.only, err) < 0 ||
        read_selection(invocation, "except", &request.except, err) < 0 ||
        open_desk(invocation, desk, err) < 0)
        return -1;
    if (check_terms(&request, err) < 0)
        return -1;
    return approve_plan(desk, &request, err);
}

/* --- of many portals --- */

/* Where a line's portal is approved: its configuration, or without root the socket of its desk. */
struct portal_place {
    const char *path;
    const struct portals_line *line;
};

struct portals {
    struct portals_line *line;
    size_t count;
    size_t *places; /* of each line: how many there are */
    bool *taken;    /* of each line */
    size_t unknown; /* of how many it is not known whether they were */
    struct portal_place *place;
    size_t place_count, place_capacity;
    const struct decide_request *terms;
};

static void portals_release(struct portals *portals)
{
    free(portals->place);
}

static void note_place(struct portals *portals, const char *path, const char *portal)
{
    for (size_t i = 0; i < portals->count; i++) {
        if (!text_equal(portals->line[i].portal, portal))
            continue;
        portals->places[i]++;
        portals->place = mem_grow(portals->place, portals->place_count, &portals->place_capacity,
                                  sizeof(portals->place[0]));
        portals->place[portals->place_count++] =
            (struct portal_place){.path = path, .line = &portals->line[i]};
    }
}

static int note_config(void *context, const struct invocation *one, const struct config *config,
                       struct err *err)
{
    (void)err;
    note_place(context, one->config_path, config->portal.name);
    return 0;
}

static int approve_by_config(const struct invocation *invocation, struct portals *portals,
                             const struct portal_place *place, struct err *err)
{
    CLEANUP(arena_release) struct arena own = ARENA_INIT;
    struct invocation one = *invocation;
    struct decide_request request = *portals->terms;
    struct desk desk = {.plan = NULL};

    one.arena = &own;
    one.config_path = place->path;
    command_set_config(place->path);
    request.digest = place->line->digest;
    int failed = session_config(&one, &desk.config, err) < 0 ||
                 open_plan(&one, place->line->plan_id, &desk, err) < 0 ||
                 approve_plan(&desk, &request, err) < 0;
    database_release(&desk.database);
    command_set_config(invocation->config_path);
    return failed ? -1 : 0;
}

/* What was refused there was said there. Any other end is no answer: it may have been taken. */
static int approve_by_desk(const struct invocation *invocation, struct portals *portals,
                           const struct portal_place *place, struct err *err)
{
    CLEANUP(mem_cleanup) char *plan = NULL;

    if (asprintf(&plan, "%lld", (long long)place->line->plan_id) < 0)
        return err_set(err, ERR_INTERNAL, "out of memory");
    int code = desk_approve(place->path, invocation, plan, place->line->digest, err);
    bool is_answer = err->code == ERR_NONE && (code == 0 || code == ERR_HELD || code == ERR_USAGE);
    if (is_answer || err->code == ERR_HELD || err->code == ERR_UNREACHABLE)
        return code ? -1 : 0;
    portals->unknown++;
    if (err->code == ERR_NONE)
        (void)err_set(err, ERR_PARTIAL, "it ended with %d", code);
    return err_prefix(err, "whether it was taken is not known, 'show %s' of that portal says so",
                      plan);
}

static int read_portals(const struct invocation *invocation, struct portals *portals,
                        struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (file_read(invocation_file(invocation, "portals"), LIMIT_HTTP_BODY, ERR_USAGE, &text, NULL,
                  err) < 0 ||
        portals_file_read(invocation->arena, text_cstr(&text), text.length,
                          invocation_option(invocation, "portals"), &portals->line, &portals->count,
                          err) < 0)
        return -1;
    if (portals->count == 0)
        return err_set(err, ERR_USAGE,
                       "'%s' approves nothing: no line has 'approve' in its column 'decision'",
                       invocation_option(invocation, "portals"));
    portals->places = arena_calloc(invocation->arena, portals->count, sizeof(portals->places[0]));
    portals->taken = arena_calloc(invocation->arena, portals->count, sizeof(portals->taken[0]));
    return 0;
}

/* What one plan is approved with is of that plan. */
static int check_options(const struct invocation *invocation, struct err *err)
{
    static const char *const of_one[] = {"digest", "only", "except", "renew", "now", "override"};

    for (size_t i = 0; i < COUNT_OF(of_one); i++) {
        if (invocation_option(invocation, of_one[i]))
            return err_set(err, ERR_USAGE, "--%s is of one plan, and does not go with --portals",
                           of_one[i]);
    }
    if (invocation->argument_count > 0)
        return err_set(err, ERR_USAGE, "--portals names the plans in its file; hint: without '%s'",
                       invocation->argument[0]);
    return 0;
}

static void find_configs(const struct invocation *invocation, struct portals *portals)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const char *directory = configs_directory(invocation);
    struct config config;

    int failed = directory ? configs_each(invocation, directory, note_config, portals, &err)
                           : session_config(invocation, &config, &err);
    if (failed)
        log_error("%s", err.text);
    else if (!directory)
        note_place(portals, invocation->config_path, config.portal.name);
}

/* One that does not answer is told of, and the others are asked. */
static void find_desk(const struct invocation *invocation, struct portals *portals,
                      const char *socket)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const char *portal = NULL;
    struct stat status;

    if (stat(socket, &status) < 0 || !S_ISSOCK(status.st_mode))
        return;
    if (desk_portal(socket, invocation->arena, &portal, &err) < 0)
        log_error("%s: %s", socket, err.text);
    else
        note_place(portals, arena_strdup(invocation->arena, socket), portal);
}

static void find_desks(const struct invocation *invocation, struct portals *portals)
{
    CLEANUP(mem_cleanup) char *pattern = file_join(invocation->desks, "*");
    glob_t found;

    if (glob(pattern, GLOB_ERR, NULL, &found) != 0) {
        log_error("there is no desk in '%s', or it cannot be listed", invocation->desks);
        return;
    }
    for (size_t i = 0; i < found.gl_pathc && !clock_is_interrupted(); i++)
        find_desk(invocation, portals, found.gl_pathv[i]);
    globfree(&found);
}

/* Which portal a name means must be certain. */
static void tell_unsure(const struct portals *portals, bool by_desks)
{
    const char *place = by_desks ? "desk" : "configuration";

    for (size_t i = 0; i < portals->count; i++) {
        if (portals->places[i] == 0)
            log_error("%s: no %s that could be read is of this portal", portals->line[i].portal,
                      place);
        else if (portals->places[i] > 1)
            log_error("%s: %zu %ss are of a portal of this name, and which is meant "
                      "cannot be told; hint: approve it by one of them, with %s",
                      portals->line[i].portal, portals->places[i], place,
                      by_desks ? "--desk SOCKET" : "--config FILE");
    }
}

static void approve_line(const struct invocation *invocation, struct portals *portals,
                         const struct portal_place *place)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text name = TEXT_INIT;
    size_t at = (size_t)(place->line - portals->line), unknown = portals->unknown;

    if (portals->places[at] != 1)
        return;
    text_add_printable(&name, place->line->portal);
    (void)printf("%s: ", text_cstr(&name));
    (void)fflush(stdout); /* a desk writes by itself */
    portals->taken[at] = (invocation->desks ? approve_by_desk : approve_by_config)(
                             invocation, portals, place, &err) == 0;
    if (portals->taken[at])
        return;
    session_say(portals->unknown > unknown ? "it is not known whether it was taken"
                                           : "nothing was taken");
    log_error("%s: %s", place->line->portal,
              err.code == ERR_NONE ? "its desk says why above" : err.text);
}

/* Who says stop has not approved what comes after it. */
static int tell_approved(const struct portals *portals, struct err *err)
{
    size_t taken = 0;

    for (size_t i = 0; i < portals->count; i++)
        taken += portals->taken[i];
    if (taken == portals->count)
        return 0;
    if (clock_is_interrupted())
        return err_set(err, ERR_INTERRUPTED,
                       "interrupted: of %zu plans %zu were approved; hint: the same table again "
                       "approves the others",
                       portals->count, taken);
    if (portals->unknown > 0)
        return err_set(err, ERR_PARTIAL,
                       "of %zu plans %zu were approved, and of %zu it is not known: each of the "
                       "others says why above",
                       portals->count, taken, portals->unknown);
    return err_set(err, taken ? ERR_PARTIAL : ERR_HELD,
                   "of %zu plans %zu were approved: each of the others says why above",
                   portals->count, taken);
}

/* Each portal for itself: what one refuses is told, and the others are taken. */
static int approve_portals(const struct invocation *invocation, struct err *err)
{
    struct decide_request terms = {.reason = invocation_option(invocation, "reason"),
                                   .spread = invocation_option(invocation, "spread") != NULL};
    CLEANUP(portals_release) struct portals portals = {.terms = &terms};

    if (check_options(invocation, err) < 0 ||
        read_number(invocation, "nightly", &terms.nightly, err) < 0 ||
        check_terms(&terms, err) < 0 || read_portals(invocation, &portals, err) < 0)
        return -1;
    (invocation->desks ? find_desks : find_configs)(invocation, &portals);
    if (!clock_is_interrupted())
        tell_unsure(&portals, invocation->desks != NULL);
    for (size_t i = 0; i < portals.place_count && !clock_is_interrupted(); i++)
        approve_line(invocation, &portals, &portals.place[i]);
    return tell_approved(&portals, err);
}

static int run_approve(const struct invocation *invocation, struct err *err)
{
    struct desk desk = {.plan = NULL};
    int failed = invocation_option(invocation, "portals") ? approve_portals(invocation, err)
                                                          : decide(invocation, &desk, err);

    database_release(&desk.database);
    return failed ? (int)err->code : 0;
}

const struct verb verb_approve = {
    .name = "approve",
    .synopsis = "{PLAN --digest DIGEST [--only FILE] [--except FILE] | --portals FILE}",
    .sentence =
        "approve rows of a plan: they are done as soon as they are due and the day has room",
    .option = approve_options,
    .argument_max = 1,
    .run = run_approve,
};

static int acknowledge(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    struct acknowledge_request request = {
        .digest = invocation_option(invocation, "digest"),
        .guard = invocation_option(invocation, "guard"),
        .reason = invocation_option(invocation, "reason"),
    };
    struct acknowledgement given;
    char day[DAY_TEXT_SIZE];

    if (!request.digest || !request.guard || text_is_empty(request.reason))
        return err_set(err, ERR_USAGE,
                       "acknowledge needs --digest, --guard and --reason; hint: 'show' prints the "
                       "command");
    if (open_desk(invocation, desk, err) < 0)
        return -1;
    request.who = desk->who;
    if (session_refuse_back(&desk->config, &desk->store, desk->job.arena, err) < 0 ||
        job_acknowledge(&desk->job, desk->plan, &request, &given, err) < 0)
        return -1;
    session_keep_head(&desk->config, &desk->store);
    session_say("%s is let go by '%s' until %s: %s", given.guard, given.who,
                day_format(given.until, day), given.cause);
    session_say("  it ends before that when the guard passes, or finds something else or worse");
    session_say("  no row is approved by it; the next run looks again");
    return 0;
}

static int run_acknowledge(const struct invocation *invocation, struct err *err)
{
    struct desk desk = {.plan = NULL};
    int failed = acknowledge(invocation, &desk, err);

    database_release(&desk.database);
    return failed ? (int)err->code : 0;
}

const struct verb verb_acknowledge = {
    .name = "acknowledge",
    .synopsis = "PLAN --digest DIGEST --guard GUARD --reason TEXT",
    .sentence = "let a guard of evidence go: what it found is right",
    .option = acknowledge_options,
    .argument_max = 1,
    .run = run_acknowledge,
};

static int reject(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    struct decide_request request = {.reason = invocation_option(invocation, "reason")};
    const char *until = invocation_option(invocation, "until");
    CLEANUP(text_release) struct text left = TEXT_INIT;
    char digest[DIGEST_HEX_SIZE];
    struct decide_answer answer;
    struct day day = DAY_NONE;

    if (text_is_empty(request.reason))
        return err_set(err, ERR_USAGE, "reject needs --reason");
    if (until && !day_parse_iso(until, &day))
        return err_set(err, ERR_USAGE, "--until takes a day like 2027-03-01, not '%s'", until);
    if (read_selection(invocation, "only", &request.only, err) < 0 ||
        open_desk(invocation, desk, err) < 0)
        return -1;
    request.who = desk->who;
    request.digest = digest_hex(&desk->plan->digest, digest); /* no act hangs on a rejection */
    if (job_reject(&desk->job, desk->plan, &request, day, &answer, err) < 0)
        return -1;
    session_keep_head(&desk->config, &desk->store);
    session_say("plan %lld: %zu rows rejected by '%s'", (long long)desk->plan->id, answer.approved,
                desk->who);
    describe_left(&left, &answer);
    (void)fputs(text_cstr(&left), stdout);
    return 0;
}

static int run_reject(const struct invocation *invocation, struct err *err)
{
    struct desk desk = {.plan = NULL};
    int failed = reject(invocation, &desk, err);

    database_release(&desk.database);
    return failed ? (int)err->code : 0;
}

const struct verb verb_reject = {
    .name = "reject",
    .synopsis = "PLAN --reason TEXT",
    .sentence = "record that you reject a plan",
    .option = reject_options,
    .argument_max = 1,
    .run = run_reject,
};

/* --- review --- */

static int read_decisions(const struct invocation *invocation, struct decisions *ret_decisions,
                          struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (invocation->argument_count < 2)
        return err_set(
            err, ERR_USAGE,
            "review needs a plan and a file; hint: what the page of the plan saves, or "
            "its spreadsheet with the columns 'decision', 'until' and 'reason' filled in, "
            "saved as CSV");
    if (file_read(invocation_argument_file(invocation), LIMIT_HTTP_BODY, ERR_USAGE, &text, NULL,
                  err) < 0 ||
        decisions_file_read(invocation->arena, text_cstr(&text), text.length,
                            invocation->argument[1], ret_decisions, err) < 0)
        return -1;
    return 0;
}

static int show_review(const struct desk *desk, const struct decisions *decisions,
                       const struct review_answer *answer, struct err *err)
{
    CLEANUP(text_release) struct text lines = TEXT_INIT;

    describe_review(&lines, desk->plan->id, desk->who, decisions->file, answer);
    (void)fputs(text_cstr(&lines), stdout);
    if (describe_took_any(answer))
        return 0;
    return err_set(err, ERR_HELD, "nothing of '%s' could be taken: each row says why",
                   decisions->file);
}

static int review(const struct invocation *invocation, struct desk *desk, struct err *err)
{
    struct decide_request request = {
        .override_guards = invocation_option(invocation, "override"),
        .reason = invocation_option(invocation, "reason"),
        .spread = invocation_option(invocation, "spread") != NULL,
    };
    struct decisions decisions;
    struct review_answer answer;

    if (read_number(invocation, "nightly", &request.nightly, err) < 0 ||
        check_terms(&request, err) < 0 || read_decisions(invocation, &decisions, err) < 0 ||
        open_desk(invocation, desk, err) < 0)
        return -1;
    request.who = desk->who;
    if (session_refuse_back(&desk->config, &desk->store, desk->job.arena, err) < 0 ||
        job_review(&desk->job, desk->plan, &decisions, &request, &answer, err) < 0)
        return -1;
    session_keep_head(&desk->config, &desk->store);
    return show_review(desk, &decisions, &answer, err);
}

static int run_review(const struct invocation *invocation, struct err *err)
{
    struct desk desk = {.plan = NULL};
    int failed = review(invocation, &desk, err);

    database_release(&desk.database);
    return failed ? (int)err->code : 0;
}

const struct verb verb_review = {
    .name = "review",
    .synopsis = "PLAN FILE [--spread [--nightly N]] [--override GUARD] [--reason TEXT]",
    .sentence = "take the decisions that a page or a spreadsheet of a plan brings back",
    .option = review_options,
    .argument_max = 2,
    .argument_file = 2,
    .run = run_review,
};
