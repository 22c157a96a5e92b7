/*
 * A table from the string to its number; the strings themselves lie in the arena and outlive it.
 */
#include "base/intern.h"

#include <stdlib.h>

#include "base/mem.h"

void intern_init(struct intern *intern, struct arena *arena)
{
    *intern = (struct intern){.arena = arena};
    table_init(&intern->seen, 64);
}

void intern_release(struct intern *intern)
{
    table_release(&intern->seen);
    free(intern->string);
    *intern = (struct intern){.arena = NULL};
}

const char *intern_string(struct intern *intern, const char *string)
{
    uint32_t entry;

    if (!string)
        return NULL;
    entry = table_find(&intern->seen, string);
    if (entry != TABLE_END)
        return intern->string[table_value(&intern->seen, entry)];
    intern->string =
        mem_grow(intern->string, intern->count, &intern->capacity, sizeof(intern->string[0]));
    intern->string[intern->count] = arena_strdup(intern->arena, string);
    table_add(&intern->seen, intern->string[intern->count], (uint32_t)intern->count);
    return intern->string[intern->count++];
}
