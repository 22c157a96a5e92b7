/*
 * Keys go into an index many at a time, because they wait for memory together; names, addresses and
 * logins are indexed side by side, and so share nothing that is written.
 */
#include "core/near_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/text.h"

#define AHEAD 16 /* so many steps before its turn memory is asked for what is read at random */

/* For what an account is looked for among the people. */
enum sought { SOUGHT_NOT = 0, SOUGHT_PERSON, SOUGHT_TWIN };

uint32_t chain_length(const struct finder *finder, enum near_index index, uint32_t entry)
{
    return index == BY_EDIT ? edits_length(&finder->edits, entry, UINT32_MAX)
                            : table_length(&finder->table[index], entry);
}

#define CHAIN_MAX 4

bool is_short_chain(const struct finder *finder, enum near_index index, uint32_t entry)
{
    return (index == BY_EDIT ? edits_length(&finder->edits, entry, CHAIN_MAX + 1)
                             : table_length(&finder->table[index], entry)) <= CHAIN_MAX;
}

static uint32_t chain_next(const struct finder *finder, enum near_index index, uint32_t entry)
{
    return index == BY_EDIT ? edits_next(&finder->edits, entry)
                            : table_next(&finder->table[index], entry);
}

uint32_t chain_value(const struct finder *finder, enum near_index index, uint32_t entry)
{
    return index == BY_EDIT ? edits_value(&finder->edits, entry)
                            : table_value(&finder->table[index], entry);
}

bool is_of_names(enum near_index index)
{
    return index == BY_NAME || index == BY_OWN_NAME;
}

