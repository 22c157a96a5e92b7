/*
 * One table per key, built side by side. Rows that share a value are then judged as a group by
 * roster_likeness: one person (K8), different ones, which make the value nobody's (K2), or nobody
 * can tell (duplicates).
 *
 * Invariant: neither the order of the rows nor which of them stands first decides anything; what
 * must be chosen is the least by person_compare.
 */
#include "core/people.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/text.h"

#define CROWD_MIN 64 /* rows that share a value: more are looked up once for all accounts */

enum match_key people_table(const struct people *people, enum match_key key)
{
    return key == MATCH_BY_USERNAME && !people->matching->roster_has_username ? MATCH_BY_EMAIL
                                                                              : key;
}

static struct email_alias *fold_aliases(struct arena *arena, const struct matching *matching)
{
    struct email_alias *alias = arena_calloc(arena, matching->alias_count, sizeof(alias[0]));

    for (size_t i = 0; i < matching->alias_count; i++) {
        alias[i].from = fold_text(arena, matching->alias[i].from);
        alias[i].to = fold_text(arena, matching->alias[i].to);
    }
    return alias;
}

static const char *canonical(const struct matching *matching, const struct email_alias *alias,
                             struct arena *arena, const char *email)
{
    const char *folded = fold_text(arena, email);
    const char *at = folded && matching->alias_count ? strrchr(folded, '@') : NULL;

    for (size_t i = 0; at && i < matching->alias_count; i++) {
        if (text_equal(at + 1, alias[i].from))
            return arena_printf(arena, "%.*s@%s", (int)(at - folded), folded, alias[i].to);
    }
    return folded;
}

const char *match_canonical_email(struct arena *arena, const struct matching *matching,
                                  const char *email)
{
    return canonical(matching, fold_aliases(arena, matching), arena, email);
}

const char *people_value(const struct people *people, struct arena *arena, enum match_key key,
                         const char *text)
{
    bool number = key == MATCH_BY_EMPLOYEE_NUMBER || key == MATCH_BY_LINKS_FILE;
    const char *value =
        number ? fold_text(arena, text) : canonical(people->matching, people->alias, arena, text);

    return is_no_value(&people->matching->no_value, value) ? NULL : value;
}

static const char *person_value(const struct people *people, struct arena *arena,
                                const struct person *person, enum match_key key)
{
    switch (key) {
    case MATCH_BY_EMPLOYEE_NUMBER:
        return people_value(people, arena, key, person->employee_number);
    case MATCH_BY_LINKS_FILE:
        return fold_text(arena, person->employee_number);
    case MATCH_BY_EMAIL:
        return people_value(people, arena, key, person->email);
    case MATCH_BY_USERNAME:
        return people_value(people, arena, key, person->username);
    case MATCH_BY_NOTHING:
    case MATCH_BY_HISTORY:
    case MATCH_KEY_COUNT:
        break;
    }
    return NULL;
}

/* --- rows that share a value --- */

/* Rows of one group that are one person: to be joined when all tables are there. */
struct joined {
    uint32_t a, b;
};

/* One table while it is made. */
struct making {
    struct people *people;
    enum match_key key;
    bool nameless; /* no row of the roster has a name */
    bool *unclear; /* by row */
    bool *nobody;
    enum number_form *form; /* of numbers; NULL of other keys */
    struct joined *joined;
    size_t joined_count, joined_capacity;
    struct crowd *crowd;
    size_t crowd_count, crowd_capacity;
    uint32_t *in_crowd; /* by row: its number among these and 1; NULL = there are none */
};

static const struct person *row_of(const struct making *making, uint32_t row)
{
    return &making->people->roster->person[row];
}

/* As compared; kept of no row, because most are as they are written. */
static const char *value_of(const struct making *making, struct arena *arena, uint32_t row)
{
    return person_value(making->people, arena, row_of(making, row), making->key);
}

/* As it is in the table: bare for numbers. */
static const char *text_of(const struct making *making, struct arena *arena, uint32_t row,
                           const char *value)
{
    if (making->key != MATCH_BY_EMPLOYEE_NUMBER)
        return value;
    return number_bare(arena, value ? value : person_extra(row_of(making, row))->damaged_number);
}

static void join_rows(struct making *making, uint32_t a, uint32_t b)
{
    making->joined = mem_grow(making->joined, making->joined_count, &making->joined_capacity,
                              sizeof(making->joined[0]));
    making->joined[making->joined_count++] = (struct joined){a, b};
}

