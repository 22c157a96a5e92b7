/*
 * near: finds, for accounts without a person, somebody they might be after all (decision row P6).
 *
 * This never makes a link. It only notices resemblance, so that the account is kept and a person
 * looks.
 */
#ifndef CORE_NEAR_H
#define CORE_NEAR_H

#include "core/match.h"

/* For every pairing of kind LINK_NONE whose key is MATCH_BY_NOTHING and whose near is still
 * NEAR_NOBODY: sets near and other. Cost is linear in people plus unlinked accounts. */
void near_find(const struct snapshot *snapshot, const struct roster *roster,
               struct pairing *pairing);

/* A fixed order of people that does not depend on where they stand in the roster. */
int person_compare(const struct person *a, const struct person *b);

#endif
