/*
 * A thread, and the signals of its process kept from it: they are to end waits of the flow.
 */
#include "base/aside.h"

#include <signal.h>

#include "base/parallel.h"

static void *do_task(void *argument)
{
    struct aside *aside = argument;

    aside->result = aside->task(aside->context, &aside->err);
    return NULL;
}

void aside_begin(struct aside *aside, int (*task)(void *context, struct err *err), void *context)
{
    sigset_t all, before;

    *aside = (struct aside){.task = task, .context = context, .err = ERR_INIT};
    if (parallel_processors() > 1) {
        sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        aside->started = pthread_create(&aside->thread, NULL, do_task, aside) == 0;
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    if (!aside->started)
        (void)do_task(aside);
}

int aside_end(struct aside *aside, struct err *err)
{
    if (aside->started)
        (void)pthread_join(aside->thread, NULL);
    if (aside->result < 0)
        (void)err_move(err, &aside->err);
    err_release(&aside->err);
    return aside->result;
}
