/*
 * roster/source: where a roster comes from, read once from the beginning to the end.
 *
 * A file is read in pieces and must stay as it is meanwhile. What comes over the network is fetched
 * whole first, strictly: an answer that is not certainly complete is refused. Not for what the
 * bytes mean.
 */
#ifndef ROSTER_SOURCE_H
#define ROSTER_SOURCE_H

#include "base/cleanup.h"
#include "base/err.h"
#include "base/instant.h"
#include "config/config.h"

struct roster_source;

/* path (a plain path) instead of config->source when it is not NULL. Every error is ERR_ROSTER, but
 * for credentials and an address that cannot be used: ERR_CONFIG. */
int roster_source_open(const struct config_roster *config, const char *path,
                       struct roster_source **ret_source, struct err *err)
    __attribute__((warn_unused_result));
void roster_source_close(struct roster_source *source);
CLEANUP_POINTER(struct roster_source, roster_source_closep, roster_source_close)

/* Path or URL, without anything secret. Lives as long as the source. */
const char *roster_source_name(const struct roster_source *source);

/* Up to `size` bytes; *ret_length 0 at the end (of the page, when it came in several), where a file
 * that has changed meanwhile is refused. */
int roster_source_read(struct roster_source *source, char *buffer, size_t size, size_t *ret_length,
                       struct err *err) __attribute__((warn_unused_result));

/* Whether no page comes behind the one that is read. */
bool roster_source_is_last(const struct roster_source *source);
/* Whether another page begins. */
bool roster_source_next(struct roster_source *source);

/* Of the file or the answer; none when not told. */
struct instant roster_source_modified(const struct roster_source *source);

#endif
