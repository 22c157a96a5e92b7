/*
 * The answers to a suspension and a deletion: done is only what the answer certainly says.
 * Reads: bynder/write.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "portal.h"

static const struct time_mark looked = {.now = {.us = INT64_C(1795330800000000)},
                                        .steady = {.us = INT64_C(1795330800000000)}};

static void act(struct portal *portal, enum action action)
{
    const struct portal_act what = {.action = action,
                                    .account_id = PORTAL_USER,
                                    .profile_id = actions[action].sets_profile ? "light" : NULL};
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    size_t before = portal_wrote();
    struct portal_answer answer;

    if (portal->act(portal->self, &arena, &what, &looked, &answer, NULL) < 0) {
        FUZZ_CHECK(portal_wrote() == before);
        return;
    }
    FUZZ_CHECK(portal_wrote() == before + 1);
    FUZZ_CHECK(answer.effect != EFFECT_ACCEPTED || (answer.status >= 200 && answer.status < 300));
    FUZZ_CHECK(answer.effect != EFFECT_GONE || answer.status == 404);
    FUZZ_CHECK(answer.text && text_is_utf8(answer.text, strlen(answer.text)));
}

/* What is no act, or of nobody, is not sent. */
static void act_on_nothing(struct portal *portal)
{
    static const struct portal_act nothing[] = {
        {.action = ACTION_KEEP, .account_id = PORTAL_USER},
        {.action = ACTION_SUSPEND, .account_id = ".."},
        {.action = ACTION_DOWNGRADE, .account_id = PORTAL_USER},
    };
    struct portal_answer answer;

    for (size_t i = 0; i < COUNT_OF(nothing); i++)
        FUZZ_CHECK(portal->act(portal->self, NULL, &nothing[i], &looked, &answer, NULL) < 0);
    FUZZ_CHECK(portal_wrote() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum action all[] = {ACTION_SUSPEND, ACTION_DEPROVISION, ACTION_REACTIVATE,
                                      ACTION_DOWNGRADE, ACTION_RESTORE};

    for (size_t i = 0; i < COUNT_OF(all); i++) {
        CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);
        struct portal portal = bynder_writing(bynder);

        act_on_nothing(&portal);
        act(&portal, all[i]);
        act(&portal, all[i]);
    }
    return 0;
}
