/*
 * site: who answers at an address, however the address is written: host and port. Nothing else of
 * it counts (no path, no user), and what is no web address has none.
 */
#ifndef BASE_SITE_H
#define BASE_SITE_H

#include <stdbool.h>

#include "base/arena.h"

/* "HTTPS://Acme.example/" gives "acme.example:443". NULL for NULL, and for what does not begin with
 * http:// or https:// and a host. */
const char *site_of(struct arena *arena, const char *address);

/* Whether both are of one host and port; what has none is compared as text. */
bool site_is_same(struct arena *arena, const char *a, const char *b);

#endif
