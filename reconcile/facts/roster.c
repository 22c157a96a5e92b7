/*
 * Judging a roster: every row gets its status as of one day, rows that contradict themselves are
 * refused like rows that cannot be read, and keys that stand twice are counted. Nothing is dropped:
 * a refused row stays as a person that is unknown.
 */
#include "facts/roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/table.h"
#include "base/text.h"
#include "facts/likeness.h"
#include "facts/snapshot.h"

/* Of somebody who would be employed. A word that says one thing and days that say another are a
 * contradiction, like a status word and a last day. */
static enum person_status judge_leave(const struct person *person, struct day today,
                                      enum person_flaw *ret_flaw)
{
    const struct person_extra *extra = person_extra(person);
    bool told = day_is_set(extra->leave_from) || day_is_set(extra->leave_until);
    bool begun = !day_is_set(extra->leave_from) || day_compare(extra->leave_from, today) <= 0;
    bool over = day_is_set(extra->leave_until) && day_compare(extra->leave_until, today) < 0;
    bool away = told && begun && !over;

    if (day_is_set(extra->leave_until) && day_compare(extra->leave_from, extra->leave_until) > 0)
        *ret_flaw = PERSON_LEAVE_BACKWARDS;
    else if (person->leave == LEAVE_YES && told && !away)
        *ret_flaw = PERSON_LEAVE_NOT_NOW;
    else if (person->leave == LEAVE_NO && away)
        *ret_flaw = PERSON_LEAVE_NOW;
    else
        return away || person->leave == LEAVE_YES ? PERSON_ON_LEAVE : PERSON_EMPLOYED;
    return PERSON_UNKNOWN;
}

/* A leave that began after the last day, or is known to go on, is one of somebody who works here.
 * Who left while on a leave without an end is gone, and so is whom the status says to be. */
static bool outlasts_departure(const struct person *person, struct day today)
{
    const struct person_extra *extra = person_extra(person);
    bool goes_on = day_is_set(extra->leave_until) && day_compare(extra->leave_until, today) >= 0;
    bool after = day_is_set(extra->leave_from) && day_is_set(person->last_day) &&
                 day_compare(extra->leave_from, person->last_day) > 0;
    bool over = day_is_set(extra->leave_until) && !goes_on;

    return person->word != PERSON_DEPARTED &&
           (person->leave == LEAVE_YES || goes_on || (after && !over));
}

/* The word becomes that of a leave, so that whoever stores and loads it judges the same. */
static void take_leave(struct person *person, struct day today, enum person_flaw *ret_flaw)
{
    if (person->status == PERSON_DEPARTED && outlasts_departure(person, today)) {
        *ret_flaw = PERSON_LEAVE_OUTLASTS;
        person->status = PERSON_UNKNOWN;
    }
    if (person->status != PERSON_EMPLOYED)
        return;
    person->status = judge_leave(person, today, ret_flaw);
    if (person->status != PERSON_ON_LEAVE)
        return;
    person->put_on_leave = true;
    person->said = person->word;
    person->word = PERSON_ON_LEAVE;
}

static void judge_one(struct person *person, struct day today, struct day written)
{
    enum person_flaw flaw = PERSON_SOUND;

    if (person_rejected(person)) {
        person->status = PERSON_UNKNOWN;
        return;
    }
    if (person->put_on_leave) { /* of another day */
        person->word = person->said;
        person->put_on_leave = false;
    }
    person->status = person_judge(person, today, written, &flaw);
    take_leave(person, today, &flaw);
    if (person->status == PERSON_UNKNOWN)
        person->flaw = flaw;
}

/* --- rows that share a value (K8) --- */

#define GROUP_COMPARED 16 /* rows of a group that are compared pair by pair */

bool roster_is_nameless(const struct roster *roster)
{
    for (size_t i = 0; i < roster->count; i++) {
        if (roster->person[i].name)
            return false;
    }
    return true;
}

