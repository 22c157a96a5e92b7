/*
 * Many reads of one kind are made in rounds. A round sends what is still to be read, several at a
 * time; what failed in a way that may pass, and what was not sent because the token ended or the
 * portal is in trouble, is the next round's. Only between rounds, when nothing is under way, is a
 * token fetched or a pause made.
 *
 * A read that fails while others are answered is tried a few times; while none is, it is the portal
 * that fails, and all of them wait for as long as there is patience (patience.c).
 *
 * Invariant: it always ends, for patience does; and each read that was not used, missed or given up
 * together with the rest is still to be done.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "bynder/private.h"

enum {
    TROUBLE = 5,         /* failures one after the other end a round: it may be the portal */
    FAILURES_LIMIT = 25, /* that no patience helps: it is, and not one answer */
};

struct run {
    const struct rounds *rounds;
    struct text url;
    size_t *todo, todo_count; /* numbers of reads; this round's */
    size_t *later, later_count;
    size_t todo_room, later_room;
    size_t sent;          /* of this round */
    unsigned char *tries; /* by number of read */
    size_t *answered;     /* likewise: good answers of the run when it failed last */
    size_t good, refused; /* answers of this round, 401s among them */
    unsigned failed_in_row;
    bool in_trouble; /* this round met something that may pass */
    struct err last; /* failure */
    bool is_over;    /* the user wants no more, or all is given up */
};

static void run_release(struct run *run)
{
    text_release(&run->url);
    free(run->todo);
    free(run->later);
    free(run->tries);
    free(run->answered);
    err_release(&run->last);
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
    run->later = mem_grow(run->later, run->later_count, &run->later_room, sizeof(run->later[0]));
    run->later[run->later_count++] = number;
}

static void give_up(struct run *run)
{
    run->rounds->give_up(run->rounds->context, run->failed_in_row, &run->last);
    run->is_over = true;
}

/* Behind what this round has still to do. */
static void add_again(struct run *run, size_t number)
{
    run->todo = mem_grow(run->todo, run->todo_count, &run->todo_room, sizeof(run->todo[0]));
    run->todo[run->todo_count++] = number;
    run->tries[number] = 0;
}

/* A try counts against a read when somebody else was answered since its last one; else it may be
 * the portal that fails. */
static void count_try(struct run *run, size_t number, enum verdict verdict)
{
    size_t answered = run->rounds->bynder->patience.answered;

    if (run->tries[number] == 0 || verdict != VERDICT_AGAIN || answered > run->answered[number])
        run->tries[number]++;
    run->answered[number] = answered;
}

static int fail(struct run *run, size_t number, enum verdict verdict, bool is_429,
                struct err *failure)
{
    const struct rounds *rounds = run->rounds;

    (void)err_move(&run->last, failure);
    count_try(run, number, verdict);
    if (!is_429)
        run->failed_in_row++;
    if (verdict != VERDICT_AGAIN && run->failed_in_row >= FAILURES_LIMIT) {
        give_up(run);
        return HTTP_NO_MORE;
    }
    run->in_trouble |= verdict == VERDICT_AGAIN;
    if (verdict != VERDICT_BAD && run->tries[number] < BYNDER_TRIES)
        put_off(run, number);
    else
        rounds->miss(rounds->context, number, &run->last);
    return verdict == VERDICT_AGAIN && run->failed_in_row >= TROUBLE ? HTTP_NO_MORE : HTTP_GO_ON;
}

