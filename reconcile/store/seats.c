/*
 * Merged like profiles: a version ends where the snapshot says otherwise. An incomplete snapshot
 * does not end what it may not have seen, but for a class that there is no more.
 */
#include "store/seats.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "store/column.h"

/* --- what is staged --- */

static void add_class(struct text *row, const void *context, size_t number)
{
    const struct seat_class *seat_class = &((const struct seats *)context)->seat_class[number];
    char price[MONEY_TEXT_MAX];

    pg_copy_field(row, seat_class->name);
    store_copy_number(row, (int64_t)number + 1);
    if (seat_class->contracted < 0)
        pg_copy_field(row, NULL);
    else
        store_copy_number(row, seat_class->contracted);
    pg_copy_field(row, seat_class->price < 0 ? NULL : money_format(seat_class->price, price));
    pg_copy_field(row, seat_class->currency);
    pg_copy_end_row(row);
}

static void add_profile(struct text *row, const void *context, size_t number)
{
    const struct snapshot *snapshot = context;
    const struct profile *profile = &snapshot->profile[number];
    const struct seat_class *is = seats_class_of(snapshot->seats, profile);

    pg_copy_field(row, profile->id);
    pg_copy_field(row, is ? is->name : NULL);
    pg_copy_end_row(row);
}

/* --- digests --- */

static void digest_class(struct digest_stream *stream, const struct seat_class *seat_class,
                         size_t number)
{
    digest_field(stream, seat_class->name);
    digest_int(stream, (int64_t)number + 1);
    digest_int(stream, seat_class->contracted);
    digest_int(stream, seat_class->price);
    digest_field(stream, seat_class->currency);
}

/* A profile and its class. */
struct placed {
    const char *profile_id, *class;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed *left = a, *right = b;

    return strcmp(left->profile_id, right->profile_id);
}

static struct digest digest_of_all(const struct seat_class *seat_class, size_t class_count,
                                   struct placed *placed, size_t count)
{
    struct digest_stream *stream = digest_new();

    digest_field(stream, "bynder-reconcile classes of seats");
    digest_int(stream, (int64_t)class_count);
    for (size_t i = 0; i < class_count; i++)
        digest_class(stream, &seat_class[i], i);
    if (count)
        qsort(placed, count, sizeof(placed[0]), compare_placed);
    for (size_t i = 0; i < count; i++) {
        digest_field(stream, placed[i].profile_id);
        digest_field(stream, placed[i].class);
    }
    return digest_finish(stream);
}

bool store_seats_digest(const struct snapshot *snapshot, struct digest *ret_digest)
{
    CLEANUP(mem_cleanup)
    struct placed *placed = mem_calloc(snapshot->profile_count, sizeof(placed[0]));
    size_t count = 0;

    if (!snapshot->seats || snapshot->seats->count == 0)
        return false;
    for (size_t i = 0; i < snapshot->profile_count; i++) {
        const struct profile *profile = &snapshot->profile[i];
        const struct seat_class *is = seats_class_of(snapshot->seats, profile);
        if (is)
            placed[count++] = (struct placed){.profile_id = profile->id, .class = is->name};
    }
    *ret_digest = digest_of_all(snapshot->seats->seat_class, snapshot->seats->count, placed, count);
    return true;
}

static const struct column class_columns[] = {
    COLUMN("class", struct seat_class, name),
    COLUMN("contracted", struct seat_class, contracted),
    COLUMN("price", struct seat_class, price),
    COLUMN("currency", struct seat_class, currency),
    COLUMN_END,
};

static const struct column placed_columns[] = {
    COLUMN("profile_id", struct placed, profile_id),
    COLUMN("class", struct placed, class),
    COLUMN_END,
};

int store_stored_seats_digest(const struct store *store, int64_t snapshot_id, bool *ret_any,
                              struct digest *ret_digest, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *classes = NULL;
    CLEANUP(pg_clearp) PGresult *profiles = NULL;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *id = store_number(&scratch, snapshot_id);
    size_t class_count = 0, count = 0;

    if (PG_QUERY(store->pg, snapshot_classes, PG_MANY, &classes, err, portal, id) < 0 ||
        PG_QUERY(store->pg, snapshot_profile_classes, PG_MANY, &profiles, err, portal, id) < 0)
        return -1;
    const struct seat_class *seat_class =
        store_read_all(class_columns, sizeof(seat_class[0]), classes, &scratch, &class_count);
    struct placed *placed =
        store_read_all(placed_columns, sizeof(placed[0]), profiles, &scratch, &count);
    *ret_any = class_count + count > 0;
    *ret_digest = digest_of_all(seat_class, class_count, placed, count);
    return 0;
}

/* --- saving --- */

/* As on most days: what is open, before anything is merged, is what the snapshot has. Positions are
 * from 1 on in both, so their order says them. */
static int is_stored(const struct store *store, const struct snapshot *snapshot, int64_t id,
                     bool *ret_same, struct err *err)
{
    struct digest digest = {.byte = {0}}, stored;
    bool any = store_seats_digest(snapshot, &digest), any_stored = false;

    if (store_stored_seats_digest(store, id, &any_stored, &stored, err) < 0)
        return -1;
    *ret_same = any ? digest_compare(&digest, &stored) == 0 : !any_stored;
    return 0;
}

int store_save_seats(const struct store *store, const struct snapshot *snapshot, int64_t id,
                     struct err *err)
{
    static const struct seats none = {.count = 0};
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct seats *seats = snapshot->seats ? snapshot->seats : &none;
    bool same = false;

    if (is_stored(store, snapshot, id, &same, err) < 0)
        return -1;
    if (same)
        return 0;
    if (PG_QUERY(store->pg, stage_seat_class_create, PG_NOTHING, NULL, err) < 0 ||
        PG_QUERY(store->pg, stage_profile_class_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_seat_class_copy", query_stage_seat_class_copy, add_class,
                   seats, seats->count, err) < 0 ||
        store_copy(store->pg, "stage_profile_class_copy", query_stage_profile_class_copy,
                   add_profile, snapshot, snapshot->profile_count, err) < 0 ||
        STORE_MERGE(store, seat_class_close, id, err) < 0 ||
        STORE_MERGE(store, seat_class_open, id, err) < 0 ||
        PG_QUERY(store->pg, profile_class_close, PG_NOTHING, NULL, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, id),
                 store_flag(snapshot->complete)) < 0)
        return -1;
    return STORE_MERGE(store, profile_class_open, id, err);
}
