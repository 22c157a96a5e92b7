/*
 * Judging a roster: every row gets its status as of one day, rows that contradict themselves are
 * refused like rows that cannot be read, and keys that stand twice are counted. Nothing is dropped:
 * a refused row stays as a person that is unknown.
 */
#include "facts/roster.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "facts/likeness.h"
#include "facts/snapshot.h"

static void judge_one(struct person *person, struct day today, struct day written)
{
    const char *reason = NULL;

    if (person->rejected) {
        person->status = PERSON_UNKNOWN;
        return;
    }
    person->status = person_judge(person, today, written, &reason);
    if (person->status == PERSON_UNKNOWN)
        person->rejected = reason;
}

/* The keys of all rows, folded, by index. */
struct keys {
    struct arena arena;
    const char **number, **email, **username;
};

/* Several rows of the same name that share a number or an address. */
static bool is_one_person(const struct roster *roster, struct keys *keys, size_t a, size_t b)
{
    bool share_number = keys->number[a] && text_equal(keys->number[a], keys->number[b]);
    bool share_email = keys->email[a] && text_equal(keys->email[a], keys->email[b]);

    return (share_number || share_email) && names_compare(&keys->arena, roster->person[a].name,
                                                          roster->person[b].name) == NAMES_SAME;
}

/* Marks in `shared` the rows whose key stands in a row of somebody else too: all rows of a key, as
 * soon as one of them is not the person of the first. */
static void mark_shared(const struct roster *roster, struct keys *keys, const char *const *key,
                        bool *shared)
{
    CLEANUP(table_release) struct table table;
    CLEANUP(mem_cleanup) uint32_t *first = mem_calloc(roster->count, sizeof(first[0]));
    CLEANUP(mem_cleanup) bool *mixed = mem_calloc(roster->count, sizeof(mixed[0]));

    table_init(&table, roster->count);
    for (size_t i = 0; i < roster->count; i++) {
        first[i] = (uint32_t)i;
        if (!key[i])
            continue;
        uint32_t at = table_find(&table, key[i]);
        if (at == TABLE_END) {
            table_add(&table, key[i], (uint32_t)i);
            continue;
        }
        first[i] = table_value(&table, at);
        mixed[first[i]] |= !is_one_person(roster, keys, first[i], i);
    }
    for (size_t i = 0; i < roster->count; i++)
        shared[i] |= mixed[first[i]];
}

static size_t count_duplicates(const struct roster *roster)
{
    struct keys keys = {.arena = ARENA_INIT};
    bool *shared = arena_calloc(&keys.arena, roster->count + 1, sizeof(shared[0]));
    size_t count = 0;

    keys.number = arena_calloc(&keys.arena, roster->count + 1, sizeof(keys.number[0]));
    keys.email = arena_calloc(&keys.arena, roster->count + 1, sizeof(keys.email[0]));
    keys.username = arena_calloc(&keys.arena, roster->count + 1, sizeof(keys.username[0]));
    for (size_t i = 0; i < roster->count; i++) {
        keys.number[i] = fold_text(&keys.arena, roster->person[i].employee_number);
        keys.email[i] = fold_text(&keys.arena, roster->person[i].email);
        keys.username[i] = fold_text(&keys.arena, roster->person[i].username);
    }
    mark_shared(roster, &keys, keys.number, shared);
    mark_shared(roster, &keys, keys.email, shared);
    mark_shared(roster, &keys, keys.username, shared);
    for (size_t i = 0; i < roster->count; i++)
        count += shared[i];
    arena_release(&keys.arena);
    return count;
}

void roster_judge(struct roster *roster, struct day today)
{
    bool earlier = day_is_set(roster->written) && day_compare(roster->written, today) < 0;
    struct day written = earlier ? roster->written : today;

    roster->rejected = 0;
    roster->blind = 0;
    for (size_t i = 0; i < roster->count; i++) {
        struct person *person = &roster->person[i];

        judge_one(person, today, written);
        roster->rejected += person->rejected != NULL;
        roster->blind += person->rejected && person->key_unreadable;
    }
    roster->duplicates = count_duplicates(roster);
}

static int compare_digests(const void *a, const void *b)
{
    return digest_compare(a, b);
}

struct digest roster_content(const struct roster *roster)
{
    CLEANUP(mem_cleanup) struct digest *one = mem_calloc(roster->count, sizeof(one[0]));
    struct digest_stream *stream = digest_new();

    for (size_t i = 0; i < roster->count; i++)
        one[i] = person_digest(&roster->person[i]);
    qsort(one, roster->count, sizeof(one[0]), compare_digests);
    digest_int(stream, (int64_t)roster->count);
    for (size_t i = 0; i < roster->count; i++)
        digest_bytes(stream, one[i].byte, DIGEST_SIZE);
    return digest_finish(stream);
}

struct instant roster_as_of(const struct roster *roster)
{
    if (!instant_is_set(roster->modified) || instant_compare(roster->read_at, roster->modified) < 0)
        return roster->read_at;
    return roster->modified;
}

size_t roster_people(const struct roster *roster)
{
    return roster->count - roster->rejected;
}

unsigned roster_count_apart(const struct instant *good, size_t count, struct instant since)
{
    const int64_t apart_us = 20 * 3600 * SECOND_US;
    struct instant last = INSTANT_NONE;
    unsigned counted = 0;

    for (size_t i = 0; i < count; i++) {
        if (instant_compare(good[i], since) < 0)
            continue;
        if (instant_is_set(last) && good[i].us - last.us < apart_us)
            continue;
        last = good[i];
        counted++;
    }
    return counted;
}
