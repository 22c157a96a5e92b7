/*
 * Only runs when there are damaged rows. The damaged rows have no keys of their own but e-mail
 * addresses, so what is found in the tables is another row's.
 */
#include "roster/doubt.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"

struct doubtful_value {
    size_t person;
    const char *folded;
};

static const size_t key_members[] = {
    offsetof(struct person, employee_number),
    offsetof(struct person, email),
    offsetof(struct person, username),
};

void roster_doubt_add(struct roster_doubt *doubt, size_t index, const char *value)
{
    const char *folded = fold_text(&doubt->arena, arena_strdup(&doubt->arena, value));

    if (!folded)
        return;
    doubt->item = mem_grow(doubt->item, doubt->count, &doubt->capacity, sizeof(doubt->item[0]));
    doubt->item[doubt->count++] = (struct doubtful_value){.person = index, .folded = folded};
}

void roster_doubt_take_back(struct roster_doubt *doubt, size_t from)
{
    while (doubt->count > 0 && doubt->item[doubt->count - 1].person >= from)
        doubt->count--;
}

static const char *get_member(const struct person *person, size_t member)
{
    const char *value;

    memcpy(&value, (const char *)person + member, sizeof(value));
    return value;
}

static void set_member(struct person *person, size_t member, const char *value)
{
    memcpy((char *)person + member, &value, sizeof(value));
}

static void resolve_key(struct roster_doubt *doubt, struct person *person, size_t count,
                        size_t member)
{
    struct table table;

    table_init(&table, count);
    for (size_t i = 0; i < count; i++) {
        const char *folded = fold_text(&doubt->arena, get_member(&person[i], member));

        if (folded)
            table_add(&table, folded, (uint32_t)i);
    }
    for (size_t i = 0; i < doubt->count; i++) {
        uint32_t entry = table_find(&table, doubt->item[i].folded);

        if (entry != TABLE_END && !get_member(&person[doubt->item[i].person], member))
            set_member(&person[doubt->item[i].person], member,
                       get_member(&person[table_value(&table, entry)], member));
    }
    table_release(&table);
}

void roster_doubt_resolve(struct roster_doubt *doubt, struct person *person, size_t count)
{
    if (doubt->count == 0)
        return;
    for (size_t i = 0; i < COUNT_OF(key_members); i++)
        resolve_key(doubt, person, count, key_members[i]);
}

void roster_doubt_release(struct roster_doubt *doubt)
{
    arena_release(&doubt->arena);
    free(doubt->item);
    *doubt = (struct roster_doubt){.item = NULL};
}