static void note_crowd(struct making *making, const uint32_t *row, size_t count, bool alone)
{
    struct crowd crowd = {
        .key = making->key, .first = row[0], .alone = alone, .least = row_of(making, row[0])};

    if (!making->in_crowd)
        making->in_crowd = mem_calloc(making->people->roster->count, sizeof(making->in_crowd[0]));
    making->crowd = mem_grow(making->crowd, making->crowd_count, &making->crowd_capacity,
                             sizeof(making->crowd[0]));
    for (size_t i = 0; i < count; i++) {
        making->in_crowd[row[i]] = (uint32_t)making->crowd_count + 1;
        if (person_compare(row_of(making, row[i]), crowd.least) < 0)
            crowd.least = row_of(making, row[i]);
    }
    making->crowd[making->crowd_count++] = crowd;
}

static void judge_group(struct making *making, const uint32_t *row, size_t count)
{
    enum name_likeness likeness =
        roster_likeness(making->people->roster, row, count, making->nameless);

    for (size_t i = 0; i < count; i++) {
        if (likeness == NAMES_SAME && i > 0)
            join_rows(making, row[0], row[i]);
        making->nobody[row[i]] |= likeness == NAMES_DIFFER;
        making->unclear[row[i]] |= likeness == NAMES_AGREE;
    }
}

/* A row of a chain, and its value. */
struct valued {
    const char *value;
    uint32_t row;
};

/* The rows of one chain by their exact value: numbers that only look alike are groups of their own.
 */
static void judge_chain(struct making *making, uint32_t entry)
{
    const struct table *table = &making->people->by[making->key];
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(mem_cleanup) struct valued *left = NULL;
    CLEANUP(mem_cleanup) uint32_t *group = NULL;
    size_t count = 0, capacity = 0, all = 0;

    for (uint32_t at = entry; at != TABLE_END; at = table_next(table, at)) {
        uint32_t row = table_value(table, at);
        const char *value = value_of(making, &scratch, row);
        all++;
        if (!value)
            continue; /* a damaged number only looks alike */
        left = mem_grow(left, count, &capacity, sizeof(left[0]));
        left[count++] = (struct valued){value, row};
    }
    group = mem_calloc(count, sizeof(group[0]));
    while (count > 0) {
        size_t rest = 0, same = 0;
        const char *value = left[0].value;
        for (size_t i = 0; i < count; i++) {
            if (text_equal(left[i].value, value))
                group[same++] = left[i].row;
            else
                left[rest++] = left[i];
        }
        if (same > 1)
            judge_group(making, group, same);
        if (same > CROWD_MIN)
            note_crowd(making, group, same, same == all);
        count = rest;
    }
}

/* --- the tables --- */

enum { BLOCK = 256 }; /* rows whose keys are added together */

static enum number_form form_of_number(const char *written, const char *value, const char *bare)
{
    if (!value)
        return NUMBER_AS_IT_IS;
    if (value != written)
        return NUMBER_FOLDED;
    return bare == value ? NUMBER_IS_BARE : NUMBER_AS_WRITTEN;
}

/* again[row]: its text was there already. */
static void add_rows(struct making *making, bool *again)
{
    struct people *people = making->people;
    struct arena *arena = &people->key_arena[making->key];
    size_t count = people->roster->count;
    const char *text[BLOCK];
    uint32_t row[BLOCK];

    for (size_t done = 0; done < count; done += BLOCK) {
        size_t block = count - done < BLOCK ? count - done : BLOCK;
        for (size_t i = 0; i < block; i++) {
            row[i] = (uint32_t)(done + i);
            const char *value = value_of(making, arena, row[i]);
            text[i] = text_of(making, arena, row[i], value);
            if (making->form)
                making->form[row[i]] =
                    form_of_number(row_of(making, row[i])->employee_number, value, text[i]);
        }
        table_add_many(&people->by[making->key], text, row, NULL, block, again + done);
    }
}

static void make_table(struct making *making)
{
    struct people *people = making->people;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct table *table = &people->by[making->key];
    size_t count = people->roster->count;
    CLEANUP(mem_cleanup) bool *again = mem_calloc(count, sizeof(again[0]));

    table_init(table, count);
    add_rows(making, again);
    if (making->key == MATCH_BY_LINKS_FILE)
        return; /* a line that fits several says so itself */
    for (uint32_t i = 0; i < count; i++) {
        if (!again[i])
            continue;
        arena_clear(&scratch);
        const char *value = value_of(making, &scratch, i);
        if (!value)
            continue;
        uint32_t first = table_find(table, text_of(making, &scratch, i, value));
        uint32_t at = first; /* each chain once: at its first row that came again */
        while (!again[table_value(table, at)] ||
               !value_of(making, &scratch, table_value(table, at)))
            at = table_next(table, at);
        if (table_value(table, at) == i)
            judge_chain(making, first);
    }
}

