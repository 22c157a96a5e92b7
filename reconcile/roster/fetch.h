/*
 * roster/fetch: a roster over https or sftp (http to a loopback address only), by libcurl.
 *
 * A list may come in pages (roster.next): all of them, or nothing.
 *
 * Strict: status 200, no redirect, an answer of known length or in chunks, at most
 * LIMIT_ROSTER_BYTES, within a deadline. Anything else is an error, never a shorter roster. Not for
 * the portal's API: that is net/http.
 */
#ifndef ROSTER_FETCH_H
#define ROSTER_FETCH_H

#include "base/err.h"
#include "base/instant.h"
#include "base/text.h"
#include "config/config.h"

/* The address without user, password, query and fragment, for people. malloc'ed. */
char *roster_fetch_name(const char *url) __attribute__((returns_nonnull));

/* The bodies of all answers, in their order. */
struct roster_pages {
    struct text *page;
    size_t count, capacity;
};

/* Wiped: they hold what is not mapped as well. */
void roster_pages_release(struct roster_pages *pages);

/* The whole of it into *ret_pages, which is empty before; *ret_modified is none when the server
 * does not say, the oldest of several. ERR_CONFIG for an address that cannot be used (another
 * scheme, http to the network, a password in it) and for credentials that cannot be read, else
 * ERR_ROSTER. The text of the error names no address. */
int roster_fetch(const struct config_roster *config, struct roster_pages *ret_pages,
                 struct instant *ret_modified, struct err *err) __attribute__((warn_unused_result));

#endif
