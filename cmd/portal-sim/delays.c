/*
 * A binary heap by due time. Suspending happens under the lock and before the entry is in the heap,
 * so the timer never resumes a connection that is not suspended yet.
 */
#include "delays.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/instant.h"
#include "base/mem.h"

struct waiting {
    int64_t due_us; /* INT64_MAX: hangs */
    struct MHD_Connection *connection;
};

struct delays {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t timer;
    struct waiting *heap;
    size_t count, capacity;
    bool stopping;
};

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

static void swap(struct waiting *a, struct waiting *b)
{
    struct waiting kept = *a;
    *a = *b;
    *b = kept;
}

static void push(struct delays *delays, struct waiting waiting)
{
    delays->heap =
        mem_grow(delays->heap, delays->count, &delays->capacity, sizeof(delays->heap[0]));
    size_t at = delays->count++;
    delays->heap[at] = waiting;
    for (; at > 0 && delays->heap[at].due_us < delays->heap[(at - 1) / 2].due_us; at = (at - 1) / 2)
        swap(&delays->heap[at], &delays->heap[(at - 1) / 2]);
}

static struct MHD_Connection *pop(struct delays *delays)
{
    struct MHD_Connection *first = delays->heap[0].connection;
    delays->heap[0] = delays->heap[--delays->count];
    for (size_t at = 0, child = 1; child < delays->count; at = child, child = 2 * at + 1) {
        if (child + 1 < delays->count &&
            delays->heap[child + 1].due_us < delays->heap[child].due_us)
            child++;
        if (delays->heap[at].due_us <= delays->heap[child].due_us)
            break;
        swap(&delays->heap[at], &delays->heap[child]);
    }
    return first;
}

static void wait_for_next(struct delays *delays)
{
    if (delays->count == 0 || delays->heap[0].due_us == INT64_MAX) {
        (void)pthread_cond_wait(&delays->changed, &delays->lock);
        return;
    }
    int64_t due_us = delays->heap[0].due_us;
    struct timespec until = {.tv_sec = due_us / SECOND_US, .tv_nsec = due_us % SECOND_US * 1000};
    (void)pthread_cond_timedwait(&delays->changed, &delays->lock, &until);
}

static void *run_timer(void *context)
{
    struct delays *delays = context;
    (void)pthread_mutex_lock(&delays->lock);
    while (!delays->stopping) {
        while (delays->count > 0 && delays->heap[0].due_us <= now_us())
            MHD_resume_connection(pop(delays));
        if (!delays->stopping)
            wait_for_next(delays);
    }
    while (delays->count > 0)
        MHD_resume_connection(pop(delays));
    (void)pthread_mutex_unlock(&delays->lock);
    return NULL;
}

struct delays *delays_new(void)
{
    struct delays *delays = mem_calloc(1, sizeof(*delays));
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&delays->changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    (void)pthread_mutex_init(&delays->lock, NULL);
    if (pthread_create(&delays->timer, NULL, run_timer, delays) != 0)
        abort(); /* without the timer nothing would ever be answered */
    return delays;
}

bool delays_suspend(struct delays *delays, struct MHD_Connection *connection, int64_t us)
{
    (void)pthread_mutex_lock(&delays->lock);
    bool waits = !delays->stopping;
    if (waits) {
        MHD_suspend_connection(connection);
        push(delays, (struct waiting){.due_us = us > 0 ? now_us() + us : INT64_MAX,
                                      .connection = connection});
        (void)pthread_cond_signal(&delays->changed);
    }
    (void)pthread_mutex_unlock(&delays->lock);
    return waits;
}

void delays_stop(struct delays *delays)
{
    (void)pthread_mutex_lock(&delays->lock);
    delays->stopping = true;
    (void)pthread_cond_signal(&delays->changed);
    (void)pthread_mutex_unlock(&delays->lock);
    (void)pthread_join(delays->timer, NULL);
}

void delays_free(struct delays *delays)
{
    if (!delays)
        return;
    free(delays->heap);
    (void)pthread_cond_destroy(&delays->changed);
    (void)pthread_mutex_destroy(&delays->lock);
    free(delays);
}
