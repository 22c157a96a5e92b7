/*
 * command: a command of this program that somebody is to paste: a next step, a hint, a line of a
 * mail. Every one is made here, so that it names the configuration this process was called with and
 * begins with what the reader needs to be allowed to run it.
 *
 * The reader is whoever sits at the terminal; of a run that a timer started, a person who gets the
 * mail. Such a person is no root: they call sudo, and are recorded under their own name (only
 * root's SUDO_UID is believed, so never `sudo -u`). What needs the secrets that systemd keeps for a
 * unit is a start of that unit.
 */
#ifndef HOST_COMMAND_H
#define HOST_COMMAND_H

#include <stdarg.h>

#include "base/arena.h"
#include "base/text.h"

#define COMMAND_SERVICE_USER     "bynder-reconcile"        /* of the package's units */
#define COMMAND_REVIEWERS        "bynder-reconcile-review" /* the group of who decides */
#define COMMAND_CONFIG_DIRECTORY "/etc/bynder-reconcile/"
#define COMMAND_CONFIG_DEFAULT   COMMAND_CONFIG_DIRECTORY "bynder-reconcile.conf"
/* What is asked for the configuration when the command line names none: a FILE or @NAME. */
#define COMMAND_CONFIG_VARIABLE "BYNDER_RECONCILE_CONFIG"

/* "@acme" as the file it means; NULL when it cannot be one: no name, or with a '/'. */
const char *command_config_of(struct arena *arena, const char *at_name);

/* The name by which systemd's units and @NAME know a configuration; NULL when it lies elsewhere, or
 * its name is none that a unit can have as it is. By its text alone. */
const char *command_instance(struct arena *arena, const char *config_path);

/* For the rest of the process: commands are about this configuration. Before it, and with NULL,
 * they are about the usual one. */
void command_set_config(const char *config_path);
/* Whether it has secrets that only systemd's units get. */
void command_set_credentials(bool has);

/* Appends a verb with its arguments, like "show 12", as a command. */
void command_add(struct text *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same as a string of its own; malloc'ed. */
char *command_make(const char *format, ...)
    __attribute__((format(printf, 1, 2), returns_nonnull, warn_unused_result));

/* What asks the portal. */
enum command_portal { COMMAND_PLAN = 0, COMMAND_APPLY, COMMAND_RUN, COMMAND_CHECK };
/* Appends it; `plan_id` of COMMAND_APPLY, 0 = the newest. Where only a unit has the secrets, it is
 * the unit that does it; what stands approved is then carried out by `run`. */
void command_add_portal(struct text *out, enum command_portal what, int64_t plan_id);

/* Appends a word of the shell, in quotes where it needs them; printable, whatever it holds (bash).
 */
void command_quote(struct text *out, const char *word);

/* Whether a verb is one that reviewers may use without being root: it reads what is stored, or
 * records what somebody decided. */
bool command_is_for_reviewers(const char *verb);

/* Whether this process is the user of the package's units. */
bool command_is_service(void);

#endif
