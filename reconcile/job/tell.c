/*
 * First what is seen, which is the same for every way; then, for each way, what of it is new there.
 * A reason counts as told only when the mail server or the webhook took it. The mail to a person
 * concerned is the other way round: it is recorded first, so that none goes twice.
 */
#include "job/tell.h"

#include <limits.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "host/command.h"
#include "host/log.h"
#include "job/overview.h"
#include "job/rule.h"
#include "job/stand.h"
#include "notify/delivery.h"
#include "notify/message.h"
#include "notify/told_file.h"
#include "report/files.h"
#include "store/announce.h"
#include "store/plan.h"

struct telling {
    struct job *job;
    const struct tell_run *run;
    struct plan *plan;
    struct notice_view view;
    struct notice_facts facts; /* what is the same in every message */
    struct delivery_bound bound;
    struct tell_result *result;
};

/* --- what is seen --- */

static bool came_to_its_end(int code)
{
    return code == 0 || code == ERR_HELD || code == ERR_PARTIAL;
}

static const char *find_holding(struct telling *telling)
{
    CLEANUP(text_release) struct text guards = TEXT_INIT;

    for (size_t i = 0; i < telling->plan->guard_count; i++) {
        if (telling->plan->guard[i].hold)
            text_addf(&guards, "%s%s", guards.length ? " " : "", telling->plan->guard[i].id);
    }
    return arena_strdup(telling->job->arena, text_cstr(&guards));
}

/* As long again as it was made for, within what is allowed. */
static struct notice_keep make_keep(const struct job *job, const struct ruling *keep)
{
    int days = day_between(instant_day(keep->at, job->config->policy.zone), keep->until);
    int most = (int)job->config->approval.keep_max_days;

    return (struct notice_keep){.account_id = keep->account_id,
                                .until = keep->until,
                                .again_until = day_add(job->today, days < most ? days : most)};
}

static void see_ending(struct telling *telling, const struct overview_ending *ending)
{
    struct job *job = telling->job;
    struct notice_expiring *expiring = &telling->facts.expiring;
    char newest[INSTANT_TEXT_SIZE];

    *expiring = (struct notice_expiring){
        .approvals = ending->approvals,
        .approval_first = ending->approval_first,
        .spread = ending->spread,
        .keep = arena_calloc(job->arena, ending->keeps + 1, sizeof(expiring->keep[0])),
        .keeps = ending->keeps,
    };
    for (size_t i = 0; i < ending->keeps; i++)
        expiring->keep[i] = make_keep(job, ending->keep[i]);
    if (instant_is_set(ending->newest))
        telling->view.key[NOTICE_EXPIRING] =
            arena_strdup(job->arena, instant_format(ending->newest, newest));
}

static void see_seats(struct telling *telling)
{
    CLEANUP(text_release) struct text key = TEXT_INIT;
    const struct plan *plan = telling->plan;
    struct arena *arena = telling->job->arena;

    telling->facts.keep_free = telling->job->config->seats.keep_free;
    for (size_t i = 0; i < plan->seat_class_count; i++) {
        const struct class_seats *class = &plan->seat_class[i];
        const char *state = notice_class_state(class, telling->facts.keep_free);
        if (state)
            text_addf(&key, "%s%s", key.length ? " " : "",
                      notice_class_word(arena, state, class->name));
    }
    if (key.length)
        telling->view.key[NOTICE_SEATS] = arena_strdup(arena, text_cstr(&key));
}

