/*
 * Saving a roster, the same way as a snapshot: a stage, then statements over whole sets. A roster
 * is all or nothing, so what it leaves out is closed.
 *
 * A person's versions hang on the first key there is, not on the row number: a row inserted at the
 * top of the file changes nobody. Further rows with the same key count up.
 */
#include "store/roster.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/column.h"

struct keyed {
    const struct person *person;
    uint32_t *ordinal; /* by row, among those of its key */
    struct arena *scratch;
};

static void add_person(struct text *row, const void *context, size_t number)
{
    const struct keyed *keyed = context;
    const struct person *person = &keyed->person[number];
    struct digest digest = person_digest(person);
    const char *const field[] = {
        person->employee_number,
        person->email,
        person->username,
        person->name,
        person_alike(person)->department,
        person_alike(person)->country,
        person_status_name(person->word),
    };

    pg_copy_field(row, person_key(keyed->scratch, person));
    arena_clear(keyed->scratch);
    store_copy_number(row, keyed->ordinal[number]);
    for (size_t i = 0; i < COUNT_OF(field); i++)
        pg_copy_field(row, field[i]);
    store_copy_day(row, person->hire_date);
    store_copy_day(row, person->last_day);
    pg_copy_field(row, person_rejected(person));
    store_copy_flag(row, person->key_unreadable);
    store_copy_digest(row, &digest);
    pg_copy_end_row(row);
}

/* Four bytes a slot, as in facts/account_index: the newest row of a key, and bits of its hash. */
enum { ROW_BITS = 24, SLOTS_LEAST = 16 };
#define ROW_MASK ((1U << ROW_BITS) - 1)
static_assert(LIMIT_PEOPLE < ROW_MASK, "a row fits beside the bits of the hash");

/* The slot of a row's key, or the empty one where it goes; keys are made when they are asked for.
 */
static uint32_t *slot_of(uint32_t *slot, uint32_t mask, const struct keyed *keyed, size_t row,
                         uint32_t *ret_bits)
{
    const char *key = person_key(keyed->scratch, &keyed->person[row]);
    uint32_t hash = table_hash(key), at = hash & mask;

    *ret_bits = hash & ~ROW_MASK;
    for (; slot[at] != UINT32_MAX; at = (at + 1) & mask) {
        const struct person *other = &keyed->person[slot[at] & ROW_MASK];
        if ((slot[at] & ~ROW_MASK) == *ret_bits &&
            strcmp(person_key(keyed->scratch, other), key) == 0)
            break;
    }
    return &slot[at];
}

static void give_ordinals(struct arena *arena, const struct roster *roster, struct keyed *keyed)
{
    size_t slots = SLOTS_LEAST;

    while (slots < roster->count + roster->count / 2)
        slots *= 2;
    CLEANUP(mem_cleanup) uint32_t *slot = mem_alloc(slots * sizeof(slot[0]));
    memset(slot, 0xFF, slots * sizeof(slot[0])); /* all empty */
    keyed->person = roster->person;
    keyed->ordinal = arena_alloc(arena, (roster->count + 1) * sizeof(keyed->ordinal[0]));
    for (size_t i = 0; i < roster->count; i++) {
        uint32_t bits = 0;
        uint32_t *newest = slot_of(slot, (uint32_t)slots - 1, keyed, i, &bits);
        keyed->ordinal[i] = *newest == UINT32_MAX ? 1 : keyed->ordinal[*newest & ROW_MASK] + 1;
        *newest = bits | (uint32_t)i;
        arena_clear(keyed->scratch);
    }
}

static void add_rejected(struct text *row, const void *context, size_t number)
{
    const struct person *person = ((const struct person *const *)context)[number];

    store_copy_number(row, person->row);
    pg_copy_field(row, person_rejected(person));
    pg_copy_field(row, person->employee_number);
    pg_copy_field(row, person->email);
    pg_copy_field(row, person->username);
    pg_copy_end_row(row);
}

enum { OPEN_ROW, OPEN_REASON, OPEN_NUMBER, OPEN_EMAIL, OPEN_USERNAME }; /* rejected_open_list */

/* As on most days: those that are open, in the order of their rows. */
static bool are_open(const PGresult *open, const struct person *const *shown, size_t count)
{
    bool same = (size_t)PQntuples(open) == count;

    for (size_t i = 0; same && i < count; i++) {
        const struct person *person = shown[i];
        int row = (int)i;
        same = pg_int(open, row, OPEN_ROW) == person->row &&
               text_equal(pg_text(open, row, OPEN_REASON), person_rejected(person)) &&
               text_equal(pg_text(open, row, OPEN_NUMBER), person->employee_number) &&
               text_equal(pg_text(open, row, OPEN_EMAIL), person->email) &&
               text_equal(pg_text(open, row, OPEN_USERNAME), person->username);
    }
    return same;
}

