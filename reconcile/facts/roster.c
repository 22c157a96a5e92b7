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

/* Of somebody who would be employed. A word that says one thing and days that say another are a
 * contradiction, like a status word and a last day. */
static enum person_status judge_leave(const struct person *person, struct day today,
                                      const char **ret_reason)
{
    bool told = day_is_set(person->leave_from) || day_is_set(person->leave_until);
    bool begun = !day_is_set(person->leave_from) || day_compare(person->leave_from, today) <= 0;
    bool over = day_is_set(person->leave_until) && day_compare(person->leave_until, today) < 0;
    bool away = told && begun && !over;

    if (day_is_set(person->leave_until) && day_compare(person->leave_from, person->leave_until) > 0)
        *ret_reason = "the leave ends before it begins";
    else if (person->leave == LEAVE_YES && told && !away)
        *ret_reason = "the column of leaves says yes, but the days of the leave are not now";
    else if (person->leave == LEAVE_NO && away)
        *ret_reason = "the column of leaves says no, but today is a day of the leave";
    else
        return away || person->leave == LEAVE_YES ? PERSON_ON_LEAVE : PERSON_EMPLOYED;
    return PERSON_UNKNOWN;
}

/* A leave that began after the last day, or is known to go on, is one of somebody who works here.
 * Who left while on a leave without an end is gone, and so is whom the status says to be. */
static bool outlasts_departure(const struct person *person, struct day today)
{
    bool goes_on = day_is_set(person->leave_until) && day_compare(person->leave_until, today) >= 0;
    bool after = day_is_set(person->leave_from) && day_is_set(person->last_day) &&
                 day_compare(person->leave_from, person->last_day) > 0;
    bool over = day_is_set(person->leave_until) && !goes_on;

    return person->word != PERSON_DEPARTED &&
           (person->leave == LEAVE_YES || goes_on || (after && !over));
}

/* The word becomes that of a leave, so that whoever stores and loads it judges the same. */
static void take_leave(struct person *person, struct day today, const char **ret_reason)
{
    if (person->status == PERSON_DEPARTED && outlasts_departure(person, today)) {
        *ret_reason = "the last day has passed, but a leave goes on";
        person->status = PERSON_UNKNOWN;
    }
    if (person->status != PERSON_EMPLOYED)
        return;
    person->status = judge_leave(person, today, ret_reason);
    if (person->status != PERSON_ON_LEAVE)
        return;
    person->put_on_leave = true;
    person->said = person->word;
    person->word = PERSON_ON_LEAVE;
}

static void judge_one(struct person *person, struct day today, struct day written)
{
    const char *reason = NULL;

    if (person->rejected) {
        person->status = PERSON_UNKNOWN;
        return;
    }
    if (person->put_on_leave) { /* of another day */
        person->word = person->said;
        person->put_on_leave = false;
    }
    person->status = person_judge(person, today, written, &reason);
    take_leave(person, today, &reason);
    if (person->status == PERSON_UNKNOWN)
        person->rejected = reason;
}

/* The keys of all rows, folded, by index. */
struct keys {
    struct arena arena;
    const char **number, **email, **username;
    bool nameless;
};

bool roster_is_nameless(const struct roster *roster)
{
    for (size_t i = 0; i < roster->count; i++) {
        if (roster->person[i].name)
            return false;
    }
    return true;
}

static bool share(struct arena *arena, const char *a, const char *b)
{
    return a && b && text_equal(fold_text(arena, a), fold_text(arena, b));
}

bool roster_is_one_person(struct arena *arena, const struct person *a, const struct person *b,
                          bool nameless)
{
    bool number = share(arena, a->employee_number, b->employee_number);
    bool email = share(arena, a->email, b->email);

    if (nameless)
        return number && (email || !a->email || !b->email);
    return (number || email) && names_compare(arena, a->name, b->name) == NAMES_SAME;
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
        mixed[first[i]] |= !roster_is_one_person(&keys->arena, &roster->person[first[i]],
                                                 &roster->person[i], keys->nameless);
    }
    for (size_t i = 0; i < roster->count; i++)
        shared[i] |= mixed[first[i]];
}