static void see_plan(struct telling *telling)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct job *job = telling->job;
    struct notice_view *view = &telling->view;
    struct status_stands stands;
    struct overview_ending ending;

    if (store_load_plan(job->store, job->arena, 0, &telling->plan, &err) < 0 ||
        (telling->plan && job_stand(job, telling->plan, &err) < 0) ||
        overview_load(job, telling->plan, &stands, &ending, &err) < 0) {
        log_warning("nothing is told of the plan: %s", err.text);
        return;
    }
    view->looked[NOTICE_APPROVAL] = view->looked[NOTICE_HELD] = true;
    view->looked[NOTICE_EXPIRING] = view->looked[NOTICE_SEATS] = true;
    telling->facts.plan = telling->plan;
    if (!telling->plan)
        return;
    telling->facts.to_approve = stands.waiting + job->unasked_waits;
    telling->facts.due = stands.due + job->unasked_waits;
    view->key[NOTICE_APPROVAL] =
        notice_acts_key(job->arena, telling->facts.to_approve, telling->facts.now);
    see_ending(telling, &ending);
    see_seats(telling);
    if (telling->plan->state == PLAN_HELD)
        view->key[NOTICE_HELD] = find_holding(telling);
}

static void see_steps(struct telling *telling)
{
    const struct store_watch *watch = telling->run->watch;
    struct notice_facts *facts = &telling->facts;

    for (unsigned action = 0; action < ACTION_COUNT; action++)
        facts->failed += (size_t)watch->step[action][STEP_FAILED];
    facts->unknown = watch->status.open_steps;
    telling->view.looked[NOTICE_STEPS] = true;
    if (facts->failed + facts->unknown > 0)
        telling->view.key[NOTICE_STEPS] = arena_printf(
            telling->job->arena, "failed %zu unknown %zu", facts->failed, facts->unknown);
}

static void see(struct telling *telling)
{
    const struct tell_run *run = telling->run;
    struct notice_view *view = &telling->view;
    struct arena *arena = telling->job->arena;

    view->now = telling->facts.now;
    if (run->is_run) {
        view->looked[NOTICE_FAILED] = true;
        if (!came_to_its_end(run->exit_code))
            view->key[NOTICE_FAILED] =
                arena_printf(arena, "%d%s", run->exit_code, run->id ? "" : " before it began");
    }
    if (run->watch && run->id) {
        view->looked[NOTICE_CUT_OFF] = true;
        if (run->watch->cut_off_run)
            view->key[NOTICE_CUT_OFF] =
                arena_printf(arena, "run %lld", (long long)run->watch->cut_off_run);
    }
    if (run->watch && came_to_its_end(run->exit_code)) {
        see_plan(telling);
        see_steps(telling);
    }
}

/* --- telling --- */