static int merge_rejected(const struct store *store, const struct roster *roster, int64_t id,
                          struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *open = NULL;
    const struct person **shown = arena_calloc(&scratch, LIMIT_REJECTED_SHOWN, sizeof(shown[0]));
    size_t count = 0;

    for (size_t i = 0; i < roster->count && count < LIMIT_REJECTED_SHOWN; i++) {
        if (person_rejected(&roster->person[i]))
            shown[count++] = &roster->person[i];
    }
    if (PG_QUERY(store->pg, rejected_open_list, PG_MANY, &open, err,
                 store_number(&scratch, store->portal_id)) < 0)
        return -1;
    if (are_open(open, shown, count))
        return 0;
    if (PG_QUERY(store->pg, stage_rejected_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_rejected_copy", query_stage_rejected_copy, add_rejected, shown,
                   count, err) < 0 ||
        STORE_MERGE(store, rejected_close, id, err) < 0)
        return -1;
    return STORE_MERGE(store, rejected_open, id, err);
}

/* --- leaves --- */

/* Of the people whose status is known, against the leaves that are open. */
struct leaving {
    const char **away; /* keys of those on leave */
    size_t away_count;
    const char **back; /* of those who were, and are in this roster without */
    size_t back_count;
};

/* A key that several rows have is that of somebody on leave as soon as one of them says so. */
static void find_leaving(struct arena *arena, const struct roster *roster, const char *const *open,
                         size_t open_count, struct leaving *leaving)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    enum { SEEN_BACK = 1, SEEN_AWAY = 2 };
    unsigned char *seen = arena_calloc(arena, open_count + 1, sizeof(seen[0]));
    size_t most = 0;
    struct table by_key;

    table_init(&by_key, open_count);
    for (size_t i = 0; i < open_count; i++)
        table_add(&by_key, open[i], (uint32_t)i);
    for (size_t i = 0; i < roster->count; i++)
        most += roster->person[i].status == PERSON_ON_LEAVE;
    leaving->away = arena_calloc(arena, most + 1, sizeof(leaving->away[0]));
    leaving->back = arena_calloc(arena, open_count + 1, sizeof(leaving->back[0]));
    for (size_t i = 0; i < roster->count; i++) {
        const struct person *person = &roster->person[i];
        bool is_away = person->status == PERSON_ON_LEAVE;
        if (person->status == PERSON_UNKNOWN || (!is_away && open_count == 0))
            continue;
        const char *key = person_key(&scratch, person);
        uint32_t entry = table_find(&by_key, key);
        if (entry != TABLE_END)
            seen[table_value(&by_key, entry)] |= is_away ? SEEN_AWAY : SEEN_BACK;
        if (is_away)
            leaving->away[leaving->away_count++] = arena_strdup(arena, key);
        arena_clear(&scratch);
    }
    for (size_t i = 0; i < open_count; i++) {
        if (seen[i] == SEEN_BACK)
            leaving->back[leaving->back_count++] = open[i];
    }
    table_release(&by_key);
}

static int merge_leaves(const struct store *store, const struct roster *roster, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *as_of = store_time(&scratch, roster_as_of(roster));
    struct leaving leaving = {.away_count = 0};
    size_t count = 0;

    if (PG_QUERY(store->pg, leave_open_list, PG_MANY, &result, err, portal) < 0)
        return -1;
    const char *const *open = store_read_list("person_key", result, &scratch, &count);
    find_leaving(&scratch, roster, open, count, &leaving);
    if (leaving.back_count > 0 &&
        PG_QUERY(store->pg, leave_end, PG_NOTHING, NULL, err, portal,
                 store_text_array(&scratch, leaving.back, leaving.back_count), as_of) < 0)
        return -1;
    if (leaving.away_count == 0)
        return 0;
    return PG_QUERY(store->pg, leave_see, PG_NOTHING, NULL, err, portal,
                    store_text_array(&scratch, leaving.away, leaving.away_count), as_of);
}

struct leave_row {
    const char *person_key;
    struct instant seen_at, back_at;
};

