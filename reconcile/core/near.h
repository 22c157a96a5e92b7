/*
 * near: finds, for accounts without a person, somebody they might be after all (decision row P6),
 * and for accounts of somebody departed, a twin who works here (K5).
 *
 * This never makes a link. It only notices resemblance, so that the account is kept and a person
 * looks.
 */
#ifndef CORE_NEAR_H
#define CORE_NEAR_H

#include "core/people.h"

/* For every pairing of kind LINK_NONE whose key is MATCH_BY_NOTHING and whose near is still
 * NEAR_NOBODY: sets near and other. For every link to somebody departed: sets other and twin_until
 * when a row that is at work may be the same person (twin.h). Cost is linear in people plus these
 * accounts. */
void near_find(const struct people *people, const struct snapshot *snapshot,
               struct pairing *pairing);

#endif
