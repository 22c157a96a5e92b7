/*
 * config: the configuration file (libconfig), typed, ranged and complete. One table, in settings.c,
 * holds every setting: key, type, range, default and the sentence that documents it; the sample
 * file etc/bynder-reconcile.conf is printed from the same table.
 *
 * libconfig itself clamps long numbers and ignores unknown keys (it reads 4294967297 as 1), so
 * types, ranges, unknown keys and long digit runs are checked here, each with file and line.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "core/calendar.h"
#include "core/guard.h"
#include "core/match.h"
#include "core/policy.h"
#include "core/seats.h"
#include "facts/particulars.h"

struct secret;

/* A secret is a file, a systemd credential (a name below $CREDENTIALS_DIRECTORY), or not set. */
struct secret_source {
    const char *file; /* resolved against the configuration file; NULL = not this way */
    const char *credential;
};

struct config_portal {
    const char *name;
    const char *url;  /* without a trailing slash */
    const char *host; /* of url, in small letters, with its port */
    bool loopback;    /* the host is 127.0.0.0/8, [::1] or localhost */
    const char *client_id;
    struct secret_source client_secret;
    struct secret_source token; /* a permanent token instead of client id and secret */
    double requests_per_second;
    int64_t requests_per_window; /* in any 300 s */
    double silence_after_429;    /* seconds */
    double patience;             /* seconds for which reads are tried again */
    int64_t page_size;
    int64_t connections;
    bool login_events;            /* logins = "events" */
    int64_t login_reread_days;    /* how old a single read may be that a proposal rests on */
    int64_t login_refresh_days;   /* everybody is read once in so many days; 0 = never */
    bool activity[EVENT_KINDS];   /* which kinds count where a rule asks activity */
    bool activity_always;         /* they are read without a rule that asks it, too */
    bool activity_wanted;         /* they are read: a rule asks it, or always */
    int64_t historical_years;     /* calendar years of events beyond the twelve months; 0 = none */
    int64_t events_overlap_hours; /* read again before where the events were read to */
    const char *address_group;    /* portals that share one public address; NULL = by the host */
    const char *include_inactive; /* what is sent as includeInActive: "true" or "1" */
    const char *ca_file;          /* additional authority, NULL = the system's */
    const char *proxy;            /* NULL = none; the environment is not asked */
    int64_t timeout;              /* seconds for one request, all of it */
    int64_t contracted_seats;     /* 0 = not told */
    struct own_changes changes_itself; /* members that are not compared after an act */
};

struct config_database {
    const char *embedded;          /* directory of the private cluster, or NULL */
    const char *conninfo;          /* libpq connection string, or NULL */
    struct secret_source password; /* for conninfo */
    const char *bindir;            /* of PostgreSQL; NULL = found, see struct cluster_settings */
    const char *os_user;           /* that runs the embedded server when we are root, or NULL */
    int64_t connect_timeout, statement_timeout, lock_timeout; /* seconds */
};

enum roster_format {
    ROSTER_FORMAT_CSV = 0,
    ROSTER_FORMAT_JSON,
    ROSTER_FORMAT_JSONL,
    ROSTER_FORMAT_SCIM,
};

enum roster_field {
    ROSTER_EMPLOYEE_NUMBER = 0,
    ROSTER_EMAIL,
    ROSTER_USERNAME,
    ROSTER_STATUS,
    ROSTER_HIRE_DATE,
    ROSTER_LAST_DAY,
    ROSTER_DEPARTMENT,
    ROSTER_COUNTRY,
    ROSTER_ON_LEAVE,
    ROSTER_LEAVE_FROM,
    ROSTER_LEAVE_UNTIL,
    ROSTER_NAME, /* the one that several columns may make up */
    ROSTER_FIELD_COUNT,
};

struct name_list {
    const char *const *item;
    size_t count;
};

/* A date format: the number of a day as spreadsheets count (1900 system). */
#define ROSTER_EXCEL_SERIAL "excel-serial"

