/*
 * The answers to a suspension and a deletion: done is only what the answer certainly says.
 * Reads: bynder/write.c bynder/answer.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "portal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum action actions[] = {ACTION_SUSPEND, ACTION_DEPROVISION, ACTION_REACTIVATE};

    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);
        struct portal portal = bynder_writing(bynder);
        struct time_mark looked = {.now = {.us = INT64_C(1795330800000000)},
                                   .steady = {.us = INT64_C(1795330800000000)}};
        struct portal_answer answer;

        if (portal.act(portal.self, &arena, actions[i], PORTAL_USER, &looked, &answer, NULL) < 0)
            continue;
        FUZZ_CHECK(portal_asked() <= 1 + (answer.effect != EFFECT_ACCEPTED));
        FUZZ_CHECK(answer.effect != EFFECT_ACCEPTED ||
                   (answer.status >= 200 && answer.status < 300));
        FUZZ_CHECK(answer.effect != EFFECT_GONE || answer.status == 404);
        FUZZ_CHECK(answer.text && text_is_utf8(answer.text, strlen(answer.text)));
    }
    return 0;
}
