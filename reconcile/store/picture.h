/*
 * store/picture: nights that can be looked at again: a plan, and the readings of portal and roster
 * that it was made from, as long as all of them are there.
 */
#ifndef STORE_PICTURE_H
#define STORE_PICTURE_H

#include "facts/action.h"
#include "store/store.h"

struct store_picture {
    int64_t plan_id; /* 0 = there is none */
    int64_t snapshot_id, roster_id;
    struct instant at; /* when the plan was made */
    struct day today;  /* the day it was asked about */
    bool first_plan;
};

/* The newest whose list of accounts is whole. */
int store_newest_picture(const struct store *store, struct store_picture *ret_picture,
                         struct err *err) __attribute__((warn_unused_result));
/* One for each day that has any, ascending; from, to (included): none = whatever. */
int store_load_pictures(const struct store *store, struct arena *arena, struct day from,
                        struct day to, struct store_picture **ret_picture, size_t *ret_count,
                        struct err *err) __attribute__((warn_unused_result));

/* What was done in plan `plan_id` and later ones, in order. */
struct store_picture_act {
    const char *account_id;
    enum action action;
    const char *to_profile; /* id; NULL = it sets none */
};
int store_load_picture_acts(const struct store *store, struct arena *arena, int64_t plan_id,
                            struct store_picture_act **ret_act, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

#endif
