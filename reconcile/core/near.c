/*
 * Resemblance without comparing everybody with everybody.
 *
 * The accounts without a person, and those whose person has departed (few, as a rule), are put into
 * hash indexes: by local part, by the keys of their name, by bare number, by look-alike skeleton,
 * and by every string that one deletion makes of their local part. One pass over the people finds
 * every candidate; each is then compared for real, by what was made of each side once.
 *
 * Invariants: the result is the least (kind, person) pair, and of twins the one that is hardest to
 * excuse, whatever the order of the input. The work is linear: where many people and many accounts
 * share a key, the pairs of the least shared ones are compared, up to so many in all (near_crowd),
 * and of what is shared by more, having it is enough.
 */
#include "core/near.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/table.h"
#include "base/text.h"
#include "core/near_compare.h"
#include "core/near_name.h"

#define AHEAD 16 /* so many steps before its turn memory is asked for what is read at random */

/* For what an account is looked for among the people. */
enum sought { SOUGHT_NOT = 0, SOUGHT_PERSON, SOUGHT_TWIN };

struct finder {
    struct arena name_arena, arena; /* the index of names is made beside the others */
    const struct people *people;
    const struct snapshot *snapshot;
    struct pairing *pairing;
    struct twins twins;
    uint8_t *sought;       /* by account index: enum sought */
    struct seeker *seeker; /* in the order of the accounts; an entry of an index has its place here
                              << 2 | enum near_role */
    uint32_t seekers;
    size_t persons, twins_sought; /* how many of them seek which */
    struct borne_names names;
    struct table table[BY_EDIT]; /* by enum near_index */
    struct edits edits;
    struct domains domains; /* of the people's addresses: a letter apart is in one domain */
    bool numbers;           /* they are among the keys */
    bool skeletons;         /* some address is not ASCII */
};

/* What one key holds of an index is a chain. */
static uint32_t chain_length(const struct finder *finder, enum near_index index, uint32_t entry)
{
    return index == BY_EDIT ? edits_length(&finder->edits, entry, UINT32_MAX)
                            : table_length(&finder->table[index], entry);
}

/* Accounts under one key that are compared with whoever has it too, as soon as they are met; of
 * more, people and accounts of that key are counted first. */
#define CHAIN_MAX 4

static bool is_short_chain(const struct finder *finder, enum near_index index, uint32_t entry)
{
    return (index == BY_EDIT ? edits_length(&finder->edits, entry, CHAIN_MAX + 1)
                             : table_length(&finder->table[index], entry)) <= CHAIN_MAX;
}

static uint32_t chain_next(const struct finder *finder, enum near_index index, uint32_t entry)
{
    return index == BY_EDIT ? edits_next(&finder->edits, entry)
                            : table_next(&finder->table[index], entry);
}

/* What an entry was added with: a place among the seekers and a role, or of a name among those that
 * are borne. */
static uint32_t chain_value(const struct finder *finder, enum near_index index, uint32_t entry)
{
    return index == BY_EDIT ? edits_value(&finder->edits, entry)
                            : table_value(&finder->table[index], entry);
}

static bool is_of_names(enum near_index index)
{
    return index == BY_NAME || index == BY_OWN_NAME;
}

/* On the way through a chain. */
struct link {
    uint32_t entry, bearer;
};

/* false: it is at its end. */
static bool chain_take(const struct finder *finder, enum near_index index, struct link *link,
                       uint32_t *ret_value)
{
    const struct borne_names *names = &finder->names;

    if (link->bearer) {
        const struct bearer *bearer = &names->bearer[link->bearer - 1];
        *ret_value = bearer->value;
        link->bearer = bearer->more;
        return true;
    }
    if (link->entry == TABLE_END)
        return false;
    *ret_value = chain_value(finder, index, link->entry);
    if (is_of_names(index)) {
        const struct bearers *bearers = &names->borne[*ret_value];
        *ret_value = bearers->value;
        link->bearer = bearers->more;
    }
    link->entry = chain_next(finder, index, link->entry);
    return true;
}

/* The look of an address without its accents, which are as easily lost as a letter is mistaken. */
static const char *skeleton_key(struct arena *arena, const char *whole)
{
    return fold_skeleton(arena, fold_plain_name(arena, whole));
}

