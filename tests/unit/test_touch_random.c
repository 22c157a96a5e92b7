/*
 * Who may be touched, stated once more and from the other end: not by the rows of the decision
 * table, but by what stands in the world. Thousands of tales (random_tale.h) are decided by the
 * core, and held against two sentences:
 *
 *   - nobody at work is touched while any evidence in the world says that the account is theirs, or
 *     that it is not of the one who left;
 *   - whoever has left, and of whom nothing in the world says otherwise, is proposed: no rule is
 *     harmless by never acting.
 *
 * Nothing here is shared with the program. And because an oracle that accepts everything is worth
 * nothing, each rule of the core is switched off in turn (the linker puts the functions at the end
 * of this file in front of the core's), and the tales must show it.
 */
#include "random_tale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/parse.h"
#include "base/text.h"
#include "core/corroborate.h"
#include "core/decided.h"
#include "core/near.h"
#include "core/protect.h"
#include "core/twin.h"
#include "test.h"

/* In `make check`; `make check-worlds` asks for more. */
#define TALES_DEFAULT 20000

static uint64_t tales(void)
{
    const char *more = getenv("RANDOM_WORLDS");
    int64_t count = TALES_DEFAULT;

    return more && parse_int(more, 1, 100000000, &count) ? (uint64_t)count : TALES_DEFAULT;
}

/* --- texts, as a person compares them --- */

