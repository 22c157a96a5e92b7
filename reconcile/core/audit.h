/*
 * audit: the chain of events, as a value: what an event is, the hash that seals it and everything
 * before it, and the check of a chain that streams by. Pure: where events come from and where
 * findings go is the caller's.
 *
 * The hash is SHA-256 over length-prefixed fields (base/digest) in this order: version, portal,
 * sequence, previous hash, time in microseconds, kind, run, plan, position, account, word, fact,
 * sealed. The same is written a second time in SQL, in db/migrations/0004_audit.sql, and a third
 * time in db/audit-verify.sql.
 */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/instant.h"

#define AUDIT_VERSION 1

enum audit_kind {
    AUDIT_UNKNOWN = 0, /* a word that this program does not know */
    AUDIT_PORTAL,      /* a chain begins */
    AUDIT_MIGRATION,
    AUDIT_RUN_BEGIN,
    AUDIT_RUN_END,
    AUDIT_SNAPSHOT,
    AUDIT_ROSTER,
    AUDIT_PLAN,
    AUDIT_GUARD,
    AUDIT_OVERRIDE,
    AUDIT_APPROVAL,
    AUDIT_REJECTION,
    AUDIT_HANDED_IN,  /* the word says by what it is known whose it is: owner, signature */
    AUDIT_RULING,     /* the word is its kind: approve, keep, reject, again */
    AUDIT_RULING_END, /* the word says why */
    AUDIT_ACKNOWLEDGEMENT,
    AUDIT_ACKNOWLEDGEMENT_END,
    AUDIT_ANNOUNCEMENT, /* the word is the rule */
    AUDIT_ANNOUNCEMENT_END,
    AUDIT_INTENT,  /* the word is the action */
    AUDIT_OUTCOME, /* the word is the state the step has now, likewise below */
    AUDIT_ERASURE,
    AUDIT_RETENTION,
    AUDIT_IDENTITY, /* who the portal is; the word is learned, adopted, renamed, set_aside */
    AUDIT_RESTORE,  /* a person accepted that the record went back */
};

const char *audit_kind_name(enum audit_kind kind); /* "unknown" for AUDIT_UNKNOWN */

struct audit_event {
    int64_t version;
    int64_t portal_id;
    int64_t sequence; /* from 1, without a gap */
    struct digest previous;
    struct instant at;
    const char *kind;                  /* audit_kind_name, or what a hand wrote there */
    int64_t run_id, plan_id, position; /* 0 = none */
    const char *account_id;            /* NULL = none, likewise below */
    const char *word;                  /* how it went: done, failed, hold, pass, suspend … */
    const char *fact;                  /* a JSON object, nothing personal in it */
    const struct digest *sealed;       /* of the personal values, with their salt */
    struct digest hash;
};

struct digest audit_event_hash(const struct audit_event *event);

/* The digest of a personal value under its salt. */
struct digest audit_seal(const void *salt, size_t salt_length, const char *value);

/* What an event looks like from outside: the head to compare with. */
struct audit_head {
    int64_t sequence; /* 0 = there is no event */
    int64_t count;
    struct digest hash;
};

/* "SEQ:HASH", as the program prints a head. */
#define AUDIT_HEAD_SIZE 88
const char *audit_head_format(const struct audit_head *head, char buffer[static AUDIT_HEAD_SIZE]);
bool audit_head_parse(const char *text, struct audit_head *ret_head);

/* One sentence about the event `sequence` (0 = about the chain as a whole). */
typedef void audit_found(void *context, int64_t sequence, const char *sentence);

/* What is known of a chain up to an event. The memory grows with the number of acts, not with the
 * number of events. */
struct audit_chain {
    int64_t portal_id;
    struct audit_head last;
    struct instant at; /* of the last event */
    struct audit_step *step;
    size_t step_count, step_capacity;
    const struct audit_head *anchor; /* borrowed */
    size_t anchor_count;
    audit_found *found;
    void *context;
    size_t findings;
};

/* Heads that were kept outside of the database are the anchors. */
void audit_chain_init(struct audit_chain *chain, int64_t portal_id, const struct audit_head *anchor,
                      size_t anchor_count, audit_found *found, void *context);
void audit_chain_release(struct audit_chain *chain);

/* The next event, in the order of sequence. */
void audit_chain_add(struct audit_chain *chain, const struct audit_event *event);
/* After the last one; `head` is what the database says of the end of the chain. */
void audit_chain_end(struct audit_chain *chain, const struct audit_head *head);

/* A finding of the caller's own, counted with the others. */
void audit_chain_tell(struct audit_chain *chain, int64_t sequence, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
