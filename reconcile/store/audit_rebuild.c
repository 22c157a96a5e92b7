/*
 * What stands behind a reading: every snapshot and roster is made again from its versions, as a
 * plan would have it, and its digest must be the one in the chain. One is in memory at a time.
 */
#include "base/text.h"
#include "store/audit.h"
#include "store/private.h"
#include "store/roster.h"
#include "store/snapshot.h"

struct rebuilding {
    struct store *store;
    audit_found *found;
    void *context;
    struct store_audit_rebuilt rebuilt;
};

/* A digest by hand in the fact of an event is the chain's matter; here it is not this one. */
static bool is_digest(const char *hex, const struct digest *digest)
{
    struct digest told;

    return hex && digest_parse(hex, &told) && digest_compare(&told, digest) == 0;
}

static int digest_again(struct rebuilding *rebuilding, bool is_snapshot, int64_t id,
                        struct digest *ret_digest, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct snapshot snapshot;
    struct roster roster;

    if (is_snapshot) {
        if (store_load_snapshot(rebuilding->store, &scratch, id, &snapshot, err) < 0)
            return -1;
        snapshot_digest(&snapshot);
        *ret_digest = snapshot.digest;
        return 0;
    }
    if (store_load_roster(rebuilding->store, &scratch, id, &roster, err) < 0)
        return -1;
    *ret_digest = roster_content(&roster);
    return 0;
}

static int rebuild_one(struct rebuilding *rebuilding, const PGresult *list, int row,
                       struct err *err)
{
    CLEANUP(text_release) struct text sentence = TEXT_INIT;
    const char *kind = pg_text(list, row, 1);
    struct digest digest;

    if (!pg_bool(list, row, 4)) {
        rebuilding->rebuilt.left_out++;
        return 0;
    }
    if (digest_again(rebuilding, text_equal(kind, audit_kind_name(AUDIT_SNAPSHOT)),
                     pg_int(list, row, 2), &digest, err) < 0)
        return -1;
    rebuilding->rebuilt.count++;
    if (is_digest(pg_text(list, row, 3), &digest))
        return 0;
    rebuilding->rebuilt.findings++;
    text_addf(&sentence, "%s %s is not what was read: made again from its versions it is another",
              kind, pg_text(list, row, 2));
    rebuilding->found(rebuilding->context, pg_int(list, row, 0), text_cstr(&sentence));
    return 0;
}

int store_audit_rebuild(struct store *store, audit_found *found, void *context,
                        struct store_audit_rebuilt *ret_rebuilt, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *list = NULL;
    struct rebuilding rebuilding = {.store = store, .found = found, .context = context};

    if (PG_QUERY(store->pg, audit_rebuildable, PG_MANY, &list, err,
                 store_number(&scratch, store->portal_id)) < 0)
        return -1;
    for (int row = 0; row < PQntuples(list); row++) {
        if (rebuild_one(&rebuilding, list, row, err) < 0)
            return -1;
    }
    *ret_rebuilt = rebuilding.rebuilt;
    return 0;
}