static int take_good(struct run *run, size_t number, const char *url, struct http_answer *answer)
{
    CLEANUP(err_release) struct err failure = ERR_INIT;
    int wish = run->rounds->use(run->rounds->context, number, answer, &failure);

    if (wish < 0) {
        enum verdict verdict = bynder_misfit(url, answer, &failure);
        return fail(run, number, verdict, false, &failure);
    }
    bynder_answered(run->rounds->bynder);
    run->failed_in_row = 0;
    run->good++;
    if (wish == HTTP_NO_MORE)
        run->is_over = true;
    if (wish == HTTP_ONE_MORE)
        add_again(run, number);
    return run->is_over || bynder_token_is_due(run->rounds->bynder) ? HTTP_NO_MORE : wish;
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
    enum verdict verdict =
        bynder_judge(rounds->bynder, rounds->endpoint, text_cstr(&url), answer, failure, &reason);
    switch (verdict) {
    case VERDICT_GOOD:
        return take_good(run, number, text_cstr(&url), answer);
    case VERDICT_TOKEN:
        run->refused++;
        put_off(run, number);
        return HTTP_NO_MORE;
    case VERDICT_AGAIN:
    case VERDICT_FEW:
    case VERDICT_BAD:
        return fail(run, number, verdict, answer && answer->status == 429, &reason);
    case VERDICT_STOP:
        break;
    }
    err_move(err, &reason);
    return HTTP_STOP;
}

/* What was put off and what was not sent becomes the next round. */
static void turn_over(struct run *run)
{
    size_t *todo = run->todo, room = run->todo_room;

    for (size_t i = run->sent; i < run->todo_count; i++)
        put_off(run, todo[i]);
    run->todo = run->later;
    run->todo_count = run->later_count;
    run->todo_room = run->later_room;
    run->later = todo;
    run->later_count = 0;
    run->later_room = room;
}

/* What was tried as often as any read is missed by its number; where others would still have their
 * first try, all are given up together. */
static void end_patience(struct run *run)
{
    size_t untried = 0;

    for (size_t i = 0; i < run->todo_count; i++)
        untried += run->tries[run->todo[i]] == 0;
    if (untried > 0) {
        give_up(run);
        return;
    }
    for (size_t i = 0; i < run->todo_count; i++)
        run->rounds->miss(run->rounds->context, run->todo[i], &run->last);
    run->todo_count = 0;
}

/* Whether the portal as a whole gave no good answer, or none any more. */
static bool is_down(const struct run *run)
{
    return run->good == 0 || run->failed_in_row >= TROUBLE;
}

static int between_rounds(struct run *run, struct err *err)
{
    struct bynder *bynder = run->rounds->bynder;

    /* A token that served nobody is no good; one that served somebody may just have ended. */
    if (run->refused > 0) {
        if (run->good > 0)
            bynder->is_fresh = false;
        return bynder_token_doubted(bynder, err);
    }
    if (run->todo_count == 0 || run->is_over || !is_down(run))
        return 0;
    if (run->in_trouble && !bynder_bears(bynder)) {
        end_patience(run);
        return 0;
    }
    return bynder_pause(bynder, run->last.text, err);
}

static int one_round(struct run *run, struct err *err)
{
    struct bynder *bynder = run->rounds->bynder;

    run->sent = run->good = run->refused = 0;
    run->in_trouble = false;
    if (bynder_may_ask(bynder, err) < 0 || bynder_token_ensure(bynder, err) < 0)
        return -1;
    if (http_exchange_many(bynder->http, (size_t)bynder->config->connections, run->todo_count,
                           make_request, take_answer, run, err) < 0)
        return -1;
    turn_over(run);
    return between_rounds(run, err);
}

int bynder_rounds(const struct rounds *rounds, size_t count, struct err *err)
{
    CLEANUP(run_release) struct run run = {.rounds = rounds, .url = TEXT_INIT, .last = ERR_INIT};

    run.todo = mem_calloc(count, sizeof(run.todo[0]));
    run.todo_room = count;
    run.tries = mem_calloc(count, 1);
    run.answered = mem_calloc(count, sizeof(run.answered[0]));
    for (size_t i = 0; i < count; i++)
        run.todo[i] = i;
    run.todo_count = count;
    while (run.todo_count > 0 && !run.is_over) {
        if (one_round(&run, err) < 0)
            return -1;
    }
    return 0;
}
