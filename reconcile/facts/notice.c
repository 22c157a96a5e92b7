/* One pass over the kinds, then the question whether anything is left. */
#include "facts/notice.h"

#include "base/text.h"
#include "base/words.h"

static const char *const kind_names[NOTICE_KIND_COUNT] = {
    [NOTICE_CLEAR] = "clear", [NOTICE_APPROVAL] = "approval", [NOTICE_HELD] = "held",
    [NOTICE_STEPS] = "steps", [NOTICE_FAILED] = "failed",     [NOTICE_CUT_OFF] = "cut_off",
};

static const char *const channel_names[NOTICE_CHANNEL_COUNT] = {
    [NOTICE_MAIL] = "mail",
    [NOTICE_WEBHOOK] = "webhook",
};

const char *notice_kind_name(enum notice_kind kind)
{
    return kind_names[kind];
}

bool notice_kind_parse(const char *name, enum notice_kind *ret_kind)
{
    return WORD_FIND(kind_names, name, ret_kind);
}

const char *notice_channel_name(enum notice_channel channel)
{
    return channel_names[channel];
}

static enum notice_act decide_one(bool looked, const char *key, const char *told)
{
    if (!looked)
        return NOTICE_NOTHING;
    if (key)
        return text_equal(key, told) ? NOTICE_NOTHING : NOTICE_TELL;
    return told ? NOTICE_FORGET : NOTICE_NOTHING;
}

void notice_decide(const struct notice_view *view, const char *const told[NOTICE_KIND_COUNT],
                   enum notice_act ret_act[NOTICE_KIND_COUNT])
{
    bool any_told = false, any_left = false;

    for (unsigned kind = NOTICE_CLEAR + 1; kind < NOTICE_KIND_COUNT; kind++) {
        ret_act[kind] = decide_one(view->looked[kind], view->key[kind], told[kind]);
        any_told |= told[kind] != NULL;
        any_left |= view->looked[kind] ? view->key[kind] != NULL : told[kind] != NULL;
    }
    ret_act[NOTICE_CLEAR] = any_told && !any_left ? NOTICE_TELL : NOTICE_NOTHING;
}
