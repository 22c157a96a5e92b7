/*
 * front: an answer that is not of the server that was asked, named for what it is. Proxies, captive
 * portals, firewalls and login pages answer for others, with any status, and what they say is no
 * word on tokens, scopes or addresses.
 */
#ifndef FORMAT_FRONT_H
#define FORMAT_FRONT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct front_answer {
    long status;
    const char *content_type; /* lower case, without parameters; these three may be NULL */
    const char *encoding;     /* Content-Encoding */
    const char *location;
    const char *url; /* that was asked */
    const char *body;
    size_t length;
    const char *setting; /* where the address is configured */
    const char *wanted;  /* what should have come */
};

/* Appends what it is and what to do about it, as in ", an HTML page …; hint: …". false: nothing
 * says that anybody but the server itself answered. */
bool front_describe(const struct front_answer *answer, struct text *out);
/* Whether it is an HTML page, by its type or its first bytes. */
bool front_is_page(const struct front_answer *answer);
/* Appends the title of the page, printable and short, in quotes and parentheses; nothing when it
 * has none. */
void front_add_title(const struct front_answer *answer, struct text *out);

#endif
