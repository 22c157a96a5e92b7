/*
 * A subject is a list of values by a table of names. Only fields with a value go into the digest
 * and the text, each with its name in front: a field that a later version adds changes nothing for
 * the rows that have none, and what people decided before stands.
 *
 * The text that was kept is read again here, by a reader for one flat object of strings and nothing
 * else: it comes out of our own record, and what it does not understand it does not guess.
 */
#include "core/row_subject.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/jsonw.h"
#include "core/rules.h"

static const struct field {
    const char *name;  /* in the text and the digest: never changed */
    const char *words; /* in a sentence */
    const char *whole; /* in place of the sentence, where values say nothing to a reader */
} fields[SUBJECT_FIELD_COUNT] = {
    [SUBJECT_ACCOUNT] = {"account", "the account", NULL},
    [SUBJECT_EMAIL] = {"email", "the e-mail address", NULL},
    [SUBJECT_EMAIL2] = {"email2", "the second address", NULL},
    [SUBJECT_USERNAME] = {"username", "the username", NULL},
    [SUBJECT_NUMBER] = {"number", "the account's employee number", NULL},
    [SUBJECT_PROFILE] = {"profile", "the profile", NULL},
    [SUBJECT_ROLES] = {"roles", "the list of roles", NULL},
    [SUBJECT_ACTION] = {"action", "the action", NULL},
    [SUBJECT_RULE] = {"rule", "the rule", NULL},
    [SUBJECT_RULE_TEXT] = {"rule_text", NULL, "the rule asks something else"},
    [SUBJECT_PERSON] = {"person", "the person", NULL},
    [SUBJECT_NAME] = {"name", "the person's name", NULL},
    [SUBJECT_LINKED_BY] = {"linked_by", "the key of the link", NULL},
    [SUBJECT_STATUS] = {"status", "the person", NULL},
    [SUBJECT_LAST_DAY] = {"last_day", "the last day", NULL},
    [SUBJECT_USED_AFTER] = {"used_after", "use after the last day", NULL},
    [SUBJECT_ACT] = {"act", NULL, "the account was suspended by another act"},
    [SUBJECT_UNDOES] = {"undoes", NULL, "the account was downgraded by another act"},
    [SUBJECT_TO_PROFILE] = {"to_profile", "the profile it gets", NULL},
    [SUBJECT_TO_ROLES] = {"to_roles", "the list of roles it gets", NULL},
};

/* --- making one --- */

static void add_account(struct row_subject *subject, struct arena *arena,
                        const struct matching *matching, const struct snapshot *snapshot,
                        const struct account *account)
{
    const struct profile *profile = snapshot_profile(snapshot, account_alike(account)->profile_id);

    subject->value[SUBJECT_ACCOUNT] = account->id;
    subject->value[SUBJECT_EMAIL] = match_canonical_email(arena, matching, account->email);
    subject->value[SUBJECT_EMAIL2] =
        match_canonical_email(arena, matching, account_alike(account)->email2);
    subject->value[SUBJECT_USERNAME] = match_canonical_email(arena, matching, account->username);
    subject->value[SUBJECT_NUMBER] = fold_text(arena, account->employee_number);
    subject->value[SUBJECT_PROFILE] = account_alike(account)->profile_id;
    subject->value[SUBJECT_ROLES] = profile ? profile_roles(arena, profile) : NULL;
}

static void add_person(struct row_subject *subject, struct arena *arena,
                       const struct matching *matching, const struct decision *decision)
{
    const struct pairing *pairing = decision->pairing;
    const struct person *person = pairing->kind == LINK_ONE ? pairing->person : NULL;
    /* Of a restoration what shows the need may be another thing tomorrow: no part of it. */
    bool asked = decision->by ? rule_asks_person(decision->by)
                              : decision->uses_person && decision->action != ACTION_RESTORE;
    char day[DAY_TEXT_SIZE];

    if (person) {
        const char *number = fold_text(arena, person->employee_number);
        subject->value[SUBJECT_PERSON] =
            number ? number : match_canonical_email(arena, matching, person->email);
        subject->value[SUBJECT_NAME] = fold_name(arena, person->name);
        subject->value[SUBJECT_LINKED_BY] = match_key_name(pairing->key);
        if (asked && day_is_set(person->last_day))
            subject->value[SUBJECT_LAST_DAY] =
                arena_strdup(arena, day_format(person->last_day, day));
    }
    if (asked)
        subject->value[SUBJECT_STATUS] = person_status_name(decision->person);
    subject->value[SUBJECT_USED_AFTER] = decision->used_after ? "yes" : NULL;
}

