/*
 * invoker: root for somebody. Who was let run just this program as root (sudo, doas, pkexec) is not
 * root: by it they shall read and write no file, start no program and name no configuration that
 * they could not without.
 */
#ifndef CMD_INVOKER_H
#define CMD_INVOKER_H

#include "cmd/bynder-reconcile/verb.h"

/* Nothing, unless this is root for somebody. Then: the configuration is root's alone, every file to
 * be read is opened as the invoking user here and now, and psql and init are refused. */
int invoker_restrict(struct invocation *invocation, struct err *err)
    __attribute__((warn_unused_result));

/* Between them files are made as the invoking user. */
void invoker_begin(void);
void invoker_end(void);

#endif
