/*
 * A table whose keys lie in the arena and outlive it.
 */
#include "base/intern.h"

void intern_init(struct intern *intern, struct arena *arena)
{
    *intern = (struct intern){.arena = arena};
    table_init(&intern->seen, 64);
}

void intern_release(struct intern *intern)
{
    table_release(&intern->seen);
    *intern = (struct intern){.arena = NULL};
}

const char *intern_string(struct intern *intern, const char *string)
{
    uint32_t known = intern->seen.count, entry;

    if (!string)
        return NULL;
    entry = table_put(&intern->seen, string, 0);
    if (intern->seen.count > known)
        table_keep_key(&intern->seen, entry, arena_strdup(intern->arena, string));
    return table_key(&intern->seen, entry);
}

enum { SOME = 1 << 16 };

const char *intern_some(struct intern *intern, const char *string)
{
    if (!string || intern->seen.count < SOME)
        return intern_string(intern, string);
    uint32_t entry = table_find(&intern->seen, string);
    return entry == TABLE_END ? arena_strdup(intern->arena, string)
                              : table_key(&intern->seen, entry);
}
