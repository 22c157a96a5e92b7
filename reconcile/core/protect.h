/*
 * protect: the protected entries of the configuration, and the accounts they are about (row P3).
 *
 * An entry fits by id, username, address or number, of the account or of its person. Once it fitted
 * it is bound to the account, for as long as its text stands: people are renamed, and who wrote the
 * entry meant this one.
 */
#ifndef CORE_PROTECT_H
#define CORE_PROTECT_H

#include "base/table.h"
#include "core/condition.h"

struct protections {
    const struct policy *policy;
    const struct matching *matching; /* NULL = no aliases */
    struct table by_who;             /* folded; addresses canonical as well */
    struct table by_number;          /* number_bare */
};

/* The unexpired entries. */
void protections_init(struct protections *protections, struct arena *arena,
                      const struct policy *policy, const struct policy_context *context);
void protections_release(struct protections *protections);

/* The entry that fits now, or was bound to the account; NULL = none. */
const struct protected_entry *protections_find(const struct protections *protections,
                                               struct arena *scratch, const struct account *account,
                                               const struct person *person);

/* What is to be kept of a run: an entry that fits an account it is not bound to yet. */
struct protection_fit {
    const struct account *account;
    const char *who; /* folded */
};
/* Of all accounts that are not gone; memory from the arena. Returns how many. */
size_t protections_fits(struct arena *arena, const struct policy *policy,
                        const struct policy_context *context, const struct pairing *pairing,
                        const struct protection_fit **ret_fit);

/* Unexpired entries that fit no account that is not gone, and were bound to none, as they are
 * written, in their order; memory from the arena. `pairing`: one per account. Returns how many. */
size_t protections_unused(struct arena *arena, const struct policy *policy,
                          const struct policy_context *context, const struct pairing *pairing,
                          const char *const **ret_who);

#endif