bool chain_take(const struct finder *finder, enum near_index index, struct link *link,
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

const char *skeleton_key(struct arena *arena, const char *whole)
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

static void add_number(struct finder *finder, struct batch *numbers, const char *number,
                       uint32_t value)
{
    const char *known =
        people_value(finder->people, &finder->arena, MATCH_BY_EMPLOYEE_NUMBER, number);

    if (known && finder->numbers)
        batch_add(numbers, number_bare(&finder->arena, known), value, 1);
}

static void take_account_names(struct finder *finder, uint32_t i)
{
    struct seeker *seeker = &finder->seeker[i];
    const struct account *account = seeker->account;
    uint32_t earlier = account_past(account)->earlier_count;
    struct former *former =
        earlier ? arena_calloc(&finder->name_arena, earlier, sizeof(former[0])) : NULL;

    seeker->name = borne_names_add(&finder->names, account->name, false, i << 2 | ROLE_NOW);
    seeker->as.former = former;
    for (uint32_t k = 0; k < earlier; k++) {
        const struct account_earlier *was = &account_past(account)->earlier[k];
        former[k].name = borne_names_add(&finder->names, was->name, false, i << 2 | ROLE_EARLIER);
        former[k].local = address_local(&finder->name_arena, was->email);
    }
}

static void index_account(struct finder *finder, struct batch *locals, struct batch *numbers,
                          uint32_t i)
{
    struct seeker *seeker = &finder->seeker[i];
    const struct account *account = seeker->account;
    const char *email = address_text(account->email, account->username);

    add_number(finder, numbers, account->employee_number, i << 2 | ROLE_NOW);
    for (uint32_t k = 0; k < account_past(account)->earlier_count; k++) {
        const struct account_earlier *earlier = &account_past(account)->earlier[k];
        add_other_local(finder, locals, earlier->email, i << 2 | ROLE_EARLIER);
        add_number(finder, numbers, earlier->employee_number, i << 2 | ROLE_EARLIER);
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

struct pairing *pairing_of(const struct finder *finder, const struct seeker *seeker)
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

static void index_departed(struct finder *finder, struct batch *locals, struct batch *numbers,
                           uint32_t i)
{
    const struct account *account = finder->seeker[i].account;
    const struct person *person = pairing_of(finder, &finder->seeker[i])->person;
    const char *const address[] = {person->email, person->username, account->email,
                                   account->username};

    add_number(finder, numbers, person->employee_number, i << 2 | ROLE_TWIN);
    for (size_t k = 0; k < COUNT_OF(address); k++) {
        bool again = false; /* as it is of nearly everybody */
        for (size_t j = 0; j < k; j++)
            again |= address[j] && text_equal(address[j], address[k]);
        if (!again)
            add_other_local(finder, locals, address[k], i << 2 | ROLE_TWIN);
    }
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
    uint8_t *sought; /* by account index: enum sought */
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
        asking->sought[i] = wanted                            ? SOUGHT_PERSON
                            : twin_is_asked(account, pairing) ? SOUGHT_TWIN
                                                              : SOUGHT_NOT;
        asking->persons[part] += wanted;
        asking->twins[part] += asking->sought[i] == SOUGHT_TWIN;
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
    size_t accounts = finder->snapshot->count, people = finder->people->roster->count, sought = 0;
    CLEANUP(mem_cleanup) uint8_t *kind = mem_alloc(accounts + 1);
    struct asking asking = {.finder = finder, .sought = kind};

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
        if (kind[i] != SOUGHT_NOT)
            finder->seeker[finder->seekers++] = (struct seeker){
                .account = &finder->snapshot->account[i],
                .is_twin = kind[i] == SOUGHT_TWIN,
            };
    }
    domains_init(&finder->domains, people);
    parallel_for(people, parallel_parts(people), ask_people, &asking);
    for (size_t part = 0; part < PARALLEL_PARTS_MAX; part++)
        finder->skeletons |= asking.skeletons[part];
}

/* --- the indexes, which are made side by side --- */

/* Whose account it was; NULL of an account that is nobody's. */
static const struct person *departed_of(const struct finder *finder, uint32_t i)
{
    const struct seeker *seeker = &finder->seeker[i];

    return seeker->is_twin ? pairing_of(finder, seeker)->person : NULL;
}

/* The people in another order than the accounts, first their rows and then what these tell. */
static void await_departed(const struct finder *finder, uint32_t i)
{
    const struct person *later =
        i + 2 * AHEAD < finder->seekers ? departed_of(finder, i + 2 * AHEAD) : NULL;
    const struct person *next = i + AHEAD < finder->seekers ? departed_of(finder, i + AHEAD) : NULL;

    if (later)
        __builtin_prefetch(later);
    if (!next)
        return;
    __builtin_prefetch(next->employee_number);
    __builtin_prefetch(next->email);
    __builtin_prefetch(next->name);
}

static void await_name(const struct finder *finder, uint32_t i)
{
    const struct seeker *seeker = &finder->seeker[i];
    const struct person *departed = departed_of(finder, i);
    const char *name = departed && departed->name ? departed->name : seeker->account->name;

    if (name)
        table_prefetch(&finder->names.seen[seeker->is_twin], name);
}

static void index_names(struct finder *finder)
{
    borne_names_init(&finder->names, &finder->name_arena, finder->persons, finder->twins_sought);
    for (uint32_t i = 0; i < finder->seekers; i++) {
        await_departed(finder, i + AHEAD);
        if (i + AHEAD < finder->seekers)
            await_name(finder, i + AHEAD);
        if (finder->seeker[i].is_twin)
            take_departed_names(finder, i);
        else
            take_account_names(finder, i);
    }
    borne_names_close(&finder->names);
    table_init(&finder->table[BY_NAME], finder->names.count * 2); /* most have two parts */
    table_init(&finder->table[BY_OWN_NAME], finder->names.count);
    index_borne_names(finder);
}

static void index_addresses(struct finder *finder)
{
    struct batch locals = {.table = &finder->table[BY_LOCAL]};
    struct batch numbers = {.table = &finder->table[BY_NUMBER]};

    for (uint32_t i = 0; i < finder->seekers; i++) {
        await_departed(finder, i);
        if (finder->seeker[i].is_twin)
            index_departed(finder, &locals, &numbers, i);
        else
            index_account(finder, &locals, &numbers, i);
    }
    batch_flush(&locals);
    batch_flush(&numbers);
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
    domains_release(&finder->domains); /* they were asked for the last time */
}

static bool has_number_key(const struct matching *matching)
{
    for (size_t i = 0; i < matching->key_count; i++) {
        if (matching->key[i] == MATCH_BY_EMPLOYEE_NUMBER)
            return true;
    }
    return false;
}

void finder_init(struct finder *finder, const struct people *people,
                 const struct snapshot *snapshot, struct pairing *pairing)
{
    *finder = (struct finder){
        .people = people,
        .snapshot = snapshot,
        .pairing = pairing,
        .numbers = has_number_key(people->matching),
    };
    seek(finder);
    if (finder->seekers > 0)
        index_accounts(finder);
}

void finder_release(struct finder *finder)
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