/* --- the indexes --- */

/* Keys on their way into an index: many at once, because they wait for memory together. */
struct batch {
    struct table *table;
    const char *key[128];
    uint32_t value[128], length[128];
    size_t count;
};

static void batch_flush(struct batch *batch)
{
    table_add_many(batch->table, batch->key, batch->value, batch->length, batch->count, NULL);
    batch->count = 0;
}

static void batch_add(struct batch *batch, const char *key, uint32_t value, uint32_t length)
{
    if (batch->count == COUNT_OF(batch->key))
        batch_flush(batch);
    batch->key[batch->count] = key;
    batch->length[batch->count] = length;
    batch->value[batch->count++] = value;
}

/* Under each key of each name as many as bear it. */
static void index_borne_names(struct finder *finder)
{
    struct batch wide = {.table = &finder->table[BY_NAME]};
    struct batch own = {.table = &finder->table[BY_OWN_NAME]};
    const char *key[NAME_WIDE_MAX > NAME_OWN_MAX ? NAME_WIDE_MAX : NAME_OWN_MAX];

    for (uint32_t at = 0; at < finder->names.count; at++) {
        const struct bearers *borne = &finder->names.borne[at];
        const struct name_parts *name = borne->name;
        unsigned wides = borne->count ? name_keys_wide(&finder->name_arena, name, key) : 0;
        for (unsigned i = 0; i < wides; i++) { /* a twin is told by more than the ends of a name */
            if (!borne->twins || key[i] != name->ends)
                batch_add(&wide, key[i], at, borne->count);
        }
        unsigned owns = wides; /* of two parts they are among the wide ones */
        if (wides && name->count != 2)
            owns = name_keys_own(&finder->name_arena, name, key);
        for (unsigned i = 0; i < owns; i++) { /* what a person has as a wide key alone */
            if (key[i] != name->ends && key[i] != name->turned &&
                (key[i] != name->whole || !text_is_ascii(name->whole)))
                batch_add(&own, key[i], at, borne->count);
        }
    }
    batch_flush(&wide);
    batch_flush(&own);
}

static void add_local(struct finder *finder, struct batch *locals, const struct address *address,
                      const char *local, uint32_t value)
{
    if (local && !is_no_value(&finder->people->matching->no_value, address->whole))
        batch_add(locals, local, value, 1);
}

static void add_other_local(struct finder *finder, struct batch *locals, const char *email,
                            uint32_t value)
{
    struct address address;

    if (address_split(&finder->arena, email, &address))
        add_local(finder, locals, &address, address_untagged(&finder->arena, &address), value);
}

static void add_number(struct finder *finder, const char *number, uint32_t value)
{
    const char *known =
        people_value(finder->people, &finder->arena, MATCH_BY_EMPLOYEE_NUMBER, number);

    if (known && finder->numbers)
        table_add(&finder->table[BY_NUMBER], number_bare(&finder->arena, known), value);
}

static void take_account_names(struct finder *finder, uint32_t i)
{
    struct seeker *seeker = &finder->seeker[i];
    const struct account *account = seeker->account;
    uint32_t earlier = account->history.earlier_count;
    struct former *former =
        earlier ? arena_calloc(&finder->name_arena, earlier, sizeof(former[0])) : NULL;

    seeker->name = borne_names_add(&finder->names, account->name, false, i << 2 | ROLE_NOW);
    seeker->as.former = former;
    for (uint32_t k = 0; k < earlier; k++) {
        const struct account_earlier *was = &account->history.earlier[k];
        former[k].name = borne_names_add(&finder->names, was->name, false, i << 2 | ROLE_EARLIER);
        former[k].local = address_local(&finder->name_arena, was->email);
    }
}

