#include "core/near_name.h"

#include <stdlib.h>

#include "base/mem.h"

void borne_names_init(struct borne_names *names, struct arena *arena, size_t persons, size_t twins)
{
    *names = (struct borne_names){.arena = arena};
    table_init(&names->seen[false], persons);
    table_init(&names->seen[true], twins);
}

void borne_names_close(struct borne_names *names)
{
    table_release(&names->seen[false]);
    table_release(&names->seen[true]);
    arena_release(&names->scratch);
}

void borne_names_release(struct borne_names *names)
{
    borne_names_close(names);
    free(names->borne);
    free(names->bearer);
}

static struct bearers *bearers_of(struct borne_names *names, const char *name, bool twin)
{
    struct table *seen = &names->seen[twin];
    uint32_t at = table_value(seen, table_put(seen, name, (uint32_t)names->count));

    if (at < names->count)
        return &names->borne[at];
    struct name_parts parts = name_parts(&names->scratch, name);
    names->borne = mem_grow(names->borne, names->count, &names->capacity, sizeof(names->borne[0]));
    names->borne[names->count] =
        (struct bearers){.name = name_parts_keep(names->arena, &parts), .twins = twin};
    arena_clear(&names->scratch);
    return &names->borne[names->count++];
}

static const struct name_parts no_parts = {.whole = NULL};

const struct name_parts *borne_names_parts(struct borne_names *names, const char *name, bool twin)
{
    return name ? bearers_of(names, name, twin)->name : &no_parts;
}

const struct name_parts *borne_names_add(struct borne_names *names, const char *name, bool twin,
                                         uint32_t value)
{
    if (!name)
        return &no_parts;
    struct bearers *bearers = bearers_of(names, name, twin);
    if (bearers->count++ == 0) {
        bearers->value = value;
        return bearers->name;
    }
    names->bearer = mem_grow(names->bearer, names->bearer_count, &names->bearer_capacity,
                             sizeof(names->bearer[0]));
    names->bearer[names->bearer_count] = (struct bearer){.value = value, .more = bearers->more};
    bearers->more = (uint32_t)++names->bearer_count;
    return bearers->name;
}