/* What the names of a group say: the least likeness of any two, not known counting as agreeing. */
static enum name_likeness least_likeness(const struct roster *roster, const uint32_t *row,
                                         size_t count)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct name_parts *parts = arena_calloc(&scratch, count, sizeof(parts[0]));
    enum name_likeness least = NAMES_SAME;
    size_t first = 0;

    for (size_t i = 0; i < count; i++) {
        parts[i] = name_parts(&scratch, roster->person[row[i]].name);
        if (person_compare(&roster->person[row[i]], &roster->person[row[first]]) < 0)
            first = i;
    }
    size_t begin = count > GROUP_COMPARED ? first : 0;
    size_t end = count > GROUP_COMPARED ? first + 1 : count;
    for (size_t i = begin; i < end; i++) {
        for (size_t k = 0; k < count; k++) {
            enum name_likeness one = k == i ? NAMES_SAME : name_parts_compare(&parts[i], &parts[k]);
            if (one == NAMES_DIFFER)
                return NAMES_DIFFER;
            if (one != NAMES_SAME)
                least = NAMES_AGREE;
        }
    }
    return least;
}

static const struct roster_key {
    const char *field;
    size_t offset;
} roster_keys[] = {
    {"employee_number", offsetof(struct person, employee_number)},
    {"email", offsetof(struct person, email)},
    {"username", offsetof(struct person, username)},
};

static const char *key_value(const struct person *person, const struct roster_key *key)
{
    const char *value;

    memcpy(&value, (const char *)person + key->offset, sizeof(value));
    return value;
}

/* Whether no two rows have different values of this key, nor, `all` of them wanted, one has none.
 */
static bool have_one_value(const struct roster *roster, const uint32_t *row, size_t count,
                           const struct roster_key *key, bool all)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *first = NULL;

    for (size_t i = 0; i < count; i++) {
        const char *value = fold_text(&scratch, key_value(&roster->person[row[i]], key));

        if (!value && all)
            return false;
        if (value && first && strcmp(value, first) != 0)
            return false;
        first = value ? value : first;
    }
    return true;
}

enum name_likeness roster_likeness(const struct roster *roster, const uint32_t *row, size_t count,
                                   bool nameless)
{
    bool one = nameless;

    if (!nameless)
        return least_likeness(roster, row, count);
    for (size_t i = 0; one && i < COUNT_OF(roster_keys); i++)
        one = have_one_value(roster, row, count, &roster_keys[i], i == 0);
    return one ? NAMES_SAME : NAMES_AGREE;
}

/* In the order of the first of their rows. */
static void each_shared(const struct roster *roster, const struct roster_key *key, bool nameless,
                        roster_on_shared *on_shared, void *context)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(table_release) struct table table;
    CLEANUP(mem_cleanup) const char **value = mem_calloc(roster->count, sizeof(value[0]));
    CLEANUP(mem_cleanup) bool *again = mem_calloc(roster->count, sizeof(again[0]));
    CLEANUP(mem_cleanup) bool *leads = mem_calloc(roster->count, sizeof(leads[0]));
    CLEANUP(mem_cleanup) uint32_t *row = mem_calloc(roster->count, sizeof(row[0]));

    for (size_t i = 0; i < roster->count; i++)
        value[i] = fold_text(&arena, key_value(&roster->person[i], key));
    table_init(&table, roster->count);
    table_add_many(&table, value, NULL, NULL, roster->count, again);
    for (size_t i = 0; i < roster->count; i++) {
        if (again[i])
            leads[table_value(&table, table_find(&table, value[i]))] = true;
    }
    for (size_t i = 0; i < roster->count; i++) {
        struct shared_rows shared = {.field = key->field, .row = row};
        uint32_t at = leads[i] ? table_find(&table, value[i]) : TABLE_END;

        for (; at != TABLE_END; at = table_next(&table, at))
            row[shared.count++] = table_value(&table, at);
        if (shared.count == 0)
            continue;
        shared.value = key_value(&roster->person[i], key);
        shared.one_person = roster_likeness(roster, row, shared.count, nameless) == NAMES_SAME;
        on_shared(context, &shared);
    }
}

