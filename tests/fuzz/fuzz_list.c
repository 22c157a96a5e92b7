/*
 * Pages of the list of users, and the profiles; and how many users are announced.
 * Reads: bynder/list.c bynder/rounds.c bynder/count.c
 */
#include "base/cleanup.h"
#include "base/table.h"
#include "facts/snapshot.h"
#include "portal.h"

static void count(const uint8_t *data, size_t size)
{
    CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);

    for (int inactive = 0; inactive < 2; inactive++) {
        int64_t total = 0;
        if (bynder_count(bynder, inactive, &total, NULL) == 0)
            FUZZ_CHECK(total >= -1 && total <= INT32_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    count(data, size);
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);
    struct snapshot snapshot = {.complete = true};
    struct portal portal = bynder_read_only(bynder);
    struct table seen;

    if (portal.list(portal.self, &arena, &portal_progress, &snapshot, NULL) < 0)
        return 0;
    FUZZ_CHECK(snapshot.complete || snapshot.incomplete_reason);
    table_init(&seen, snapshot.count);
    for (size_t i = 0; i < snapshot.count; i++) {
        const struct account *account = &snapshot.account[i];

        FUZZ_CHECK(account->id && *account->id);
        FUZZ_CHECK(account_alike(account)->flaw || account_id_is_v4(account->id));
        FUZZ_CHECK(table_find(&seen, account->id) == TABLE_END);
        table_add(&seen, account->id, (uint32_t)i);
    }
    table_release(&seen);
    snapshot_digest(&snapshot);
    return 0;
}
