/*
 * store/links: who belongs to whom, as the matching of each run said it.
 */
#ifndef STORE_LINKS_H
#define STORE_LINKS_H

#include "core/match.h"
#include "core/roster.h"
#include "core/snapshot.h"
#include "store/store.h"

/* Links as versions (who was matched to whom, by what key, since when; unlinked_since for R6). Both
 * pictures must be saved. */
int store_save_links(struct store *store, const struct snapshot *snapshot,
                     const struct roster *roster, const struct pairing *pairing,
                     double matched_percent, struct err *err) __attribute__((warn_unused_result));

#endif