struct config_roster {
    /* An absolute path, or file://, https://, sftp:// (http:// only to a loopback address). */
    const char *source;
    struct secret_source credentials; /* "user:password" or a bearer token for https/sftp */
    enum roster_format format;
    char delimiter;
    const char *encoding;
    int64_t header_row;      /* as a spreadsheet numbers it */
    int64_t label_rows;      /* below the header, nobody's */
    struct name_list footer; /* patterns of lines at the end that are nobody's */
    const char *items;       /* JSON pointer to the list of people; NULL = the document is it */
    const char *next;        /* "link" or a JSON pointer to the next page's address; NULL = one */
    const char *date_format;
    const char *date_formats[ROSTER_NAME]; /* of the columns that have their own; else NULL */
    int64_t two_digit_year_cutoff;         /* the last year that %y can be; 0 = not told */
    struct name_list no_date;              /* what stands for no date, beside what always does */
    struct { /* column names, NULL = not mapped; name may be several, joined by a blank */
        const char *of[ROSTER_NAME];
        struct name_list name;
    } column;
    struct { /* words of the status column, compared trimmed and folded */
        struct name_list employed, on_leave, departed;
    } status;
    struct name_list on_leave_words;     /* that mean yes, beside those that always do … */
    struct name_list not_on_leave_words; /* … and no */
    struct name_list writers;  /* users and @groups who may write the file, beside root and us */
    struct name_list no_value; /* values of keys that stand for nobody (K2) */
    const struct zone *zone;   /* policy.time_zone: of which day a moment is; NULL = UTC */
};

struct config_approver {
    const char *user;
    const char *email;
};

enum mail_security { MAIL_STARTTLS = 0, MAIL_CLEAR_TEXT };
enum webhook_shape { WEBHOOK_GENERIC = 0, WEBHOOK_SLACK, WEBHOOK_TEAMS };

struct config_mail {
    const char *server;          /* smtp://HOST[:PORT] or smtps://…; NULL = no mail */
    enum mail_security security; /* of smtp://; clear text to a loopback address only */
    const char *from;
    struct name_list to;
    const char *user; /* NULL = no login */
    struct secret_source password;
    const char *ca_file;
    struct {
        bool html, xlsx, csv;
    } attach;            /* which forms of a plan go with a mail that is about one */
    bool announce;       /* R7: tell the person concerned */
    const char *contact; /* whom that person can ask */
};

struct config_webhook {
    struct secret_source url; /* neither = no webhook */
    enum webhook_shape shape;
    const char *ca_file, *proxy;
};

struct config {
    const char *path;
    const char *directory; /* of the file, for relative paths */
    struct config_portal portal;
    struct config_database database;
    struct config_roster roster;
    struct matching matching; /* links are read from links_file by config_load */
    const char *links_file;
    struct policy policy;
    struct seats seats;
    const char *time_zone;
    const char *stop_file; /* G12: no write while it exists; NULL = none */
    struct limits limits;  /* roster guards and min_matched_percent included */
    struct {
        int64_t of[ACTION_COUNT]; /* how many different people; 0 = none needed */
        int64_t expires_hours;
        int64_t keep_max_days;
        const struct config_approver *approver;
        size_t approver_count;
        const char *allowed_signers; /* whose signatures count; NULL = none does */
    } approval;
    struct {
        const char *directory; /* NULL = none written */
        bool text, json, csv, html, xlsx;
    } report;
    struct {
        const char *return_to; /* where people send their decisions, as a mail says it; NULL */
        const char *inbox;     /* directory from which `run` takes them; NULL = none */
    } review;
    struct {
        const char *state_directory; /* outcomes the database could not take; NULL = systemd's, else
                                        the file's */
        int64_t settle_seconds;      /* how long an accepted act is watched before the next one */
        int64_t canary_minutes;      /* how long the first act of a run may take to show */
        const char *const *window;   /* as they were written; likewise below */
        size_t window_count;
        const char *const *frozen;
        size_t frozen_count;
        struct calendar calendar; /* the same, read by config_load */
    } apply;
    struct {
        int64_t personal_days; /* 0 = for ever; likewise below */
        int64_t daily_days, weekly_days;
        int64_t plan_rows_days;
        int64_t reports_days;
    } retention;
    const char *metrics_textfile; /* NULL = none */
    struct {
        int64_t timeout; /* seconds for all messages of a run together */
        struct config_mail mail;
        struct config_webhook webhook;
    } notify;
};

