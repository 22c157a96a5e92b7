/*
 * A page of login events, and the cursor of the next one.
 * Reads: bynder/events.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "facts/account.h"
#include "portal.h"

static bool is_cursor(const char *cursor)
{
    for (; *cursor; cursor++) {
        if (*cursor == '%' && strspn(cursor + 1, "0123456789abcdefABCDEF") >= 2)
            cursor += 2;
        else if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~",
                         *cursor))
            return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = portal_client(data, size, true);
    struct portal portal = bynder_read_only(bynder);
    struct events_window window = {.from = {.us = INT64_C(1790000000000000)},
                                   .to = {.us = INT64_C(1795330800000000)}};
    struct events_page page = {.count = 0};

    while (portal.events(portal.self, &arena, &window, &page, NULL) == 0) {
        FUZZ_CHECK(page.access == EVENTS_READ || (page.count == 0 && page.why));
        FUZZ_CHECK(page.count <= page.told && page.told <= 10000);
        for (size_t i = 0; i < page.count; i++)
            FUZZ_CHECK(account_id_is_v4(page.event[i].user_id) && instant_is_set(page.event[i].at));
        if (!page.next_cursor)
            break;
        FUZZ_CHECK(*page.next_cursor && is_cursor(page.next_cursor));
        window.cursor = page.next_cursor;
    }
    return 0;
}
