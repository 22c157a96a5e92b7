/*
 * Wrong on purpose: an open step is called again when it is recovered, on the old decision.
 */
#include "job/act.h"

struct reading __real_act_wait(struct job *job, const struct step_aim *aim, const char *id,
                               struct instant called_at);
struct reading __wrap_act_wait(struct job *job, const struct step_aim *aim, const char *id,
                               struct instant called_at);

/* Reached from recover alone: act.c calls its own. */
struct reading __wrap_act_wait(struct job *job, const struct step_aim *aim, const char *id,
                               struct instant called_at)
{
    struct portal_answer answer;
    struct portal *portal = &job->portal;
    struct time_mark looked = clock_mark(job->clock);

    const struct portal_act act = {
        .action = aim->action, .account_id = id, .profile_id = aim->to_profile};

    (void)!portal->act(portal->self, job->arena, &act, &looked, &answer, NULL);
    return __real_act_wait(job, aim, id, called_at);
}
