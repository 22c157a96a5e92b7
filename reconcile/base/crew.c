/*
 * A ring of what was given and is not begun, under one lock.
 */
#include "base/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/parallel.h"

struct crew {
    void (*work)(void *context, size_t worker, void *thing);
    void *context;
    struct worker {
        struct crew *crew;
        size_t number;
        pthread_t thread;
    } worker[CREW_MOST];
    size_t workers;
    pthread_mutex_t lock;
    pthread_cond_t given, taken;
    void *waiting[CREW_MOST];
    size_t first, count; /* of those */
    bool ends;
};

/* NULL when there is nothing any more. */
static void *take(struct crew *crew)
{
    void *thing = NULL;

    (void)pthread_mutex_lock(&crew->lock);
    while (crew->count == 0 && !crew->ends)
        (void)pthread_cond_wait(&crew->given, &crew->lock);
    if (crew->count > 0) {
        thing = crew->waiting[crew->first];
        crew->first = (crew->first + 1) % crew->workers;
        crew->count--;
        (void)pthread_cond_signal(&crew->taken);
    }
    (void)pthread_mutex_unlock(&crew->lock);
    return thing;
}

static void *serve(void *argument)
{
    const struct worker *worker = argument;
    struct crew *crew = worker->crew;

    for (void *thing; (thing = take(crew));)
        crew->work(crew->context, worker->number, thing);
    return NULL;
}

/* A thread that cannot be had is done without. */
static void start(struct crew *crew, size_t workers)
{
    sigset_t all, before;

    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    while (crew->workers < workers) {
        struct worker *worker = &crew->worker[crew->workers];

        *worker = (struct worker){.crew = crew, .number = crew->workers};
        if (pthread_create(&worker->thread, NULL, serve, worker) != 0)
            break;
        crew->workers++;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static size_t workers_for(size_t things)
{
    size_t workers = things < CREW_MOST ? things : CREW_MOST;

    if (parallel_processors() < workers)
        workers = parallel_processors();
    return workers > 1 ? workers : 0;
}

struct crew *crew_new(size_t things, void (*work)(void *context, size_t worker, void *thing),
                      void *context)
{
    struct crew *crew = mem_calloc(1, sizeof(*crew));

    crew->work = work;
    crew->context = context;
    (void)pthread_mutex_init(&crew->lock, NULL);
    (void)pthread_cond_init(&crew->given, NULL);
    (void)pthread_cond_init(&crew->taken, NULL);
    (void)pthread_mutex_lock(&crew->lock); /* nobody takes before all are there */
    start(crew, workers_for(things));
    (void)pthread_mutex_unlock(&crew->lock);
    return crew;
}

void crew_give(struct crew *crew, void *thing)
{
    if (crew->workers == 0) {
        crew->work(crew->context, 0, thing);
        return;
    }
    (void)pthread_mutex_lock(&crew->lock);
    while (crew->count == crew->workers)
        (void)pthread_cond_wait(&crew->taken, &crew->lock);
    crew->waiting[(crew->first + crew->count++) % crew->workers] = thing;
    (void)pthread_cond_signal(&crew->given);
    (void)pthread_mutex_unlock(&crew->lock);
}

void crew_end(struct crew *crew)
{
    if (!crew)
        return;
    (void)pthread_mutex_lock(&crew->lock);
    crew->ends = true;
    (void)pthread_cond_broadcast(&crew->given);
    (void)pthread_mutex_unlock(&crew->lock);
    for (size_t i = 0; i < crew->workers; i++)
        (void)pthread_join(crew->worker[i].thread, NULL);
    (void)pthread_cond_destroy(&crew->given);
    (void)pthread_cond_destroy(&crew->taken);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew);
}
