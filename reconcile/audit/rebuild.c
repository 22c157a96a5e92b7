/*
 * What stands behind a reading: every snapshot and roster is made again from its versions, as a
 * plan would have it, and its digest must be the one in the chain. One is in memory at a time.
 */
#include "audit/rebuild.h"
#include "base/text.h"
#include "store/column.h"
#include "store/roster.h"
#include "store/seats.h"
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

struct reading_row {
    const char *kind, *digest;
    const char *classes; /* digest of the classes of seats; NULL = the event tells of none */
    int64_t sequence, id;
    bool can; /* be made again */
};

static const struct column reading_columns[] = {
    COLUMN("sequence", struct reading_row, sequence),
    COLUMN("kind", struct reading_row, kind),
    COLUMN("id", struct reading_row, id),
    COLUMN("digest", struct reading_row, digest),
    COLUMN("classes", struct reading_row, classes),
    COLUMN("can", struct reading_row, can),
    COLUMN_END,
};

static void add_finding(struct rebuilding *rebuilding, const struct reading_row *row,
                        const char *what)
{
    CLEANUP(text_release) struct text sentence = TEXT_INIT;

    rebuilding->rebuilt.findings++;
    text_addf(&sentence, "%s %lld is not what was read: made again from %s", row->kind,
              (long long)row->id, what);
    rebuilding->found(rebuilding->context, row->sequence, text_cstr(&sentence));
}

static int rebuild_classes(struct rebuilding *rebuilding, const struct reading_row *row,
                           struct err *err)
{
    struct digest digest;
    bool any = false;

    if (store_stored_seats_digest(rebuilding->store, row->id, &any, &digest, err) < 0)
        return -1;
    if (row->classes ? !is_digest(row->classes, &digest) : any)
        add_finding(rebuilding, row, "their versions its classes of seats are others");
    return 0;
}

static int rebuild_one(struct rebuilding *rebuilding, const struct reading_row *row,
                       struct err *err)
{
    bool is_snapshot = text_equal(row->kind, audit_kind_name(AUDIT_SNAPSHOT));
    struct digest digest;

    if (!row->can) {
        rebuilding->rebuilt.left_out++;
        return 0;
    }
    if (digest_again(rebuilding, is_snapshot, row->id, &digest, err) < 0)
        return -1;
    rebuilding->rebuilt.count++;
    if (!is_digest(row->digest, &digest))
        add_finding(rebuilding, row, "its versions it is another");
    return is_snapshot ? rebuild_classes(rebuilding, row, err) : 0;
}

int store_audit_rebuild(struct store *store, audit_found *found, void *context,
                        struct store_audit_rebuilt *ret_rebuilt, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *list = NULL;
    struct rebuilding rebuilding = {.store = store, .found = found, .context = context};
    size_t count = 0;

    if (PG_QUERY(store->pg, audit_rebuildable, PG_MANY, &list, err,
                 store_number(&scratch, store->portal_id)) < 0)
        return -1;
    const struct reading_row *row =
        store_read_all(reading_columns, sizeof(row[0]), list, &scratch, &count);
    for (size_t i = 0; i < count; i++) {
        if (rebuild_one(&rebuilding, &row[i], err) < 0)
            return -1;
    }
    *ret_rebuilt = rebuilding.rebuilt;
    return 0;
}