struct tables {
    struct making making[MATCH_KEY_COUNT];
    size_t count;
};

static void add_table(struct tables *tables, struct people *people, enum match_key key)
{
    size_t rows = people->roster->count;

    for (size_t i = 0; i < tables->count; i++) {
        if (tables->making[i].key == key)
            return;
    }
    bool numbers = key == MATCH_BY_EMPLOYEE_NUMBER;
    tables->making[tables->count++] = (struct making){
        .people = people,
        .key = key,
        .nameless = roster_is_nameless(people->roster),
        .unclear = mem_calloc(rows, sizeof(bool)),
        .nobody = mem_calloc(rows, sizeof(bool)),
        .form = numbers ? mem_calloc(rows, sizeof(enum number_form)) : NULL,
    };
}

static void make_part(void *context, size_t part, size_t begin, size_t end)
{
    struct tables *tables = context;

    (void)part;
    for (size_t i = begin; i < end; i++)
        make_table(&tables->making[i]);
}

/* --- one person, several rows (K8) --- */

static uint32_t find_root(const uint32_t *parent, uint32_t row)
{
    while (parent[row] != row)
        row = parent[row];
    return row;
}

/* Who speaks for a person: a row that nobody can read, then one that runs (on leave from one post
 * is no reason to log in for another), then the latest last day, one that is not told counting as
 * later than any. */
static int speaker_rank(const struct person *person)
{
    static const int rank[] = {
        [PERSON_UNKNOWN] = 0, [PERSON_ON_LEAVE] = 1, [PERSON_EMPLOYED] = 2,
        [PERSON_FUTURE] = 3,  [PERSON_DEPARTED] = 4, [PERSON_ABSENT] = 5,
    };
    return rank[person->status];
}

static int compare_speakers(const struct person *a, const struct person *b)
{
    int order = speaker_rank(a) - speaker_rank(b);

    if (!order && a->status == PERSON_DEPARTED &&
        !day_is_set(a->last_day) != !day_is_set(b->last_day))
        return day_is_set(a->last_day) ? 1 : -1;
    if (!order && a->status == PERSON_DEPARTED)
        order = day_compare(b->last_day, a->last_day);
    return order ? order : person_compare(a, b);
}

static void choose_speakers(struct people *people, const uint32_t *parent)
{
    size_t count = people->roster->count;
    const struct person *person = people->roster->person;
    uint32_t *best = mem_alloc(count * sizeof(best[0]));

    for (size_t i = 0; i < count; i++)
        best[i] = (uint32_t)i;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t root = find_root(parent, i);
        if (compare_speakers(&person[i], &person[best[root]]) < 0)
            best[root] = i;
    }
    people->speaker = mem_alloc(count * sizeof(people->speaker[0]));
    for (uint32_t i = 0; i < count; i++) {
        people->speaker[i] = best[find_root(parent, i)];
        people->unclear[people->speaker[i]] |= people->unclear[i];
    }
    free(best);
}

static void join_people(struct people *people, const struct tables *tables)
{
    CLEANUP(mem_cleanup) uint32_t *parent = NULL;
    size_t joined = 0;

    for (size_t t = 0; t < tables->count; t++)
        joined += tables->making[t].joined_count;
    if (joined == 0)
        return;
    parent = mem_alloc(people->roster->count * sizeof(parent[0]));
    for (uint32_t i = 0; i < people->roster->count; i++)
        parent[i] = i;
    for (size_t t = 0; t < tables->count; t++) {
        for (size_t k = 0; k < tables->making[t].joined_count; k++) {
            uint32_t a = find_root(parent, tables->making[t].joined[k].a);
            uint32_t b = find_root(parent, tables->making[t].joined[k].b);
            parent[a > b ? a : b] = a > b ? b : a;
        }
    }
    choose_speakers(people, parent);
}

