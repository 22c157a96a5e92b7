/*
 * Matching, nearness and policy: a small world drawn from the bytes, decided by the program and by
 * the oracle of the unit tests.
 * Reads: core/match.c core/near.c core/policy.c core/rules.c core/protect.c core/corroborate.c
 * core/contest.c core/people.c core/twin.c core/condition.c core/guard.c core/plan.c core/explain.c
 */
#include "fuzz.h"

#include "../unit/random_plan.h"
#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world;

    world_draw_of(&world, data, size);
    (void)plan_check_world(&world);
    arena_release(&world.arena);
    return 0;
}
