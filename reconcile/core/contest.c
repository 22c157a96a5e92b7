/*
 * One function per kind of doubt writes what contradicts what; what can be written to settle it is
 * the same for all: a line of the links file.
 */
#include "core/contest.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/text.h"
#include "core/explain.h"
#include "core/twin.h"

/* By what a line of the links file names the account. */
static const char *name_in_line(const struct account *account)
{
    return account->email      ? account->email
           : account->username ? account->username
           : account->id       ? account->id
                               : "ACCOUNT";
}

/* `; to settle it, write 'jane@acme.example,1042' …`, for each of those it may be. */
static const char *with_cure(struct arena *arena, const struct subject *subject, const char *text)
{
    const struct pairing *pairing = subject->pairing;
    const char *who = name_in_line(subject->account);
    const struct person *const candidate[] = {pairing->person, pairing->other};
    const char *line[COUNT_OF(candidate)] = {NULL};
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(candidate); i++) {
        if (candidate[i] && candidate[i]->employee_number &&
            (i == 0 || candidate[i] != candidate[0]))
            line[count++] = arena_concat(arena, "'", who, ",", candidate[i]->employee_number, "'");
    }
    return arena_concat(arena, text, "; to settle it, write in the links file ",
                        count > 0 ? line[0] : "", count > 1 ? " or " : "", count > 1 ? line[1] : "",
                        count > 0 ? ", or '" : "'", who, ",-' if it is nobody's");
}

/* --- P4 --- */

/* A value that two rows have in common, with its name. */
static const char *shared_value(struct arena *arena, const struct person *one,
                                const struct person *other)
{
    const struct {
        enum match_key key;
        const char *one, *other;
    } fields[] = {
        {MATCH_BY_EMPLOYEE_NUMBER, one->employee_number, other->employee_number},
        {MATCH_BY_EMAIL, one->email, other->email},
        {MATCH_BY_USERNAME, one->username, other->username},
    };

    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const char *value = fold_text(arena, fields[i].one);
        if (value && text_equal(value, fold_text(arena, fields[i].other)))
            return arena_printf(arena, "%s '%s'", match_key_name(fields[i].key), fields[i].one);
    }
    return NULL;
}

static const char *tell_shared(struct arena *arena, const struct subject *subject)
{
    const struct pairing *pairing = subject->pairing;
    const struct person *one = pairing->person, *other = pairing->other;
    const char *key =
        pairing->key == MATCH_BY_NOTHING ? "a key of the account" : match_key_name(pairing->key);

    if (!one || one == other || !other)
        return arena_printf(
            arena, "ambiguous: the %s of the account stands in more than one row of the roster%s%s",
            pairing->key == MATCH_BY_NOTHING ? "key" : match_key_name(pairing->key),
            other ? ", one of them " : "", other ? explain_person(arena, other) : "");
    const char *value = shared_value(arena, one, other);
    if (value)
        return arena_concat(arena, "ambiguous: ", value, " stands in the rows of ",
                            explain_person(arena, one), " and of ", explain_person(arena, other));
    return arena_printf(arena, "ambiguous: %s points to %s, another key to %s and to somebody else",
                        key, explain_person(arena, one), explain_person(arena, other));
}

static const char *tell_no_line(struct arena *arena, const struct subject *subject)
{
    (void)arena;
    (void)subject;
    return "ambiguous: the links file names nobody in the roster or several people, or its line "
           "fits several accounts; to settle it, mend that line";
}

static const char *tell_rival(struct arena *arena, const struct subject *subject)
{
    const struct account *rival = subject->rival;
    const char *person =
        subject->pairing->other ? explain_person(arena, subject->pairing->other) : "one person";

    return arena_printf(arena,
                        "ambiguous: account %s is matched to the same person by another key: %s",
                        rival && rival->id ? rival->id : "without an id", person);
}

static const char *tell_keys(struct arena *arena, const struct subject *subject)
{
    const struct pairing *pairing = subject->pairing;

    return arena_printf(arena, "conflict: %s points to %s, another key to %s",
                        match_key_name(pairing->key), explain_person(arena, pairing->person),
                        explain_person(arena, pairing->other));
}

static const char *tell_stray(struct arena *arena, const struct subject *subject)
{
    return arena_printf(arena,
                        "conflict: %s points to %s, but the account has an employee number that "
                        "nobody has (%s)",
                        match_key_name(subject->pairing->key),
                        explain_person(arena, subject->pairing->person),
                        subject->account->employee_number);
}

