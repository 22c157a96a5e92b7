/*
 * What a rule asks and does as a digest that approvals are kept with (G11): it must come out the
 * same for the same rule however it is written down and in whichever version of the program. So
 * conditions go by their names in the order of the alphabet, words as words and not as the bits
 * that stand for them, patterns folded, sorted and each once.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/text.h"
#include "core/condition.h"
#include "core/rules.h"
#include "facts/event.h"

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_fields(const void *a, const void *b)
{
    return strcmp((*(const struct condition_field *const *)a)->name,
                  (*(const struct condition_field *const *)b)->name);
}

/* A list in which neither the order nor saying a thing twice means anything. */
static void digest_set(struct digest_stream *stream, const char **item, size_t count)
{
    qsort(item, count, sizeof(item[0]), compare_strings);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !text_equal(item[i - 1], item[i]))
            digest_field(stream, item[i]);
    }
}

static void digest_words(struct digest_stream *stream, const struct condition_field *field,
                         unsigned bits)
{
    const char *word[CHAR_BIT * sizeof(bits)] = {NULL};
    size_t count = 0;

    for (size_t i = 0; field->words[i]; i++) {
        if (bits & field->bit[i])
            word[count++] = field->words[i];
    }
    digest_set(stream, word, count);
}

static void digest_patterns(struct digest_stream *stream, const struct patterns *patterns)
{
    struct arena arena = ARENA_INIT;
    const char **item = arena_calloc(&arena, patterns->count, sizeof(item[0]));

    for (size_t i = 0; i < patterns->count; i++) {
        const char *folded = fold_text(&arena, patterns->item[i]);
        item[i] = folded ? folded : "";
    }
    digest_set(stream, item, patterns->count);
    arena_release(&arena);
}

static void digest_condition(struct digest_stream *stream, const struct condition_field *field,
                             const struct conditions *conditions)
{
    const void *at = (const char *)conditions + field->offset;

    digest_field(stream, field->name);
    switch (field->type) {
    case CONDITION_WORDS:
        digest_words(stream, field, *(const unsigned *)at);
        break;
    case CONDITION_DAYS:
        digest_int(stream, *(const int *)at);
        break;
    case CONDITION_PATTERNS:
        digest_patterns(stream, at);
        break;
    }
    digest_field(stream, NULL);
}

static void digest_conditions(struct digest_stream *stream, const struct conditions *conditions)
{
    const struct condition_field **set = NULL;
    size_t count = 0, capacity = 0;

    for (const struct condition_field *field = policy_conditions; field->name; field++) {
        if (!condition_is_set(field, conditions))
            continue;
        set = mem_grow(set, count, &capacity, sizeof(set[0]));
        set[count++] = field;
    }
    if (count)
        qsort(set, count, sizeof(set[0]), compare_fields);
    for (size_t i = 0; i < count; i++)
        digest_condition(stream, set[i], conditions);
    free(set);
}

/* The fewer kinds count, the more people are unused. Another rule does not ask them. */
static void digest_kinds(struct digest_stream *stream, const struct rule *rule)
{
    const char *word[EVENT_KINDS];
    size_t count = 0;

    if (rule->kinds == 0 || !rule_asks_activity(rule))
        return;
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++) {
        if (rule->kinds & 1U << kind)
            word[count++] = event_kinds[kind].word;
    }
    digest_field(stream, "activity");
    digest_set(stream, word, count);
}

struct digest policy_rule_digest(const struct rule *rule)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct digest_stream *stream = digest_new();

    digest_field(stream, "bynder-reconcile rule");
    digest_field(stream, action_name(rule->action));
    if (rule->to_profile)
        digest_field(stream, fold_text(&arena, rule->to_profile));
    digest_conditions(stream, &rule->when);
    if (rule->has_unless) {
        digest_field(stream, "unless");
        digest_conditions(stream, &rule->unless);
    }
    digest_kinds(stream, rule);
    return digest_finish(stream);
}
