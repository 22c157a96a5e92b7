/*
 * Two steps of the core in their order. Nothing is kept here: the same collection gives the same
 * answer, however often it is asked.
 */
#include "job/weigh.h"

#include "job/rule.h"

/* What decisions rest on besides the rules: the one place where it is put together, for proposing
 * and for acting alike. Borrows from `collected`. */
static struct policy_context weigh_context(const struct job *job, const struct collected *collected)
{
    struct approvers *approvers = arena_calloc(job->arena, 1, sizeof(approvers[0]));

    *approvers = rule_approvers(job);
    return (struct policy_context){
        .today = job->today,
        .now = job->now,
        .snapshot = &collected->snapshot,
        .matching = &job->config->matching,
        .proof = collected->proof,
        .proof_count = collected->proof_count,
        .absence_provable = collected->roster_is_good && collected->roster.blind == 0,
        .blind_rows = collected->roster.blind > 0,
        .first_plan = collected->history.first_plan,
        .brief = !job->full,
        .approvers = approvers,
    };
}

void job_weigh(const struct job *job, const struct collected *collected, struct pairing *pairing,
               struct arena *arena, struct weighed *ret_weighed)
{
    const struct config *config = job->config;
    struct weighed weighed = {.context = weigh_context(job, collected), .pairing = pairing};

    if (!pairing)
        weighed.pairing =
            match_all(arena, &collected->snapshot, &collected->roster, &config->matching);
    weighed.decided =
        pairing && collected->decided
            ? collected->decided
            : policy_decide(arena, &config->policy, &weighed.context, weighed.pairing);
    *ret_weighed = weighed;
}