/* The forms of a plan in the order of what people decide on; what does not fit is left out. */
enum { ATTACHED_MAX = 3 };
static const struct {
    enum report_format format;
    const char *type;
} forms[ATTACHED_MAX] = {
    {REPORT_HTML, "text/html; charset=utf-8"},
    {REPORT_XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {REPORT_CSV, "text/csv; charset=utf-8"},
};

struct attaching {
    struct arena *arena;
    struct mail_attachment item[ATTACHED_MAX];
    size_t count;
    struct notice_attached says;
    struct text left_out;
};

static void attaching_release(struct attaching *attaching)
{
    for (size_t i = 0; i < attaching->count; i++)
        text_release(&attaching->item[i].content);
    text_release(&attaching->left_out);
}

static void leave_out(struct attaching *attaching, const struct plan *plan,
                      enum report_format format, const char *name, const char *why)
{
    struct text *out = &attaching->left_out;

    text_addf(out, "%s%s: %s; '", out->length ? "; " : "", name, why);
    command_add(out, "show %lld --format %s --output %s", (long long)plan->id,
                report_format_name(format), name);
    text_add(out, "' writes it");
    attaching->says.left_out = text_cstr(out);
}

/* One form of the plan; the room that is left. */
static size_t attach(struct attaching *attaching, const struct plan *plan, size_t form, size_t room)
{
    static const struct report_style plain = {.color = false};
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text name = TEXT_INIT;
    struct mail_attachment *item = &attaching->item[attaching->count];
    enum report_format format = forms[form].format;
    const char *why = NULL;

    report_add_file_name(&name, plan, format);
    if (report_plan(plan, format, &plain, &item->content, &err) < 0)
        why = err.text;
    else if (item->content.length > room)
        why = "too large for a mail";
    if (why) {
        leave_out(attaching, plan, format, text_cstr(&name), why);
        text_release(&item->content);
        item->content = TEXT_INIT;
        return room;
    }
    item->name = arena_strdup(attaching->arena, text_cstr(&name));
    item->type = forms[form].type;
    attaching->count++;
    return room - item->content.length;
}

static void attach_plan(struct attaching *attaching, const struct config *config,
                        const struct plan *plan)
{
    const bool wanted[ATTACHED_MAX] = {config->notify.mail.attach.html,
                                       config->notify.mail.attach.xlsx,
                                       config->notify.mail.attach.csv};
    const char **named[ATTACHED_MAX] = {&attaching->says.page, &attaching->says.workbook,
                                        &attaching->says.table};
    size_t room = LIMIT_MAIL_BYTES;

    attaching->says.return_to = config->review.return_to;
    attaching->says.inbox = config->review.inbox;
    for (size_t i = 0; i < ATTACHED_MAX; i++) {
        size_t before = attaching->count;
        if (wanted[i])
            room = attach(attaching, plan, i, room);
        if (attaching->count > before)
            *named[i] = attaching->item[before].name;
    }
}

static int send_mail(struct telling *telling, const struct notice_facts *facts, struct err *err)
{
    CLEANUP(notice_message_release) struct notice_message message = {.text = TEXT_INIT};
    CLEANUP(text_release) struct text id = TEXT_INIT;
    CLEANUP(attaching_release) struct attaching attaching = {.arena = telling->job->arena};
    const struct config *config = telling->job->config;
    struct notice_facts said = *facts;

    if (notice_carries_plan(facts->kind)) {
        attach_plan(&attaching, config, facts->plan);
        said.attached = &attaching.says;
    }
    report_notice(&said, &message);
    text_addf(&id, "%s.%lld.%lld", notice_kind_name(facts->kind), (long long)facts->run,
              (long long)facts->now.us);
    const struct mail mail = {.id = text_cstr(&id),
                              .subject = text_cstr(&message.subject),
                              .date = facts->now,
                              .text = text_cstr(&message.text),
                              .html = text_cstr(&message.html),
                              .attachment = attaching.item,
                              .attachment_count = attaching.count};
    return delivery_mail(&config->notify.mail, &mail, &telling->bound, NULL, err);
}

static int send_webhook(struct telling *telling, const struct notice_facts *facts, struct err *err)
{
    const struct config_webhook *webhook = &telling->job->config->notify.webhook;
    CLEANUP(text_release) struct text json = TEXT_INIT;

    report_notice_json(facts, webhook->shape, &json);
    return delivery_webhook(webhook, &json, &telling->bound, err);
}

static bool send(struct telling *telling, enum notice_channel channel, enum notice_kind kind,
                 const char *const *told)
{
    static int (*const senders[NOTICE_CHANNEL_COUNT])(struct telling *, const struct notice_facts *,
                                                      struct err *) = {
        [NOTICE_MAIL] = send_mail,
        [NOTICE_WEBHOOK] = send_webhook,
    };
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct notice_facts facts = telling->facts;

    facts.kind = kind;
    for (unsigned k = 0; k < NOTICE_KIND_COUNT; k++)
        facts.told[k] = told[k];
    if (senders[channel](telling, &facts, &err)) {
        log_warning("the message '%s' could not be delivered by %s: %s; the next run tries again",
                    notice_kind_name(kind), notice_channel_name(channel), err.text);
        telling->result->undelivered++;
        return false;
    }
    log_info("told by %s: %s", notice_channel_name(channel), notice_kind_name(kind));
    telling->result->told++;
    return true;
}

/* Where it is kept that something was told, or is over (key NULL). */
static void remember(struct telling *telling, enum notice_channel channel, enum notice_kind kind,
                     const char *key)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct job *job = telling->job;
    int failed;

    if (!telling->run->database)
        failed = notice_file_save(job->arena, job->config, channel, kind, key, &err);
    else if (key)
        failed = store_save_told(job->store, channel, kind, key, telling->facts.now, &err);
    else
        failed = store_forget_told(job->store, channel, kind, &err);
    if (failed)
        log_warning("it cannot be kept what was told, so it may be told again: %s", err.text);
}

