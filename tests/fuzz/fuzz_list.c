/*
 * Pages of the list of users, and the profiles.
 * Reads: bynder/list.c bynder/account.c bynder/rounds.c facts/snapshot.c
 */
#include "base/cleanup.h"
#include "base/table.h"
#include "facts/snapshot.h"
#include "portal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);
    struct snapshot snapshot = {.complete = true};
    struct portal portal = bynder_read_only(bynder);
    struct table seen;

    if (portal.list(portal.self, &arena, NULL, &snapshot, NULL) < 0)
        return 0;
    FUZZ_CHECK(snapshot.complete || snapshot.incomplete_reason);
    table_init(&seen, snapshot.count);
    for (size_t i = 0; i < snapshot.count; i++) {
        const struct account *account = &snapshot.account[i];

        FUZZ_CHECK(account->id && *account->id);
        FUZZ_CHECK(account->flaw || account_id_is_v4(account->id));
        FUZZ_CHECK(table_find(&seen, account->id) == TABLE_END);
        table_add(&seen, account->id, (uint32_t)i);
    }
    table_release(&seen);
    snapshot_digest(&snapshot);
    return 0;
}
