/*
 * The entries are put into two tables, by text and by bare number, and every account asks with
 * everything it is called. Too many protected is the harmless mistake.
 */
#include "core/protect.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/text.h"
#include "facts/account.h"

void protections_init(struct protections *protections, struct arena *arena,
                      const struct policy *policy, const struct policy_context *context)
{
    *protections = (struct protections){.policy = policy, .matching = context->matching};
    table_init(&protections->by_who, policy->protected_count);
    table_init(&protections->by_number, policy->protected_count);
    for (size_t i = 0; i < policy->protected_count; i++) {
        const struct protected_entry *entry = &policy->protected_entry[i];
        const char *who = fold_text(arena, entry->who);
        if (!who || day_compare(context->today, entry->expires) > 0)
            continue;
        table_add(&protections->by_who, who, (uint32_t)i);
        if (context->matching)
            table_add(&protections->by_who,
                      match_canonical_email(arena, context->matching, entry->who), (uint32_t)i);
        table_add(&protections->by_number, number_bare(arena, entry->who), (uint32_t)i);
    }
}

void protections_release(struct protections *protections)
{
    table_release(&protections->by_who);
    table_release(&protections->by_number);
}

static const struct protected_entry *entry_at(const struct protections *protections,
                                              const struct table *table, uint32_t entry)
{
    return entry == TABLE_END ? NULL
                              : &protections->policy->protected_entry[table_value(table, entry)];
}

static const struct protected_entry *find_text(const struct protections *protections,
                                               struct arena *scratch, const char *text)
{
    const struct table *table = &protections->by_who;
    uint32_t at = table_find(table, fold_text(scratch, text));

    if (at == TABLE_END && protections->matching)
        at = table_find(table, match_canonical_email(scratch, protections->matching, text));
    return entry_at(protections, table, at);
}

/* By what the account and its person are called now; an id is nobody else's name. */
static const struct protected_entry *find_now(const struct protections *protections,
                                              struct arena *scratch, const struct account *account,
                                              const struct person *person)
{
    const char *const text[] = {account->id,
                                account->username,
                                account->email,
                                account_alike(account)->email2,
                                person ? person->email : NULL,
                                person ? person->username : NULL};
    const char *const number[] = {account->employee_number,
                                  person ? person->employee_number : NULL};
    const struct protected_entry *entry = NULL;

    for (size_t i = 0; i < COUNT_OF(text) && !entry; i++)
        entry = text[i] && (i == 0 || !account_name_is_id(fold_text(scratch, text[i])))
                    ? find_text(protections, scratch, text[i])
                    : NULL;
    for (size_t i = 0; i < COUNT_OF(number) && !entry; i++)
        entry = entry_at(protections, &protections->by_number,
                         table_find(&protections->by_number, number_bare(scratch, number[i])));
    return entry;
}

const struct protected_entry *protections_find(const struct protections *protections,
                                               struct arena *scratch, const struct account *account,
                                               const struct person *person)
{
    const struct account_past *past = account_past(account);
    const struct protected_entry *entry = NULL;

    if (protections->policy->protected_count == 0)
        return NULL;
    entry = find_now(protections, scratch, account, person);
    for (uint32_t i = 0; i < past->bound_count && !entry; i++)
        entry = entry_at(protections, &protections->by_who,
                         table_find(&protections->by_who, past->bound[i]));
    return entry;
}

/* --- over all accounts --- */

static bool is_bound(const struct account_past *past, const char *who)
{
    for (uint32_t i = 0; i < past->bound_count; i++) {
        if (text_equal(past->bound[i], who))
            return true;
    }
    return false;
}

size_t protections_fits(struct arena *arena, const struct policy *policy,
                        const struct policy_context *context, const struct pairing *pairing,
                        const struct protection_fit **ret_fit)
{
    const struct snapshot *snapshot = context->snapshot;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(protections_release) struct protections protections;
    CLEANUP(mem_cleanup) struct protection_fit *fit = NULL;
    size_t count = 0, capacity = 0;

    protections_init(&protections, &scratch, policy, context);
    for (size_t i = 0; policy->protected_count && i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        const struct person *person = pairing[i].kind == LINK_ONE ? pairing[i].person : NULL;
        const struct protected_entry *entry = find_now(&protections, &scratch, account, person);
        const char *who = entry ? fold_text(arena, entry->who) : NULL;
        if (!entry || account->status == ACCOUNT_GONE || is_bound(account_past(account), who))
            continue;
        fit = mem_grow(fit, count, &capacity, sizeof(fit[0]));
        fit[count++] = (struct protection_fit){.account = account, .who = who};
    }
    struct protection_fit *all = arena_calloc(arena, count + 1, sizeof(all[0]));
    for (size_t i = 0; i < count; i++)
        all[i] = fit[i];
    *ret_fit = all;
    return count;
}

size_t protections_unused(struct arena *arena, const struct policy *policy,
                          const struct policy_context *context, const struct pairing *pairing,
                          const char *const **ret_who)
{
    const struct snapshot *snapshot = context->snapshot;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(protections_release) struct protections protections;
    CLEANUP(mem_cleanup) bool *used = mem_calloc(policy->protected_count, sizeof(used[0]));
    const char **who = arena_calloc(arena, policy->protected_count + 1, sizeof(who[0]));
    size_t unused = 0;

    protections_init(&protections, &scratch, policy, context);
    for (size_t i = 0; policy->protected_count && i < snapshot->count; i++) {
        const struct protected_entry *entry =
            protections_find(&protections, &scratch, &snapshot->account[i],
                             pairing[i].kind == LINK_ONE ? pairing[i].person : NULL);
        if (entry && snapshot->account[i].status != ACCOUNT_GONE)
            used[entry - policy->protected_entry] = true;
    }
    for (size_t i = 0; i < policy->protected_count; i++) {
        const struct protected_entry *entry = &policy->protected_entry[i];
        if (!used[i] && day_compare(context->today, entry->expires) <= 0)
            who[unused++] = entry->who;
    }
    *ret_who = who;
    return unused;
}
