/*
 * store_ruling: the rulings of people (core/ruling) in the history. Every one that is made or ended
 * is an event of the chain in the same transaction, and is made while the portal's row is held, so
 * that of two people at one row the later one sees the earlier.
 */
#ifndef STORE_RULING_H
#define STORE_RULING_H

#include "core/acknowledgement.h"
#include "core/ruling.h"
#include "store/store.h"

/* Adds rulings, and ends what each takes the place of: a keep ends the approvals of its account, a
 * rejection those of its account, action and rule (RULING_NEWER), and who decides anew about the
 * same row, or keeps anew, replaces their own earlier word. Sets id. All or nothing. `address` is
 * the portal's, for G11. */
int store_save_rulings(struct store *store, struct ruling *ruling, size_t count,
                       const char *address, struct err *err) __attribute__((warn_unused_result));

/* The word that is kept of what it is about: an approval, a rejection, an `again`; NULL = a keep.
 * For the store's own use. */
const char *store_ruling_action(const struct ruling *ruling);

/* The same of a file that was handed in, which is recorded with them, and be there none of them;
 * sets its id. NULL = there is no file. */
int store_take_file(struct store *store, struct handed_in *file, struct ruling *ruling,
                    size_t count, const char *address, struct err *err)
    __attribute__((warn_unused_result));
/* When a file of this content was taken first as this person's word, or by their signature; none =
 * never. */
int store_find_file(struct store *store, struct arena *arena, const struct digest *content,
                    const char *who, bool is_signed, struct instant *ret_at, struct err *err)
    __attribute__((warn_unused_result));

/* The same inside the caller's transaction. Of those that have ended (ruling.end) the end is told
 * as well. For the store's own use. */
int store_add_rulings(const struct store *store, struct ruling *ruling, size_t count,
                      const char *address, struct err *err) __attribute__((warn_unused_result));

/* Ends rulings by number; those that do not stand any more are passed over. `who` is the person,
 * NULL = a run, which then must be the newest (run->id). */
struct store_ruling_end {
    int64_t id;
    enum ruling_end end;
    const char *reason;
};
int store_end_rulings(struct store *store, const struct store_run *run, const char *who,
                      const struct store_ruling_end *end, size_t count, struct instant now,
                      struct err *err) __attribute__((warn_unused_result));

/* The same by a person, inside the caller's transaction that holds the portal's row. For the
 * store's own use. */
int store_close_rulings(const struct store *store, const char *who,
                        const struct store_ruling_end *end, size_t count, struct instant now,
                        struct err *err) __attribute__((warn_unused_result));

/* What an act of this row used up, ended as done or refused in the transaction that records its
 * outcome. For the store's own use. */
int store_end_of_step(const struct store *store, const struct store_run *run, int64_t plan_id,
                      int64_t position, enum ruling_end word, const char *reason,
                      struct instant now, struct err *err) __attribute__((warn_unused_result));

/* The standing rulings and the rejections that ended, by account in order of id, the newest last.
 */
struct store_standing {
    const char *account_id;
    struct rulings rulings;
};
int store_load_standing(const struct store *store, struct arena *arena,
                        struct store_standing **ret_standing, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* All standing ones, with those that ended at or after `since` (none = none of them), by account
 * and number: for `keep --list`, `audit decisions`, `show`. */
struct store_ruling {
    struct ruling ruling;
    struct instant ended_at; /* none = it stands; why: ruling.end */
    const char *end_reason, *ended_by;
    const char *name, *email; /* of the account, as last seen; NULL = not known */
};
int store_load_rulings(struct store *store, struct arena *arena, struct instant since,
                       struct store_ruling **ret_ruling, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* Tonight could have acted on these (their approval): the first time is kept. */
int store_mark_could_act(struct store *store, const struct store_run *run, const int64_t *id,
                         size_t count, struct instant now, struct err *err)
    __attribute__((warn_unused_result));

/* What rules people ever approved a row of, at this portal and address (G11): their texts.
 * Decisions of before the upgrade knew no texts: of those the names of the rules, at the address of
 * the last run before it. A rule counts when its text is there, or its name. */
struct approved_rules {
    const struct digest *rule_text; /* policy_rule_digest */
    size_t rule_text_count;
    const char *const *name;
    size_t name_count;
};
int store_load_approved_rules(struct store *store, struct arena *arena, const char *address,
                              struct approved_rules *ret_rules, struct err *err)
    __attribute__((warn_unused_result));

/* A guard of evidence that a person let go (core/acknowledgement). Takes the place of a standing
 * one of the same guard. Sets id. ERR_USAGE without a reason. */
int store_acknowledge(struct store *store, struct acknowledgement *acknowledgement, struct err *err)
    __attribute__((warn_unused_result));
/* Those that stand. `until` is left for who knows the zone. */
int store_load_acknowledgements(struct store *store, struct arena *arena,
                                struct acknowledgement **ret_item, size_t *ret_count,
                                struct err *err) __attribute__((warn_unused_result));
/* Nothing happens when it does not stand any more. ERR_LOCKED for the fence. */
int store_end_acknowledgement(struct store *store, const struct store_run *run, int64_t id,
                              const char *reason, struct instant now, struct err *err)
    __attribute__((warn_unused_result));

#endif
