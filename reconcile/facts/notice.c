/*
 * One table: what a kind is called, whether it is trouble, and when a reason that was told is told
 * anew. Then the question whether any trouble is left.
 */
#include "facts/notice.h"

#include <string.h>

#include "base/digest.h"
#include "base/parse.h"
#include "base/text.h"
#include "base/words.h"

/* A week of nights: tonight's run may begin a little earlier than that of a week ago. */
#define WEEK_US (7 * DAY_US - DAY_US / 2)

/* --- when a reason that was told is told anew --- */

static enum notice_act when_it_differs(const char *told, const char *key)
{
    return text_equal(told, key) ? NOTICE_NOTHING : NOTICE_TELL;
}

static enum notice_act when_it_is_later(const char *told, const char *key)
{
    return strcmp(key, told) > 0 ? NOTICE_TELL : NOTICE_NOTHING;
}

static bool has_word(const char *words, const char *word, size_t length)
{
    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t own = strcspn(at, " ");
        if (own == length && memcmp(at, word, length) == 0)
            return true;
        at += own;
    }
    return false;
}

/* "G1 G3": one that was not among them. */
static enum notice_act when_a_word_is_new(const char *told, const char *key)
{
    for (const char *at = key; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (!has_word(told, at, length))
            return NOTICE_TELL;
        at += length;
    }
    return text_equal(told, key) ? NOTICE_NOTHING : NOTICE_NOTE;
}

/* The number behind the blank that follows a word; -1: there is none. */
static int64_t number_behind(const char *key, const char *word)
{
    const char *at = strstr(key, word);
    int64_t number = 0;
    char digits[20] = "";

    if (!at)
        return -1;
    at += strlen(word);
    size_t length = strcspn(at, " ");
    if (length == 0 || length >= sizeof(digits))
        return -1;
    memcpy(digits, at, length);
    return parse_int(digits, 0, INT64_MAX, &number) ? number : -1;
}

/* "failed 2 unknown 1": more of either. */
static enum notice_act when_a_number_grows(const char *told, const char *key)
{
    static const char *const words[] = {"failed ", "unknown "};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (number_behind(key, words[i]) > number_behind(told, words[i]))
            return NOTICE_TELL;
    }
    return text_equal(told, key) ? NOTICE_NOTHING : NOTICE_NOTE;
}

static bool since_of(const char *key, struct instant *ret_at)
{
    const char *at = strstr(key, "at ");

    return at && instant_parse_rfc3339(at + strlen("at "), ret_at);
}

/* "acts 12 at 2026-03-01T03:00:00Z": a week later, or as soon as it is more than twice as much. */
static enum notice_act when_a_week_is_over(const char *told, const char *key)
{
    int64_t before = number_behind(told, "acts "), now = number_behind(key, "acts ");
    struct instant last, at;

    if (before < 0 || !since_of(told, &last) || !since_of(key, &at))
        return NOTICE_TELL;
    return at.us - last.us >= WEEK_US || now > 2 * before + 5 ? NOTICE_TELL : NOTICE_NOTHING;
}

static const struct {
    const char *name;
    bool is_trouble; /* its end is told */
    enum notice_act (*again)(const char *told, const char *key);
} kinds[NOTICE_KIND_COUNT] = {
    [NOTICE_CLEAR] = {"clear", false, NULL},
    [NOTICE_APPROVAL] = {"approval", false, when_a_week_is_over},
    [NOTICE_EXPIRING] = {"expiring", false, when_it_is_later},
    [NOTICE_HELD] = {"held", true, when_a_word_is_new},
    [NOTICE_STEPS] = {"steps", true, when_a_number_grows},
    [NOTICE_FAILED] = {"failed", true, when_it_differs},
    [NOTICE_CUT_OFF] = {"cut_off", true, when_it_differs},
    [NOTICE_SEATS] = {"seats", false, when_a_word_is_new},
};

static const char *const channel_names[NOTICE_CHANNEL_COUNT] = {
    [NOTICE_MAIL] = "mail",
    [NOTICE_WEBHOOK] = "webhook",
};

/* --- names --- */

const char *notice_kind_name(enum notice_kind kind)
{
    return kinds[kind].name;
}

bool notice_kind_parse(const char *name, enum notice_kind *ret_kind)
{
    for (unsigned kind = 0; kind < NOTICE_KIND_COUNT; kind++) {
        if (text_equal(kinds[kind].name, name)) {
            *ret_kind = (enum notice_kind)kind;
            return true;
        }
    }
    return false;
}

const char *notice_channel_name(enum notice_channel channel)
{
    return channel_names[channel];
}

const char *notice_acts_key(struct arena *arena, size_t count, struct instant now)
{
    char at[INSTANT_TEXT_SIZE];

    return count ? arena_printf(arena, "acts %zu at %s", count, instant_format(now, at)) : NULL;
}

/* A name may hold blanks, and anything. */
const char *notice_class_word(struct arena *arena, const char *what, const char *name)
{
    struct digest digest = digest_of(name, strlen(name));
    char hex[DIGEST_HEX_SIZE];

    return arena_printf(arena, "%s:%.16s", what, digest_hex(&digest, hex));
}

/* --- what to do --- */

/* What waited is remembered for its week, so that people who decide and get new rows the next day
 * are not written to every day. */
static bool is_remembered(enum notice_kind kind, const char *told, struct instant now)
{
    struct instant last;

    return kind == NOTICE_APPROVAL && since_of(told, &last) && now.us - last.us < WEEK_US;
}

static enum notice_act decide_one(enum notice_kind kind, const struct notice_view *view,
                                  const char *told)
{
    const char *key = view->key[kind];

    if (!view->looked[kind])
        return NOTICE_NOTHING;
    if (key)
        return told ? kinds[kind].again(told, key) : NOTICE_TELL;
    return told && !is_remembered(kind, told, view->now) ? NOTICE_FORGET : NOTICE_NOTHING;
}

void notice_decide(const struct notice_view *view, const char *const told[NOTICE_KIND_COUNT],
                   enum notice_act ret_act[NOTICE_KIND_COUNT])
{
    bool any_told = false, any_left = false;

    for (unsigned kind = NOTICE_CLEAR + 1; kind < NOTICE_KIND_COUNT; kind++) {
        ret_act[kind] = decide_one((enum notice_kind)kind, view, told[kind]);
        if (!kinds[kind].is_trouble)
            continue;
        any_told |= told[kind] != NULL;
        any_left |= view->looked[kind] ? view->key[kind] != NULL : told[kind] != NULL;
    }
    ret_act[NOTICE_CLEAR] = any_told && !any_left ? NOTICE_TELL : NOTICE_NOTHING;
}