static void index_account(struct finder *finder, struct batch *locals, uint32_t i)
{
    struct seeker *seeker = &finder->seeker[i];
    const struct account *account = seeker->account;
    const char *email = address_text(account->email, account->username);

    add_number(finder, account->employee_number, i << 2 | ROLE_NOW);
    for (uint32_t k = 0; k < account->history.earlier_count; k++) {
        const struct account_earlier *earlier = &account->history.earlier[k];
        add_other_local(finder, locals, earlier->email, i << 2 | ROLE_EARLIER);
        add_number(finder, earlier->employee_number, i << 2 | ROLE_EARLIER);
    }
    struct address address;
    if (!address_split(&finder->arena, email, &address))
        return;
    seeker->address = address.whole;
    seeker->local_length = (uint32_t)address.local_length;
    add_local(finder, locals, &address, address_untagged(&finder->arena, &address),
              i << 2 | ROLE_NOW);
    if (domains_may_hold(&finder->domains, address.domain))
        edits_add(&finder->edits, &address, i << 2 | ROLE_NOW);
    if (finder->skeletons)
        table_add(&finder->table[BY_SKELETON], skeleton_key(&finder->arena, address.whole),
                  i << 2 | ROLE_NOW);
}

static struct pairing *pairing_of(const struct finder *finder, const struct seeker *seeker)
{
    return &finder->pairing[seeker->account - finder->snapshot->account];
}

/* Under everything by which a twin of its person may be found. */
static void take_departed_names(struct finder *finder, uint32_t i)
{
    struct seeker *seeker = &finder->seeker[i];
    const struct account *account = seeker->account;
    const struct person *departed = pairing_of(finder, seeker)->person;
    struct borne_names *names = &finder->names;
    uint32_t value = i << 2 | ROLE_TWIN;
    struct twin_side *side = arena_alloc(&finder->name_arena, sizeof(side[0]));
    const struct name_parts *name =
        borne_names_add(names, departed->name ? departed->name : account->name, true, value);

    *side = twin_side_of(finder->people, &finder->name_arena, account, departed, name,
                         borne_names_parts(names, account->name, true));
    seeker->as.twin = side;
    if (side->bears)
        (void)borne_names_add(names, account->name, true, value);
}

static void index_departed(struct finder *finder, struct batch *locals, uint32_t i)
{
    const struct account *account = finder->seeker[i].account;
    const struct person *person = pairing_of(finder, &finder->seeker[i])->person;
    const char *const address[] = {person->email, person->username, account->email,
                                   account->username};

    add_number(finder, person->employee_number, i << 2 | ROLE_TWIN);
    for (size_t k = 0; k < COUNT_OF(address); k++) {
        bool again = false; /* as it is of nearly everybody */
        for (size_t j = 0; j < k; j++)
            again |= address[j] && text_equal(address[j], address[k]);
        if (!again)
            add_other_local(finder, locals, address[k], i << 2 | ROLE_TWIN);
    }
}

/* --- the people --- */

/* Somebody has a key that many accounts have. */
struct hit {
    uint32_t entry, person;
};

struct hits {
    struct hit *hit;
    size_t count, capacity;
};

/* One part of the people on its way through the indexes. */
struct visit {
    const struct finder *finder;
    struct nearest *nearest; /* by seeker */
    struct arena scratch;
    struct hits hits[NEAR_INDEXES];
};

static void add_hit(struct hits *hits, struct hit hit)
{
    hits->hit = mem_grow(hits->hit, hits->count, &hits->capacity, sizeof(hits->hit[0]));
    hits->hit[hits->count++] = hit;
}

static void propose_each(struct visit *visit, enum near_index index, uint32_t entry,
                         struct face *face)
{
    const struct finder *finder = visit->finder;

    struct link link = {.entry = entry};
    uint32_t value;

    while (chain_take(finder, index, &link, &value)) {
        uint32_t at = value >> 2;
        near_compare(&finder->twins, &visit->scratch, index, (enum near_role)(value & 3),
                     &finder->seeker[at], face, &visit->nearest[at]);
    }
}

static void propose(struct visit *visit, enum near_index index, uint32_t entry, struct face *face)
{
    const struct finder *finder = visit->finder;

    if (entry == TABLE_END)
        return;
    if (is_short_chain(finder, index, entry))
        propose_each(visit, index, entry, face);
    else
        add_hit(&visit->hits[index],
                (struct hit){entry, (uint32_t)(face->person - finder->people->roster->person)});
}

#define BLOCK      64 /* people whose keys are looked up together */
#define BLOCK_KEYS (BLOCK * 4)

