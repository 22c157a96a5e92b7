/*
 * portal: the simulated portal itself, free of the HTTP library: a request goes in, an answer comes
 * out, and everything the real portal is known to do in between happens here (API.md).
 *
 * portal_answer may be called from several threads; one lock covers the whole portal, so every
 * answer is one consistent moment and the order of the log is the order of events.
 */
#ifndef SIM_PORTAL_H
#define SIM_PORTAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#include "events.h"
#include "faults.h"
#include "message.h"
#include "population.h"
#include "rate.h"
#include "reqlog.h"
#include "tokens.h"

enum endpoint {
    ENDPOINT_NONE = 0, /* no route */
    ENDPOINT_TOKEN,
    ENDPOINT_CURRENT_USER,
    ENDPOINT_USERS_LIST,
    ENDPOINT_USERS_CREATE,
    ENDPOINT_USERS_GET,
    ENDPOINT_USERS_MODIFY,
    ENDPOINT_USERS_DELETE,
    ENDPOINT_PROFILES_LIST,
    ENDPOINT_PROFILES_GET,
    ENDPOINT_LOGINS,
    ENDPOINT_COUNT
};

/* What the command line decides. Strings outlive the portal. */
struct portal_settings {
    size_t users;
    uint64_t seed;
    struct day today;
    bool today_given;              /* the portal's clock then starts at noon of that day */
    const struct roster_row *rows; /* NULL: made-up people */
    size_t row_count;
    size_t rate_limit;
    int64_t rate_window_us;
    const char *client_id, *client_secret;
    const char *const *permanent;
    size_t permanent_count;
    unsigned scopes;
    const char *const *roles; /* of the token's user, ends with NULL; NULL: an administrator's */
    int64_t token_lifetime_us;
    const char *log_path;
    const char *const *faults;
    size_t fault_count;
    bool enforce_180_days;
};

/* A change that was answered with 202 and is not visible yet. */
struct pending {
    uint32_t ordinal; /* of the user */
    struct form form;
    int64_t due_us; /* 0: by reads */
    unsigned reads_left;
};

struct portal {
    pthread_mutex_t lock;
    struct portal_settings settings;
    struct population population;
    struct tokens tokens;
    struct rate rate;
    struct faults faults;
    struct events events;
    struct reqlog log;
    struct pending *pending;
    size_t pending_count, pending_capacity;
    uint64_t pages_served; /* for drift */
    int64_t start_us;      /* monotonic, at the start */
    int64_t start_wall_us; /* the portal's wall clock at the start */
    int64_t offset_us;     /* by which tests have turned the clock on */
    bool clock_set;        /* to a moment: the Date of every answer is then of this clock */
};

int portal_init(struct portal *portal, const struct portal_settings *settings, bool with_people,
                struct err *err) __attribute__((warn_unused_result));
void portal_release(struct portal *portal);
/* Back to the state after portal_init: population, tokens, rate, faults, log. */
void portal_reset(struct portal *portal);

/* Answers one request; *answer was set by answer_init. */
void portal_answer(struct portal *portal, const struct request *request, struct answer *answer);

/* The parts below are called with the lock held. */

/* Monotonic microseconds, turned on by tests. */
int64_t portal_now_us(const struct portal *portal);
/* The portal's wall clock. */
int64_t portal_wall_us(const struct portal *portal);
/* Whether every field of a form fits (values, known profile, user name free); false with an answer
 * of 400. user may be NULL: a new one. */
bool portal_check_form(struct portal *portal, const struct user *user, const struct form *form,
                       struct answer *answer);
/* Takes the known fields of a checked form into a user; the others are ignored. */
void portal_apply_form(struct portal *portal, struct user *user, const struct form *form);
const char *portal_endpoint_name(unsigned endpoint);
/* Makes delayed changes visible whose time has come. */
void portal_settle_pending(struct portal *portal);

/* The control requests below /_sim/ (control.c). */
void control_answer(struct portal *portal, const struct request *request, struct answer *answer);

/* Handlers of users (users.c) and logins (logins.c). */
struct call {
    struct portal *portal;
    const struct request *request;
    struct answer *answer;
    struct form query, form;
    char *segment;       /* decoded last path segment of routes with one */
    const char *user_id; /* of the account concerned, for the list of writes */
    const char *effect;
    unsigned scopes; /* of the token */
};

void users_list(struct call *call);
void users_create(struct call *call);
void users_get(struct call *call);
void users_modify(struct call *call);
void users_delete(struct call *call);
void current_user(struct call *call);
void logins_list(struct call *call);

/* The fault, when it hits this call; the answer is marked with it. */
const struct fault *call_fault(struct call *call, enum fault_id id);
/* A whole number from the query: *ret_value keeps its default when the field is not there. false,
 * with an answer of 400, when it is no number in the range. */
bool call_number(struct call *call, const char *name, int64_t minimum, int64_t maximum,
                 int64_t *ret_value);

#endif