static void take_over(struct people *people, struct making *making)
{
    for (size_t i = 0; i < people->roster->count; i++) {
        unsigned form = making->form ? (unsigned)making->form[i] << NUMBER_FORM : 0;
        people->unclear[i] |= making->unclear[i];
        people->nobody[i] =
            (uint8_t)(people->nobody[i] | form | (making->nobody[i] ? 1U << making->key : 0));
    }
    people->crowd[making->key] = making->in_crowd;
    for (size_t i = 0; i < people->roster->count && making->in_crowd; i++)
        making->in_crowd[i] +=
            making->in_crowd[i] ? (uint32_t)people->crowd_count : 0; /* behind those of others */
    for (size_t i = 0; i < making->crowd_count; i++) {
        people->crowds = mem_grow(people->crowds, people->crowd_count, &people->crowd_capacity,
                                  sizeof(people->crowds[0]));
        people->crowds[people->crowd_count++] = making->crowd[i];
    }
    free(making->crowd);
    people->numbers |= making->form != NULL;
    free(making->form);
    free(making->unclear);
    free(making->nobody);
}

static struct found find_among(const struct people *people, struct arena *scratch,
                               enum match_key where, uint32_t entry, const char *number);

/* When it is known who speaks for whom. Only the values stay, as keys: what else is folded on the
 * way is much where many look alike. */
static void find_crowds(struct people *people)
{
    table_init(&people->crowd_number, 0);
    for (uint32_t i = 0; i < people->crowd_count; i++) {
        CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
        struct crowd *crowd = &people->crowds[i];
        struct arena *kept = &people->key_arena[crowd->key];
        const struct person *row = &people->roster->person[crowd->first];
        const char *value = person_value(people, kept, row, crowd->key);
        bool number = crowd->key == MATCH_BY_EMPLOYEE_NUMBER;
        uint32_t entry =
            table_find(&people->by[crowd->key], number ? number_bare(&scratch, value) : value);
        crowd->found = find_among(people, &scratch, crowd->key, entry, value);
        if (number)
            table_add(&people->crowd_number, value, i);
    }
}

const struct crowd *people_crowd(const struct people *people, enum match_key key,
                                 const struct person *row)
{
    const uint32_t *crowd = people->crowd[key];
    uint32_t number = crowd ? crowd[row - people->roster->person] : 0;

    return number ? &people->crowds[number - 1] : NULL;
}

const struct crowd *people_crowd_at(const struct people *people, enum match_key where,
                                    uint32_t entry, const char *number)
{
    if (entry == TABLE_END || !people->crowd[where])
        return NULL;
    if (where != MATCH_BY_EMPLOYEE_NUMBER)
        return people_crowd(people, where,
                            &people->roster->person[table_value(&people->by[where], entry)]);
    uint32_t at = table_find(&people->crowd_number, number);
    return at == TABLE_END ? NULL : &people->crowds[table_value(&people->crowd_number, at)];
}

void people_init(struct people *people, const struct matching *matching,
                 const struct roster *roster)
{
    struct tables tables = {.count = 0};
    size_t rows = roster->count;

    *people = (struct people){.matching = matching, .roster = roster, .arena = ARENA_INIT};
    people->alias = fold_aliases(&people->arena, matching);
    people->nobody = mem_calloc(rows, sizeof(people->nobody[0]));
    people->unclear = mem_calloc(rows, sizeof(people->unclear[0]));
    for (size_t i = 0; i < matching->key_count; i++)
        add_table(&tables, people, people_table(people, matching->key[i]));
    if (matching->link_count)
        add_table(&tables, people, MATCH_BY_LINKS_FILE);
    size_t parts = parallel_parts(rows);
    parallel_for(tables.count, parts < tables.count ? parts : tables.count, make_part, &tables);
    for (size_t i = 0; i < tables.count; i++)
        take_over(people, &tables.making[i]);
    join_people(people, &tables);
    find_crowds(people);
    for (size_t i = 0; i < tables.count; i++)
        free(tables.making[i].joined);
}

void people_forget_values(struct people *people)
{
    for (size_t i = 0; i < MATCH_KEY_COUNT; i++) {
        table_release(&people->by[i]);
        arena_release(&people->key_arena[i]);
        free(people->crowd[i]);
        people->crowd[i] = NULL;
    }
    table_release(&people->crowd_number);
    free(people->crowds);
    people->crowds = NULL;
    people->crowd_count = 0;
    free(people->unclear);
    people->unclear = NULL;
}

void people_release(struct people *people)
{
    people_forget_values(people);
    free(people->nobody);
    free(people->speaker);
    arena_release(&people->arena);
}

/* --- asking --- */

const struct person *people_speaker(const struct people *people, const struct person *person)
{
    const struct person *all = people->roster->person;

    return people->speaker ? &all[people->speaker[person - all]] : person;
}

bool people_are_one(const struct people *people, const struct person *a, const struct person *b)
{
    return people_speaker(people, a) == people_speaker(people, b);
}