/* What was told while the database was away belongs into it. */
static int take_in_file(struct telling *telling, struct err *err)
{
    struct job *job = telling->job;

    for (unsigned channel = 0; channel < NOTICE_CHANNEL_COUNT; channel++) {
        const char *key[NOTICE_KIND_COUNT];
        notice_file_load(job->arena, job->config, (enum notice_channel)channel, key);
        for (unsigned kind = 0; kind < NOTICE_KIND_COUNT; kind++) {
            if (key[kind] &&
                store_save_told(job->store, (enum notice_channel)channel, (enum notice_kind)kind,
                                key[kind], telling->facts.now, err) < 0)
                return -1;
        }
    }
    notice_file_remove(job->config);
    return 0;
}

static int load_told(struct telling *telling, enum notice_channel channel, const char **told,
                     struct err *err)
{
    struct job *job = telling->job;

    if (telling->run->database)
        return store_load_told(job->store, job->arena, channel, told, err);
    notice_file_load(job->arena, job->config, channel, told);
    return 0;
}

/* The gravest first, for the time may run out. */
static const enum notice_kind order[] = {NOTICE_FAILED, NOTICE_CUT_OFF,  NOTICE_STEPS,
                                         NOTICE_HELD,   NOTICE_EXPIRING, NOTICE_APPROVAL,
                                         NOTICE_CLEAR};

static void send_due(struct telling *telling, enum notice_channel channel)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const char *told[NOTICE_KIND_COUNT];
    enum notice_act act[NOTICE_KIND_COUNT];
    bool clear_failed = false;

    if (load_told(telling, channel, told, &err) < 0) {
        log_warning("nothing is told by %s: %s", notice_channel_name(channel), err.text);
        return;
    }
    notice_decide(&telling->view, told, act);
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        if (act[order[i]] == NOTICE_NOTE)
            remember(telling, channel, order[i], telling->view.key[order[i]]);
        if (act[order[i]] != NOTICE_TELL)
            continue;
        bool sent = send(telling, channel, order[i], told);
        if (order[i] == NOTICE_CLEAR)
            clear_failed = !sent;
        else if (sent)
            remember(telling, channel, order[i], telling->view.key[order[i]]);
    }
    for (unsigned kind = 0; kind < NOTICE_KIND_COUNT && !clear_failed; kind++) {
        if (act[kind] == NOTICE_FORGET)
            remember(telling, channel, (enum notice_kind)kind, NULL);
    }
}

/* --- to the person concerned --- */

/* What follows for the person and for the others. */
static const struct {
    bool again; /* the next run may try */
    bool stop;  /* so does everybody else's mail */
    const char *then;
} fates[] = {
    [DELIVERY_PERHAPS] = {false, true, "it may have come, so it is not sent again"},
    [DELIVERY_UNREACHED] = {true, true, "the next run tries again"},
    [DELIVERY_DEFERRED] = {true, false, "the next run tries again"},
    [DELIVERY_REFUSED] = {false, false, "it is not sent again"},
};

static void make_mail(const struct telling *telling, const struct store_announcement *announcement,
                      const struct notice_message *message, struct text *id, struct mail *ret_mail)
{
    text_addf(id, "announcement.%lld.%lld.%zu", (long long)announcement->id,
              (long long)telling->facts.now.us, telling->result->told);
    *ret_mail = (struct mail){.id = text_cstr(id),
                              .subject = text_cstr(&message->subject),
                              .date = telling->facts.now,
                              .text = text_cstr(&message->text),
                              .html = text_cstr(&message->html),
                              .to = announcement->email};
}