struct row_subject row_subject_by(struct arena *arena, const struct matching *matching,
                                  const struct snapshot *snapshot, const struct decision *decision,
                                  const struct digest *rule_text)
{
    struct row_subject subject = {0};
    const struct account_past *past = account_past(decision->account);
    char hex[DIGEST_HEX_SIZE];

    add_account(&subject, arena, matching, snapshot, decision->account);
    add_person(&subject, arena, matching, decision);
    subject.value[SUBJECT_ACTION] = action_name(decision->action);
    subject.value[SUBJECT_RULE] = decision_rule(decision);
    if (decision->by)
        subject.value[SUBJECT_RULE_TEXT] = arena_strdup(arena, digest_hex(rule_text, hex));
    if (decision->action == ACTION_DEPROVISION)
        subject.value[SUBJECT_ACT] = arena_printf(arena, "%lld", (long long)past->suspended_act);
    if (decision->action == ACTION_RESTORE && past->downgrade)
        subject.value[SUBJECT_UNDOES] =
            arena_printf(arena, "%lld", (long long)past->downgrade->act);
    if (decision->to) {
        subject.value[SUBJECT_TO_PROFILE] = decision->to->id;
        subject.value[SUBJECT_TO_ROLES] = profile_roles(arena, decision->to);
    }
    for (size_t i = 0; i < SUBJECT_FIELD_COUNT; i++) {
        if (subject.value[i] && !subject.value[i][0])
            subject.value[i] = NULL;
    }
    return subject;
}

struct row_subject row_subject_of(struct arena *arena, const struct matching *matching,
                                  const struct snapshot *snapshot, const struct decision *decision)
{
    struct digest text = {{0}};

    if (decision->by)
        text = policy_rule_digest(decision->by);
    return row_subject_by(arena, matching, snapshot, decision, &text);
}

struct digest row_subject_digest(const struct row_subject *subject)
{
    struct digest_stream *stream = digest_new();

    digest_field(stream, "bynder-reconcile subject");
    for (size_t i = 0; i < SUBJECT_FIELD_COUNT; i++) {
        if (!subject->value[i])
            continue;
        digest_field(stream, fields[i].name);
        digest_field(stream, subject->value[i]);
    }
    return digest_finish(stream);
}

/* --- the text, written and read --- */

const char *row_subject_text(struct arena *arena, const struct row_subject *subject)
{
    struct text text = TEXT_INIT;
    struct jsonw json = jsonw_to(&text);

    jsonw_begin_object(&json);
    for (size_t i = 0; i < SUBJECT_FIELD_COUNT; i++) {
        if (subject->value[i])
            jsonw_field_string(&json, fields[i].name, subject->value[i]);
    }
    jsonw_end_object(&json);
    const char *copy = arena_strdup(arena, text_cstr(&text));
    text_release(&text);
    return copy;
}

static void skip_blanks(const char **at)
{
    *at += strspn(*at, " \t\r\n");
}

static bool take_char(const char **at, char wanted)
{
    skip_blanks(at);
    if (**at != wanted)
        return false;
    (*at)++;
    return true;
}

static bool read_hex(const char **at, unsigned *ret_code)
{
    unsigned code = 0;

    for (size_t i = 0; i < 4; i++, (*at)++) {
        const char digits[] = "0123456789abcdef";
        char low = **at >= 'A' && **at <= 'F' ? (char)(**at - 'A' + 'a') : **at;
        const char *digit = low ? strchr(digits, low) : NULL;
        if (!digit)
            return false;
        code = code * 16 + (unsigned)(digit - digits);
    }
    *ret_code = code;
    return true;
}

