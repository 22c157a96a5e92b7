/*
 * Nothing is taken over from the reports: they are files that anybody may have written. They are
 * for a person, who looks into the portal and decides anew.
 */
#include "job/restore.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "audit/record.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/json.h"
#include "host/file.h"
#include "job/rule.h"
#include "report/files.h"
#include "store/outcome_file.h"
#include "store/plan.h"
#include "store/portal.h"
#include "store/ruling.h"

#define REPORT_BYTES_MAX (256U << 20)
#define ROWS_MAX         2000000
#define WORD_MAX         4096

struct looking {
    struct job *job;
    const struct store_ruling *ruling; /* that the database has */
    size_t ruling_count;
    int64_t last_plan; /* the highest number of a report */
    struct restore_answer *answer;
};

static void tell(struct looking *looking, const char *line)
{
    struct restore_answer *answer = looking->answer;

    answer->lost =
        mem_grow(answer->lost, answer->lost_count, &answer->lost_capacity, sizeof(answer->lost[0]));
    answer->lost[answer->lost_count++] = line;
}

static const char *word(struct looking *looking, const struct json_object *object, const char *name)
{
    const char *text = NULL;

    return object && json_string(object, name, WORD_MAX, looking->job->arena, &text) == JSON_FOUND
               ? text
               : "";
}

static const struct json_object *part(const struct json_object *object, const char *name)
{
    struct json_object *found = NULL;

    return json_object_object_get_ex(object, name, &found) &&
                   json_object_is_type(found, json_type_object)
               ? found
               : NULL;
}

static bool has_ruling(const struct looking *looking, const char *account, const char *kind,
                       const char *who, const char *at)
{
    char text[INSTANT_TEXT_SIZE];

    for (size_t i = 0; i < looking->ruling_count; i++) {
        const struct ruling *ruling = &looking->ruling[i].ruling;
        if (text_equal(ruling->account_id, account) && text_equal(ruling->who, who) &&
            text_equal(ruling_kind_name(ruling->kind), kind) &&
            text_equal(instant_format(ruling->at, text), at))
            return true;
    }
    return false;
}

/* Of a row of a plan that the database does not have. */
static void look_at_row(struct looking *looking, long long plan, const struct json_object *row)
{
    const struct json_object *decided = part(row, "decided"), *outcome = part(row, "outcome");
    const char *account = word(looking, row, "account_id");
    struct arena *arena = looking->job->arena;

    if (decided && !has_ruling(looking, account, word(looking, decided, "decision"),
                               word(looking, decided, "who"), word(looking, decided, "at")))
        tell(looking,
             arena_printf(arena, "plan %lld: %s by '%s' at %s: %s of account '%s' %s", plan,
                          word(looking, decided, "decision"), word(looking, decided, "who"),
                          word(looking, decided, "at"), word(looking, row, "action"), account,
                          word(looking, row, "email")));
    if (outcome)
        tell(looking,
             arena_printf(arena, "plan %lld: %s of account '%s' %s is %s, at %s", plan,
                          word(looking, row, "action"), account, word(looking, row, "email"),
                          word(looking, outcome, "state"), word(looking, outcome, "at")));
}

static int look_at_plan(struct looking *looking, const char *path, long long number,
                        struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *json = NULL;
    struct json_object *rows = NULL;
    struct digest digest = {{0}};
    bool has = false;

    if (file_read(path, REPORT_BYTES_MAX, ERR_INTERNAL, &text, NULL, err) < 0 ||
        json_parse_object(text_cstr(&text), text.length, &json, err) < 0)
        return err_prefix(err, "report '%s'", path);
    const struct json_object *plan = part(json, "plan");
    if (!digest_parse(word(looking, plan, "digest"), &digest))
        return 0; /* over an export: it was never stored */
    if (store_plan_is_there(looking->job->store, number, &digest, &has, err) < 0)
        return -1;
    if (has)
        return 0;
    tell(looking, arena_printf(looking->job->arena, "plan %lld of %s is not in the database",
                               number, word(looking, plan, "created_at")));
    if (!json_object_object_get_ex(json, "decisions", &rows) ||
        !json_object_is_type(rows, json_type_array))
        return 0;
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        const struct json_object *row = json_array_object(rows, i);
        if (row)
            look_at_row(looking, number, row);
    }
    return 0;
}

