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
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    size_t before = portal_wrote();
    struct portal_answer answer;

    if (portal->act(portal->self, &arena, action, PORTAL_USER, &looked, &answer, NULL) < 0) {
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
    struct portal_answer answer;

    FUZZ_CHECK(portal->act(portal->self, NULL, ACTION_KEEP, PORTAL_USER, &looked, &answer, NULL) <
               0);
    FUZZ_CHECK(portal->act(portal->self, NULL, ACTION_SUSPEND, "..", &looked, &answer, NULL) < 0);
    FUZZ_CHECK(portal_wrote() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum action actions[] = {ACTION_SUSPEND, ACTION_DEPROVISION, ACTION_REACTIVATE};

    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);
        struct portal portal = bynder_writing(bynder);

        act_on_nothing(&portal);
        act(&portal, actions[i]);
        act(&portal, actions[i]);
    }
    return 0;
}