static void add_utf8(struct text *text, unsigned code)
{
    if (code < 0x80) {
        text_add_char(text, (char)code);
        return;
    }
    if (code < 0x800) {
        text_add_char(text, (char)(0xC0 | code >> 6));
    } else if (code < 0x10000) {
        text_add_char(text, (char)(0xE0 | code >> 12));
        text_add_char(text, (char)(0x80 | (code >> 6 & 0x3F)));
    } else {
        text_add_char(text, (char)(0xF0 | code >> 18));
        text_add_char(text, (char)(0x80 | (code >> 12 & 0x3F)));
        text_add_char(text, (char)(0x80 | (code >> 6 & 0x3F)));
    }
    text_add_char(text, (char)(0x80 | (code & 0x3F)));
}

/* Behind the backslash. */
static bool read_escape(const char **at, struct text *text)
{
    static const char written[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *plain = **at ? strchr(written, **at) : NULL;
    unsigned code = 0, low = 0;

    if (plain) {
        text_add_char(text, meant[plain - written]);
        (*at)++;
        return true;
    }
    if (**at != 'u')
        return false;
    (*at)++;
    if (!read_hex(at, &code) || code == 0 || (code >= 0xDC00 && code <= 0xDFFF))
        return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
        if ((*at)[0] != '\\' || (*at)[1] != 'u')
            return false;
        *at += 2;
        if (!read_hex(at, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    add_utf8(text, code);
    return true;
}

static bool read_string(struct arena *arena, const char **at, const char **ret_value)
{
    struct text text = TEXT_INIT;
    bool good = take_char(at, '"');
    size_t plain = good ? strcspn(*at, "\"\\") : 0;

    if (good && (*at)[plain] == '"') { /* nearly all */
        *ret_value = arena_strndup(arena, *at, plain);
        *at += plain + 1;
        return true;
    }
    while (good && **at && **at != '"') {
        if (**at == '\\') {
            (*at)++;
            good = read_escape(at, &text);
        } else {
            text_add_char(&text, *(*at)++);
        }
    }
    good = good && **at == '"';
    if (good) {
        (*at)++;
        *ret_value = arena_strdup(arena, text_cstr(&text));
    }
    text_release(&text);
    return good;
}

/* Names that this version does not know are passed over. */
static bool read_member(struct arena *arena, const char **at, struct row_subject *subject)
{
    const char *name = NULL, *value = NULL;

    if (!read_string(arena, at, &name) || !take_char(at, ':') || !read_string(arena, at, &value))
        return false;
    for (size_t i = 0; i < SUBJECT_FIELD_COUNT; i++) {
        if (text_equal(fields[i].name, name))
            subject->value[i] = value;
    }
    return true;
}

static bool read_subject(struct arena *arena, const char *at, struct row_subject *ret_subject)
{
    struct row_subject subject = {0};
    bool good = at && take_char(&at, '{');

    if (good && !take_char(&at, '}')) {
        do
            good = read_member(arena, &at, &subject);
        while (good && take_char(&at, ','));
        good = good && take_char(&at, '}');
    }
    if (!good)
        return false;
    skip_blanks(&at);
    *ret_subject = subject;
    return *at == '\0';
}

bool row_subject_is_of(const char *text, const struct digest *subject)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct row_subject told;

    if (!read_subject(&arena, text, &told))
        return false;
    struct digest digest = row_subject_digest(&told);
    return digest_compare(&digest, subject) == 0 &&
           text_equal(row_subject_text(&arena, &told), text);
}

/* --- what is not as it was --- */

static const char *or_none(const char *value)
{
    return value ? value : "none";
}

const char *row_subject_change(struct arena *arena, const char *before,
                               const struct row_subject *now)
{
    struct row_subject old;
    struct text text = TEXT_INIT;
    bool known = read_subject(arena, before, &old);

    for (size_t i = 0; known && i < SUBJECT_FIELD_COUNT; i++) {
        if (text_equal(old.value[i], now->value[i]))
            continue;
        text_add(&text, text.length ? "; " : "");
        if (fields[i].whole)
            text_add(&text, fields[i].whole);
        else
            text_addf(&text, "%s was %s, is %s", fields[i].words, or_none(old.value[i]),
                      or_none(now->value[i]));
    }
    const char *sentence =
        text.length ? arena_strdup(arena, text_cstr(&text)) : "it is not the row it was";
    text_release(&text);
    return sentence;
}
