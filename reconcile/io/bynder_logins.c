/*
 * Many single users are read in rounds. A round sends what is still to be read, several at a time;
 * what failed in a way that may pass, and what was not sent because the token ended, is the next
 * round's. Only between rounds, when nothing is under way, is a token fetched or a pause made.
 *
 * Invariant: an account whose read gave no usable answer keeps its login as it was (not read), and
 * the snapshot says that it is incomplete. Each account is tried a bounded number of times, and the
 * reading as a whole is given up when nothing works any more, so it always ends.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "io/bynder_private.h"

enum { FAILURES_LIMIT = 25 /* one after the other: the portal is down, not one user */ };

struct reading {
    struct bynder *bynder;
    struct arena *arena;
    const struct progress *progress;
    struct snapshot *snapshot;
    struct account_reader reader;
    struct text url;
    size_t *todo, todo_count; /* indices of accounts; this round's */
    size_t *later, later_count;
    size_t sent;             /* of this round */
    unsigned char *tries;    /* by index of account */
    size_t done, total;      /* for progress */
    size_t good, refused;    /* answers of this round, 401s among them */
    size_t vanished;         /* application 404s */
    const char *vanished_id; /* of the first */
    unsigned failed_in_row;
    unsigned round;
};

static void reading_release(struct reading *reading)
{
    account_reader_release(&reading->reader);
    text_release(&reading->url);
    free(reading->todo);
    free(reading->later);
    free(reading->tries);
}

static int make_request(void *context, size_t index, struct http_request *ret_request,
                        struct err *err)
{
    struct reading *reading = context;
    const struct account *account = &reading->snapshot->account[reading->todo[index]];
    CLEANUP(mem_cleanup) char *url = bynder_user_url(reading->bynder, account->id);

    (void)err;
    text_clear(&reading->url);
    text_add(&reading->url, url);
    *ret_request = (struct http_request){
        .method = HTTP_GET, .url = text_cstr(&reading->url), .bearer = &reading->bynder->token};
    reading->sent = index + 1;
    return 0;
}

static void settle(struct reading *reading)
{
    reading->done++;
    reading->failed_in_row = 0;
    reading->good++;
    if (reading->progress && reading->progress->report)
        reading->progress->report(reading->progress->context, "last logins", reading->done,
                                  reading->total);
}

/* A 200. -1: it is not a user's JSON, which another try may cure. */
static int take_user(struct reading *reading, const struct http_answer *answer,
                     struct account *account, struct err *err)
{
    struct bynder *bynder = reading->bynder;
    CLEANUP(json_freep) struct json_object *user = NULL;
    struct instant now = bynder->clock->now(bynder->clock->self);
    struct login known = account->login;
    const char *id = NULL;

    if (json_parse_object(answer->body.data, answer->body.length, &user, err) < 0)
        return -1;
    if (json_string(user, "id", strlen(account->id), &reading->reader.scratch, &id) == JSON_FOUND &&
        text_equal(id, account->id)) {
        account_reader_refresh(&reading->reader, user, now, account);
        snapshot_reread(reading->snapshot, account, known, now);
        reading->snapshot->logins_read++;
    } else {
        account->login = (struct login){.kind = LOGIN_UNREADABLE,
                                        .source = LOGIN_FROM_SINGLE_READ,
                                        .seen_at = now,
                                        .raw = "the answer is of another account"};
        bynder_incomplete(reading->arena, reading->snapshot,
                          "asked for account '%s', the portal answered with another one",
                          account->id);
    }
    return 0;
}

/* This account is given up. */
static int give_up(struct reading *reading, const struct account *account,
                   const struct err *failure)
{
    bynder_incomplete(reading->arena, reading->snapshot, "account '%s' could not be read: %s",
                      account->id, failure->text ? failure->text : "no answer");
    reading->done++;
    return HTTP_GO_ON;
}

static void put_off(struct reading *reading, size_t index)
{
    reading->later[reading->later_count++] = index;
}

static int fail(struct reading *reading, size_t index, bool again, bool is_429,
                const struct err *failure)
{
    const struct account *account = &reading->snapshot->account[index];

    if (!is_429)
        reading->failed_in_row++;
    if (reading->failed_in_row >= FAILURES_LIMIT) {
        bynder_incomplete(reading->arena, reading->snapshot,
                          "last logins: given up after %u failures in a row, the last: %s",
                          reading->failed_in_row, failure->text ? failure->text : "no answer");
        reading->snapshot->logins_given_up = true;
        return HTTP_NO_MORE;
    }
    if (!again || ++reading->tries[index] >= BYNDER_TRIES)
        return give_up(reading, account, failure);
    put_off(reading, index);
    return HTTP_GO_ON;
}

