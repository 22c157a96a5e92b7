/*
 * session: what most verbs begin with, configuration and database, and how they end, output.
 */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "base/text.h"
#include "cmd/bynder-reconcile/verb.h"
#include "config/config.h"
#include "database/database.h"
#include "report/report.h"
#include "store/store.h"

/* Loads the configuration. A single problem is in err; several are logged, and err counts them. */
int session_config(const struct invocation *invocation, struct config *ret_config, struct err *err)
    __attribute__((warn_unused_result));

enum session_schema {
    SESSION_MIGRATES, /* brings an embedded database up to date; a server's must be already */
    SESSION_READS,    /* the schema must be right */
};

/* Opens the database and the portal's store in it. */
int session_open(const struct config *config, enum session_schema schema,
                 struct database *ret_database, struct store *ret_store, struct err *err)
    __attribute__((warn_unused_result));

/* G15. ERR_HELD while the record is older than what this machine kept of it, with what lets it go.
 */
int session_refuse_back(const struct config *config, const struct store *store, struct arena *arena,
                        struct err *err) __attribute__((warn_unused_result));
/* The same as a warning, for what only reads or spares. */
void session_warn_back(const struct config *config, const struct store *store, struct arena *arena);
/* ERR_HELD while outcomes of a portal's acts wait in files to be read in. */
int session_refuse_outcomes(const struct config *config, const char *portal, struct err *err)
    __attribute__((warn_unused_result));
/* What a person decided is kept outside of the database as well, where this user may write: the
 * next run keeps it otherwise. Not while the record is older than what was kept. */
void session_keep_head(const struct config *config, const struct store *store);

/* --format: the format, or ERR_USAGE that lists them. NULL gives text. */
int session_format(const char *name, enum report_format *ret_format, struct err *err)
    __attribute__((warn_unused_result));

/* The same of a plan, by the options format, output and bom: xlsx too, but not to a terminal. */
int session_plan_format(const struct invocation *invocation, enum report_format *ret_format,
                        struct err *err) __attribute__((warn_unused_result));

/* A plan id from the command line; NULL gives 0, the newest. */
int session_plan_id(const char *word, int64_t *ret_id, struct err *err)
    __attribute__((warn_unused_result));

/* ERR_USAGE: there is no such plan (id 0: none at all yet), and what to do. */
int session_no_plan(const char *portal, int64_t id, struct err *err)
    __attribute__((warn_unused_result));

/* How text on stdout may look. */
struct report_style session_style(const char *output);

/* A plan, however long, to the file or to stdout, likewise. */
int session_report(const char *path, const struct plan *plan, enum report_format format,
                   struct err *err) __attribute__((warn_unused_result));
/* The same, and the files of the configuration (report/files.h). */
int session_report_files(const char *path, const struct plan *plan, enum report_format format,
                         const struct config *config, char **ret_html, struct err *err)
    __attribute__((warn_unused_result));

/* A line on standard output, with its newline. Whatever people, HR or the portal wrote in it cannot
 * move the terminal. */
void session_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* To the file (complete or not at all), or to stdout when path is NULL or "-". */
int session_print(const char *path, const struct text *text, struct err *err)
    __attribute__((warn_unused_result));

/* What was printed must have arrived: a full disk behind stdout is a failure. The exit code. */
int session_end(int code, struct err *err);
/* An error is told once, at the end. */
void session_tell(const struct err *err);

#endif
