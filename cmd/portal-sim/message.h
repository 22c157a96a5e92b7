/*
 * message: a request as the portal sees it and the answer it gives, free of the HTTP library, and
 * the small encodings of both: percent encoding, forms, base64.
 */
#ifndef SIM_MESSAGE_H
#define SIM_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define MESSAGE_BODY_MAX 65536 /* bytes of a request body; beyond it the answer is 413 */
#define ANSWER_HEADERS   8

struct request {
    const char *method;
    char *path;                               /* as sent, without the query */
    char *query;                              /* as sent; "" when there is none */
    const char *authorization, *content_type; /* NULL: not sent */
    struct text body;
    unsigned port; /* the client's: tells connections apart */
};

/* How an answer gets out, or does not. */
enum delivery {
    DELIVER_WHOLE = 0,
    DELIVER_CUT_LENGTH,  /* half the body, Content-Length of the whole */
    DELIVER_CUT_CHUNKED, /* half the body, chunked, no last chunk */
    DELIVER_CUT_CLOSE,   /* half the body, neither length nor chunks: looks complete */
    DELIVER_SLOW,
    DELIVER_RESET,
    DELIVER_HANG,
};

struct answer {
    unsigned status;
    const char *content_type; /* NULL: none */
    struct text body;
    struct {
        const char *name;
        char *value; /* owned */
    } header[ANSWER_HEADERS];
    size_t header_count;
    enum delivery delivery;
    int64_t delay_ms;
    bool held;         /* until no hold is set */
    uint64_t filler;   /* blanks after the first byte of the body */
    size_t slow_bytes; /* a second, for DELIVER_SLOW */
    int file;          /* -1, or a descriptor whose bytes from file_offset are the body */
    uint64_t file_offset, file_length;
    const char *fault; /* the fault that made this answer, for the log; NULL: none */
    int64_t date_us;   /* of the Date header; 0: the machine's clock */
};

void answer_init(struct answer *answer);
void answer_release(struct answer *answer);
void answer_header(struct answer *answer, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* {"message": …, "statuscode": …} */
void answer_message(struct answer *answer, unsigned status, const char *message);
/* Another answer altogether: body and headers so far are dropped. */
void answer_plain(struct answer *answer, unsigned status, const char *content_type,
                  const char *body);

struct form {
    struct form_field {
        char *name, *value;
    } * field;
    size_t count, capacity;
};

/* Decodes name=value&…; false when an escape is broken or a value holds a NUL. */
bool form_parse(struct form *form, const char *encoded);
void form_release(struct form *form);
/* The value of the first field of that name, or NULL. */
const char *form_get(const struct form *form, const char *name);

/* Percent-decoded, malloc'ed; NULL when broken or with a NUL inside. plus: '+' is a blank. */
char *percent_decode(const char *encoded, size_t length, bool plus);
void percent_encode(struct text *text, const char *plain);
/* base64url without padding. */
void base64_encode(struct text *text, const char *plain);
/* Either alphabet, padding optional; malloc'ed, NULL when broken or with a NUL inside. */
char *base64_decode(const char *encoded);

#endif
