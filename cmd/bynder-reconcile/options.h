/*
 * options: the command line, read by the tables of verbs. An unknown word names the nearest one.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "cmd/bynder-reconcile/verb.h"
#include "host/log.h"

struct command_line {
    struct invocation invocation; /* verb NULL with help or version alone */
    const char *desk;             /* NULL = the usual one, if there is one */
    enum log_level log_level;
    enum log_format log_format;
    bool help;
    bool version;
};

/* Global options may stand before or behind the verb, @NAME before it. The configuration is the one
 * that is named, else the environment's, else the usual one. ERR_USAGE otherwise. */
int options_parse(struct arena *arena, const struct verb *const *verbs, int argc, char *const *argv,
                  struct command_line *ret_line, struct err *err)
    __attribute__((warn_unused_result));

/* The help of the program (verb NULL) or of one verb, to stdout. */
void options_print_help(const struct verb *const *verbs, const struct verb *verb);

#endif
