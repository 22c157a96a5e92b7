/*
 * evidence: whose last login has to be read one by one, and whose need not be. A single read costs
 * a request, and requests are what a large portal has few of; so an account is read only when
 * nothing cheaper can tell. Specification: docs/collecting.md. Pure.
 */
#ifndef CORE_EVIDENCE_H
#define CORE_EVIDENCE_H

#include "core/decided.h"

struct evidence_settings {
    bool full;             /* everybody */
    bool asked;            /* some rule looks at the login */
    bool department_asked; /* some rule looks at the department */
    /* How old a single read may be on which a proposal rests; 0 = of this run. */
    int64_t reread_days;
    int64_t refresh_days; /* in how many days everybody is read once; 0 = never */
    int64_t days_passed;  /* since the run before, for the share of the refresh; 0 = none due */
    /* Login events are told from here to now: of what was before, a login or a single read tells
     * nothing of the time until then. None = it is as if all were told. */
    struct instant told_since;
};

/* The accounts to read now, by index into the snapshot, in an order of their own. In this run, that
 * is since context->now, nobody is read twice. Active accounts with a readable id, and of these:
 *
 * - whoever nothing at all is known of, or nothing but a login that only a file of an earlier year
 *   told, or nothing since told_since and before, where a rule looks at the login, and else who has
 *   departed and would be acted on: somebody else may be using the account (P9);
 * - whoever was never read and of whom nobody told the department, where a rule looks at that;
 * - whoever a rule that looks at the login would act on or announce, whoever would be deleted,
 * active or not (a login since we suspended them ends that), who has the profile still that we
 * downgraded them to (a login since shows that they need the former one), or whose known login
 * cannot be read or lies ahead, unless a single read answered less than reread_days ago. How much
 * less depends on the account (half of it at most), so that they do not all fall due on one night;
 * - of the others a share, oldest evidence first, so that everybody has their turn within
 *   refresh_days.
 *
 * `decision` as policy_decide made it of the present evidence. Memory from the arena. */
size_t evidence_choose(struct arena *arena, const struct evidence_settings *settings,
                       const struct policy_context *context, const struct decided *decided,
                       size_t **ret_index);

/* People who may be the same as somebody who left, of all these decisions. Memory from the arena.
 */
struct twin_people {
    const struct person **person;
    size_t count;
};
struct twin_people evidence_twins(struct arena *arena, const struct snapshot *snapshot,
                                  const struct decided *decided);
/* Whether evidence_choose takes the account of one of them, and not for the refresh. */
bool evidence_asks(const struct evidence_settings *settings, const struct policy_context *context,
                   const struct twin_people *twins, const struct decision *decision);

/* Whether a portal that has told so many events of a window, on so many pages, and names one more
 * page, makes them up: there are more than its accounts can have caused, or its pages are nearly
 * empty though each is followed by another. Nothing a portal of such a size has comes near to it.
 */
bool evidence_is_invented(size_t accounts, int64_t window_us, int64_t pages, int64_t events);

enum {
    EVIDENCE_SILENT_DAYS = 7
}; /* without events: from then on it is asked whether to believe it */

/* The last silence of a kind that was not to be believed when it happened. */
struct evidence_silence {
    struct day since; /* the last day with an event before it; none = there is no such silence */
    struct day until; /* the first day of the week in which it told again; none = it lasts */
    int64_t silent;   /* days after `since` without an event until then, or until today */
};

/* Of the days `told` with an event, each once and in order, none after `today`. Such a silence is
 * over once seven days have passed, from a day with an event on, most of which have one: what comes
 * before that is part of it. Days of it are neither days of the kind nor a silence that makes a
 * later one usual. */
struct evidence_silence evidence_find_silence(const struct day *told, size_t count,
                                              struct day today);

#endif
