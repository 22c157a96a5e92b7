/*
 * What two policies must have in common to decide alike. Every setting that can change a decision
 * is in it, in an order of its own where that of the configuration decides nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/text.h"
#include "core/condition.h"
#include "core/seats.h"

static void digest_conditions(struct digest_stream *stream, const struct conditions *conditions)
{
    for (const struct condition_field *field = policy_conditions; field->name; field++) {
        const char *at = (const char *)conditions + field->offset;
        if (!condition_is_set(field, conditions))
            continue;
        digest_field(stream, field->name);
        switch (field->type) {
        case CONDITION_WORDS:
            digest_int(stream, *(const unsigned *)(const void *)at);
            break;
        case CONDITION_DAYS:
            digest_int(stream, *(const int *)(const void *)at);
            break;
        case CONDITION_PATTERNS: {
            const struct patterns *patterns = (const struct patterns *)(const void *)at;
            digest_int(stream, (int64_t)patterns->count);
            for (size_t i = 0; i < patterns->count; i++)
                digest_field(stream, patterns->item[i]);
            break;
        }
        }
    }
    digest_field(stream, NULL);
}

static int compare_links(const void *a, const void *b)
{
    const struct link_override *left = *(const struct link_override *const *)a;
    const struct link_override *right = *(const struct link_override *const *)b;
    int order = strcmp(left->account, right->account);

    return order ? order : strcmp(left->employee_number, right->employee_number);
}

static bool asks_class(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (policy->rule[i].when.seat_class.count > 0 ||
            policy->rule[i].unless.seat_class.count > 0)
            return true;
    }
    return false;
}

/* What a rule means that asks the class. Nothing where none does: then classes decide nothing. */
static void digest_classes(struct digest_stream *stream, const struct policy *policy)
{
    size_t count = policy->seats && asks_class(policy) ? policy->seats->count : 0;

    if (count == 0)
        return;
    digest_field(stream, "classes");
    digest_int(stream, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        const struct seat_class *seat_class = &policy->seats->seat_class[i];
        digest_field(stream, seat_class->name);
        digest_int(stream, (int64_t)seat_class->profile.count);
        for (size_t k = 0; k < seat_class->profile.count; k++)
            digest_field(stream, seat_class->profile.item[k]);
    }
}

/* The lines of the links file in an order of their own: that of the file decides nothing. */
static void digest_links(struct digest_stream *stream, const struct matching *matching)
{
    CLEANUP(mem_cleanup)
    const struct link_override **link = mem_calloc(matching->link_count, sizeof(link[0]));

    for (size_t i = 0; i < matching->link_count; i++)
        link[i] = &matching->link[i];
    qsort(link, matching->link_count, sizeof(link[0]), compare_links);
    digest_int(stream, (int64_t)matching->link_count);
    for (size_t i = 0; i < matching->link_count; i++) {
        digest_field(stream, link[i]->account);
        digest_field(stream, link[i]->employee_number);
    }
}

static void digest_keys(struct digest_stream *stream, const struct matching *matching)
{
    digest_int(stream, (int64_t)matching->key_count);
    for (size_t i = 0; i < matching->key_count; i++)
        digest_field(stream, match_key_name(matching->key[i]));
}

static void digest_matching(struct digest_stream *stream, const struct matching *matching)
{
    digest_keys(stream, matching);
    digest_int(stream, matching->roster_has_username);
    digest_int(stream, (int64_t)matching->alias_count);
    for (size_t i = 0; i < matching->alias_count; i++) {
        digest_field(stream, matching->alias[i].from);
        digest_field(stream, matching->alias[i].to);
    }
    for (size_t i = 0; i < matching->no_value.count; i++)
        digest_field(stream, matching->no_value.item[i]);
    digest_links(stream, matching);
}

/* What makes an administrator decides who is downgraded (R15), and nothing else of the policy. */
static void digest_roles(struct digest_stream *stream, const struct policy *policy)
{
    digest_int(stream, (int64_t)policy->admin_role_count);
    for (size_t i = 0; i < policy->admin_role_count; i++)
        digest_field(stream, policy->admin_role[i]);
}

struct digest policy_digest(const struct policy *policy, const struct matching *matching)
{
    struct digest_stream *stream = digest_new();

    digest_field(stream, policy->zone->name);
    digest_int(stream, policy->enforce);
    digest_int(stream, policy->suspended_days_floor);
    digest_int(stream, (int64_t)policy->rule_count);
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = &policy->rule[i];
        digest_field(stream, rule->name);
        digest_field(stream, action_name(rule->action));
        digest_int(stream, rule->grace_days);
        if (rule->to_profile) {
            digest_field(stream, rule->to_profile);
            digest_roles(stream, policy);
        }
        digest_conditions(stream, &rule->when);
        digest_int(stream, rule->has_unless);
        if (rule->has_unless)
            digest_conditions(stream, &rule->unless);
    }
    digest_int(stream, (int64_t)policy->protected_count);
    for (size_t i = 0; i < policy->protected_count; i++) {
        const struct protected_entry *entry = &policy->protected_entry[i];
        digest_field(stream, entry->who);
        digest_field(stream, entry->reason);
        digest_field(stream, entry->owner);
        digest_int(stream, entry->expires.number);
    }
    digest_matching(stream, matching);
    digest_classes(stream, policy);
    return digest_finish(stream);
}

/* --- for the guard of the policy --- */

struct pair {
    const char *a, *b;
};

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    int order = text_compare(left->a, right->a);

    return order ? order : text_compare(left->b, right->b);
}

/* In an order of their own, and each once. */
static void digest_pairs(struct digest_stream *stream, struct pair *pair, size_t count)
{
    if (count)
        qsort(pair, count, sizeof(pair[0]), compare_pairs);
    for (size_t i = 0; i < count; i++) {
        if (i && compare_pairs(&pair[i - 1], &pair[i]) == 0)
            continue;
        digest_field(stream, pair[i].a);
        digest_field(stream, pair[i].b);
    }
    digest_field(stream, NULL);
}

struct digest policy_text_digest(const struct policy *policy, const struct matching *matching)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    size_t most = policy->protected_count + matching->alias_count;
    struct pair *pair = arena_calloc(&scratch, most + 1, sizeof(pair[0]));
    struct digest_stream *stream = digest_new();

    digest_field(stream, "bynder-reconcile policy text");
    digest_int(stream, policy->suspended_days_floor);
    digest_int(stream, (int64_t)policy->rule_count);
    for (size_t i = 0; i < policy->rule_count; i++) {
        struct digest rule = policy_rule_digest(&policy->rule[i]);
        digest_bytes(stream, rule.byte, DIGEST_SIZE);
    }
    for (size_t i = 0; i < policy->protected_count; i++)
        pair[i] = (struct pair){.a = fold_text(&scratch, policy->protected_entry[i].who)};
    digest_pairs(stream, pair, policy->protected_count);
    digest_keys(stream, matching);
    for (size_t i = 0; i < matching->alias_count; i++)
        pair[i] = (struct pair){.a = matching->alias[i].from, .b = matching->alias[i].to};
    digest_pairs(stream, pair, matching->alias_count);
    digest_classes(stream, policy);
    return digest_finish(stream);
}
