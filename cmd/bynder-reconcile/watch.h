/*
 * watch: what a run leaves for those who do not look: figures for monitoring, and messages. Called
 * on every way out of `run` and `apply` from the moment the configuration is known; nothing of it
 * changes how the run ended.
 */
#ifndef CMD_WATCH_H
#define CMD_WATCH_H

#include "cmd/bynder-reconcile/work.h"

void watch_end(struct work *work, int code, const struct err *err);

#endif