/* One thing wrong with the configuration. */
struct config_problem {
    const char *file;
    unsigned line; /* 0 = the file as a whole */
    const char *text;
};

struct config_problems {
    struct config_problem *item;
    size_t count, capacity;
};

/* Whose secrets must be there: who answers reviewers has the database's and no other. */
enum config_secrets { CONFIG_ALL_SECRETS = 0, CONFIG_DATABASE_SECRET };

/* Reads and checks everything, the links file and the secret files' permissions included (of
 * credentials those that `secrets` says). 0 only when there is no problem at all; else -1 with
 * *all* problems in *ret_problems (memory from the arena) and in err (ERR_CONFIG) the first of them
 * plus how many more. ret_problems may be NULL. */
int config_load(struct arena *arena, const char *path, enum config_secrets secrets,
                struct config *ret_config, struct config_problems *ret_problems, struct err *err)
    __attribute__((warn_unused_result));

/* The same of a configuration that may be wrong: what is right of it, all else as it is by default,
 * and what is wrong. */
void config_load_right(struct arena *arena, const char *path, struct config *ret_config,
                       struct config_problems *ret_problems);

/* Whether the value at this path, in a text with next to nothing else, is one that config_load
 * would take. ERR_CONFIG with what it would say. */
int config_judge(struct arena *arena, const struct text *text, const char *path, struct err *err)
    __attribute__((warn_unused_result));

/* What a configuration in memory says at a path, such as "roster.columns.name". */
struct config_said {
    const char *path, *value;
};

/* Reads a configuration that was just made: 0 when every value in it is one that config_load would
 * take, and each of these is read as it was meant. What one setting means for another is not asked:
 * a person may mend that. ERR_CONFIG. */
int config_read_back(struct arena *arena, const struct text *text, const struct config_said *said,
                     size_t count, struct err *err) __attribute__((warn_unused_result));

/* The policy of a configuration in memory, be it whole or not; `name` is for messages. ERR_CONFIG:
 * it has none, or something in it is wrong. */
int config_read_policy(struct arena *arena, const char *name, const struct text *text,
                       struct policy *ret_policy, struct err *err)
    __attribute__((warn_unused_result));

/* The documented sample: every key with its sentence, type, range and default. */
void config_print_sample(FILE *stream);
/* The same as the manual page bynder-reconcile.conf(5), in mdoc. */
void config_print_manual(FILE *stream);

#define STATE_DIRECTORY_MODE 0700
/* Where a run keeps what the database cannot take: as configured, else systemd's state directory,
 * else the directory of the configuration file. */
const char *config_state_directory(const struct config *config);
/* As the configuration has it: "csv", "json", "jsonl", "scim". */
const char *config_roster_format_name(enum roster_format format);
/* The portal's name reduced to what every file system takes. */
void config_add_portal(struct text *text, const struct config *config);

/* Whether a webhook is configured. */
bool config_has_webhook(const struct config *config);

/* Whether an address can stand in a header and an envelope as it is: ASCII, one '@', no quoting. */
bool config_is_mail_address(const char *address);

/* Reads a secret (host/secret). ERR_CONFIG without a source, and for a credential where systemd has
 * put none: config_load does not judge credentials outside a systemd unit. */
int config_read_secret(const struct secret_source *source, struct secret *ret_secret,
                       struct err *err) __attribute__((warn_unused_result));

#endif