static size_t count_duplicates(const struct roster *roster)
{
    struct keys keys = {.arena = ARENA_INIT, .nameless = roster_is_nameless(roster)};
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

/* Over the digests of all rows, in an order of their own. */
static struct digest digest_rows(struct digest *one, size_t count)
{
    struct digest_stream *stream = digest_new();

    qsort(one, count, sizeof(one[0]), compare_digests);
    digest_int(stream, (int64_t)count);
    for (size_t i = 0; i < count; i++)
        digest_bytes(stream, one[i].byte, DIGEST_SIZE);
    return digest_finish(stream);
}

struct digest roster_content(const struct roster *roster)
{
    CLEANUP(mem_cleanup) struct digest *one = mem_calloc(roster->count, sizeof(one[0]));

    for (size_t i = 0; i < roster->count; i++)
        one[i] = person_digest(&roster->person[i]);
    return digest_rows(one, roster->count);
}

/* Of a leave the days, not what they make of the word today. */
static struct digest digest_values(const struct person *person)
{
    struct person bare = *person;
    struct digest_stream *stream;
    struct digest digest;

    bare.rejected = NULL;
    if (person->put_on_leave)
        bare.word = person->said;
    digest = person_digest(&bare);
    if (!day_is_set(person->leave_from) && !day_is_set(person->leave_until) &&
        person->leave == LEAVE_UNSAID)
        return digest;
    stream = digest_new();
    digest_bytes(stream, digest.byte, DIGEST_SIZE);
    digest_int(stream, person->leave_from.number);
    digest_int(stream, person->leave_until.number);
    digest_int(stream, person->leave);
    return digest_finish(stream);
}

struct digest roster_values(const struct roster *roster)
{
    CLEANUP(mem_cleanup) struct digest *one = mem_calloc(roster->count, sizeof(one[0]));

    for (size_t i = 0; i < roster->count; i++) {
        one[i] = digest_values(&roster->person[i]);
    }
    return digest_rows(one, roster->count);
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

/* --- absence (R6) --- */

struct roster_proof roster_proof(const struct roster *roster)
{
    return (struct roster_proof){.as_of = roster_as_of(roster),
                                 .read_at = roster->read_at,
                                 .values = roster_values(roster),
                                 .few = roster_people(roster) < ROSTER_FEW};
}

static bool says_the_same(const struct roster_proof *a, const struct roster_proof *b)
{
    static const struct digest of_its_own;

    return digest_compare(&a->values, &b->values) == 0 &&
           digest_compare(&a->values, &of_its_own) != 0;
}

static int64_t read_us(const struct roster_proof *proof)
{
    return instant_is_set(proof->read_at) ? proof->read_at.us : proof->as_of.us;
}

static bool is_another(const struct roster_proof *proof, const struct roster_proof *last)
{
    const int64_t apart_us = 20 * 3600 * SECOND_US, same_us = 7 * DAY_US;

    if (proof->as_of.us - last->as_of.us >= apart_us && !says_the_same(proof, last))
        return true;
    return proof->few && read_us(proof) - read_us(last) >= same_us;
}

struct absence roster_absence(const struct roster_proof *proof, size_t count, struct instant since)
{
    const struct roster_proof *last = NULL;
    struct absence absence = {.times = 0};

    for (size_t i = 0; i < count; i++) {
        if (instant_compare(proof[i].as_of, since) < 0 || (last && !is_another(&proof[i], last)))
            continue;
        last = &proof[i];
        if (absence.times >= ABSENCE_TOLD) {
            for (size_t k = 1; k + 1 < ABSENCE_TOLD; k++)
                absence.at[k] = absence.at[k + 1];
            absence.at[ABSENCE_TOLD - 1] = last->as_of;
        } else {
            absence.at[absence.times] = last->as_of;
        }
        absence.times++;
    }
    return absence;
}
