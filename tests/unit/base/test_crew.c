/*
 * crew: each thing is done once, by a worker there is, and all are done at the end.
 */
#include <pthread.h>

#include "base/crew.h"
#include "base/parallel.h"
#include "test.h"

enum { THINGS = 1000 };

struct deeds {
    int thing[THINGS]; /* how often each was done */
    size_t by[CREW_MOST];
    pthread_t giver;
    bool by_giver;
};

/* What each worker writes is its own, and each thing. */
static void do_one(void *context, size_t worker, void *thing)
{
    struct deeds *deeds = context;

    assert_true(worker < CREW_MOST);
    deeds->by[worker]++;
    ++*(int *)thing;
    if (pthread_equal(pthread_self(), deeds->giver))
        deeds->by_giver = true;
}

static void give_all(struct deeds *deeds, size_t count)
{
    struct crew *crew = crew_new(count, do_one, deeds);

    deeds->giver = pthread_self();
    for (size_t i = 0; i < count; i++)
        crew_give(crew, &deeds->thing[i]);
    crew_end(crew);
}

TEST(crew_given_many_does_each_once_whoever_does_it)
{
    struct deeds deeds = {.by_giver = false};
    size_t done = 0;

    give_all(&deeds, THINGS);
    for (size_t i = 0; i < THINGS; i++)
        assert_int_equal(deeds.thing[i], 1);
    for (size_t i = 0; i < CREW_MOST; i++)
        done += deeds.by[i];
    assert_int_equal(done, THINGS);
    assert_int_equal(deeds.by_giver, parallel_processors() < 2);
}

TEST(crew_for_one_thing_is_whoever_gives_it)
{
    struct deeds deeds = {.by_giver = false};

    give_all(&deeds, 1);
    assert_int_equal(deeds.thing[0], 1);
    assert_int_equal(deeds.by[0], 1);
    assert_true(deeds.by_giver);
}

TEST(crew_given_nothing_ends)
{
    struct deeds deeds = {.by_giver = false};

    give_all(&deeds, 0);
    crew_end(crew_new(THINGS, do_one, &deeds));
    crew_end(NULL);
    assert_int_equal(deeds.by[0], 0);
}
