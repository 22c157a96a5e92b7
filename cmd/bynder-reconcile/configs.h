/*
 * configs: several configurations at once, those of a directory. What is wrong with one hides no
 * other.
 */
#ifndef CMD_CONFIGS_H
#define CMD_CONFIGS_H

#include "cmd/bynder-reconcile/verb.h"
#include "config/config.h"

/* The directory whose configurations are meant: --config names one, or the usual configuration is
 * not there; NULL: one configuration is meant. Arena. */
const char *configs_directory(const struct invocation *invocation);

/* `one` is the invocation with this configuration's path. */
typedef int configs_visit(void *context, const struct invocation *one, const struct config *config,
                          struct err *err);

/* Each *.conf of the directory in order of name, while commands are about it (host/command). One
 * that cannot be read, or whose visit fails, is told, and the others are visited all the same; the
 * first error is that of the whole. ERR_CONFIG where there is none. */
int configs_each(const struct invocation *invocation, const char *directory, configs_visit *visit,
                 void *context, struct err *err) __attribute__((warn_unused_result));

#endif
