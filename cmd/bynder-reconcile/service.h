/*
 * service: what the package's units make of a configuration: /etc/bynder-reconcile/INSTANCE.conf is
 * run by bynder-reconcile@INSTANCE.service as a user of its own, with secrets that systemd reads
 * from /etc/credstore. For `init`, which writes a configuration that works there.
 */
#ifndef CMD_SERVICE_H
#define CMD_SERVICE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

#define SERVICE_STATE_DIRECTORY  "/var/lib/bynder-reconcile"
#define SERVICE_FIGURES          "/var/lib/prometheus/node-exporter"
#define SERVICE_SECRET           "client-secret" /* LoadCredential= of the units */
#define SERVICE_SECRET_DIRECTORY "/etc/credstore"

/* The instance whose units read this file; NULL when none do: it lies elsewhere, its name is none
 * that a unit can have as it is, we are not root, or the package's group is not here. */
const char *service_instance(struct arena *arena, const char *config_path);

/* Where systemd looks for the client secret of an instance. */
const char *service_secret_path(struct arena *arena, const char *instance);

/* The configuration, root's, is for the service's group to read. */
void service_share(const char *path);

/* systemd runs here, so the units can be started. */
bool service_is_running_here(void);

/* Starts the unit of the check, which sees what the run will see, prints what it said and returns
 * its exit code. -1: it could not be started (ERR_INTERNAL). */
int service_check(const char *instance, struct err *err) __attribute__((warn_unused_result));

#endif
