/*
 * bynder/private: what the files of bynder/ share. Nobody else includes this.
 *
 * bynder.c puts the portal together, answer.c says what any answer is, patience.c how long a portal
 * in trouble is asked again, token.c gets and renews the token, call.c sends one request and judges
 * its answer, rounds.c does that for many at a time, account.c reads one user, list.c the list and
 * the profiles, logins.c many single users, events.c events in bulk, year.c those of a year that is
 * over, write.c changes one.
 */
#ifndef BYNDER_PRIVATE_H
#define BYNDER_PRIVATE_H

#include "base/intern.h"
#include "base/table.h"
#include "base/text.h"
#include "bynder/bynder.h"
#include "format/json_view.h"
#include "host/clock.h"
#include "net/http.h"

enum { BYNDER_TRIES = 3 }; /* of one read, the first included, where patience is of no use */

/* How long this run bears with a portal that does not answer (patience.c). */
struct patience {
    int64_t most_us;      /* of one trouble; a run bears three of them in all */
    int64_t spent_us;     /* by troubles that are over */
    struct instant since; /* steady: when this trouble was first seen; none = there is none */
    int64_t waited_us;    /* http_waited_us then: the pace is no trouble */
    unsigned pauses;      /* of this trouble */
    bool is_over;         /* used up by this trouble */
    bool is_told;         /* somebody knows of this trouble */
    size_t answered;      /* good answers of this run */
};

struct bynder {
    const struct config_portal *config;
    const struct clock *clock;
    struct http *http;
    struct pace *pace;
    struct secret client_secret;
    struct secret token; /* permanent, or fetched; not set = to be fetched */
    bool is_permanent;
    bool writes;             /* asks for the scope of writing */
    bool is_fresh;           /* no request has succeeded with this token yet */
    bool by_basic;           /* the token endpoint wanted HTTP Basic */
    bool without_optional;   /* it refused to be asked for the optional scope */
    struct instant renew_at; /* steady; none = not told */
    char *scopes;            /* granted; NULL = permanent token */
    double clock_offset;
    bool clock_told;
    struct patience patience;
    bool token_waited;          /* a 401 to this token was waited over once */
    char *in_front;             /* what answered 401, where it was not the portal */
    struct instant quiet_until; /* steady: as far as answers have asked us to wait */
    int64_t quiet_us;           /* in all */
    long stopped_by;            /* the status that ended the last reading; 0 = none */
    char *gave_up;              /* the sentence that every further request is refused with */
    void (*waiting)(void *context, double seconds, const char *why);
    void *waiting_context;
    bool (*is_stopped)(void *context);
    void *stop_context;
};

/* What kind of request it is, for what a refusal means. */
enum endpoint {
    ENDPOINT_CURRENT_USER = 0,
    ENDPOINT_USERS,
    ENDPOINT_USER,
    ENDPOINT_PROFILES,
    ENDPOINT_EVENTS,
    ENDPOINT_YEAR,
};

enum verdict {
    VERDICT_GOOD = 0, /* 200, or for a single user a 404 of the application */
    VERDICT_AGAIN,    /* it may pass: worth another try for as long as there is patience */
    VERDICT_FEW,      /* worth another try, but no waiting for it to pass */
    VERDICT_TOKEN,    /* 401 */
    VERDICT_BAD,      /* not as documented: this answer is no use, and another try would not help */
    VERDICT_STOP,     /* no request of this kind can succeed */
};

/* answer.c */
/* What the answer says in words, printable and short; "" when nothing. malloc'ed. */
char *bynder_words(const struct http_answer *answer);
/* Whether a 404 is the gateway's own, or nobody's we know: a wrong path, and no word on the user.
 */
bool bynder_is_gateways(const struct http_answer *answer);
/* By its Content-Type; one without may be. */
bool bynder_is_json(const struct http_answer *answer);
bool bynder_is_csv(const struct http_answer *answer);
/* Appends what it is when it is not the portal that answers, as front_describe does. */
bool bynder_in_front(const struct http_answer *answer, const char *url, struct text *out);
/* The portal's own words where something else was asked for, "" when it is no such answer.
 * malloc'ed. */
char *bynder_refusal(const struct http_answer *answer);

/* patience.c */
void bynder_patience_init(struct bynder *bynder, int64_t most_us); /* 0 = as long as is usual */
/* The portal answered as it should: trouble is over. */
void bynder_answered(struct bynder *bynder);
/* After a failure that may pass: whether to try again. */
bool bynder_bears(struct bynder *bynder);
/* The wait before the next try, longer each time; `why` for whoever is told of it. A stop that is
 * said meanwhile ends patience. */
int bynder_pause(struct bynder *bynder, const char *why, struct err *err)
    __attribute__((warn_unused_result));
/* Before a request: -1 when an earlier answer forbade it. */
int bynder_may_ask(const struct bynder *bynder, struct err *err)
    __attribute__((warn_unused_result));
/* An answer that asks us to wait: -1 when that is more than a run waits. The pace knows already. */
int bynder_heed(struct bynder *bynder, const struct http_answer *answer, const char *subject,
                struct err *err) __attribute__((warn_unused_result));

/* token.c */
int bynder_token_ensure(struct bynder *bynder, struct err *err) __attribute__((warn_unused_result));
bool bynder_token_is_due(const struct bynder *bynder);
/* After a 401: 0 when a new token may help and will be fetched, else ERR_SCOPE. */
int bynder_token_refused(struct bynder *bynder, struct err *err)
    __attribute__((warn_unused_result));
