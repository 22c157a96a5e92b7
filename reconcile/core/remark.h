/*
 * remark: what a plan says about all accounts at once, in one sentence each: entries and lines that
 * fit nobody, and what is kept without being a finding.
 */
#ifndef CORE_REMARK_H
#define CORE_REMARK_H

#include "core/decided.h"

enum { REMARKS_MAX = 4 };

/* Returns how many; the sentences are of the arena. */
size_t remark_all(struct arena *arena, const struct policy *policy, const struct matching *matching,
                  const struct policy_context *context, const struct decided *decided,
                  const char *ret_sentence[static REMARKS_MAX]);

#endif