/* Made before the mail is sent, so that none goes twice. */
static int claim(struct telling *telling, const struct store_announcement *announcement,
                 struct err *err)
{
    struct store *store = telling->job->store;

    if (!announcement->telling)
        return store_claim_announcement(store, announcement, telling->facts.now, err);
    return store_claim_unreached(store, announcement->account_id, announcement->rule,
                                 announcement->email, telling->facts.now,
                                 "whether the mail came is not known", err);
}

/* The grace begins: the person knows. */
static int begin(struct telling *telling, const struct store_announcement *announcement,
                 struct day today, struct err *err)
{
    struct job *job = telling->job;
    struct store_announced announced = {
        .account_id = announcement->account_id,
        .rule = announcement->rule,
        .action = action_name(announcement->action),
        .to_profile = telling->plan->row[announcement->position - 1].to_profile_id,
        .plan_id = telling->plan->id,
        .position = announcement->position,
        .at = job->clock->now(job->clock->self),
        .on = today,
        .not_before = announcement->not_before,
        .login_at = announcement->last_login,
        .enforce = job->config->policy.enforce,
        .told = ANNOUNCED_BY_MAIL,
    };

    return store_announce(job->store, &job->run, NULL, 0, &announced, 1, today, err);
}

/* What stays of a mail that was not taken. */
static void note_failure(struct telling *telling, const struct store_announcement *announcement,
                         enum delivery_fate fate, const char *why)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct store *store = telling->job->store;
    const struct store_announcement_end end = {.account_id = announcement->account_id,
                                               .rule = announcement->rule};
    int failed = 0;

    if (fates[fate].again && announcement->telling)
        failed = store_forget_unreached(store, &end, 1, &err);
    else if (fates[fate].again)
        failed = store_unclaim_announcement(store, announcement, &err);
    else if (fate == DELIVERY_REFUSED && announcement->telling)
        failed =
            store_keep_unreached(store, announcement->account_id, announcement->rule, why, &err);
    if (failed)
        log_warning("%s", err.text);
}

/* Who has no address that a mail can go to is not reached. */
static void note_no_address(struct telling *telling, const struct store_announcement *announcement)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    log_warning("account '%s' is announced, but has no plain mail address to tell it",
                announcement->account_id);
    if (announcement->telling &&
        store_claim_unreached(telling->job->store, announcement->account_id, announcement->rule,
                              announcement->email ? announcement->email : "", telling->facts.now,
                              "no plain mail address", &err) < 0 &&
        err.code != ERR_LOCKED)
        log_warning("%s", err.text);
}

/* true: the next one may be tried. */
static bool announce(struct telling *telling, struct store_announcement *announcement)
{
    CLEANUP(notice_message_release) struct notice_message message = {.text = TEXT_INIT};
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text id = TEXT_INIT;
    struct job *job = telling->job;
    const struct config *config = job->config;
    struct day today = instant_day(job->clock->now(job->clock->self), config->policy.zone);
    enum delivery_fate fate;
    struct mail mail;

    if (!config_is_mail_address(announcement->email)) {
        note_no_address(telling, announcement);
        return true;
    }
    if (claim(telling, announcement, &err) < 0)
        return err.code == ERR_LOCKED;
    if (announcement->telling) /* whole days from the mail, also after midnight */
        announcement->not_before =
            day_add(announcement->not_before, day_between(telling->plan->today, today));
    report_announcement(announcement, config->portal.url, config->notify.mail.contact, &message);
    make_mail(telling, announcement, &message, &id, &mail);
    if (delivery_mail(&config->notify.mail, &mail, &telling->bound, &fate, &err) < 0) {
        log_warning("account '%s' could not be told of its announcement: %s; %s",
                    announcement->account_id, err.text, fates[fate].then);
        telling->result->undelivered++;
        note_failure(telling, announcement, fate, err.text);
        return !fates[fate].stop;
    }
    telling->result->told++;
    if (announcement->telling && begin(telling, announcement, today, &err) < 0)
        log_warning("account '%s' was told, but its grace did not begin: %s",
                    announcement->account_id, err.text);
    return true;
}

