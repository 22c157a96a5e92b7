/*
 * Single users are read many at a time (rounds.c), in whatever order they answer: each
 * answer changes its own account and nothing else.
 *
 * Invariant: an account whose read gave no usable answer keeps its login as it was (not read), and
 * the snapshot says that it is incomplete.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "bynder/private.h"

struct reading {
    struct bynder *bynder;
    struct arena *arena;
    const struct progress *progress;
    struct snapshot *snapshot;
    struct account_reader reader;
    size_t *index; /* of the accounts to be read */
    size_t done, total;
    size_t vanished;         /* application 404s */
    const char *vanished_id; /* of the first */
};

static void reading_release(struct reading *reading)
{
    account_reader_release(&reading->reader);
    free(reading->index);
}

static struct account *account_of(const struct reading *reading, size_t number)
{
    return &reading->snapshot->account[reading->index[number]];
}

static void add_url(void *context, size_t number, struct text *url)
{
    const struct reading *reading = context;

    bynder_add_user_url(reading->bynder, account_of(reading, number)->id, url);
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

static int use_answer(void *context, size_t number, struct http_answer *answer, struct err *err)
{
    struct reading *reading = context;
    struct account *account = account_of(reading, number);

    if (answer->status == 200 && take_user(reading, answer, account, err) < 0)
        return -1;
    if (answer->status == 404 && reading->vanished++ == 0)
        reading->vanished_id = account->id;
    reading->done++;
    if (reading->progress && reading->progress->report)
        reading->progress->report(reading->progress->context, "last logins", reading->done,
                                  reading->total);
    return HTTP_GO_ON;
}

static void miss(void *context, size_t number, const struct err *failure)
{
    struct reading *reading = context;

    bynder_incomplete(reading->arena, reading->snapshot, "account '%s' could not be read: %s",
                      account_of(reading, number)->id, failure->text ? failure->text : "no answer");
    reading->done++;
}

static void give_up(void *context, unsigned failures, const struct err *last)
{
    struct reading *reading = context;

    bynder_incomplete(reading->arena, reading->snapshot,
                      "last logins: given up after %u failures in a row, the last: %s", failures,
                      last->text ? last->text : "no answer");
    reading->snapshot->logins_given_up = true;
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
    account_reader_init(&reading->reader, reading->arena);
    reading->index = mem_calloc(count, sizeof(reading->index[0]));
    for (size_t i = 0; i < count; i++) {
        const struct account *account = &reading->snapshot->account[index[i]];

        /* Any other id could be somebody's username: it stays unread, and is flawed anyway (P2). */
        if (account->id && account_id_is_v4(account->id))
            reading->index[reading->total++] = index[i];
    }
}

int bynder_logins(void *self, struct arena *arena, const struct progress *progress,
                  const size_t *index, size_t count, struct snapshot *snapshot, struct err *err)
{
    CLEANUP(reading_release)
    struct reading reading = {.bynder = self, .arena = arena, .progress = progress};
    struct rounds rounds = {
        .bynder = self,
        .endpoint = ENDPOINT_USER,
        .context = &reading,
        .add_url = add_url,
        .use = use_answer,
        .miss = miss,
        .give_up = give_up,
    };

    reading.snapshot = snapshot;
    reading_init(&reading, index, count);
    if (!snapshot->logins_given_up && bynder_rounds(&rounds, reading.total, err) < 0)
        return -1;
    if (explain_vanished(&reading, err) < 0)
        return -1;
    snapshot->requests = bynder_requests(reading.bynder);
    return 0;
}
