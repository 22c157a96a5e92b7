/*
 * portal: what the simulated portal consists of, and its time. All of it is free of the HTTP
 * library: a request goes in, an answer comes out (answer.h), and everything the real portal is
 * known to do in between happens there (API.md).
 */
#ifndef SIM_PORTAL_H
#define SIM_PORTAL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#include "faults.h"
#include "message.h"
#include "rate.h"
#include "reqlog.h"
#include "tokens.h"
#include "world/events.h"
#include "world/population.h"

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
    ENDPOINT_VIEWS_NEW,
    ENDPOINT_VIEWS,
    ENDPOINT_DOWNLOADS_NEW,
    ENDPOINT_DOWNLOADS,
    ENDPOINT_CREATIONS,
    ENDPOINT_ARCHIVALS,
    ENDPOINT_REMOVALS,
    ENDPOINT_SEARCHES_NEW,
    ENDPOINT_SEARCHES,
    ENDPOINT_COLLECTION_VIEWS,
    ENDPOINT_YEAR,
    ENDPOINT_COUNT
};
extern const char *const endpoint_names[]; /* in the log and the counts */

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
    struct events events[EVENT_SORTS];
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

/* What is below is called with the lock held. */

/* Monotonic microseconds, turned on by tests. */
int64_t portal_now_us(const struct portal *portal);
/* The portal's wall clock. */
int64_t portal_wall_us(const struct portal *portal);

/* One request in hand, for those who answer it. */
struct call {
    struct portal *portal;
    const struct request *request;
    struct answer *answer;
    struct form query, form;
    enum endpoint endpoint;
    char *segment;       /* decoded last path segment of routes with one */
    const char *user_id; /* of the account concerned, for the list of writes */
    const char *effect;
    unsigned scopes; /* of the token */
};

/* The fault, when it hits this call; the answer is marked with it. */
const struct fault *call_fault(struct call *call, enum fault_id id);
/* A whole number from the query: *ret_value keeps its default when the field is not there. false,
 * with an answer of 400, when it is no number in the range. */
bool call_number(struct call *call, const char *name, int64_t minimum, int64_t maximum,
                 int64_t *ret_value);

#endif
