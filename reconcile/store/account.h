/*
 * store/account: an account and a profile as the versions of the history hold them.
 */
#ifndef STORE_ACCOUNT_H
#define STORE_ACCOUNT_H

#include "core/snapshot.h"
#include "store/column.h"

struct store_account_reader {
    struct store_reader account, groups;
};
struct store_account_reader store_account_reader(void);

/* A row of snapshot_accounts or account_open_rows. */
int store_account(struct store_account_reader *reader, const PGresult *row, int number,
                  struct arena *arena, struct account *ret_account, struct err *err)
    __attribute__((warn_unused_result));
/* The rows of snapshot_profiles. */
int store_profiles(const PGresult *result, struct arena *arena, struct profile **ret_profile,
                   size_t *ret_count, struct err *err) __attribute__((warn_unused_result));

#endif
