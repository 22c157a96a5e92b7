/*
 * delivery: how a message leaves: mail over SMTP, or a POST to a webhook, by libcurl. One attempt,
 * bounded by a deadline; a signal ends it. Nothing is taken from the environment, certificates are
 * checked, and no error text has a password or a webhook's address in it.
 */
#ifndef NOTIFY_DELIVERY_H
#define NOTIFY_DELIVERY_H

#include "base/instant.h"
#include "base/text.h"
#include "config/config.h"
#include "host/clock.h"

/* For all deliveries of a run together. */
struct delivery_bound {
    const struct clock *clock;
    struct instant until; /* by clock->steady */
};

struct mail_attachment {
    const char *name; /* ASCII: from the configuration and numbers */
    const char *type; /* of MIME */
    struct text content;
};

struct mail {
    const char *id;      /* left part of Message-ID: letters, digits, '.', '-' */
    const char *subject; /* ASCII, one line: fixed words, numbers, a name from the configuration */
    struct instant date;
    const char *text, *html;
    const struct mail_attachment *attachment;
    size_t attachment_count;
    const char *to; /* NULL = the configured addresses; else one address, which stands in the
                     * envelope alone: no header is made from data */
};

/* What became of it. */
enum delivery_fate {
    DELIVERY_PERHAPS = 0, /* broken off when the message may have been taken */
    DELIVERY_UNREACHED,   /* certainly not taken: no server, no TLS, no login, no time */
    DELIVERY_DEFERRED,    /* refused for now (4xx) */
    DELIVERY_REFUSED,     /* refused for good (5xx): this address or this message */
    DELIVERY_TAKEN,       /* by at least one of the configured addresses' servers */
};

/* -1 and the reason in err unless DELIVERY_TAKEN; *ret_fate (may be NULL) is set in both cases. */
int delivery_mail(const struct config_mail *config, const struct mail *mail,
                  const struct delivery_bound *bound, enum delivery_fate *ret_fate, struct err *err)
    __attribute__((warn_unused_result));

/* Connects, encrypts, logs in and takes leave; sends nothing. */
int delivery_check_mail(const struct config_mail *config, const struct delivery_bound *bound,
                        struct err *err) __attribute__((warn_unused_result));

/* Posts JSON. Anything but an answer 2xx is an error. */
int delivery_webhook(const struct config_webhook *config, const struct text *json,
                     const struct delivery_bound *bound, struct err *err)
    __attribute__((warn_unused_result));

#endif
