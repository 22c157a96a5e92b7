/*
 * corroborate: everything else at hand, asked whether a link that the keys make can be. It makes no
 * link out of resemblance; it takes links away, and says why (docs/decisions.md K1 to K4, K6).
 */
#ifndef CORE_CORROBORATE_H
#define CORE_CORROBORATE_H

#include "core/people.h"

/* K1: rows whose number only looks like the account's (`entry` is where they stand together), and a
 * number that stands in no row (`stray`). */
void corroborate_number(const struct people *people, struct arena *scratch,
                        const struct account *account, uint32_t entry, const char *number,
                        bool stray, struct pairing *pairing);

/* K2: nothing was found but a value that rows of different people share. Where names do not rule
 * all of them out, nobody can tell which of them it is. */
void corroborate_nobodys(const struct people *people, struct arena *scratch,
                         const struct account *account, enum match_key key, uint32_t entry,
                         struct pairing *pairing);

/* K2: another key made the link, and the account's number, which rows of different people share, is
 * not this person's. A row of it that is not known to have departed, and that the name of the
 * account does not rule out, contests the link as a number of its own would. */
void corroborate_other_number(const struct people *people, struct arena *scratch,
                              const struct account *account, uint32_t entry,
                              struct pairing *pairing);

/* K3, K4: of all links that are made. */
void corroborate_links(const struct people *people, const struct snapshot *snapshot,
                       struct pairing *pairing);

/* K6: of all accounts that lead to nobody, or to somebody else than until now. */
void corroborate_yesterday(const struct people *people, const struct snapshot *snapshot,
                           struct pairing *pairing);

/* K4: whether the account certainly did not exist on the person's last day. */
bool is_born_later(const struct account *account, const struct person *person,
                   const struct zone *zone);

/* K7: it has, or had, somebody behind it. */
bool is_used_account(const struct account *account);

#endif
