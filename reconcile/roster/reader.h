/*
 * roster/reader: brings a roster in, from wherever HR leaves it, all or nothing.
 *
 * A bad file (missing column, not the stated encoding, cut quote) is refused whole: ERR_ROSTER. A
 * bad row is kept as a rejected person with its keys as far as they are readable, so that whoever
 * it is becomes unknown and not departed. Only mapped columns ever leave the reader.
 */
#ifndef ROSTER_READER_H
#define ROSTER_READER_H

#include "config/config.h"
#include "core/roster.h"

/* Reads config->source (or `path_override`, a plain path) into *ret_roster; memory from the arena.
 */
int roster_read(struct arena *arena, const struct config_roster *config, const char *path_override,
                struct instant now, struct roster *ret_roster, struct err *err)
    __attribute__((warn_unused_result));

#endif