static const struct column leave_columns[] = {
    COLUMN("person_key", struct leave_row, person_key),
    COLUMN("seen_at", struct leave_row, seen_at),
    COLUMN("back_at", struct leave_row, back_at),
    COLUMN_END,
};

int store_load_leaves(struct store *store, struct arena *arena, struct instant until,
                      const struct zone *zone, struct day today, struct roster *roster,
                      struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct table by_key;
    size_t count = 0;

    if (PG_QUERY(store->pg, leave_list, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_time(arena, until)) < 0)
        return -1;
    const struct leave_row *row =
        store_read_all(leave_columns, sizeof(row[0]), result, &scratch, &count);
    table_init(&by_key, count);
    for (size_t i = 0; i < count; i++)
        table_add(&by_key, row[i].person_key, (uint32_t)i);
    for (size_t i = 0; count > 0 && i < roster->count; i++) {
        struct person *person = &roster->person[i];
        uint32_t at = table_find(&by_key, person_key(&scratch, person));
        if (at == TABLE_END)
            continue;
        const struct leave_row *leave = &row[table_value(&by_key, at)];
        struct person_extra *extra = person_extra_of(arena, person);
        extra->on_leave_at = instant_day(leave->seen_at, zone);
        extra->back_on = instant_is_set(leave->back_at) ? instant_day(leave->back_at, zone) : today;
    }
    table_release(&by_key);
    return 0;
}

static int insert_row(const struct store *store, const struct store_run *run,
                      const struct roster *roster, bool good, int64_t id, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct digest values = roster_values(roster);
    const char *const parameter[] = {
        store_number(&scratch, store->portal_id),
        store_number(&scratch, id),
        store_number(&scratch, run->id),
        roster->source,
        store_time(&scratch, roster->read_at),
        store_time(&scratch, roster->modified),
        store_hex(&scratch, &roster->digest),
        store_number(&scratch, (int64_t)roster->count),
        store_number(&scratch, (int64_t)roster_people(roster)),
        store_number(&scratch, (int64_t)roster->rejected),
        store_number(&scratch, (int64_t)roster->blind),
        store_number(&scratch, (int64_t)roster->duplicates),
        store_flag(good),
        store_hex(&scratch, &values),
    };

    return pg_run(store->pg, "roster_insert", query_roster_insert, PG_NOTHING, parameter,
                  COUNT_OF(parameter), NULL, err);
}

int store_ask_roster(struct store *store, const struct roster *roster, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct digest content = roster_content(roster);
    const char *const parameter[] = {store_number(&scratch, store->portal_id),
                                     store_hex(&scratch, &roster->digest),
                                     store_hex(&scratch, &content)};

    if (pg_ask(store->pg, "roster_same", query_roster_same, parameter, COUNT_OF(parameter), err) <
        0)
        return -1;
    store->same_is_asked = true;
    return 0;
}

/* As on most days: the same file, which says what it said before. */
static int is_same(struct store *store, const struct roster *roster, bool *ret_same,
                   struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (!store->same_is_asked && store_ask_roster(store, roster, err) < 0)
        return -1;
    store->same_is_asked = false;
    if (pg_answered(store->pg, "roster_same", PG_MAYBE, &result, err) < 0)
        return -1;
    *ret_same = PQntuples(result) > 0 && pg_bool(result, 0, 0);
    return 0;
}

static int merge_people(const struct store *store, const struct roster *roster, int64_t id,
                        int64_t *ret_opened, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(arena_release) struct arena keys = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *differ = NULL;
    struct keyed keyed = {.scratch = &keys};

    give_ordinals(&scratch, roster, &keyed);
    if (PG_QUERY(store->pg, stage_person_create, PG_NOTHING, NULL, err) < 0 ||
        store_copy(store->pg, "stage_person_copy", query_stage_person_copy, add_person, &keyed,
                   roster->count, err) < 0 ||
        PG_QUERY(store->pg, stage_person_analyze, PG_NOTHING, NULL, err) < 0 ||
        PG_QUERY(store->pg, stage_person_difference, PG_NOTHING, &differ, err,
                 store_number(&scratch, store->portal_id)) < 0)
        return -1;
    if (pg_affected(differ) == 0)
        return 0;
    if (STORE_MERGE(store, person_close, id, err) < 0)
        return -1;
    return store_merge(store, "person_open", query_person_open, id, ret_opened, err);
}

static int save_roster(struct store *store, const struct store_run *run,
                       const struct roster *roster, bool good, int64_t *ret_id, int64_t *ret_opened,
                       struct err *err)
{
    bool same = false;