/* Keys of a block of people in one index, and whose each is. */
struct block_keys {
    enum near_index index;
    const char *key[BLOCK_KEYS];
    uint32_t owner[BLOCK_KEYS], entry[BLOCK_KEYS];
    size_t count;
};

/* Asks memory for what comparing the finds is going to read, in steps that each find what the one
 * before has asked for. */
static void await_seekers(const struct visit *visit, const struct block_keys *keys)
{
    const struct finder *finder = visit->finder;
    uint32_t value[BLOCK_KEYS];
    size_t count = 0;

    for (size_t i = 0; i < keys->count; i++) {
        uint32_t entry = keys->entry[i];
        if (entry == TABLE_END || !is_short_chain(finder, keys->index, entry))
            continue;
        value[count] = chain_value(finder, keys->index, entry);
        if (is_of_names(keys->index))
            __builtin_prefetch(&finder->names.borne[value[count]]);
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_of_names(keys->index)) {
            const struct bearers *bearers = &finder->names.borne[value[i]];
            __builtin_prefetch(bearers->name);
            value[i] = bearers->value;
        }
        __builtin_prefetch(&finder->seeker[value[i] >> 2]);
        __builtin_prefetch(&visit->nearest[value[i] >> 2], 1);
    }
}

static void flush_keys(struct visit *visit, struct face *face, struct block_keys *keys)
{
    table_find_many(&visit->finder->table[keys->index], keys->key, keys->count, keys->entry);
    await_seekers(visit, keys);
    for (size_t i = 0; i < keys->count; i++)
        propose(visit, keys->index, keys->entry[i], &face[keys->owner[i]]);
    keys->count = 0;
}

static void add_key(struct visit *visit, struct face *face, uint32_t owner, const char *key,
                    struct block_keys *keys)
{
    if (!key)
        return;
    if (keys->count == BLOCK_KEYS)
        flush_keys(visit, face, keys);
    keys->key[keys->count] = key;
    keys->owner[keys->count++] = owner;
}

static void visit_names(struct visit *visit, struct face *face, size_t count)
{
    struct block_keys names = {.index = BY_NAME}, own_names = {.index = BY_OWN_NAME};
    const char *own[NAME_OWN_MAX], *wide[NAME_WIDE_MAX];

    for (uint32_t i = 0; i < count; i++) {
        const struct name_parts *name = &face[i].name;
        unsigned owns = name_keys_own(&visit->scratch, name, own);
        for (unsigned k = 0; k < owns; k++)
            add_key(visit, face, i, own[k], &names);
        if (name->count < 3 && !name->turned)
            continue; /* all its keys are its own */
        unsigned wides = name_keys_wide(&visit->scratch, name, wide);
        for (unsigned k = 0; k < wides; k++) {
            if (wide[k] != name->whole && wide[k] != name->ends)
                add_key(visit, face, i, wide[k], &own_names);
        }
    }
    flush_keys(visit, face, &names);
    flush_keys(visit, face, &own_names);
}

static void visit_numbers(struct visit *visit, struct face *face, size_t count)
{
    const struct people *people = visit->finder->people;
    struct block_keys keys = {.index = BY_NUMBER};

    for (uint32_t i = 0; i < count && visit->finder->numbers; i++)
        add_key(visit, face, i, people->bare[face[i].person - people->roster->person], &keys);
    flush_keys(visit, face, &keys);
}

static void visit_letters(struct visit *visit, struct face *face)
{
    uint32_t entry[EDIT_HASHES_MAX];
    unsigned found = edits_find(&visit->finder->edits, &face->address, entry);

    for (unsigned i = 0; i < found; i++)
        propose(visit, BY_EDIT, entry[i], face);
}

static void visit_addresses(struct visit *visit, struct face *face, size_t count)
{
    const struct finder *finder = visit->finder;
    struct block_keys keys = {.index = BY_LOCAL};

    for (uint32_t i = 0; i < count; i++) {
        const struct person *person = face[i].person;
        add_key(visit, face, i, face[i].local, &keys);
        if (address_text(person->email, person->username) != person->username)
            add_key(visit, face, i, /* a second address speaks for a twin */
                    address_local(&visit->scratch, person->username), &keys);
        if (!face[i].address.whole)
            continue;
        visit_letters(visit, &face[i]);
        if (finder->skeletons) {
            const char *key = skeleton_key(&visit->scratch, face[i].address.whole);
            propose(visit, BY_SKELETON, table_find(&finder->table[BY_SKELETON], key), &face[i]);
        }
    }
    flush_keys(visit, face, &keys);
}

