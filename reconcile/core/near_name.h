/*
 * near_name: the names for which somebody is sought, and who bears each. A name is taken apart and
 * put under its keys once, however many bear it.
 */
#ifndef CORE_NEAR_NAME_H
#define CORE_NEAR_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/table.h"
#include "facts/likeness.h"

/* One name as it is written; `value`s are those of its bearers, whatever they say to the caller. */
struct bearers {
    const struct name_parts *name;
    uint32_t value; /* of the first one */
    uint32_t more;  /* 1 and the place of another one; 0 = none */
    uint32_t count;
    bool twins; /* their persons have departed */
};

struct bearer {
    uint32_t value, more;
};

struct borne_names {
    struct arena *arena, scratch;
    struct table seen[2]; /* places in `borne` by the name as it is written; of twins apart */
    struct bearers *borne;
    size_t count, capacity;
    struct bearer *bearer; /* all but the first of each */
    size_t bearer_count, bearer_capacity;
};

/* What is made of the names lies in the arena; they themselves stay with the caller. So many
 * bearers there are going to be who are sought themselves, and whose twins are. */
void borne_names_init(struct borne_names *names, struct arena *arena, size_t persons, size_t twins);
void borne_names_release(struct borne_names *names);
/* No name comes any more: what they are found by is not kept. */
void borne_names_close(struct borne_names *names);
/* The name made into its parts, without a bearer yet. NULL is a name of no parts, likewise. */
const struct name_parts *borne_names_parts(struct borne_names *names, const char *name, bool twin);
const struct name_parts *borne_names_add(struct borne_names *names, const char *name, bool twin,
                                         uint32_t value);

#endif
