/*
 * A single user: read as one of many whose login is wanted, alone, and from what was kept.
 * Reads: bynder/logins.c bynder/account.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "portal.h"

/* So many that a portal that is down is given up. */
enum { ACCOUNTS = 30 };

static void read_login(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);
    struct account account[ACCOUNTS] = {{.id = PORTAL_USER, .status = ACCOUNT_ACTIVE}};
    struct snapshot snapshot = {.complete = true, .account = account, .count = ACCOUNTS};
    struct portal portal = bynder_read_only(bynder);
    size_t index[ACCOUNTS];

    for (size_t i = 0; i < ACCOUNTS; i++) {
        index[i] = i;
        if (i > 0)
            account[i].id = arena_printf(&arena, "%zXA84D758-2B3A-141F-8F07D71AA1F223%02zX",
                                         1 + i % 15, 0xBD + i / 15);
    }
    if (portal.logins(portal.self, &arena, &portal_progress, index, ACCOUNTS, &snapshot, NULL) < 0)
        return;
    for (size_t i = 0; i < ACCOUNTS; i++)
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
