#include "kinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

static const char *const names[KIND_COUNT] = {
    [KIND_HIRES] = "hires",
    [KIND_LEAVERS] = "leavers",
    [KIND_LATE] = "late",
    [KIND_LEAVE] = "leave",
    [KIND_REHIRES] = "rehires",
    [KIND_REHIRES_NEW] = "rehires-new",
    [KIND_CONTRACTORS] = "contractors",
    [KIND_IDLERS] = "idlers",
    [KIND_AFTER] = "after",
    [KIND_MOVES] = "moves",
    [KIND_NO_NUMBER] = "no-number",
    [KIND_SUPPORT] = "support",
    [KIND_BY_HAND] = "by-hand",
    [KIND_OUTAGE] = "outage",
    [KIND_SLOW] = "slow",
    [KIND_MISSED] = "missed",
    [KIND_CUT] = "cut",
    [KIND_OLD] = "old",
    [KIND_TWINS] = "twins",
    [KIND_RENAMES] = "renames",
    [KIND_MARRIAGES] = "marriages",
    [KIND_TRANSFERS] = "transfers",
    [KIND_CLOCK] = "clock",
};

const char *kind_name(enum kind kind)
{
    return names[kind];
}

struct kinds kinds_default(void)
{
    struct kinds kinds = {.on = {false}};

    for (unsigned i = 0; i < KIND_TWINS; i++)
        kinds.on[i] = true;
    return kinds;
}

static int set_one(struct kinds *kinds, const char *name, bool on, struct err *err)
{
    CLEANUP(text_release) struct text known = TEXT_INIT;
    bool found = false;

    for (unsigned i = 0; i < KIND_COUNT; i++) {
        text_addf(&known, "%s%s", i ? ", " : "", names[i]);
        if (!text_equal(name, "all") && !text_equal(name, names[i]))
            continue;
        kinds->on[i] = on;
        found = true;
    }
    return found ? 0
                 : err_set(err, ERR_USAGE, "unknown kind '%s'; hint: there are %s", name,
                           text_cstr(&known));
}

int kinds_set(struct kinds *kinds, const char *list, bool on, struct err *err)
{
    for (const char *at = list; *at;) {
        size_t length = strcspn(at, ",");
        CLEANUP(mem_cleanup) char *name = mem_strndup(at, length);
        if (set_one(kinds, name, on, err))
            return -1;
        at += length + (at[length] ? 1 : 0);
    }
    return 0;
}
