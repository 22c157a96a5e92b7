/*
 * A second name matters to what acts, so `plan` is not held by it; and portals on this machine are
 * simulators, of which many share a host and a port in their lives.
 */
#include "job/identity.h"

#include "base/text.h"
#include "store/portal.h"

int identity_find_host(struct job *job, struct err *err)
{
    struct store_identity identity;

    if (store_load_identity(job->store, job->arena, NULL, &identity, err) < 0)
        return -1;
    job->is_elsewhere = identity.host && !text_equal(identity.host, job->config->portal.host);
    return 0;
}

int identity_load(struct job *job, struct collected *collected, struct err *err)
{
    const struct config_portal *config = &job->config->portal;
    struct guard_portal *portal = &collected->history.portal;
    bool asks = !job->only_looks && !config->loopback;
    struct store_identity identity;

    if (store_load_identity(job->store, job->arena, asks ? config->host : NULL, &identity, err) < 0)
        return -1;
    *portal = (struct guard_portal){.host = config->host,
                                    .last_host = identity.host,
                                    .own_id = collected->snapshot.own_id,
                                    .last_own_id = identity.own_id,
                                    .older_name = identity.older_name};
    collected->known_snapshot_id = identity.known_snapshot_id;
    job->may_be_another =
        (portal->last_host && !text_equal(portal->last_host, portal->host)) ||
        (portal->last_own_id && portal->own_id && !text_equal(portal->last_own_id, portal->own_id));
    return 0;
}

bool identity_is_asked(const struct collected *collected)
{
    const struct guard_portal *portal = &collected->history.portal;

    return collected->known_snapshot_id != 0 && portal->own_id && portal->last_own_id &&
           !text_equal(portal->own_id, portal->last_own_id);
}

int identity_compare(struct job *job, struct collected *collected, struct err *err)
{
    struct guard_portal *portal = &collected->history.portal;

    return store_count_known(job->store, collected->known_snapshot_id, &portal->known,
                             &portal->of_those, err);
}

static bool holds(const struct guard_result *guards, const char *id)
{
    for (size_t i = 0; i < guards->count; i++) {
        if (text_equal(guards->finding[i].id, id))
            return guards->finding[i].hold;
    }
    return false;
}

int identity_night(struct job *job, const struct collected *collected,
                   const struct guard_result *guards, struct err *err)
{
    const struct guard_portal *portal = &collected->history.portal;

    if (!portal->host || !collected->snapshot.complete || holds(guards, "G14") ||
        holds(guards, "G15"))
        return 0;
    return store_learn_identity(job->store, &job->run, portal->host, portal->own_id,
                                collected->snapshot.id, err);
}