/* The same for a read: a token that is new is tried once more, some seconds later. */
int bynder_token_doubted(struct bynder *bynder, struct err *err)
    __attribute__((warn_unused_result));
/* Whether anything is to be read for which its scope is needed. */
bool bynder_wants_events(const struct bynder *bynder);
/* Whether events may be read; true when nothing can be told (a permanent token). */
bool bynder_may_read_events(const struct bynder *bynder);
/* ERR_SCOPE names the first scope that is not granted. */
int bynder_check_scopes(const struct bynder *bynder, struct err *err)
    __attribute__((warn_unused_result));

/* call.c */
enum verdict bynder_judge(struct bynder *bynder, enum endpoint endpoint, const char *url,
                          const struct http_answer *answer, struct err *failure, struct err *err);
/* A good answer that is not what was asked for, as the caller's *err says: whether to try again.
 * Says better what it is, where the portal or something in front of it does. */
enum verdict bynder_misfit(const char *url, const struct http_answer *answer, struct err *err);
/* Called with each answer that is good. A failure counts as one of the answer: it is asked again.
 */
typedef int bynder_use(void *context, const struct http_answer *answer, struct err *err);
/* GET with token, renewal and further tries; 0 when `use` took an answer. */
int bynder_get(struct bynder *bynder, enum endpoint endpoint, const char *url, bynder_use *use,
               void *context, struct err *err) __attribute__((warn_unused_result));
/* After an attempt: 0 when the read is to be tried again (`tries`: VERDICT_FEW so far), when what
 * stands in the way was waited over; -1 when it is not. */
int bynder_before_next(struct bynder *bynder, enum verdict verdict, unsigned tries, struct err *err)
    __attribute__((warn_unused_result));
char *bynder_user_url(const struct bynder *bynder, const char *id); /* an id of the v4 form */
void bynder_add_user_url(const struct bynder *bynder, const char *id, struct text *url);
int bynder_current_user(struct bynder *bynder, struct arena *arena, const char **ret_id,
                        struct err *err) __attribute__((warn_unused_result));
void bynder_incomplete(struct arena *arena, struct snapshot *snapshot, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* rounds.c: reads 0 to count - 1 of one kind, `connections` at a time, in any order. */
struct rounds {
    struct bynder *bynder;
    enum endpoint endpoint;
    void *context; /* of the functions below */
    /* Appends the address of this read. */
    void (*add_url)(void *context, size_t number, struct text *url);
    /* A good answer, whose body may be taken. A failure (-1) counts as one of the answer: it is
     * asked again. HTTP_NO_MORE sends nothing more, and what is under way still comes.
     * HTTP_ONE_MORE: this read again, which has another address by now. */
    int (*use)(void *context, size_t number, struct http_answer *answer, struct err *err);
    /* This read was tried in vain. */
    void (*miss)(void *context, size_t number, const struct err *failure);
    /* So many failed one after the other that what is left is not sent any more. */
    void (*give_up)(void *context, unsigned failures, const struct err *last);
};
/* Tokens, further tries and silences as with bynder_get. -1: no request of this kind can succeed, a
 * refused token, a signal. */
int bynder_rounds(const struct rounds *rounds, size_t count, struct err *err)
    __attribute__((warn_unused_result));

/* account.c: values that recur are kept once. */
struct account_reader {
    struct arena *arena;
    struct arena scratch;
    const struct roster_texts *texts; /* NULL = none */
    struct intern kept, names;
    struct table lists; /* of groups, by how they are written: many accounts share one */
    struct group_list {
        const struct group *group;
        size_t count;
    } * list;
    size_t list_count, list_capacity;
    struct alike alikes;
    struct account_alike alike; /* of the account that is read */
};

void account_reader_init(struct account_reader *reader, struct arena *arena);
void account_reader_release(struct account_reader *reader);
/* An item of the list. false: without a usable id it is nobody's. */
bool account_reader_read(struct account_reader *reader, const struct json_view *item,
                         struct account *ret_account);
/* What only the single user tells: last login and department; and the newer word on the status. */
void account_reader_refresh(struct account_reader *reader, const struct json_object *user,
                            struct instant now, struct account *account);
/* firstname infix lastname */
void account_reader_compose_name(struct account_reader *reader, const struct json_object *user,
                                 struct account *account);
void account_read_particulars(const struct json_object *user, struct arena *arena,
                              struct particulars *ret_particulars);

/* write.c: the writing members of struct portal */
int bynder_ready(void *self, size_t requests, struct err *err);
int bynder_act(void *self, struct arena *arena, const struct portal_act *what,
               const struct time_mark *looked, struct portal_answer *ret_answer, struct err *err);

/* list.c, logins.c, events.c, year.c: members of struct portal */
int bynder_year(void *self, struct arena *arena, const struct portal_year *year,
                struct portal_year_told *ret_told, struct err *err);
int bynder_events(void *self, struct arena *arena, const struct events_window *window,
                  struct events_page *ret_page, struct err *err);
int bynder_events_many(void *self, const struct events_pages *pages, struct err *err);
int bynder_list(void *self, struct arena *arena, const struct progress *progress,
                struct snapshot *snapshot, struct err *err);
int bynder_logins(void *self, struct arena *arena, const struct progress *progress,
                  const size_t *index, size_t count, struct snapshot *snapshot, struct err *err);

#endif
