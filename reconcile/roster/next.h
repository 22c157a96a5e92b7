/*
 * roster/next: the address of the next page of a list that comes over https in several answers.
 *
 * An answer says itself where the next one is, so what it says is bounded: to the host, scheme and
 * port that somebody configured, where the credentials belong, and to pages not yet seen.
 */
#ifndef ROSTER_NEXT_H
#define ROSTER_NEXT_H

#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

/* The target of rel="next" (RFC 8288) in the value of a header Link; malloc'ed, NULL when there is
 * none. */
char *roster_next_link(const char *value);

/* The address at a JSON pointer in a document; *ret_address malloc'ed, NULL when there is none
 * (missing, null, false, ""). ERR_ROSTER for what is no JSON, and for something else there. */
int roster_next_pointer(const struct text *body, const char *pointer, char **ret_address,
                        struct err *err) __attribute__((warn_unused_result));

/* An address, which may be relative, as seen from the page `base` that names it, whole, malloc'ed.
 * ERR_ROSTER for one of another scheme, host or port, and with a user or password in it. */
int roster_next_resolve(const char *base, const char *address, char **ret_whole, struct err *err)
    __attribute__((warn_unused_result));

#endif