static bool same(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

static bool is_nobodys(const char *number)
{
    return same(number, "N/A") || same(number, "0") || same(number, "EXT") || same(number, "-");
}

/* Without zeros in front and '.0' behind. */
static bool looks_the_same(const char *a, const char *b)
{
    size_t left, right;

    if (!a || !b || is_nobodys(a) || is_nobodys(b))
        return false;
    a += strspn(a, "0");
    b += strspn(b, "0");
    left = strcspn(a, ".");
    right = strcspn(b, ".");
    return left == right && strncmp(a, b, left) == 0;
}

/* In front of the '@' and of a '+'. */
static bool is_same_local(const char *a, const char *b)
{
    size_t left = a && strchr(a, '@') ? strcspn(a, "+@") : 0;
    size_t right = b && strchr(b, '@') ? strcspn(b, "+@") : 0;

    return left > 0 && left == right && strncasecmp(a, b, left) == 0;
}

static size_t count_words(const char *name)
{
    size_t count = 1;

    for (; *name; name++)
        count += *name == ' ';
    return count;
}

static size_t common_words(const char *a, const char *b)
{
    size_t count = 0;

    for (const char *at = a; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        for (const char *to = b; *to; to += strspn(to, " ")) {
            size_t other = strcspn(to, " ");
            count += length == other && strncasecmp(at, to, length) == 0;
            to += other;
        }
        at += length;
    }
    return count;
}

/* Two words, and every word of the shorter; or one word that is all there is. */
static bool is_same_name(const char *a, const char *b)
{
    if (!a || !b)
        return false;
    size_t common = common_words(a, b), left = count_words(a), right = count_words(b);
    size_t shorter = left < right ? left : right;

    return common >= shorter && (shorter >= 2 || left == right);
}

static bool is_other_name(const char *a, const char *b)
{
    return a && b && common_words(a, b) == 0;
}

/* --- what stands in the world --- */

static int day_of(struct instant at)
{
    return instant_is_set(at) ? instant_day(at, &zone_utc).number : 0;
}

static int login_day(const struct account *account)
{
    return account->login.kind == LOGIN_KNOWN ? day_of(account->login.at) : 0;
}

static bool has_ended(const struct person *row)
{
    return row->status == PERSON_DEPARTED;
}

/* Whether a key of the account is just that of the row; how many are. */
static unsigned keys_to(const struct account *account, const struct person *row)
{
    bool number =
        same(account->employee_number, row->employee_number) && !is_nobodys(row->employee_number);
    bool email = same(account->email, row->email) || same(account->username, row->email);

    return (unsigned)number + (unsigned)email;
}

static bool shows_address_of(const struct account *account, const struct person *row)
{
    return is_same_local(account->email, row->email) ||
           is_same_local(account->username, row->email);
}

/* Anything on the account that is this row's, today or earlier. */
static const char *trace_of(const struct account *account, const struct person *row)
{
    const struct account_history *history = &account->history;
    const struct account_past *past = account_past(account);

    if (is_same_name(account->name, row->name))
        return "the name";
    if (shows_address_of(account, row))
        return "the address";
    if (looks_the_same(account->employee_number, row->employee_number))
        return "the number";
    if (history->yesterday && row->employee_number &&
        same(history->yesterday + 2, row->employee_number))
        return "whom it was linked to";
    for (uint32_t i = 0; i < past->earlier_count; i++) {
        if (is_same_name(past->earlier[i].name, row->name) ||
            is_same_local(past->earlier[i].email, row->email))
            return "what it was called before";
    }
    return NULL;
}

static bool is_one_with(const struct person *ended, const struct person *row)
{
    return is_same_name(ended->name, row->name) ||
           (!is_other_name(ended->name, row->name) &&
            (is_same_local(ended->email, row->email) ||
             looks_the_same(ended->employee_number, row->employee_number)));
}

/* Why this account is not of the one who left, to whom a key of it leads. */
static const char *contradiction(const struct tale *tale, const struct account *account,
                                 const struct person *left)
{
    bool named = is_same_name(account->name, left->name);
    int last = left->last_day.number;

    if (is_nobodys(account->employee_number) && !same(account->email, left->email))
        return "a number that stands for nobody";
    for (size_t i = 0; i < tale->roster.count; i++) {
        if (same(tale->person[i].employee_number, account->employee_number) &&
            is_other_name(tale->person[i].name, left->name))
            return "a number that two people have";
    }
    if (keys_to(account, left) > 1)
        return NULL;
    if (is_other_name(account->name, left->name) && account->email && left->email &&
        !shows_address_of(account, left))
        return "neither the name nor the address is theirs";
    if (last && !named && day_of(account_since(account)->missing_at) > last)
        return "the account is younger";
    if (last && !named && login_day(account) > last + 30)
        return "somebody uses it";
    return NULL;
}

/* Another account, and that one is theirs by name or address. */
static bool is_crowded_out(const struct tale *tale, const struct account *account,
                           const struct person *left)
{
    if (is_same_name(account->name, left->name) || shows_address_of(account, left) ||
        (account->name && left->name && common_words(account->name, left->name) > 0))
        return false;
    for (size_t i = 0; i < tale->snapshot.count; i++) {
        const struct account *other = &tale->account[i];
        if (other != account && same(other->employee_number, account->employee_number))
            return true;
    }
    return false;
}

/* R6: what absence is made of. */
static const char *why_not_absent(const struct account *account)
{
    int since = day_of(account_since(account)->unlinked_since);

    if (!account->history.once_linked)
        return "it never was anybody's in any roster";
    return since == 0 || since > TALE_TODAY - 2 ? "it stands without a person for too few nights"
                                                : NULL;
}

static bool is_written_down(const struct tale *tale, const struct account *account)
{
    return tale->matching.link_count > 0 && same(tale->link[0].account, account->id);
}

/* --- the first sentence --- */

/* Somebody who left has the account's name too, and a key leads to them: who could tell? */
static bool is_namesake_of_left(const struct tale *tale, const struct account *account)
{
    for (size_t i = 0; i < tale->roster.count; i++) {
        const struct person *row = &tale->person[i];
        if (has_ended(row) && keys_to(account, row) && is_same_name(account->name, row->name))
            return true;
    }
    return false;
}

static const char *evidence_by_owner(const struct tale *tale, size_t owner,
                                     const struct account *account)
{
    for (size_t i = 0; i < tale->roster.count; i++) {
        const struct person *row = &tale->person[i];
        if (tale->row_owner[i] != owner || has_ended(row))
            continue;
        const char *trace = trace_of(account, row);
        if (trace && !is_namesake_of_left(tale, account))
            return trace;
        for (size_t k = 0; k < tale->roster.count; k++) {
            const struct person *ended = &tale->person[k];
            if (tale->row_owner[k] == owner && has_ended(ended) && keys_to(account, ended) &&
                is_one_with(ended, row))
                return "a row that has ended, and whose person stands in another";
        }
    }
    return NULL;
}

/* What in the world says that this account is not to be touched, though its owner is at work. */
static const char *evidence_against(const struct tale *tale, size_t i)
{
    const struct account *account = &tale->account[i];
    const char *evidence = evidence_by_owner(tale, tale->whose[i].owner, account);
    bool leads = false;

    for (size_t k = 0; k < tale->roster.count && !evidence; k++) {
        const struct person *row = &tale->person[k];
        bool same_number = same(account->employee_number, row->employee_number);
        if (!has_ended(row) || (!keys_to(account, row) && !same_number))
            continue;
        leads = true;
        evidence = contradiction(tale, account, row);
        if (!evidence && is_crowded_out(tale, account, row))
            evidence = "others have that number too, and nothing else speaks for this one";
    }
    return evidence ? evidence : leads ? NULL : why_not_absent(account);
}

/* --- the second sentence --- */

static bool leads_to_others(const struct tale *tale, const struct account *account,
                            const struct person *row)
{
    for (size_t k = 0; k < tale->roster.count; k++) {
        if (&tale->person[k] != row && keys_to(account, &tale->person[k]))
            return true;
    }
    return false;
}

/* The row at work has an account of its own, in use since it was hired and after this one. */
static bool has_own_account(const struct tale *tale, size_t i, const struct person *row)
{
    int since = row->hire_date.number;

    for (size_t k = 0; k < tale->snapshot.count; k++) {
        const struct account *other = &tale->account[k];
        bool theirs =
            (keys_to(other, row) >= 2 && !same(other->email, other->username)) ||
            (other->name && row->name && common_words(other->name, row->name) > 0) ||
            ((!other->name || !row->name) && same(other->employee_number, row->employee_number));
        if (k != i && theirs && keys_to(other, row) && !leads_to_others(tale, other, row) &&
            other->status == ACCOUNT_ACTIVE && since > 0 && login_day(other) >= since &&
            login_day(other) > login_day(&tale->account[i]))
            return true;
    }
    return false;
}

/* Somebody else of that name: known to have been here for long, under another address. */
static bool is_mere_namesake(const struct account *account, const struct person *left,
                             const struct person *row)
{
    int hired = row->hire_date.number, last = left->last_day.number;
    bool together = hired && left->hire_date.number && abs(hired - left->hire_date.number) <= 1;
    bool addresses = row->email && (left->email || account->email);

    if (!left->name)
        return false; /* it is the account that has the other one's name */
    return addresses && !is_same_local(left->email, row->email) &&
           !shows_address_of(account, row) && last && !(hired && hired >= last - 60) && !together &&
           login_day(account) <= last &&
           !looks_the_same(left->employee_number, row->employee_number);
}

/* Whether somebody at work may be behind an account of the one who left. */
static bool may_have_moved(const struct tale *tale, size_t i, const struct person *left,
                           const struct person *row)
{
    const struct account *account = &tale->account[i];
    const char *name = left->name ? left->name : account->name;
    bool alike = looks_the_same(left->employee_number, row->employee_number) ||
                 looks_the_same(account->employee_number, row->employee_number);

    bool nameless = !account->name && keys_to(account, left) < 2;
    if (alike && (nameless || !is_other_name(row->name, name) ||
                  (account->name && !is_other_name(row->name, account->name))))
        return true;
    if (keys_to(account, row) > 0)
        return true;
    if (name && row->name && !is_same_name(name, row->name))
        return false;
    if (!is_same_name(name, row->name) && !shows_address_of(account, row) &&
        !is_same_local(left->email, row->email))
        return false;
    return !is_mere_namesake(account, left, row) && !has_own_account(tale, i, row);
}

/* Any likeness to anybody in the roster, whose row is not `left`. */
static bool resembles(const struct account *account, const struct person *row)
{
    bool domain = account->email && row->email;
    size_t mine = domain ? strlen(account->email) : 0, theirs = domain ? strlen(row->email) : 0;

    return trace_of(account, row) ||
           (account->name && row->name && common_words(account->name, row->name) >= 2) ||
           (domain && (mine > theirs ? mine - theirs : theirs - mine) <= 1 &&
            strncasecmp(account->email, row->email, 3) == 0);
}

/* The rows of its owner that a key leads to; NULL when none does, or they differ in what they say.
 */
static const struct person *find_left(const struct tale *tale, size_t i)
{
    const struct person *found = NULL;

    for (size_t k = 0; k < tale->roster.count; k++) {
        if (tale->row_owner[k] == tale->whose[i].owner &&
            keys_to(&tale->account[i], &tale->person[k]))
            found = &tale->person[k];
    }
    return found;
}

/* K8: another row of the same person, and a key says so. */
static bool is_one_row_more(const struct person *left, const struct person *row)
{
    return is_same_name(left->name, row->name) &&
           (same(left->employee_number, row->employee_number) || same(left->email, row->email));
}

static bool is_stray(const struct tale *tale, const struct account *account,
                     const struct person *left)
{
    for (size_t k = 0; k < tale->roster.count; k++) {
        if (same(tale->person[k].employee_number, account->employee_number))
            return false;
    }
    return account->employee_number && left->employee_number &&
           !looks_the_same(account->employee_number, left->employee_number);
}

/* Another account that is in use leads there, by another key. */
static bool has_rival(const struct tale *tale, size_t i, const struct person *left)
{
    const struct account *account = &tale->account[i];

    for (size_t k = 0; k < tale->snapshot.count; k++) {
        const struct account *other = &tale->account[k];
        bool used = other->status == ACCOUNT_ACTIVE || other->history.ever_active;
        if (k == i || !used || !keys_to(other, left))
            continue;
        if (same(account->employee_number, left->employee_number) !=
                same(other->employee_number, left->employee_number) ||
            is_crowded_out(tale, account, left))
            return true;
    }
    return false;
}

/* Whether anything in the world makes it doubtful that this account is of somebody who left. */
static bool is_doubtful(const struct tale *tale, size_t i)
{
    const struct account *account = &tale->account[i];
    const struct person *left = is_written_down(tale, account) ? NULL : find_left(tale, i);

    if (!left && why_not_absent(account))
        return true;
    if (left && (contradiction(tale, account, left) || is_stray(tale, account, left) ||
                 has_rival(tale, i, left)))
        return true;
    for (size_t k = 0; k < tale->roster.count; k++) {
        const struct person *row = &tale->person[k];
        bool theirs = tale->row_owner[k] == tale->whose[i].owner && !tale->whose[i].left_behind;
        if (is_written_down(tale, account) || row == left)
            continue;
        if (!left             ? resembles(account, row)
            : theirs          ? row->status == PERSON_UNKNOWN || !is_one_row_more(left, row)
            : !has_ended(row) ? may_have_moved(tale, i, left, row)
                              : keys_to(account, row) > 0)
            return true;
    }
    return false;
}

static bool is_due(const struct tale *tale, size_t i)
{
    const struct whose *whose = &tale->whose[i];
    const struct account *account = &tale->account[i];
    bool gone = tale->human[whose->owner].gone || whose->left_behind;
    bool ours = instant_is_set(account_past(account)->suspended_by_us);

    if (!gone || whose->spared || (account->status == ACCOUNT_INACTIVE && !ours))
        return false;
    return !is_doubtful(tale, i);
}

/* Blurred away may be what the entry names. */
static bool is_entry_of(const struct tale *tale, size_t i)
{
    const struct account *account = &tale->account[i];
    const char *who = tale->entry[0].who;
    bool fits = account_past(account)->bound_count > 0 || same(who, account->id) ||
                same(who, account->email) || same(who, account->username) ||
                looks_the_same(who, account->employee_number);

    for (size_t k = 0; k < tale->roster.count; k++) {
        const struct person *row = &tale->person[k];
        fits |= keys_to(account, row) &&
                (same(who, row->email) || looks_the_same(who, row->employee_number));
    }
    return fits;
}

/* --- the two sentences --- */

struct tally {
    size_t acts, due, unknowable;
    char fault[400]; /* the first one; "" = none */
};

static void find_fault(struct tally *tally, const struct tale *tale, size_t i, const char *what,
                       const struct decision *decision)
{
    if (tally->fault[0])
        return;
    (void)snprintf(tally->fault, sizeof(tally->fault), "'%s', account %zu: %s; %s %s: %s",
                   tale->story, i, what, decision->clause, decision_rule(decision),
                   decision->reason);
    if (getenv("SHOW_TALE"))
        tale_show(tale);
}

static void judge_account(struct tally *tally, const struct tale *tale, size_t i,
                          const struct decision *decision)
{
    const struct whose *whose = &tale->whose[i];
    bool touched = decision->action == ACTION_SUSPEND || decision->action == ACTION_DEPROVISION;
    bool at_work = !tale->human[whose->owner].gone && !whose->left_behind;

    tally->acts += touched;
    if (touched && whose->spared && is_entry_of(tale, i))
        find_fault(tally, tale, i, "a person wrote down that it stays", decision);
    if (touched && at_work) {
        const char *evidence = evidence_against(tale, i);
        tally->unknowable += !evidence;
        if (!evidence && getenv("SHOW_UNKNOWABLE"))
            tale_show(tale);
        if (evidence)
            find_fault(tally, tale, i, evidence, decision);
    }
    if (!is_due(tale, i))
        return;
    tally->due++;
    if (!touched)
        find_fault(tally, tale, i, "nothing speaks against it, and it is not proposed", decision);
}

/* --- a core without one of its rules --- */

/* Which rule the functions below switch off. */
enum off {
    OFF_NONE,
    OFF_K1,
    OFF_K2,
    OFF_K3,
    OFF_K4,
    OFF_K5,
    OFF_K6,
    OFF_K7,
    OFF_K8,
    OFF_P3,
    OFF_P6,
    OFF_P9,
    OFF_R6,
};
static enum off off;
static bool is_deciding;

const char *__real_number_bare(struct arena *arena, const char *number);
const char *__wrap_number_bare(struct arena *arena, const char *number);
const char *__wrap_number_bare(struct arena *arena, const char *number)
{
    return off == OFF_K1 ? fold_text(arena, number) : __real_number_bare(arena, number);
}

bool __real_is_no_value(const struct no_values *more, const char *folded);
bool __wrap_is_no_value(const struct no_values *more, const char *folded);
bool __wrap_is_no_value(const struct no_values *more, const char *folded)
{
    return off != OFF_K2 && __real_is_no_value(more, folded);
}

/* K3 and K4: what they took away is given back. */
void __real_corroborate_links(const struct people *people, const struct snapshot *snapshot,
                              struct pairing *pairing);
void __wrap_corroborate_links(const struct people *people, const struct snapshot *snapshot,
                              struct pairing *pairing);
void __wrap_corroborate_links(const struct people *people, const struct snapshot *snapshot,
                              struct pairing *pairing)
{
    struct pairing before[TALE_ACCOUNTS];

    memcpy(before, pairing, snapshot->count * sizeof(before[0]));
    __real_corroborate_links(people, snapshot, pairing);
    for (size_t i = 0; i < snapshot->count; i++) {
        enum link_doubt doubt = pairing[i].doubt;
        if ((off == OFF_K3 && (doubt == DOUBT_STRANGER || doubt == DOUBT_CROWD)) ||
            (off == OFF_K4 && doubt == DOUBT_BORN_LATER))
            pairing[i] = before[i];
    }
}

bool __real_twin_is(const struct twins *twins, struct arena *scratch, const struct account *account,
                    const struct person *departed, const struct person *row, struct day *ret_until);
bool __wrap_twin_is(const struct twins *twins, struct arena *scratch, const struct account *account,
                    const struct person *departed, const struct person *row, struct day *ret_until);
bool __wrap_twin_is(const struct twins *twins, struct arena *scratch, const struct account *account,
                    const struct person *departed, const struct person *row, struct day *ret_until)
{
    return off != OFF_K5 && __real_twin_is(twins, scratch, account, departed, row, ret_until);
}

void __real_corroborate_yesterday(const struct people *people, const struct snapshot *snapshot,
                                  struct pairing *pairing);
void __wrap_corroborate_yesterday(const struct people *people, const struct snapshot *snapshot,
                                  struct pairing *pairing);
void __wrap_corroborate_yesterday(const struct people *people, const struct snapshot *snapshot,
                                  struct pairing *pairing)
{
    if (off != OFF_K6)
        __real_corroborate_yesterday(people, snapshot, pairing);
}

bool __real_is_used_account(const struct account *account);
bool __wrap_is_used_account(const struct account *account);
bool __wrap_is_used_account(const struct account *account)
{
    return off == OFF_K7 || __real_is_used_account(account);
}

void __real_people_init(struct people *people, const struct matching *matching,
                        const struct roster *roster);
void __wrap_people_init(struct people *people, const struct matching *matching,
                        const struct roster *roster);
void __wrap_people_init(struct people *people, const struct matching *matching,
                        const struct roster *roster)
{
    __real_people_init(people, matching, roster);
    if (off != OFF_K8)
        return;
    free(people->speaker); /* each row is somebody */
    people->speaker = NULL;
}

const struct protected_entry *__real_protections_find(const struct protections *protections,
                                                      struct arena *scratch,
                                                      const struct account *account,
                                                      const struct person *person);
const struct protected_entry *__wrap_protections_find(const struct protections *protections,
                                                      struct arena *scratch,
                                                      const struct account *account,
                                                      const struct person *person);
const struct protected_entry *__wrap_protections_find(const struct protections *protections,
                                                      struct arena *scratch,
                                                      const struct account *account,
                                                      const struct person *person)
{
    struct account unbound = *account;
    struct account_past past = *account_past(account);

    if (off == OFF_P3)
        past.bound_count = 0;
    unbound.history.past = &past;
    return __real_protections_find(protections, scratch, &unbound, person);
}

void __real_near_find(const struct people *people, const struct snapshot *snapshot,
                      struct pairing *pairing);
void __wrap_near_find(const struct people *people, const struct snapshot *snapshot,
                      struct pairing *pairing);
void __wrap_near_find(const struct people *people, const struct snapshot *snapshot,
                      struct pairing *pairing)
{
    enum near_kind before[TALE_ACCOUNTS];

    for (size_t i = 0; i < snapshot->count; i++)
        before[i] = pairing[i].near;
    __real_near_find(people, snapshot, pairing);
    for (size_t i = 0; i < snapshot->count && off == OFF_P6; i++)
        pairing[i].near = before[i];
}

/* P9 asks it while accounts are decided, K3 and K4 while they are matched. */
bool __real_pairing_is_sure(const struct pairing *pairing);
bool __wrap_pairing_is_sure(const struct pairing *pairing);
bool __wrap_pairing_is_sure(const struct pairing *pairing)
{
    return (off == OFF_P9 && is_deciding) || __real_pairing_is_sure(pairing);
}

/* --- the tests --- */

static void judge_tale(struct tally *tally, uint64_t seed)
{
    struct tale tale;

    tale_tell(&tale, seed);
    struct account before[TALE_ACCOUNTS];
    memcpy(before, tale.account, sizeof(before));
    for (size_t i = 0; i < tale.snapshot.count && off == OFF_R6; i++)
        tale.account[i].history.once_linked = true;
    struct pairing *pairing = match_all(&tale.arena, &tale.snapshot, &tale.roster, &tale.matching);
    is_deciding = true;
    const struct decided *decided =
        policy_decide(&tale.arena, &tale.policy, &tale.context, pairing);
    is_deciding = false;
    memcpy(tale.account, before, sizeof(before));
    for (size_t i = 0; i < tale.snapshot.count; i++) {
        const struct decision one = decided_at(decided, i);
        judge_account(tally, &tale, i, &one);
    }
    arena_release(&tale.arena);
}

TEST(tales_touch_nobody_at_work_and_everybody_who_left)
{
    struct tally tally = {.acts = 0};

    for (uint64_t seed = 1; seed <= tales(); seed++) {
        judge_tale(&tally, seed);
        if (tally.fault[0])
            fail_msg("tale %llu: %s", (unsigned long long)seed, tally.fault);
    }
    print_message("%zu acts, %zu of them due for certain, %zu nobody could have known\n",
                  tally.acts, tally.due, tally.unknowable);
    assert_true(tally.due > tales() / 4);
    assert_true(tally.unknowable <= tally.acts / 50);
}

static const struct {
    const char *name;
    enum off off;
} rules_off[] = {
    {"K1: a number that only looks different", OFF_K1},
    {"K2: a value that stands for nobody", OFF_K2},
    {"K3: contradicted", OFF_K3},
    {"K4: born later", OFF_K4},
    {"K5: a twin who works here", OFF_K5},
    {"K6: yesterday's person", OFF_K6},
    {"K7: never active", OFF_K7},
    {"K8: several rows", OFF_K8},
    {"P3: a protection is bound to the account", OFF_P3},
    {"P6: somebody is near", OFF_P6},
    {"P9: somebody uses it", OFF_P9},
    {"R6: it once led to a person", OFF_R6},
};

static const char *next_rule_off(size_t i, void **ret_state)
{
    if (i >= COUNT_OF(rules_off))
        return NULL;
    *ret_state = (void *)(uintptr_t)&rules_off[i].off;
    return rules_off[i].name;
}

static int switch_on(void **state)
{
    (void)state;
    off = OFF_NONE;
    return 0;
}

TEST_EACH(NULL, switch_on);

/* Each of them shows 15 times and more in 20,000 tales. */
TEST_SERIES(tales_catch_a_core_without, next_rule_off)
{
    size_t caught = 0;

    off = *(const enum off *)*state;
    for (uint64_t seed = 1; seed <= TALES_DEFAULT && caught < 3; seed++) {
        struct tally tally = {.acts = 0};
        judge_tale(&tally, seed);
        if (!tally.fault[0])
            continue;
        if (caught++ == 0)
            print_message("tale %llu: %s\n", (unsigned long long)seed, tally.fault);
    }
    assert_int_equal(caught, 3);
}
