/*
 * faults: what can go wrong at this portal, by option or by a control request.
 *
 * A fault is written NAME[=VALUE][:CHANCE][:WHERE]; after `=` a part that the fault does not need
 * may be left out. VALUE is a number or a word from the fault's list. CHANCE is a percentage (`10`
 * or `10%`), `every=N` (each Nth request that fits) or `nth=N` (that one request alone). WHERE is a
 * prefix of the path, or of `METHOD path`. Which requests are hit depends on the seed and on how
 * many fitting requests came before, so a sequential client sees the same every time.
 *
 * The table in faults.c is the list; `portal-sim --help` prints it. Not thread-safe.
 */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/jsonw.h"
#include "base/text.h"

enum fault_id {
    FAULT_LATENCY = 0,
    FAULT_HOLD,
    FAULT_ERROR,
    FAULT_RESET,
    FAULT_LOST_ANSWER,
    FAULT_CUT,
    FAULT_WRONG_TYPE,
    FAULT_CLAMP_LIMIT,
    FAULT_REPEAT_LAST_PAGE,
    FAULT_DRIFT,
    FAULT_NO_PAGING_HEADERS,
    FAULT_WRONG_TOTAL,
    FAULT_LAST_LOGIN_FORM,
    FAULT_NEVER_FORM,
    FAULT_ACTIVE_FORM,
    FAULT_REDIRECT_SLASH,
    FAULT_TOKEN_EXPIRY,
    FAULT_DELAY_202,
    FAULT_DELAY_202_READS,
    FAULT_NEVER_202,
    FAULT_DEFAULT_OMITTED,
    FAULT_EMPTY_OMITTED,
    FAULT_DUPLICATE_IDS,
    FAULT_BAD_ITEM,
    FAULT_TRAILING_GARBAGE,
    FAULT_DEEP_JSON,
    FAULT_HUGE_BODY,
    FAULT_GATEWAY_404,
    FAULT_NO_SUCH_USER,
    FAULT_ROLE_MISSING,
    FAULT_EVENTS_403,
    FAULT_EVENTS_404,
    FAULT_EVENTS_LATE,
    FAULT_EVENTS_SHIFT,
    FAULT_BAD_EVENT,
    FAULT_EMPTY_PAGE,
    FAULT_CURSOR_ALWAYS,
    FAULT_CURSOR_LOOP,
    FAULT_CURSOR_NEW,
    FAULT_SLOW_BODY,
    FAULT_HANG,
    FAULT_COUNT
};

/* Values of last-login-form; the order is that of its words in faults.c. */
enum last_login_form {
    LOGIN_RFC3339_MS = 0, /* 2019-03-31T23:59:40.000+00:00, the form without any fault */
    LOGIN_RFC3339,        /* 2017-01-10T07:43:12+00:00 */
    LOGIN_ZULU,           /* 2015-06-01T08:36:18Z */
    LOGIN_NO_ZONE,        /* 2024-06-28T10:42:11 */
    LOGIN_WORDS,          /* March, 08 2017 14:17:37 +0000 */
    LOGIN_EPOCH_MS,       /* a number */
    LOGIN_EPOCH_MS_TEXT,  /* the same in quotes */
    LOGIN_NULL,
    LOGIN_MISSING,
    LOGIN_EMPTY,
    LOGIN_GARBAGE,
    LOGIN_FUTURE, /* two years after today */
    LOGIN_MIXED,  /* the seven readable forms in turn by account */
    LOGIN_ALL,    /* all forms in turn by account */
};

/* Values of active-form. */
enum active_form {
    ACTIVE_INT = 0,
    ACTIVE_BOOL,
    ACTIVE_STRING,
    ACTIVE_QUOTED_BOOL,
    ACTIVE_GARBAGE,
    ACTIVE_MISSING,
};

/* Values of empty-omitted: which text. */
enum empty_omitted {
    EMPTY_LANGUAGE = 0,
    EMPTY_FIRSTNAME,
    EMPTY_INFIX,
    EMPTY_LASTNAME,
    EMPTY_PHONE,
    EMPTY_COMPANY,
    EMPTY_DEPARTMENT,
    EMPTY_JOB,
    EMPTY_COST_CENTER,
    EMPTY_ALL, /* of them */
};

enum cut_form { CUT_LENGTH = 0, CUT_CHUNKED, CUT_CLOSE };
enum drift_form { DRIFT_BOTH = 0, DRIFT_REMOVE, DRIFT_ADD };
enum bad_event { BAD_EVENT_STRING = 0, BAD_EVENT_TIME, BAD_EVENT_USER, BAD_EVENT_NOBODY };
enum bad_item { BAD_STRING = 0, BAD_NULL, BAD_NUMBER, BAD_NO_ID, BAD_ID_NUMBER, BAD_ID_FORM };

struct fault {
    enum fault_id id;
    char *text;     /* as it was given */
    int64_t number; /* VALUE, or the place of its word in the list */
    unsigned percent, every, nth;
    char *where; /* NULL: everywhere */
    uint64_t fitting;
};

struct faults {
    struct fault *fault;
    size_t count, capacity;
    uint64_t seed;
};

void faults_init(struct faults *faults, uint64_t seed);
void faults_release(struct faults *faults);
void faults_clear(struct faults *faults);

/* Sets one fault from its name and the text behind `=` (NULL: none; "off": no longer). A fault
 * replaces the one of its name, except `error`, of which there may be several. ERR_USAGE. */
int faults_set(struct faults *faults, const char *name, const char *value, struct err *err)
    __attribute__((warn_unused_result));
/* `NAME=VALUE` or `NAME` in one string. */
int faults_set_pair(struct faults *faults, const char *pair, struct err *err)
    __attribute__((warn_unused_result));

/* The fault, when it hits this request; counts a fitting request. Ask once per request and fault.
 * For FAULT_ERROR the first of several that hits. */
const struct fault *faults_hit(struct faults *faults, enum fault_id id, const char *method,
                               const char *path);

/* Is one of that name set? */
bool faults_have(const struct faults *faults, enum fault_id id);

const char *fault_name(enum fault_id id);
/* An array of the faults that are set, as text. */
void faults_write(const struct faults *faults, struct jsonw *json);
/* One line per fault for --help. */
void faults_add_help(struct text *text);

#endif
