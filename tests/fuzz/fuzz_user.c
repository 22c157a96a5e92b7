/*
 * A single user: read as one of many whose login is wanted, alone, and from what was kept.
 * Reads: bynder/logins.c bynder/account.c bynder/bynder.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "portal.h"

static void read_login(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);
    struct account account[2] = {{.id = PORTAL_USER, .status = ACCOUNT_ACTIVE},
                                 {.id = "2A84D758-2B3A-141F-8F07D71AA1F223BD"}};
    struct snapshot snapshot = {.complete = true, .account = account, .count = 2};
    struct portal portal = bynder_read_only(bynder);
    const size_t index[] = {0, 1};

    if (portal.logins(portal.self, &arena, NULL, index, 2, &snapshot, NULL) < 0)
        return;
    for (size_t i = 0; i < 2; i++)
        FUZZ_CHECK(account[i].login.kind != LOGIN_NOT_READ || !snapshot.complete);
}

static void read_alone(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);
    struct portal portal = bynder_read_only(bynder);
    struct account account, kept;
    const char *raw = NULL;
    bool found = false;

    if (portal.get(portal.self, &arena, PORTAL_USER, &account, &found, &raw, NULL) < 0 || !found)
        return;
    FUZZ_CHECK(strcmp(account.id, PORTAL_USER) == 0);
    FUZZ_CHECK(bynder_account_of(&arena, raw, &kept, NULL) == 0);
    FUZZ_CHECK(kept.status == account.status && text_equal(kept.email, account.email));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_login(data, size);
    read_alone(data, size);
    return 0;
}
