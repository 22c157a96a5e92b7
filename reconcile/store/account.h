/*
 * store/account: an account and a profile as the versions of the history hold them.
 */
#ifndef STORE_ACCOUNT_H
#define STORE_ACCOUNT_H

#include "base/arena.h"
#include "core/snapshot.h"
#include "database/pg.h"

/* A row of snapshot_accounts or account_open_rows. */
int store_account(const PGresult *row, int number, struct arena *arena, struct account *ret_account,
                  struct err *err) __attribute__((warn_unused_result));
/* A row of snapshot_profiles. */
int store_profile(const PGresult *row, int number, struct arena *arena, struct profile *ret_profile,
                  struct err *err) __attribute__((warn_unused_result));

#endif
