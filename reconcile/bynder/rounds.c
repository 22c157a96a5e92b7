/*
 * Many reads of one kind are made in rounds. A round sends what is still to be read, several at a
 * time; what failed in a way that may pass, and what was not sent because the token ended, is the
 * next round's. Only between rounds, when nothing is under way, is a token fetched or a pause made.
 *
 * Invariant: each read is tried a bounded number of times, and all of them are given up when
 * nothing works any more, so it always ends; and each one that was not used, missed or given up
 * together with the rest is still to be done.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "bynder/private.h"

enum { FAILURES_LIMIT = 25 /* one after the other: the portal is down, not one answer */ };

struct run {
    const struct rounds *rounds;
    struct text url;
    size_t *todo, todo_count; /* numbers of reads; this round's */
    size_t *later, later_count;
    size_t sent;          /* of this round */
    unsigned char *tries; /* by number of read */
    size_t good, refused; /* answers of this round, 401s among them */
    unsigned failed_in_row;
    unsigned pauses;
    bool is_over; /* the user wants no more, or all is given up */
};

static void run_release(struct run *run)
{
    text_release(&run->url);
    free(run->todo);
    free(run->later);
    free(run->tries);
}

static int make_request(void *context, size_t at, struct http_request *ret_request, struct err *err)
{
    struct run *run = context;

    (void)err;
    text_clear(&run->url);
    run->rounds->add_url(run->rounds->context, run->todo[at], &run->url);
    *ret_request = (struct http_request){
        .method = HTTP_GET, .url = text_cstr(&run->url), .bearer = &run->rounds->bynder->token};
    run->sent = at + 1;
    return 0;
}

static void put_off(struct run *run, size_t number)
{
    run->later[run->later_count++] = number;
}

static int fail(struct run *run, size_t number, bool again, bool is_429, const struct err *failure)
{
    const struct rounds *rounds = run->rounds;

    if (!is_429)
        run->failed_in_row++;
    if (run->failed_in_row >= FAILURES_LIMIT) {
        rounds->give_up(rounds->context, run->failed_in_row, failure);
        run->is_over = true;
        return HTTP_NO_MORE;
    }
    if (again && ++run->tries[number] < BYNDER_TRIES)
        put_off(run, number);
    else
        rounds->miss(rounds->context, number, failure);
    return HTTP_GO_ON;
}

static int take_good(struct run *run, size_t number, const struct http_answer *answer)
{
    CLEANUP(err_release) struct err failure = ERR_INIT;
    int wish = run->rounds->use(run->rounds->context, number, answer, &failure);

    if (wish < 0)
        return fail(run, number, true, false, &failure);
    run->failed_in_row = 0;
    run->good++;
    if (wish == HTTP_NO_MORE)
        run->is_over = true;
    return run->is_over || bynder_token_is_due(run->rounds->bynder) ? HTTP_NO_MORE : HTTP_GO_ON;
}

static int take_answer(void *context, size_t at, struct http_answer *answer, struct err *failure,
                       struct err *err)
{
    struct run *run = context;
    const struct rounds *rounds = run->rounds;
    size_t number = run->todo[at];
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(err_release) struct err reason = ERR_INIT;

    rounds->add_url(rounds->context, number, &url);
    switch (
        bynder_judge(rounds->bynder, rounds->endpoint, text_cstr(&url), answer, failure, &reason)) {
    case VERDICT_GOOD:
        return take_good(run, number, answer);
    case VERDICT_TOKEN:
        run->refused++;
        put_off(run, number);
        return HTTP_NO_MORE;
    case VERDICT_AGAIN:
        return fail(run, number, true, answer && answer->status == 429, &reason);
    case VERDICT_BAD:
        return fail(run, number, false, false, &reason);
    case VERDICT_STOP:
        break;
    }
    err_move(err, &reason);
    return HTTP_STOP;
}

/* What was put off and what was not sent becomes the next round. */
static void turn_over(struct run *run)
{
    size_t *todo = run->todo;

    for (size_t i = run->sent; i < run->todo_count; i++)
        put_off(run, todo[i]);
    run->todo = run->later;
    run->todo_count = run->later_count;
    run->later = todo;
    run->later_count = 0;
}

static int one_round(struct run *run, struct err *err)
{
    struct bynder *bynder = run->rounds->bynder;

    run->sent = run->good = run->refused = 0;
    if (bynder_token_ensure(bynder, err) < 0)
        return -1;
    if (http_exchange_many(bynder->http, (size_t)bynder->config->connections, run->todo_count,
                           make_request, take_answer, run, err) < 0)
        return -1;
    turn_over(run);
    /* A token that served nobody is no good; one that served somebody may just have ended. */
    if (run->refused > 0) {
        if (run->good > 0)
            bynder->is_fresh = false;
        return bynder_token_refused(bynder, err);
    }
    if (run->todo_count > 0 && run->good == 0 && !run->is_over)
        return bynder_pause(bynder, ++run->pauses, err);
    return 0;
}

int bynder_rounds(const struct rounds *rounds, size_t count, struct err *err)
{
    CLEANUP(run_release) struct run run = {.rounds = rounds, .url = TEXT_INIT};

    run.todo = mem_calloc(count, sizeof(run.todo[0]));
    run.later = mem_calloc(count, sizeof(run.later[0]));
    run.tries = mem_calloc(count, 1);
    for (size_t i = 0; i < count; i++)
        run.todo[i] = i;
    run.todo_count = count;
    while (run.todo_count > 0 && !run.is_over) {
        if (one_round(&run, err) < 0)
            return -1;
    }
    return 0;
}