/* Whether it may leave without anybody's word, if few enough do. */
static bool leaves_unasked(const struct rule_book *book,
                           const struct store_announcement *announcement)
{
    size_t row = (size_t)announcement->position - 1;
    const struct ruled *ruled = &book->ruled[row];

    return !ruled->keep && !ruled->reject && !rule_is_wanted(book, row) &&
           !text_equal(announcement->telling, TELLING_AFTER_APPROVAL);
}

/* Those that may leave: approved, or few enough (R7). Returns how many, in front. */
static size_t choose_mails(const struct telling *telling, const struct rule_book *book,
                           struct store_announcement *announcement, size_t count)
{
    int64_t unasked[ACTION_COUNT] = {0};
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        unasked[announcement[i].action] += leaves_unasked(book, &announcement[i]);
    for (size_t i = 0; i < count; i++) {
        enum action action = announcement[i].action;
        bool few = unasked[action] <= telling->job->mail_room[action];
        if (rule_is_wanted(book, (size_t)announcement[i].position - 1) ||
            (few && leaves_unasked(book, &announcement[i])))
            announcement[kept++] = announcement[i];
    }
    if (kept < count)
        log_info("%zu people are not told of their announcement: a person has to approve their "
                 "rows first",
                 count - kept);
    return kept;
}

static void send_announcements(struct telling *telling)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct job *job = telling->job;
    struct store_announcement *announcement = NULL;
    struct rule_book book;
    size_t count = 0;

    if (!telling->plan)
        return;
    if (store_load_unannounced(job->store, job->arena, &announcement, &count, &err) < 0 ||
        rule_book_open(job, job->arena, telling->plan, &book, &err) < 0) {
        log_warning("nobody is told of an announcement: %s", err.text);
        return;
    }
    count = choose_mails(telling, &book, announcement, count);
    for (size_t i = 0; i < count && announce(telling, &announcement[i]); i++)
        continue;
}

void job_tell(struct job *job, const struct tell_run *run, struct tell_result *ret_result)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct config *config = job->config;
    char host[HOST_NAME_MAX + 1] = "", head[AUDIT_HEAD_SIZE];
    struct telling telling = {.job = job, .run = run, .result = ret_result};

    *ret_result = (struct tell_result){.told = 0};
    if ((!config->notify.mail.server && !config_has_webhook(config)) || clock_is_interrupted())
        return;
    if (gethostname(host, sizeof(host) - 1) < 0)
        host[0] = '\0';
    telling.facts = (struct notice_facts){
        .portal = config->portal.name,
        .verb = run->is_run ? "run" : "apply",
        .host = host[0] ? host : NULL,
        .run = run->id,
        .now = job->clock->now(job->clock->self),
        .exit_code = run->exit_code,
        .why = run->why,
        .watch = run->watch,
        .audit_head = run->head.sequence > 0 ? audit_head_format(&run->head, head) : NULL,
    };
    telling.bound =
        (struct delivery_bound){.clock = job->clock,
                                .until = instant_add_us(job->clock->steady(job->clock->self),
                                                        config->notify.timeout * SECOND_US)};
    see(&telling);
    if (run->database && take_in_file(&telling, &err) < 0) {
        log_warning("nothing is told: %s", err.text);
        return;
    }
    if (config->notify.mail.server)
        send_due(&telling, NOTICE_MAIL);
    if (config_has_webhook(config))
        send_due(&telling, NOTICE_WEBHOOK);
    if (run->is_run && run->watch && came_to_its_end(run->exit_code) && config->policy.enforce &&
        config->notify.mail.announce)
        send_announcements(&telling);
}