struct visits {
    const struct finder *finder;
    const struct roster *roster;
    struct visit part[PARALLEL_PARTS_MAX];
};

static void visit_part(void *context, size_t part, size_t begin, size_t end)
{
    struct visits *visits = context;
    struct face face[BLOCK];
    struct visit visit = {
        .finder = visits->finder,
        .nearest = mem_calloc(visits->finder->seekers, sizeof(visit.nearest[0])),
        .scratch = ARENA_INIT,
    };

    for (size_t done = begin; done < end; done += BLOCK) {
        size_t count = end - done < BLOCK ? end - done : BLOCK;
        for (size_t i = 0; i < count; i++)
            face[i] = face_of(&visit.scratch, &visits->roster->person[done + i]);
        visit_names(&visit, face, count);
        visit_numbers(&visit, face, count);
        visit_addresses(&visit, face, count);
        arena_clear(&visit.scratch);
    }
    arena_release(&visit.scratch);
    visits->part[part] = visit;
}

/* --- keys that many have --- */

/* The people and the accounts of one such key. */
struct crowd_of_key {
    enum near_index index;
    uint32_t entry;
    const uint32_t *person; /* their places in the roster */
    size_t count;
    size_t pairs;
};

struct crowds {
    struct crowd_of_key *crowd;
    size_t count, capacity;
    uint32_t *person[NEAR_INDEXES]; /* of all keys of an index, one key after the other */
    uint64_t *order;                /* of all people; made for the first key that is not compared */
};

/* Pairs that are compared in all: many in a small company, a few for each in a large one. */
#define PAIRS_LEAST (1U << 22)
#define PAIRS_EACH  8

static size_t index_size(const struct finder *finder, enum near_index index)
{
    return index == BY_EDIT ? finder->edits.count : finder->table[index].count;
}

/* The hits of one index by their key, counted and then put in place. */
static void gather_hits(const struct visits *visits, size_t parts, enum near_index index,
                        struct crowds *crowds)
{
    const struct finder *finder = visits->finder;
    size_t entries = index_size(finder, index), placed = 0, all = 0;

    for (size_t part = 0; part < parts; part++)
        all += visits->part[part].hits[index].count;
    if (all == 0)
        return;
    CLEANUP(mem_cleanup) uint32_t *end = mem_calloc(entries, sizeof(end[0]));
    uint32_t *person = mem_alloc(all * sizeof(person[0]));
    crowds->person[index] = person;
    for (size_t part = 0; part < parts; part++) {
        const struct hits *hits = &visits->part[part].hits[index];
        for (size_t i = 0; i < hits->count; i++)
            end[hits->hit[i].entry]++;
    }
    for (uint32_t i = 0; i < entries; i++) {
        size_t here = end[i];
        end[i] = (uint32_t)placed;
        if (here == 0)
            continue;
        crowds->crowd =
            mem_grow(crowds->crowd, crowds->count, &crowds->capacity, sizeof(crowds->crowd[0]));
        crowds->crowd[crowds->count++] = (struct crowd_of_key){
            .index = index,
            .entry = i,
            .person = person + placed,
            .count = here,
            .pairs = here * chain_length(finder, index, i),
        };
        placed += here;
    }
    for (size_t part = 0; part < parts; part++) {
        const struct hits *hits = &visits->part[part].hits[index];
        for (size_t i = 0; i < hits->count; i++)
            person[end[hits->hit[i].entry]++] = hits->hit[i].person;
    }
}

