/*
 * The answers of the token endpoint and of the token's own user.
 * Reads: bynder/token.c bynder/answer.c bynder/call.c bynder/patience.c bynder/bynder.c
 * format/front.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "portal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, false);
    struct snapshot snapshot = {.source = SNAPSHOT_FROM_PORTAL};
    struct portal portal = bynder_writing(bynder);

    if (portal.enter(portal.self, &arena, &snapshot, &err) < 0)
        FUZZ_CHECK(err.text && *err.text && text_is_utf8(err.text, strlen(err.text)));
    else
        FUZZ_CHECK(snapshot.own_id && *snapshot.own_id && bynder_scopes(bynder));
    return 0;
}