/* An order of candidates: the one for whom something may be due comes first, so that what is shown
 * is why; then person_compare. */
static bool is_before(const struct person *a, const struct person *b)
{
    bool a_gone = speaker_rank(a) == 0 || speaker_rank(a) > 3;
    bool b_gone = speaker_rank(b) == 0 || speaker_rank(b) > 3;

    return a_gone != b_gone ? a_gone : person_compare(a, b) < 0;
}

static enum number_form form_of(const struct people *people, const struct person *row)
{
    return (enum number_form)(people->nobody[row - people->roster->person] >> NUMBER_FORM);
}

/* The number that stands in a row as it is compared; NULL when there is none, or it stands for
 * nobody in general. */
static const char *row_number(const struct people *people, struct arena *scratch,
                              const struct person *row)
{
    switch (form_of(people, row)) {
    case NUMBER_AS_WRITTEN:
    case NUMBER_IS_BARE:
        return row->employee_number;
    case NUMBER_FOLDED:
        return fold_text(scratch, row->employee_number);
    case NUMBER_AS_IT_IS:
        break;
    }
    return people_value(people, scratch, MATCH_BY_EMPLOYEE_NUMBER, row->employee_number);
}

/* Without reading the row where its number is bare: that is the key of the entry, which was just
 * read. Without making the number where a look at it as it is written says enough. */
bool people_entry_has(const struct people *people, struct arena *scratch, uint32_t entry,
                      const char *number)
{
    const struct table *table = &people->by[MATCH_BY_EMPLOYEE_NUMBER];
    const struct person *row = &people->roster->person[table_value(table, entry)];

    switch (form_of(people, row)) {
    case NUMBER_IS_BARE:
        return text_equal(number, table_key(table, entry));
    case NUMBER_FOLDED:
        return fold_is(scratch, row->employee_number, number);
    case NUMBER_AS_WRITTEN:
    case NUMBER_AS_IT_IS:
        break;
    }
    return text_equal(number, row_number(people, scratch, row));
}

const char *people_row_bare(const struct people *people, struct arena *arena,
                            const struct person *row, bool damaged)
{
    if (form_of(people, row) == NUMBER_IS_BARE)
        return row->employee_number;
    const char *number = row_number(people, arena, row);
    return number_bare(arena, !number && damaged ? person_extra(row)->damaged_number : number);
}

void people_expect(const struct people *people, const uint32_t *entry, size_t count)
{
    const struct table *table = &people->by[MATCH_BY_EMPLOYEE_NUMBER];

    for (size_t i = 0; i < count; i++) {
        if (entry[i] == TABLE_END)
            continue;
        __builtin_prefetch(&people->nobody[table_value(table, entry[i])]);
        __builtin_prefetch(&people->roster->person[table_value(table, entry[i])]);
    }
    for (size_t i = 0; i < count; i++) {
        if (entry[i] != TABLE_END)
            __builtin_prefetch(
                people->roster->person[table_value(table, entry[i])].employee_number);
    }
}

static struct found find_among(const struct people *people, struct arena *scratch,
                               enum match_key where, uint32_t entry, const char *number)
{
    const struct table *table = &people->by[where];
    struct found found = {.person = NULL};

    for (; entry != TABLE_END; entry = table_next(table, entry)) {
        const struct person *row = &people->roster->person[table_value(table, entry)];
        if (where == MATCH_BY_EMPLOYEE_NUMBER && !people_entry_has(people, scratch, entry, number))
            continue;
        if (people->nobody[row - people->roster->person] & 1U << where)
            return (struct found){.nobodys = true};
        const struct person *person = people_speaker(people, row);
        if (person == found.person || person == found.also)
            continue;
        if (!found.person || is_before(person, found.person)) {
            found.also = found.person;
            found.person = person;
        } else if (!found.also || is_before(person, found.also)) {
            found.also = person;
        }
    }
    return found;
}

struct found people_find(const struct people *people, struct arena *scratch, enum match_key key,
                         uint32_t entry, const char *number)
{
    enum match_key where = people_table(people, key);
    const struct crowd *crowd = people_crowd_at(people, where, entry, number);

    if (crowd)
        return crowd->found;
    return find_among(people, scratch, where, entry, number);
}

const char *people_number(const struct people *people, struct arena *scratch,
                          const struct person *person)
{
    if (people->nobody[person - people->roster->person] & 1U << MATCH_BY_EMPLOYEE_NUMBER)
        return NULL;
    return row_number(people, scratch, person);
}
