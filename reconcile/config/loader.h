/*
 * config/loader: what the parts of config_load share while a file is read: the tree of libconfig,
 * the configuration that is being filled, and the problems found so far. Nothing outside
 * config/ includes this.
 */
#ifndef CONFIG_LOADER_H
#define CONFIG_LOADER_H

#include <libconfig.h>

#include "base/text.h"
#include "config/config.h"
#include "config/settings.h"

struct config_loader {
    struct arena *arena;
    struct config *config;
    enum config_secrets secrets;
    config_t tree;
    struct config_problems problems;
    unsigned *bad_number_line; /* ascending; a clamped value there is not judged again */
    size_t bad_number_count, bad_number_capacity;
};

/* Notes a problem in the configuration file. line 0 = the file as a whole. */
void config_problem_add(struct config_loader *loader, unsigned line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for another file. */
void config_problem_in(struct config_loader *loader, const char *file, unsigned line,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Moves a text out of err, behind `what` and ": ", into the problems. */
void config_problem_from(struct config_loader *loader, unsigned line, const char *what,
                         struct err *err);

/* Whether the file says anything at this path of libconfig, such as "policy.rules.[2].do". */
bool config_given(const struct config_loader *loader, const char *path);
/* Where it says it; the nearest group above when it does not, 0 when there is none. */
unsigned config_line(const struct config_loader *loader, const char *path);
/* A path against the directory of the configuration file; memory from the arena. */
const char *config_resolve(struct config_loader *loader, const char *path);

/* A file that says what is done: `what` for messages. Nobody else may have written it. */
int config_read_trusted(const char *path, const char *what, struct text *ret_text, struct err *err)
    __attribute__((warn_unused_result));

/* scan.c: looks at the bytes for what libconfig hides: numbers it would clamp, @include, a
 * comment without an end. 0 when libconfig may parse them. */
int config_scan(struct config_loader *loader, const char *bytes, size_t length);

/* values.c: tree to struct config by the table; unknown keys, types, ranges, defaults. */
void config_read_values(struct config_loader *loader);

/* check.c: what one setting means for another. */
void config_check(struct config_loader *loader);

/* roster.c: what the settings below roster mean for another. */
void config_check_roster(struct config_loader *loader);

/* seats.c: classes of seats, and what rules ask of them. */
void config_check_seats(struct config_loader *loader);

/* address.c: addresses of portal, proxies and roster; and their parts as libcurl reads them
 * (NULL = it has none). */
struct config_address {
    const char *scheme, *user, *password, *host, *port, *path, *query, *fragment;
};
/* false when libcurl cannot read it. Memory from the arena. */
bool config_take_apart(struct arena *arena, const char *text, struct config_address *ret_address);
bool config_is_loopback(const char *host);
void config_check_addresses(struct config_loader *loader);

/* secret.c: of a secret given as NAME_file or NAME_credential: both, or one that cannot be read. */
void config_check_secret(struct config_loader *loader, const char *name,
                         const struct secret_source *source);
/* Whether the file names it in some way, a wrong one included. */
bool config_is_secret_given(const struct config_loader *loader, const char *name);

/* notify.c: mail and webhook. */
void config_check_notify(struct config_loader *loader);

/* links.c: the links file into config->matching. */
void config_read_links(struct config_loader *loader);

#endif