/* A report that cannot be read is told and is no reason to stop. */
static int look_at_report(void *context, const char *path, const char *rest, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct looking *looking = context;
    char *end = NULL;

    (void)err;
    if (!report_is_file_name(rest))
        return 0;
    long long number = strtoll(rest, &end, 10);
    if (number > looking->last_plan)
        looking->last_plan = number;
    if (text_equal(end, ".json") && look_at_plan(looking, path, number, &own) < 0)
        tell(looking, arena_printf(looking->job->arena, "%s", own.text));
    return 0;
}

static int look_at_outcome(void *context, const char *path, const char *rest, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *json = NULL;
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct looking *looking = context;
    struct arena *arena = looking->job->arena;
    int64_t plan = 0;

    (void)rest;
    (void)err;
    if (file_read(path, 65536, ERR_INTERNAL, &text, NULL, &own) < 0 ||
        json_parse_object(text_cstr(&text), text.length, &json, &own) < 0) {
        tell(looking, arena_printf(arena, "outcome '%s': %s", path, own.text));
        return 0;
    }
    (void)json_integer(json, "plan", 1, INT64_MAX, &plan);
    tell(looking,
         arena_printf(arena, "plan %lld: %s of account '%s' is %s, kept in '%s'", (long long)plan,
                      word(looking, json, "action"), word(looking, json, "account_id"),
                      word(looking, json, "state"), path));
    return 0;
}

static int look(struct looking *looking, struct err *err)
{
    struct job *job = looking->job;
    struct store_ruling *ruling = NULL;

    if (store_load_rulings(job->store, job->arena, (struct instant){1}, &ruling,
                           &looking->ruling_count, err) < 0)
        return -1;
    looking->ruling = ruling;
    return report_each_file(job->config, look_at_report, looking, err) < 0 ||
                   outcome_file_visit(job->config, look_at_outcome, looking, err) < 0
               ? -1
               : 0;
}

static int check_request(struct job *job, const char *who, const char *reason,
                         struct audit_head *ret_kept, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct approvers approvers = rule_approvers(job);
    const char *back = NULL;
    bool found = false;

    if (text_is_empty(reason))
        return err_set(err, ERR_USAGE, "audit accept-restore needs a --reason");
    const char *why = ruling_refuse_person(job->arena, &approvers, who, NULL, NULL);
    if (why)
        return err_set(err, ERR_HELD, "%s", why);
    if (audit_record_check(job->config, job->store, job->arena, &back, err) < 0)
        return -1;
    *ret_kept = (struct audit_head){.sequence = 0};
    if (audit_file_read(job->config, ret_kept, &found, &own) < 0)
        *ret_kept = (struct audit_head){.sequence = 0};
    if (!back && found)
        return err_set(err, ERR_USAGE,
                       "there is nothing to accept: the record has event %lld, the newest that "
                       "this machine kept",
                       (long long)ret_kept->sequence);
    return 0;
}

int job_accept_restore(struct job *job, const char *who, const char *reason,
                       struct restore_answer *ret_answer, struct err *err)
{
    CLEANUP(restore_answer_release) struct restore_answer answer = {.approvals = 0};
    struct looking looking = {.job = job, .answer = &answer};
    struct store_restore restore = {.who = who, .reason = reason, .at = job->now};

    if (check_request(job, who, reason, &restore.kept, err) < 0 || look(&looking, err) < 0)
        return -1;
    restore.last_plan = looking.last_plan;
    if (store_accept_restore(job->store, &restore, &answer.approvals, err) < 0 ||
        audit_record_keep(job->config, job->store, job->now, err) < 0)
        return -1;
    *ret_answer = answer;
    answer = (struct restore_answer){.approvals = 0};
    return 0;
}
