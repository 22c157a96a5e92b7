/*
 * portal_client: a portal-sim of one's own, kept running for the whole year, and its control
 * requests.
 */
#ifndef YEAR_PORTAL_CLIENT_H
#define YEAR_PORTAL_CLIENT_H

#include <curl/curl.h>
#include <json-c/json.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/instant.h"
#include "base/text.h"

struct portal_client {
    pid_t pid;
    unsigned port;
    CURL *curl;
    struct text changes; /* the form that is not sent yet */
};

/* Starts it with nobody but the token's account; its files go below the directory. */
int portal_client_start(struct portal_client *client, const char *directory, uint64_t seed,
                        struct day today, struct err *err) __attribute__((warn_unused_result));
void portal_client_stop(struct portal_client *client);

int portal_client_set_clock(struct portal_client *client, struct instant at, struct err *err)
    __attribute__((warn_unused_result));
/* Makes an account by a form of /_sim/users; its id, malloc'ed. */
int portal_client_add(struct portal_client *client, const char *form, char **ret_id,
                      struct err *err) __attribute__((warn_unused_result));
/* A change to one account, sent with others at the next flush. */
int portal_client_change(struct portal_client *client, const char *id, const char *form,
                         struct err *err) __attribute__((warn_unused_result));
int portal_client_flush(struct portal_client *client, struct err *err)
    __attribute__((warn_unused_result));
/* `form` of /_sim/faults. */
int portal_client_faults(struct portal_client *client, const char *form, struct err *err)
    __attribute__((warn_unused_result));
/* The list of all writes since the start; the caller puts it. */
int portal_client_writes(struct portal_client *client, struct json_object **ret_list,
                         struct err *err) __attribute__((warn_unused_result));

#endif
