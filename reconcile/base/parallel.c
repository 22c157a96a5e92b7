/*
 * Fork and join with POSIX threads. The caller works as well, on the first part.
 */
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <unistd.h>

#define WORTH_SPLITTING 20000 /* elements: below that a thread costs more than it saves */

struct part {
    void (*task)(void *context, size_t part, size_t begin, size_t end);
    void *context;
    size_t number, begin, end;
    pthread_t thread;
    bool started;
};

size_t parallel_processors(void)
{
    cpu_set_t usable;

    /* more than the set holds: the machine has them all */
    long processors = sched_getaffinity(0, sizeof(usable), &usable) == 0
                          ? CPU_COUNT(&usable)
                          : sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 0 ? (size_t)processors : 1;
}

size_t parallel_parts(size_t count)
{
    size_t processors = parallel_processors();

    if (count < WORTH_SPLITTING)
        return 1;
    return processors < PARALLEL_PARTS_MAX ? processors : PARALLEL_PARTS_MAX;
}

static void *run_part(void *argument)
{
    struct part *part = argument;

    part->task(part->context, part->number, part->begin, part->end);
    return NULL;
}

void parallel_for(size_t count, size_t parts,
                  void (*task)(void *context, size_t part, size_t begin, size_t end), void *context)
{
    struct part part[PARALLEL_PARTS_MAX];

    if (parts > PARALLEL_PARTS_MAX)
        parts = PARALLEL_PARTS_MAX;
    for (size_t i = 0; i < parts; i++)
        part[i] = (struct part){.task = task,
                                .context = context,
                                .number = i,
                                .begin = count / parts * i,
                                .end = i + 1 == parts ? count : count / parts * (i + 1)};
    for (size_t i = 1; i < parts; i++)
        part[i].started = pthread_create(&part[i].thread, NULL, run_part, &part[i]) == 0;
    for (size_t i = 0; i < parts; i++) {
        if (!part[i].started)
            (void)run_part(&part[i]);
    }
    for (size_t i = 1; i < parts; i++) {
        if (part[i].started)
            (void)pthread_join(part[i].thread, NULL);
    }
}
