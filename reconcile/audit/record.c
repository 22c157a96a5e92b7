/*
 * The file is written after the transaction, so a crash in between leaves a head that the chain
 * has, and so does another machine that ran meanwhile. What the chain does not have was in it once:
 * then the database is an older one, and somebody has to say what becomes of what happened since.
 */
#include "audit/record.h"

#include "store/audit.h"
#include "store/portal.h"

int audit_record_check(const struct config *config, const struct store *store, struct arena *arena,
                       const char **ret_back, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct audit_head kept;
    struct store_place place;
    bool found = false;

    *ret_back = NULL;
    if (audit_file_read(config, &kept, &found, &own) < 0) {
        *ret_back = arena_printf(arena, "what this machine kept of the record cannot be read: %s",
                                 own.text);
        return 0;
    }
    if (!found)
        return 0;
    if (store_find_event(store, &kept, &place, err) < 0)
        return -1;
    if (!place.has && !place.aside)
        *ret_back = arena_printf(
            arena,
            "this machine kept event %lld of the record, and the database does not have it (its "
            "chain ends at %lld): a backup was restored, or a failover lost what was newest",
            (long long)kept.sequence, (long long)place.ends_at);
    return 0;
}

int audit_record_keep(const struct config *config, const struct store *store, struct instant now,
                      struct err *err)
{
    struct audit_head head;

    if (store_audit_head(store, &head, err) < 0)
        return -1;
    return audit_file_write(config, &head, now, err);
}