static int take_answer(void *context, size_t at, struct http_answer *answer, struct err *failure,
                       struct err *err)
{
    struct reading *reading = context;
    struct bynder *bynder = reading->bynder;
    size_t index = reading->todo[at];
    struct account *account = &reading->snapshot->account[index];
    CLEANUP(mem_cleanup) char *url = bynder_user_url(bynder, account->id);
    CLEANUP(err_release) struct err reason = ERR_INIT;

    switch (bynder_judge(bynder, ENDPOINT_USER, url, answer, failure, &reason)) {
    case VERDICT_GOOD:
        if (answer->status == 200 && take_user(reading, answer, account, &reason) < 0)
            return fail(reading, index, true, false, &reason);
        if (answer->status == 404 && reading->vanished++ == 0)
            reading->vanished_id = account->id;
        settle(reading);
        return bynder_token_is_due(bynder) ? HTTP_NO_MORE : HTTP_GO_ON;
    case VERDICT_TOKEN:
        reading->refused++;
        put_off(reading, index);
        return HTTP_NO_MORE;
    case VERDICT_AGAIN:
        return fail(reading, index, true, answer && answer->status == 429, &reason);
    case VERDICT_BAD:
        return fail(reading, index, false, false, &reason);
    case VERDICT_STOP:
        break;
    }
    err_move(err, &reason);
    return HTTP_STOP;
}

/* What was put off and what was not sent becomes the next round. */
static void turn_over(struct reading *reading)
{
    size_t *todo = reading->todo;

    for (size_t i = reading->sent; i < reading->todo_count; i++)
        put_off(reading, todo[i]);
    reading->todo = reading->later;
    reading->todo_count = reading->later_count;
    reading->later = todo;
    reading->later_count = 0;
}

static int read_round(struct reading *reading, struct err *err)
{
    struct bynder *bynder = reading->bynder;

    reading->sent = reading->good = reading->refused = 0;
    if (bynder_token_ensure(bynder, err) < 0)
        return -1;
    if (http_exchange_many(bynder->http, (size_t)bynder->config->connections, reading->todo_count,
                           make_request, take_answer, reading, err) < 0)
        return -1;
    turn_over(reading);
    /* A token that served nobody is no good; one that served somebody may just have ended. */
    if (reading->refused > 0) {
        if (reading->good > 0)
            bynder->is_fresh = false;
        return bynder_token_refused(bynder, err);
    }
    if (reading->todo_count > 0 && reading->good == 0)
        return bynder_pause(bynder, ++reading->round, err);
    return 0;
}

/* "No such user" of somebody who was listed: believed only of a portal that still knows us. */
static int explain_vanished(struct reading *reading, struct err *err)
{
    const char *own_id = NULL;

    if (reading->vanished == 0)
        return 0;
    if (bynder_current_user(reading->bynder, reading->arena, &own_id, err) < 0)
        return -1;
    bynder_incomplete(reading->arena, reading->snapshot,
                      "%zu accounts that were listed are not there any more, the first is '%s'",
                      reading->vanished, reading->vanished_id);
    return 0;
}

static void reading_init(struct reading *reading, const size_t *index, size_t count)
{
    const struct snapshot *snapshot = reading->snapshot;

    account_reader_init(&reading->reader, reading->arena);
    reading->todo = mem_calloc(count, sizeof(reading->todo[0]));
    reading->later = mem_calloc(count, sizeof(reading->later[0]));
    reading->tries = mem_calloc(snapshot->count, 1);
    for (size_t i = 0; i < count; i++) {
        const struct account *account = &snapshot->account[index[i]];

        /* Any other id could be somebody's username: it stays unread, and is flawed anyway (P2). */
        if (account->id && account_id_is_v4(account->id))
            reading->todo[reading->todo_count++] = index[i];
    }
    reading->total = reading->todo_count;
}

int bynder_logins(void *self, struct arena *arena, const struct progress *progress,
                  const size_t *index, size_t count, struct snapshot *snapshot, struct err *err)
{
    CLEANUP(reading_release)
    struct reading reading = {.bynder = self, .arena = arena, .progress = progress};

    reading.snapshot = snapshot;
    reading_init(&reading, index, count);
    while (reading.todo_count > 0 && !snapshot->logins_given_up) {
        if (read_round(&reading, err) < 0)
            return -1;
    }
    if (explain_vanished(&reading, err) < 0)
        return -1;
    snapshot->requests = bynder_requests(reading.bynder);
    return 0;
}
