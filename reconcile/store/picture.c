/* Which nights there are; what was read on them is loaded by store/snapshot and store/roster. */
#include "store/picture.h"

#include "store/column.h"

static const struct column picture_columns[] = {
    COLUMN("plan_id", struct store_picture, plan_id),
    COLUMN("snapshot_id", struct store_picture, snapshot_id),
    COLUMN("roster_id", struct store_picture, roster_id),
    COLUMN("at", struct store_picture, at),
    COLUMN("today", struct store_picture, today),
    COLUMN("first_plan", struct store_picture, first_plan),
    COLUMN_END,
};

static const struct column act_columns[] = {
    COLUMN("account_id", struct store_picture_act, account_id),
    COLUMN_OF_WORDS("action", struct store_picture_act, action, &action_words),
    COLUMN("to_profile", struct store_picture_act, to_profile),
    COLUMN_END,
};

int store_newest_picture(const struct store *store, struct store_picture *ret_picture,
                         struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct store_picture picture = {.plan_id = 0};

    if (PG_QUERY(store->pg, picture_newest, PG_MAYBE, &result, err,
                 store_number(&scratch, store->portal_id)) < 0)
        return -1;
    if (PQntuples(result) > 0)
        (void)store_read_row(picture_columns, result, 0, &scratch, &picture);
    *ret_picture = picture;
    return 0;
}

int store_load_pictures(const struct store *store, struct arena *arena, struct day from,
                        struct day to, struct store_picture **ret_picture, size_t *ret_count,
                        struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, picture_list, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_day(arena, from),
                 store_day(arena, to)) < 0)
        return -1;
    *ret_picture = store_read_all(picture_columns, sizeof(**ret_picture), result, arena, ret_count);
    return 0;
}

int store_load_picture_acts(const struct store *store, struct arena *arena, int64_t plan_id,
                            struct store_picture_act **ret_act, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, picture_acts, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan_id)) < 0)
        return -1;
    *ret_act = store_read_all(act_columns, sizeof(**ret_act), result, arena, ret_count);
    return 0;
}
