/*
 * Wrong on purpose: another profile is given than the one that was approved.
 */
#include "bynder/bynder.h"

struct portal __real_bynder_writing(struct bynder *bynder);
struct portal __wrap_bynder_writing(struct bynder *bynder);

#define AGENCY "B2C4D6E8-3F50-4A1B-9C7D8E6F0A2B4C1D"

static struct portal real;

static int act(void *self, struct arena *arena, const struct portal_act *what,
               const struct time_mark *looked, struct portal_answer *ret_answer, struct err *err)
{
    struct portal_act other = *what;

    if (other.profile_id)
        other.profile_id = AGENCY;
    return real.act(self, arena, &other, looked, ret_answer, err);
}

struct portal __wrap_bynder_writing(struct bynder *bynder)
{
    struct portal portal = __real_bynder_writing(bynder);

    real = portal;
    portal.act = act;
    return portal;
}
