/*
 * The answers of the token endpoint and of the token's own user.
 * Reads: bynder/token.c bynder/answer.c bynder/call.c bynder/patience.c bynder/bynder.c
 * format/front.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "portal.h"

/* The token's own user, read like any other. */
static void look_at_oneself(struct bynder *bynder, const struct snapshot *snapshot,
                            struct arena *arena)
{
    struct portal portal = bynder_read_only(bynder);
    struct account account, kept;
    const char *raw = NULL;
    bool found = false;

    if (portal.get(portal.self, arena, snapshot->own_id, &account, &found, &raw, NULL) < 0 ||
        !found)
        return;
    FUZZ_CHECK(strcmp(account.id, snapshot->own_id) == 0);
    FUZZ_CHECK(bynder_account_of(arena, raw, &kept, NULL) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, false);
    struct snapshot snapshot = {.source = SNAPSHOT_FROM_PORTAL};
    struct portal portal = bynder_writing(bynder);

    if (portal.enter(portal.self, &arena, &snapshot, &err) < 0) {
        FUZZ_CHECK(err.text && *err.text && text_is_utf8(err.text, strlen(err.text)));
        return 0;
    }
    FUZZ_CHECK(snapshot.own_id && *snapshot.own_id && bynder_scopes(bynder));
    FUZZ_CHECK(snapshot.clock_told || bynder_clock_offset(bynder) == 0);
    look_at_oneself(bynder, &snapshot, &arena);
    FUZZ_CHECK(portal.requests(portal.self) == 0); /* none went by what stands in for the network */
    return 0;
}