static int compare_sizes(const void *a, const void *b)
{
    const size_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* The pairs of the most shared key that is still compared: all of that many are, or none. */
static size_t most_compared(const struct finder *finder, const struct crowds *crowds)
{
    CLEANUP(mem_cleanup) size_t *pairs = mem_alloc(crowds->count * sizeof(pairs[0]));
    size_t each = PAIRS_EACH * (finder->people->roster->count + finder->snapshot->count);
    size_t left = each > PAIRS_LEAST ? each : PAIRS_LEAST, most = 0, end;

    for (size_t i = 0; i < crowds->count; i++)
        pairs[i] = crowds->crowd[i].pairs;
    qsort(pairs, crowds->count, sizeof(pairs[0]), compare_sizes);
    for (size_t i = 0; i < crowds->count; i = end) {
        for (end = i; end < crowds->count && pairs[end] == pairs[i];)
            end++;
        if (pairs[i] > left / (end - i))
            break;
        left -= pairs[i] * (end - i);
        most = pairs[i];
    }
    return most;
}

/* The first eight bytes of each employee number, as a number: in most pairs it says which person is
 * the lesser one, and a million of them stay in the caches. */
static uint64_t *order_people(const struct roster *roster)
{
    uint64_t *order = mem_calloc(roster->count, sizeof(order[0]));

    for (size_t i = 0; i < roster->count; i++) {
        const char *number = roster->person[i].employee_number;
        for (int shift = 56; number && *number && shift >= 0; shift -= 8)
            order[i] |= (uint64_t)(unsigned char)*number++ << shift;
    }
    return order;
}

static bool is_lesser(const struct crowds *crowds, const struct person *all, uint32_t a, uint32_t b)
{
    return crowds->order[a] != crowds->order[b] ? crowds->order[a] < crowds->order[b]
                                                : person_compare(&all[a], &all[b]) < 0;
}

/* So many people and accounts have this key that nobody can tell who is who: somebody is near, and
 * who has left may have moved. Of the people the least one stands for all. */
static void take_crowd(struct visit *visit, const struct crowds *crowds,
                       const struct crowd_of_key *crowd)
{
    const struct finder *finder = visit->finder;
    const struct person *all = finder->people->roster->person, *here = NULL;
    uint32_t least = crowd->person[0], least_here = 0;

    for (size_t i = 0; i < crowd->count; i++) {
        uint32_t person = crowd->person[i];
        if (person != least && is_lesser(crowds, all, person, least))
            least = person;
        if ((!here || is_lesser(crowds, all, person, least_here)) &&
            twin_is_at_work(&all[person])) {
            least_here = person;
            here = &all[person];
        }
    }
    struct link link = {.entry = crowd->entry};
    uint32_t value;
    while (chain_take(finder, crowd->index, &link, &value))
        near_take(crowd->index, (enum near_role)(value & 3), &all[least], here,
                  &visit->nearest[value >> 2]);
}

static void compare_crowd(struct visit *visit, const struct crowd_of_key *crowd)
{
    const struct person *all = visit->finder->people->roster->person;

    for (size_t i = 0; i < crowd->count; i++) {
        struct face face = face_of(&visit->scratch, &all[crowd->person[i]]);
        propose_each(visit, crowd->index, crowd->entry, &face);
        if (i % BLOCK == BLOCK - 1)
            arena_clear(&visit->scratch);
    }
}

/* How many have a key is asked of everybody: all hits of all parts at the first one. */
static void propose_crowds(struct visits *visits, size_t parts)
{
    struct visit *first = &visits->part[0];
    struct crowds crowds = {.count = 0};

    for (enum near_index index = 0; index < NEAR_INDEXES; index++) {
        gather_hits(visits, parts, index, &crowds);
        for (size_t part = 0; part < parts; part++)
            free(visits->part[part].hits[index].hit);
    }
    size_t most = most_compared(visits->finder, &crowds);
    for (size_t i = 0; i < crowds.count; i++) {
        if (crowds.crowd[i].pairs <= most) {
            compare_crowd(first, &crowds.crowd[i]);
            continue;
        }
        if (!crowds.order)
            crowds.order = order_people(visits->roster);
        take_crowd(first, &crowds, &crowds.crowd[i]);
    }
    free(crowds.order);
    arena_release(&first->scratch);
    for (enum near_index index = 0; index < NEAR_INDEXES; index++)
        free(crowds.person[index]);
    free(crowds.crowd);
}

/* The least of all parts is the least of all people, however they were split. */
static void merge_part(struct finder *finder, const struct nearest *nearest)
{
    for (uint32_t i = 0; i < finder->seekers; i++) {
        if (!nearest[i].person)
            continue;
        struct pairing *pairing = pairing_of(finder, &finder->seeker[i]);
        struct nearest least = {
            .kind = pairing->near, .until = pairing->twin_until, .person = pairing->other};
        if (nearest[i].kind != NEAR_NOBODY)
            keep_least(&least, nearest[i].kind, nearest[i].person);
        else
            keep_hardest(&least, nearest[i].until, nearest[i].person);
        pairing->near = least.kind;
        pairing->twin_until = least.until;
        pairing->other = least.person;
    }
}

static void visit_people(struct finder *finder, const struct roster *roster)
{
    struct visits visits = {.finder = finder, .roster = roster};
    size_t parts = parallel_parts(roster->count);

    parallel_for(roster->count, parts, visit_part, &visits);
    propose_crowds(&visits, parts);
    for (size_t part = 0; part < parts; part++) {
        merge_part(finder, visits.part[part].nearest);
        free(visits.part[part].nearest);
    }
}

static bool has_number_key(const struct matching *matching)
{
    for (size_t i = 0; i < matching->key_count; i++) {
        if (matching->key[i] == MATCH_BY_EMPLOYEE_NUMBER)
            return true;
    }
    return false;
}

/* --- what is sought --- */

static bool is_wanted(const struct pairing *pairing)
{
    return pairing->kind == LINK_NONE && pairing->key == MATCH_BY_NOTHING &&
           pairing->near == NEAR_NOBODY;
}

/* One part of the accounts and as many people, asked side by side. */
struct asking {
    struct finder *finder;
    size_t persons[PARALLEL_PARTS_MAX], twins[PARALLEL_PARTS_MAX]; /* how many are sought */
    bool skeletons[PARALLEL_PARTS_MAX];
};

static bool is_odd_address(const char *email, const char *username)
{
    const char *text = address_text(email, username);

    return text && !text_is_ascii(text);
}

static void ask_accounts(void *context, size_t part, size_t begin, size_t end)
{
    struct asking *asking = context;
    struct finder *finder = asking->finder;

    for (size_t i = begin; i < end; i++) {
        const struct account *account = &finder->snapshot->account[i];
        const struct pairing *pairing = &finder->pairing[i];
        bool wanted = is_wanted(pairing);
        finder->sought[i] = wanted                            ? SOUGHT_PERSON
                            : twin_is_asked(account, pairing) ? SOUGHT_TWIN
                                                              : SOUGHT_NOT;
        asking->persons[part] += wanted;
        asking->twins[part] += finder->sought[i] == SOUGHT_TWIN;
        asking->skeletons[part] |= wanted && is_odd_address(account->email, account->username);
    }
}

/* `*last` is that of the person before, as it is written: nearly all have it too. */
static void note_domain(struct domains *domains, struct arena *scratch, const char *text,
                        bool ascii, const char **last)
{
    const char *at = strrchr(text, '@');
    struct address address;

    if (ascii && (!at || (*last && strcmp(at + 1, *last) == 0)))
        return;
    if (address_split(scratch, text, &address)) {
        domains_add(domains, address.domain);
        *last = ascii ? at + 1 : NULL;
    }
    arena_clear(scratch);
}

static void ask_people(void *context, size_t part, size_t begin, size_t end)
{
    struct asking *asking = context;
    const struct person *person = asking->finder->people->roster->person;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *last = NULL;

    for (size_t i = begin; i < end; i++) {
        const char *text = address_text(person[i].email, person[i].username);
        if (!text)
            continue;
        bool ascii = text_is_ascii(text);
        asking->skeletons[part] |= !ascii;
        note_domain(&asking->finder->domains, &scratch, text, ascii, &last);
    }
}

/* Who is sought, and for whom. */
static void seek(struct finder *finder)
{
    struct asking asking = {.finder = finder};
    size_t accounts = finder->snapshot->count, people = finder->people->roster->count, sought = 0;

    parallel_for(accounts, parallel_parts(accounts), ask_accounts, &asking);
    for (size_t i = 0; i < PARALLEL_PARTS_MAX; i++) {
        finder->persons += asking.persons[i];
        finder->twins_sought += asking.twins[i];
    }
    sought = finder->persons + finder->twins_sought;
    if (sought == 0)
        return;
    finder->seeker = mem_calloc(sought, sizeof(finder->seeker[0]));
    for (size_t i = 0; i < accounts; i++) {
        if (finder->sought[i] != SOUGHT_NOT)
            finder->seeker[finder->seekers++] = (struct seeker){
                .account = &finder->snapshot->account[i],
                .is_twin = finder->sought[i] == SOUGHT_TWIN,
            };
    }
    domains_init(&finder->domains, people);
    parallel_for(people, parallel_parts(people), ask_people, &asking);
    for (size_t part = 0; part < PARALLEL_PARTS_MAX; part++)
        finder->skeletons |= asking.skeletons[part];
}

/* --- the indexes, which are made side by side --- */

static void await_name(const struct finder *finder, uint32_t i)
{
    const struct seeker *seeker = &finder->seeker[i];
    const struct person *departed = seeker->is_twin ? pairing_of(finder, seeker)->person : NULL;
    const char *name = departed && departed->name ? departed->name : seeker->account->name;

    if (name)
        table_prefetch(&finder->names.seen[seeker->is_twin], name);
}

static void index_names(struct finder *finder)
{
    borne_names_init(&finder->names, &finder->name_arena, finder->persons, finder->twins_sought);
    for (uint32_t i = 0; i < finder->seekers; i++) {
        if (i + AHEAD < finder->seekers)
            await_name(finder, i + AHEAD);
        if (finder->seeker[i].is_twin)
            take_departed_names(finder, i);
        else
            take_account_names(finder, i);
    }
    table_init(&finder->table[BY_NAME], finder->names.count * 2); /* most have two parts */
    table_init(&finder->table[BY_OWN_NAME], finder->names.count);
    index_borne_names(finder);
}

static void index_addresses(struct finder *finder)
{
    struct batch locals = {.table = &finder->table[BY_LOCAL]};

    for (uint32_t i = 0; i < finder->seekers; i++) {
        if (finder->seeker[i].is_twin)
            index_departed(finder, &locals, i);
        else
            index_account(finder, &locals, i);
    }
    batch_flush(&locals);
    edits_index(&finder->edits);
}

static void index_logins(struct finder *finder)
{
    twins_init(&finder->twins, finder->people, finder->snapshot, finder->pairing);
}

static void (*const indexes[])(struct finder *finder) = {index_names, index_addresses,
                                                         index_logins};

static void index_part(void *context, size_t part, size_t begin, size_t end)
{
    (void)part;
    for (size_t i = begin; i < end; i++)
        indexes[i](context);
}

static void index_accounts(struct finder *finder)
{
    size_t sought = finder->seekers, parts = parallel_parts(finder->snapshot->count);

    for (enum near_index index = BY_LOCAL; index < BY_EDIT; index++) /* names by how many differ */
        table_init(&finder->table[index], sought);
    edits_init(&finder->edits, sought);
    (void)fold_skeleton(&finder->arena, "first use makes its tables, before there are threads");
    parallel_for(COUNT_OF(indexes), parts < COUNT_OF(indexes) ? parts : COUNT_OF(indexes),
                 index_part, finder);
}

static void release_finder(struct finder *finder)
{
    for (enum near_index index = 0; index < BY_EDIT; index++)
        table_release(&finder->table[index]);
    borne_names_release(&finder->names);
    edits_release(&finder->edits);
    domains_release(&finder->domains);
    twins_release(&finder->twins);
    free(finder->seeker);
    arena_release(&finder->name_arena);
    arena_release(&finder->arena);
}

void near_find(const struct people *people, const struct snapshot *snapshot,
               struct pairing *pairing)
{
    const struct roster *roster = people->roster;
    CLEANUP(mem_cleanup) uint8_t *sought = mem_alloc(snapshot->count + 1);
    struct finder finder = {
        .people = people,
        .snapshot = snapshot,
        .pairing = pairing,
        .sought = sought,
        .numbers = has_number_key(people->matching),
    };

    seek(&finder);
    if (finder.seekers == 0)
        return;
    index_accounts(&finder);
    visit_people(&finder, roster);
    release_finder(&finder);
}
