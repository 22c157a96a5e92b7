/*
 * plan: the finished proposal as a value: rows in execution order, totals, guards, and a digest
 * that covers inputs, policy and every row. What a person reviews, approves by digest, and what
 * the store keeps and gives back unchanged.
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "core/audit.h"
#include "core/guard.h"
#include "core/plan_row.h"
#include "core/renewal.h"
#include "core/simulate.h"

enum plan_state {
    PLAN_HELD = 0,
    PLAN_EMPTY,
    PLAN_PROPOSED,
    PLAN_APPROVED,
    PLAN_APPLYING,
    PLAN_APPLIED,
    PLAN_EXPIRED,
    PLAN_REJECTED,
};

struct plan_inputs {
    int64_t snapshot_id;
    enum snapshot_source snapshot_source;
    const char *snapshot_file;
    struct instant snapshot_taken_at;
    bool snapshot_complete;
    const char *snapshot_incomplete_reason;
    size_t accounts, active, inactive, gone, unreadable, requests;
    struct digest snapshot_digest;
    int64_t roster_id;
    const char *roster_source;
    struct digest roster_digest;  /* of the bytes, as sha256sum shows it */
    struct digest roster_content; /* of the people in any order: this one is in the plan's digest */
    struct instant roster_read_at;
    size_t people, rejected, duplicates;
    struct digest policy_digest;
    struct digest policy_text; /* policy_text_digest; all zero = a plan of before */
    bool enforce;
};

struct plan_totals {
    size_t of[ACTION_COUNT]; /* keep counts findings too, and not who is gone */
    size_t waiting;          /* acts that may not be before a later day */
    size_t approved;         /* rows that enough people approved; like all below, of job/stand */
    size_t kept;             /* rows that a keep or a rejection stands against */
    size_t done;             /* rows whose act was done, or was found done */
    size_t not_done;         /* rows whose act failed, was skipped, or whose outcome is not known */
    size_t findings;
    size_t seats_now;   /* active accounts */
    size_t seats_after; /* when every row is done */
};

/* Idle days of active accounts with a known login, for the chart: buckets of 30 days, the last one
 * open, plus never logged in and not known. */
#define PLAN_IDLE_BUCKETS 14
struct plan_idle {
    size_t bucket[PLAN_IDLE_BUCKETS];
    size_t never;
    size_t unknown;
};

/* What is new since an earlier plan that people looked at; set by job/stand, and like all that is
 * about another plan no part of this one, nor of its digest. */
struct plan_since {
    int64_t plan_id; /* 0 = there is none to compare with */
    struct day today;
    bool decided;        /* somebody decided about a row of it; false: it is just the one before */
    size_t new_rows;     /* standing.is_new */
    size_t changed;      /* of these: the account had a row, and it was another one */
    size_t gone;         /* rows of it whose account has none any more */
    size_t gone_by_acts; /* of these: the act was done */
};

/* The seats that were in use on a day, as the plan of it counted them. */
struct plan_seats {
    struct day day;
    size_t seats;
};

/* What was saved in the month of a plan and in its year so far, of one class and currency: figures
 * of the history that are never added (docs/history.md). Amounts as decimal text with two places.
 */
struct plan_savings {
    const char *class;    /* NULL = no class */
    const char *currency; /* NULL = no price: seats alone */
    bool two_currencies;  /* why there is none: a downgrade between two */
    int64_t exposed_seats;
    const char *exposed; /* a year */
    int64_t freed_seat_days;
    const char *freed;
    int64_t year_seat_days;
    const char *year_freed;
    int64_t reducible_seats; /* -1 = the contract is not told */
    const char *reducible;   /* a year; NULL = contract or price is not told */
};

#define PLAN_VERSION        4
#define PLAN_VERSION_OF_ALL 4 /* the first whose digest covers all that is believed of a row */

struct plan {
    int64_t id; /* 0 = not stored */
    const char *portal;
    int version; /* of the form of its digest: PLAN_VERSION, 3 = before it covered all that is
                  * believed of a row, 2 = before downgrades, 1 = before decisions */
    struct digest digest;         /* of plan_seal; all zero when it can only be read */
    struct audit_head audit_head; /* end of the chain when it was stored; sequence 0 = not stored */
    enum plan_state state;
    bool
        redacted; /* names or rows were taken away (erasure): its digest cannot be computed again */
    struct instant created_at;
    struct instant expires_at; /* none: since version 2 decisions end, not plans */
    struct day today;
    const char *time_zone;
    bool first_plan;
    int approvals[ACTION_COUNT]; /* how many people it needs, by actions[].approved_as */
    struct plan_inputs inputs;
    struct plan_totals totals;
    struct plan_idle idle;
    /* What other thresholds would have done when it was made, for the chart; no digest covers it.
     * Count 0 = no rule asks how long somebody is idle, or a plan of before. */
    const struct simulate_point *curve;
    size_t curve_count;
    /* Seats by class when it was made; no digest covers them. Count 0 = no classes were configured,
     * or a plan of before. */
    struct class_seats *seat_class;
    size_t seat_class_count;
    struct renewal renewal; /* likewise; `on` none = nothing is said of it */
    struct guard_finding *guard;
    size_t guard_count;
    struct plan_row *row; /* actions in execution order, then findings, then (full) plain keeps */
    size_t row_count;
    const struct matching *matching; /* what its rows are made of, where it was just made */
    const struct snapshot *snapshot; /* likewise; its accounts stay as they are from then on */
    bool countries_told;             /* by what the rows were made of; else by job/stand */
    const char *const *note;         /* findings about the policy itself */
    size_t note_count;
    struct plan_since since;
    int keep_days; /* that a person may keep a row for at most; of job/stand, 0 = not told */
    /* What is told beside the plan, by job/stand: the seats of earlier days and of its own, by day;
     * those that the contract has, 0 = not told; the days without a login that the rules ask for,
     * while they are those that it was made by, 0 = none, or others. */
    const struct plan_seats *seats;
    size_t seats_count;
    const struct plan_savings *savings; /* likewise */
    size_t savings_count;
    int64_t contracted;
    int threshold;
    int64_t keep_free; /* seats.keep_free as configured; 0 = off, or not told */
};

struct plan_setup {
    const char *portal;
    const char *time_zone;
    int approvals[ACTION_COUNT];
    bool full; /* rows for plain keeps too; they are not part of the digest */
};

const char *plan_state_name(enum plan_state state);
extern const struct column_words plan_state_words;

/* Puts everything together but the digest; rows are sorted by (action, rule order by name, account
 * id). Memory from the arena. The strings of accounts are shared, not copied. */
struct plan *plan_make(struct arena *arena, const struct plan_setup *setup,
                       const struct policy *policy, const struct matching *matching,
                       const struct policy_context *context, const struct roster *roster,
                       const struct decided *decided, const struct guard_result *guards);

/* Gives it its digest, when all that this covers is known: how many people a row needs, and who is
 * told when, nobody knows before what people decided was loaded. */
void plan_seal(struct plan *plan);

/* What a decision of people about the row hangs on, in words: of a plan just made they are made
 * here, because most are wanted once, to be stored. NULL = not told. Arena, or the row's own. */
const char *plan_row_about(struct arena *arena, const struct plan *plan,
                           const struct plan_row *row);

/* How many acts it proposes. */
size_t plan_acts(const struct plan *plan);

/* Whether a plan can only be read: one made from an export is never stored, and has no digest that
 * anybody could approve. */
bool plan_is_report(const struct plan *plan);

/* The canonical text the digest is made of; also what `show` verifies against the store. */
struct digest plan_digest(const struct plan *plan);

#endif