static const char *tell_looks(struct arena *arena, const struct subject *subject)
{
    return arena_printf(
        arena,
        "conflict: %s points to %s, but the account's number %s and that of %s "
        "differ only in how they are written",
        match_key_name(subject->pairing->key), explain_person(arena, subject->pairing->person),
        subject->account->employee_number, explain_person(arena, subject->pairing->other));
}

static const char *tell_stranger(struct arena *arena, const struct subject *subject)
{
    const struct account *account = subject->account;

    return arena_printf(
        arena,
        "conflict: %s alone points to %s, but neither the name nor the address of "
        "the account ('%s', %s) is theirs",
        match_key_name(subject->pairing->key), explain_person(arena, subject->pairing->person),
        account->name ? account->name : "no name", account->email ? account->email : "no address");
}

static const char *tell_crowd(struct arena *arena, const struct subject *subject)
{
    return arena_printf(arena,
                        "conflict: several accounts carry the employee number of %s, and neither "
                        "name nor address says that this one is theirs",
                        explain_person(arena, subject->pairing->person));
}

static const char *tell_born_later(struct arena *arena, const struct subject *subject)
{
    const struct person *person = subject->pairing->person;
    char day[DAY_TEXT_SIZE];

    return arena_printf(arena,
                        "conflict: %s alone points to %s, but the account came to be after their "
                        "last day, %s: the %s may have been given on",
                        match_key_name(subject->pairing->key), explain_person(arena, person),
                        day_format(person->last_day, day), match_key_name(subject->pairing->key));
}

static const char *tell_twin(struct arena *arena, const struct subject *subject)
{
    const struct pairing *pairing = subject->pairing;
    bool called = twin_is_called_as(arena, subject->account, pairing->person, pairing->other);
    char row[sizeof("4294967295")];

    (void)snprintf(row, sizeof(row), "%u", (unsigned)pairing->other->row);
    return arena_concat(arena, "conflict: ", match_key_name(pairing->key), " points to ",
                        explain_person(arena, pairing->person),
                        called ? ", who has departed, but the account bears the name of row "
                               : ", who has departed and may have moved to row ",
                        row, ": ", explain_person(arena, pairing->other), ", ",
                        person_status_name(pairing->other->status));
}

static const char *(*const tells[])(struct arena *arena, const struct subject *subject) = {
    [DOUBT_NONE] = NULL,
    [DOUBT_SHARED] = tell_shared,
    [DOUBT_SHARED_ELSEWHERE] = tell_shared,
    [DOUBT_NO_LINE] = tell_no_line,
    [DOUBT_RIVAL] = tell_rival,
    [DOUBT_KEYS] = tell_keys,
    [DOUBT_STRAY_NUMBER] = tell_stray,
    [DOUBT_LOOKS] = tell_looks,
    [DOUBT_STRANGER] = tell_stranger,
    [DOUBT_CROWD] = tell_crowd,
    [DOUBT_BORN_LATER] = tell_born_later,
};

/* K5: the person of the link has departed, and a row that is at work may be them, unless the login
 * of the account says otherwise and no activity contradicts it. */
static bool is_by_twin(const struct subject *subject, const struct zone *zone)
{
    const struct pairing *pairing = subject->pairing;
    const struct login *login = &subject->account->login;

    if (pairing->kind != LINK_ONE || !pairing->other)
        return false;
    if (!day_is_set(pairing->twin_until) ||
        day_compare(instant_day(account_activity(subject->account)->at, zone),
                    pairing->twin_until) > 0)
        return true;
    return login->kind != LOGIN_NEVER &&
           (login->kind != LOGIN_KNOWN ||
            day_compare(instant_day(login->at, zone), pairing->twin_until) > 0);
}

const char *contest_reason(struct arena *arena, const struct subject *subject,
                           const struct zone *zone)
{
    const struct pairing *pairing = subject->pairing;

    if (is_by_twin(subject, zone))
        return with_cure(arena, subject, tell_twin(arena, subject));
    if (pairing->kind != LINK_AMBIGUOUS && pairing->kind != LINK_CONFLICT)
        return NULL;
    if (pairing->doubt == DOUBT_NONE || pairing->doubt == DOUBT_NO_LINE)
        return tell_no_line(arena, subject);
    return with_cure(arena, subject, tells[pairing->doubt](arena, subject));
}

/* --- P6 --- */

const char *contest_near(struct arena *arena, const struct subject *subject)
{
    const struct pairing *pairing = subject->pairing;

    if (pairing->kind != LINK_NONE || pairing->near == NEAR_NOBODY)
        return NULL;
    return with_cure(arena, subject,
                     arena_concat(arena, "no person matches, but ",
                                  explain_person(arena, pairing->other),
                                  " is near: ", near_kind_sentence(pairing->near)));
}