void roster_each_shared(const struct roster *roster, roster_on_shared *on_shared, void *context)
{
    bool nameless = roster_is_nameless(roster);

    for (size_t i = 0; i < COUNT_OF(roster_keys); i++)
        each_shared(roster, &roster_keys[i], nameless, on_shared, context);
}

static void mark_duplicates(void *context, const struct shared_rows *shared)
{
    bool *duplicate = context;

    for (size_t i = 0; i < shared->count && !shared->one_person; i++)
        duplicate[shared->row[i]] = true;
}

static size_t count_duplicates(const struct roster *roster)
{
    CLEANUP(mem_cleanup) bool *duplicate = mem_calloc(roster->count, sizeof(duplicate[0]));
    size_t count = 0;

    roster_each_shared(roster, mark_duplicates, duplicate);
    for (size_t i = 0; i < roster->count; i++)
        count += duplicate[i];
    return count;
}

void roster_judge(struct roster *roster, struct day today)
{
    bool earlier = day_is_set(roster->written) && day_compare(roster->written, today) < 0;
    struct day written = earlier ? roster->written : today;

    roster->settled = false;
    roster->rejected = 0;
    roster->blind = 0;
    for (size_t i = 0; i < roster->count; i++) {
        struct person *person = &roster->person[i];

        judge_one(person, today, written);
        roster->rejected += person_rejected(person) != NULL;
        roster->blind += person->key_unreadable;
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
    if (roster->settled)
        return roster->content;
    CLEANUP(mem_cleanup) struct digest *one = mem_calloc(roster->count, sizeof(one[0]));

    for (size_t i = 0; i < roster->count; i++)
        one[i] = person_digest(&roster->person[i]);
    return digest_rows(one, roster->count);
}

/* Of a leave the days, not what they make of the word today. */
static struct digest digest_values(const struct person *person)
{
    const struct person_extra *extra = person_extra(person);
    struct person_alike alike = *person_alike(person);
    struct person bare = *person;
    struct digest_stream *stream;
    struct digest digest;

    alike.rejected = NULL;
    bare.alike = &alike;
    bare.flaw = PERSON_SOUND;
    if (person->put_on_leave)
        bare.word = person->said;
    digest = person_digest(&bare);
    if (!day_is_set(extra->leave_from) && !day_is_set(extra->leave_until) &&
        person->leave == LEAVE_UNSAID)
        return digest;
    stream = digest_new();
    digest_bytes(stream, digest.byte, DIGEST_SIZE);
    digest_int(stream, extra->leave_from.number);
    digest_int(stream, extra->leave_until.number);
    digest_int(stream, (int64_t)person->leave);
    return digest_finish(stream);
}

struct digest roster_values(const struct roster *roster)
{
    if (roster->settled)
        return roster->values;
    CLEANUP(mem_cleanup) struct digest *one = mem_calloc(roster->count, sizeof(one[0]));

    for (size_t i = 0; i < roster->count; i++)
        one[i] = digest_values(&roster->person[i]);
    return digest_rows(one, roster->count);
}

/* Whether the digest of their values is that of the whole row: as it is of nearly everybody. */
static bool is_value_alone(const struct person *person)
{
    const struct person_extra *extra = person_extra(person);

    return !person_rejected(person) && (!person->put_on_leave || person->word == person->said) &&
           !day_is_set(extra->leave_from) && !day_is_set(extra->leave_until) &&
           person->leave == LEAVE_UNSAID;
}

/* Both digests of each row, by row, and then of all. */
struct settling {
    const struct roster *roster;
    struct digest *row[2], all[2];
};

static void settle_rows(void *context, size_t part, size_t begin, size_t end)
{
    struct settling *settling = context;

    (void)part;
    for (size_t i = begin; i < end; i++) {
        const struct person *person = &settling->roster->person[i];
        settling->row[0][i] = person_digest(person);
        settling->row[1][i] = is_value_alone(person) ? settling->row[0][i] : digest_values(person);
    }
}

static void settle_all(void *context, size_t part, size_t begin, size_t end)
{
    struct settling *settling = context;

    (void)part;
    for (size_t i = begin; i < end; i++)
        settling->all[i] = digest_rows(settling->row[i], settling->roster->count);
}

void roster_settle(struct roster *roster)
{
    size_t count = roster->count, parts = parallel_parts(count);
    CLEANUP(mem_cleanup) struct digest *content = mem_calloc(count, sizeof(content[0]));
    CLEANUP(mem_cleanup) struct digest *values = mem_calloc(count, sizeof(values[0]));
    struct settling settling = {.roster = roster, .row = {content, values}};

    parallel_for(count, parts, settle_rows, &settling);
    size_t different = memcmp(content, values, count * sizeof(content[0])) == 0 ? 1 : 2;
    parallel_for(different, parts < different ? parts : different, settle_all, &settling);
    roster->content = settling.all[0];
    roster->values = settling.all[different - 1];
    roster->settled = true;
}

struct instant roster_as_of(const struct roster *roster)
{
    if (!instant_is_set(roster->modified) || instant_compare(roster->read_at, roster->modified) < 0)
        return roster->read_at;
    return roster->modified;
}

/* A slot: bits of the hash above the place of a text, which is that of its row, doubled, and one
 * for the address; 0 = empty. The text is read where the row has it. Of a roster that is longer
 * than places go the rest is left out: what is not found is kept twice, and that is all. */
enum { TEXT_PLACE_BITS = 25, TEXT_ROWS_MOST = (1 << 24) - 2 };
#define TEXT_PLACE_MASK ((1U << TEXT_PLACE_BITS) - 1)

static const struct person *texts_person(const struct roster_texts *texts, uint32_t slot)
{
    return &texts->roster->person[(slot & TEXT_PLACE_MASK) / 2 - 1];
}

static const char *texts_key(const struct roster_texts *texts, uint32_t slot)
{
    const struct person *person = texts_person(texts, slot);

    return slot % 2 ? person->email : person->employee_number;
}

/* The slot of a key, or the empty one where it would go. */
static uint32_t *texts_slot(const struct roster_texts *texts, const char *key, uint32_t hash)
{
    uint32_t at = hash & texts->mask;

    while (texts->slot[at] != 0 && (texts->slot[at] >> TEXT_PLACE_BITS != hash >> TEXT_PLACE_BITS ||
                                    strcmp(texts_key(texts, texts->slot[at]), key) != 0))
        at = (at + 1) & texts->mask;
    return &texts->slot[at];
}

/* Of those who write the same the first is kept. */
static void texts_put(struct roster_texts *texts, const char *key, uint32_t place)
{
    if (!key)
        return;
    uint32_t hash = table_hash(key), *slot = texts_slot(texts, key, hash);
    if (*slot == 0)
        *slot = (hash & ~TEXT_PLACE_MASK) | place;
}

void roster_texts_init(struct roster_texts *texts, const struct roster *roster)
{
    uint32_t rows = roster->count < TEXT_ROWS_MOST ? (uint32_t)roster->count : TEXT_ROWS_MOST;
    size_t slots = 16;

    while (slots < 3 * (size_t)rows) /* two texts a row, two thirds full */
        slots *= 2;
    *texts = (struct roster_texts){.roster = roster,
                                   .slot = mem_calloc(slots, sizeof(texts->slot[0])),
                                   .mask = (uint32_t)(slots - 1)};
    for (uint32_t i = 0; i < rows; i++) {
        texts_put(texts, roster->person[i].employee_number, 2 * (i + 1));
        texts_put(texts, roster->person[i].email, 2 * (i + 1) + 1);
    }
}

void roster_texts_release(struct roster_texts *texts)
{
    free(texts->slot);
    *texts = (struct roster_texts){.roster = NULL};
}

const struct person *roster_texts_find(const struct roster_texts *texts, const char *key)
{
    uint32_t slot = key ? *texts_slot(texts, key, table_hash(key)) : 0;

    return slot ? texts_person(texts, slot) : NULL;
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