    if (is_same(store, roster, &same, err) < 0 ||
        store_next(store, "roster_number", query_roster_number, run->id, ret_id, err) < 0 ||
        insert_row(store, run, roster, good, *ret_id, err) < 0 ||
        (!same && merge_people(store, roster, *ret_id, ret_opened, err) < 0) ||
        merge_rejected(store, roster, *ret_id, err) < 0 || merge_leaves(store, roster, err) < 0)
        return -1;
    return store_audit_roster(store, run, roster, good, *ret_id, err);
}

int store_save_roster(struct store *store, const struct store_run *run, const struct roster *roster,
                      bool good, int64_t *ret_id, struct err *err)
{
    int64_t id = 0, opened = 0;

    if (store_begin(store, err) < 0 ||
        store_end(store, save_roster(store, run, roster, good, &id, &opened, err), err) < 0)
        return err_prefix(err, "the roster was not stored");
    *ret_id = id;
    /* Behind the commit: who reads rows first after it writes down that they are there to stay. */
    if (store_analyze(store, "person_version", query_analyze_people, opened, roster->count, err) <
        0)
        return err_prefix(err, "the roster is stored, and figures of its people are not gathered");
    return 0;
}

/* --- a roster again --- */

struct person_row {
    struct person person;
    struct person_alike alike;
};

static const struct column person_columns[] = {
    COLUMN("employee_number", struct person_row, person.employee_number),
    COLUMN("email", struct person_row, person.email),
    COLUMN("username", struct person_row, person.username),
    COLUMN("name", struct person_row, person.name),
    COLUMN("department", struct person_row, alike.department),
    COLUMN("country", struct person_row, alike.country),
    COLUMN_OF_WORDS("word", struct person_row, person.word, &person_status_words),
    COLUMN("hire_date", struct person_row, person.hire_date),
    COLUMN("last_day", struct person_row, person.last_day),
    COLUMN("rejected", struct person_row, alike.rejected),
    COLUMN("key_unreadable", struct person_row, person.key_unreadable),
    COLUMN_END,
};

struct loading {
    struct arena *arena;
    struct roster *roster;
    size_t capacity;
    struct store_reader reader;
};

static int add_loaded(const PGresult *row, void *context, struct err *err)
{
    struct loading *loading = context;
    struct roster *roster = loading->roster;

    if (roster->count == loading->capacity)
        return err_set(err, ERR_INTERNAL, "roster '%lld' has more versions than rows",
                       (long long)roster->id);
    struct person_row read = {.person = {.row = 0}};
    (void)store_read(&loading->reader, row, 0, loading->arena, &read);
    *person_alike_own(loading->arena, &read.person) = read.alike;
    roster->person[roster->count++] = read.person;
    return 0;
}

struct roster_row {
    struct roster roster;
    size_t rows;
};

static const struct column roster_columns[] = {
    COLUMN("source", struct roster_row, roster.source),
    COLUMN("read_at", struct roster_row, roster.read_at),
    COLUMN("modified_at", struct roster_row, roster.modified),
    COLUMN("digest", struct roster_row, roster.digest),
    COLUMN("rows", struct roster_row, rows),
    COLUMN("rejected", struct roster_row, roster.rejected),
    COLUMN("blind", struct roster_row, roster.blind),
    COLUMN("duplicates", struct roster_row, roster.duplicates),
    COLUMN_END,
};

int store_load_roster(struct store *store, struct arena *arena, int64_t id,
                      struct roster *ret_roster, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *const parameter[] = {store_number(arena, store->portal_id),
                                     store_number(arena, id)};

    if (pg_run(store->pg, "roster_load", query_roster_load, PG_MAYBE, parameter,
               COUNT_OF(parameter), &result, err) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_USAGE, "the history has no roster '%lld'", (long long)id);
    struct roster_row row = {.roster = {.id = id}};
    (void)store_read_row(roster_columns, result, 0, arena, &row);
    row.roster.person = arena_calloc(arena, row.rows + 1, sizeof(row.roster.person[0]));
    struct loading loading = {.arena = arena,
                              .roster = &row.roster,
                              .capacity = row.rows,
                              .reader = {.columns = person_columns}};
    if (store_begin(store, err) < 0 ||
        store_end(store,
                  pg_each(store->pg, "roster_people", query_roster_people, parameter,
                          COUNT_OF(parameter), add_loaded, &loading, err),
                  err) < 0)
        return -1;
    *ret_roster = row.roster;
    return 0;
}
