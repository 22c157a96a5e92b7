/*
 * Bynder's own user export.
 * Reads: bynder/export_reader.c facts/export.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "base/text.h"
#include "bynder/export_reader.h"
#include "facts/snapshot.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct instant now = {.us = INT64_C(1795330800000000)};
    struct export export;
    struct table seen;

    if (export_read(&arena, fuzz_file("export.csv", data, size), now, &export, &err) < 0) {
        FUZZ_CHECK(text_is_utf8(err.text, strlen(err.text)));
        return 0;
    }
    FUZZ_CHECK(export.snapshot.complete || export.snapshot.incomplete_reason);
    table_init(&seen, export.snapshot.count);
    for (size_t i = 0; i < export.snapshot.count; i++) {
        const struct account *account = &export.snapshot.account[i];

        FUZZ_CHECK(account_alike(account)->flaw || account_id_is_v4(account->id));
        if (!export.snapshot.complete)
            continue;
        /* A flaw of another value keeps that one account. */
        FUZZ_CHECK(account_id_is_v4(account->id) && account->status != ACCOUNT_UNREADABLE);
        FUZZ_CHECK(table_find(&seen, account->id) == TABLE_END);
        table_add(&seen, account->id, (uint32_t)i);
        FUZZ_CHECK(account->login.kind != LOGIN_KNOWN || account->login.at.us <= now.us ||
                   account->login.at.us > 0);
    }
    table_release(&seen);
    snapshot_digest(&export.snapshot);
    return 0;
}
