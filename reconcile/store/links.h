/*
 * store/links: who belongs to whom, as the matching of each run said it.
 */
#ifndef STORE_LINKS_H
#define STORE_LINKS_H

#include "core/match.h"
#include "core/protect.h"
#include "facts/roster.h"
#include "facts/snapshot.h"
#include "store/store.h"

/* Links as versions (who was matched to whom, by what key, since when; unlinked_since for R6). Both
 * pictures must be saved. `proves`: nothing was in doubt, and whom the roster does not have is
 * absent (roster_proof). */
int store_save_links(struct store *store, const struct snapshot *snapshot,
                     const struct roster *roster, const struct pairing *pairing,
                     double matched_percent, bool proves, struct err *err)
    __attribute__((warn_unused_result));

/* Binds protected entries to the accounts they fit (P3). */
int store_bind_protections(struct store *store, const struct protection_fit *fit, size_t count,
                           struct err *err) __attribute__((warn_unused_result));

#endif
