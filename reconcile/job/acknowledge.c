/*
 * A person accepts what they saw, so the digest of the plan is compared first, and then whether the
 * newest plan still finds just that: an acknowledgement of yesterday's figures is none of
 * tonight's. It is recorded for the newest plan, because what that one read is what the next is
 * compared with.
 */
#include "job/acknowledge.h"

#include "base/text.h"
#include "host/log.h"
#include "job/rule.h"
#include "store/plan.h"
#include "store/ruling.h"

static const struct guard_finding *find_guard(const struct plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->guard_count; i++) {
        if (text_equal(plan->guard[i].id, id))
            return &plan->guard[i];
    }
    return NULL;
}

static const char *names_of_held(struct arena *arena, const struct plan *plan)
{
    const char *names = NULL;

    for (size_t i = 0; i < plan->guard_count; i++) {
        const struct guard_finding *guard = &plan->guard[i];
        if (guard->hold && guard->cause)
            names = names ? arena_printf(arena, "%s, %s", names, guard->id) : guard->id;
    }
    return names ? names : "none";
}

static int check_request(struct job *job, const struct plan *seen,
                         const struct acknowledge_request *request, struct err *err)
{
    struct approvers approvers = rule_approvers(job);
    struct digest given;

    if (text_is_empty(request->reason))
        return err_set(err, ERR_USAGE, "acknowledge needs a --reason");
    if (!digest_parse(request->digest, &given))
        return err_set(err, ERR_USAGE,
                       "'%s' is no digest; hint: 64 hex digits, as the plan shows it",
                       request->digest);
    if (digest_compare(&given, &seen->digest) != 0)
        return err_set(err, ERR_HELD,
                       "the digest is not that of plan %lld: it is another plan than you saw",
                       (long long)seen->id);
    const char *why = ruling_refuse_person(job->arena, &approvers, request->who, NULL, NULL);
    return why ? err_set(err, ERR_HELD, "%s", why) : 0;
}

/* What the plan that was seen says of the guard. */
static int find_seen(struct job *job, const struct plan *seen, const char *id,
                     const struct guard_finding **ret_guard, struct err *err)
{
    const struct guard_finding *guard = find_guard(seen, id);

    if (!guard || !guard->hold)
        return err_set(err, ERR_USAGE,
                       "'%s' does not hold plan %lld; hint: guards that hold it and can be let go: "
                       "%s; a limit is let pass by 'approve --override'",
                       id, (long long)seen->id, names_of_held(job->arena, seen));
    if (!guard->cause)
        return err_set(err, ERR_USAGE, "nobody can let %s go: %s", id, guard->text);
    *ret_guard = guard;
    return 0;
}

/* Whether the newest plan finds what was seen, and nothing worse. */
static int check_newest(struct job *job, const struct plan *newest,
                        const struct acknowledgement *given, struct err *err)
{
    const struct guard_finding *guard = find_guard(newest, given->guard);
    struct acknowledgement_found found = {.hold = guard && guard->hold};

    if (!found.hold)
        return err_set(err, ERR_HELD,
                       "%s does not hold plan %lld, the newest: there is nothing to let go",
                       given->guard, (long long)newest->id);
    found.cause = guard->cause;
    found.measure = guard->measure;
    const char *why = acknowledgement_end(job->arena, given, &found, job->today);
    if (why)
        return err_set(err, ERR_HELD, "in plan %lld, the newest, %s: look at that one",
                       (long long)newest->id, why);
    return 0;
}

int job_acknowledge(struct job *job, const struct plan *seen,
                    const struct acknowledge_request *request, struct acknowledgement *ret_given,
                    struct err *err)
{
    const struct guard_finding *guard = NULL;
    struct plan *newest = NULL;

    if (check_request(job, seen, request, err) < 0 ||
        find_seen(job, seen, request->guard, &guard, err) < 0 ||
        store_load_plan(job->store, job->arena, 0, &newest, err) < 0)
        return -1;
    struct acknowledgement given = {
        .guard = guard->id,
        .plan_id = newest ? newest->id : seen->id,
        .who = request->who,
        .reason = request->reason,
        .at = job->now,
        .until = acknowledgement_until(job->now, job->config->policy.zone),
        .cause = guard->cause,
        .measure = guard->measure,
    };
    if ((newest && newest->id != seen->id && check_newest(job, newest, &given, err) < 0) ||
        store_acknowledge(job->store, &given, err) < 0)
        return -1;
    *ret_given = given;
    return 0;
}

int acknowledge_night(struct job *job, const struct guard_result *guards, struct err *err)
{
    for (size_t i = 0; i < guards->end_count && !job->record_back; i++) {
        const struct guard_end *end = &guards->end[i];
        if (store_end_acknowledgement(job->store, &job->run, end->given->id, end->reason, job->now,
                                      err) < 0)
            return -1;
        log_info("the acknowledgement of %s by %s ends: %s", end->given->guard, end->given->who,
                 end->reason);
    }
    return 0;
}
