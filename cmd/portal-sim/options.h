/*
 * options: the command line of portal-sim, from one table that is also the help.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/day.h"
#include "base/err.h"
#include "base/text.h"

struct options_list {
    const char **item;
    size_t count, capacity;
};

struct options {
    int64_t port, users, seed, rate_limit, rate_window, token_lifetime, max_seconds, threads;
    const char *port_file, *bind;
    struct day today; /* none: the real one */
    const char *people, *people_delimiter, *people_id, *people_name, *people_status,
        *people_last_day;
    const char *roster, *leavers, *export;
    const char *client_id, *client_secret, *scopes, *roles;
    const char *tls_cert, *tls_key, *log;
    struct options_list tokens, faults;
    bool enforce_180_days, help, version, users_given;
};

/* The strings point into argv. ERR_USAGE. */
int options_parse(struct options *ret_options, int argc, char **argv, struct err *err)
    __attribute__((warn_unused_result));
void options_release(struct options *options);
void options_add_help(struct text *text);

#endif
