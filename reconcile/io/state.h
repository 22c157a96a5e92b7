/*
 * state: the directory for what must outlive a run outside of the database, and names in it.
 */
#ifndef IO_STATE_H
#define IO_STATE_H

#include "base/text.h"
#include "io/config.h"

#define STATE_DIRECTORY_MODE 0700

/* The configured one, else systemd's, else that of the configuration. It need not be there yet. */
const char *state_directory(const struct config *config);

/* The portal's name, reduced to what every file system takes; no two names become the same. */
void state_add_portal(struct text *text, const struct config *config);

#endif
