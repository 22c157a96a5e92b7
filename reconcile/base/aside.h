/*
 * aside: one piece of work by a thread of its own, while its caller does another one.
 *
 * Neither reads what the other one writes, and a connection is for one of them. Its failure is told
 * where it is waited for, so whatever becomes of it comes at the same place of a flow.
 */
#ifndef BASE_ASIDE_H
#define BASE_ASIDE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"

struct aside {
    int (*task)(void *context, struct err *err);
    void *context;
    struct err err;
    int result;
    bool started;
    pthread_t thread;
};

/* Where no thread can be had, or the process may use one processor alone, the work is done here.
 * Signals are not for it. */
void aside_begin(struct aside *aside, int (*task)(void *context, struct err *err), void *context);
/* To be called once. What the task gave. */
int aside_end(struct aside *aside, struct err *err) __attribute__((warn_unused_result));

#endif
