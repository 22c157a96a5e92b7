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
#include "facts/likeness.h"
#include "facts/snapshot.h"

static void judge_one(struct person *person, struct day today)
{
    const char *reason = NULL;

    if (person->rejected) {
        person->status = PERSON_UNKNOWN;
        return;
    }
    person->status = person_judge(person, today, &reason);
    if (person->status == PERSON_UNKNOWN)
        person->rejected = reason;
}

/* Marks in `shared` the rows whose key stands in another row too. Rows of one name are one person
 * (K8). */
static void mark_shared(const struct roster *roster, const char *const *key, bool *shared)
{
    CLEANUP(table_release) struct table table;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    table_init(&table, roster->count);
    for (size_t i = 0; i < roster->count; i++) {
        if (!key[i])
            continue;
        uint32_t first = table_find(&table, key[i]);
        if (first == TABLE_END) {
            table_add(&table, key[i], (uint32_t)i);
            continue;
        }
        uint32_t row = table_value(&table, first);
        if (names_compare(&scratch, roster->person[i].name, roster->person[row].name) == NAMES_SAME)
            continue;
        shared[i] = true;
        shared[row] = true;
    }
}

static size_t count_duplicates(const struct roster *roster)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const char **number = arena_calloc(&arena, roster->count + 1, sizeof(number[0]));
    const char **email = arena_calloc(&arena, roster->count + 1, sizeof(email[0]));
    const char **username = arena_calloc(&arena, roster->count + 1, sizeof(username[0]));
    bool *shared = arena_calloc(&arena, roster->count + 1, sizeof(shared[0]));
    size_t count = 0;

    for (size_t i = 0; i < roster->count; i++) {
        number[i] = fold_text(&arena, roster->person[i].employee_number);
        email[i] = fold_text(&arena, roster->person[i].email);
        username[i] = fold_text(&arena, roster->person[i].username);
    }
    mark_shared(roster, number, shared);
    mark_shared(roster, email, shared);
    mark_shared(roster, username, shared);
    for (size_t i = 0; i < roster->count; i++)
        count += shared[i];
    return count;
}

void roster_judge(struct roster *roster, struct day today)
{
    roster->rejected = 0;
    roster->blind = 0;
    for (size_t i = 0; i < roster->count; i++) {
        struct person *person = &roster->person[i];

        judge_one(person, today);
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
