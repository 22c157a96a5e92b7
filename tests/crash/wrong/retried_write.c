/*
 * Wrong on purpose: a write whose outcome is not known is sent again.
 */
#include "bynder/bynder.h"

struct portal __real_bynder_writing(struct bynder *bynder);
struct portal __wrap_bynder_writing(struct bynder *bynder);

static struct portal real;

static int act(void *self, struct arena *arena, const struct portal_act *what,
               const struct time_mark *looked, struct portal_answer *ret_answer, struct err *err)
{
    int failed = real.act(self, arena, what, looked, ret_answer, err);

    if (!failed && ret_answer->effect == EFFECT_UNKNOWN)
        failed = real.act(self, arena, what, looked, ret_answer, err);
    return failed;
}

struct portal __wrap_bynder_writing(struct bynder *bynder)
{
    struct portal portal = __real_bynder_writing(bynder);

    real = portal;
    portal.act = act;
    return portal;
}
