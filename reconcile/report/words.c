/*
 * What the numbers of the decision table mean, for somebody who does not have the table at hand,
 * and what that person can do. A row or guard that is not listed here is shown by its number.
 */
#include "base/cleanup.h"
#include "host/command.h"
#include "report/parts.h"

struct words {
    const char *id;
    const char *title;
    const char *advice;
};

/* Verbs that help with what is advised. */
static const struct {
    const char *id, *purpose, *verb;
} helpers[] = {
    {"P5", "this names the row and says why", "roster check"},
    {"G3", "this lists the rows", "roster check"},
};

static const struct words row_words[] = {
    {"P1", "the job's own user", NULL},
    {"P2", "status or id not readable",
     "look at the account in Bynder, then at the portal's answer"},
    {"P3", "protected by the configuration",
     "renew the entry or let it go: an expired one protects nobody"},
    {"P4", "more than one person or account fits",
     "say in the links file who it is; until then nothing is done"},
    {"P5", "the person's roster row was rejected", "have the row corrected"},
    {"P6", "in no roster row, but somebody is near",
     "name the person in the links file, or '-' when it is nobody"},
    {"P7", "last login not readable or in the future", "look at the account in Bynder"},
    {"P8", "profile unknown, so admin rights cannot be told",
     "look at the permission profile in Bynder"},
    {"P9", "departed, and somebody uses the account",
     "find out who uses it, and say in the links file whose it is"},
    {"R1", "already inactive", NULL},
    {"R2", "how long ago this program suspended the account", NULL},
    {"R3", "never seen active: may be a pending access request", NULL},
    {"R4", "how long ago the last login was", NULL},
    {"R5", "never logged in", NULL},
    {"R6", "missing from the roster, not yet often enough, or never in one", NULL},
    {"R7", "announced, and waits until a day", NULL},
    {"R8", "suspended or downgraded by this program, then undone by somebody",
     "decide who is right: by rule it is not done again"},
    {"R9", "employed again, suspended by this program",
     "reactivate the account in Bynder if that is right: this program only proposes it"},
    {"R10", "has left, says HR", NULL},
    {"R11", "a rule that asks neither HR nor the last login", NULL},
    {"R12", "a rule that keeps", NULL},
    {"R13", "no rule applies", NULL},
    {"R14", "gone from the portal", NULL},
    {"R15", "which permission profile may be given", NULL},
    {"R16", "downgraded by this program, and needed again",
     "give the former permission profile back if that is right: this program only proposes it"},
};

static const struct words guard_words[] = {
    {"G1", "roster age", "have HR send a fresh roster; the next run looks at it by itself"},
    {"G2", "roster size", "compare the roster with the last one: was it cut, or filtered?"},
    {"G3", "rejected roster rows", "have the rows corrected"},
    {"G4", "accounts read",
     "plan again; if it stays, look at the portal's answers in the log, and ask whether "
     "somebody deleted that many accounts by hand, or the form of Bynder's answers changed"},
    {"G5", "last logins", "do not trust 'idle' today; ask Bynder whether login data was lost"},
    {"G6", "accounts matched",
     "check the matching keys and that the roster belongs to this portal"},
    {"G7", "number of suspensions",
     "read the rows below; if they are all right, let a person decide"},
    {"G8", "number of deprovisions",
     "read the rows below; if they are all right, let a person decide"},
    {"G16", "number of downgrades",
     "read the rows below; if they are all right, let a person decide"},
    {"G9", "administrators left", "keep or appoint enough administrators, then plan again"},
    {"G10", "share of one department or country",
     "ask whoever leads it whether that many people are to go"},
    {"G11", "first plan of this portal", "read it all: the first plan needs a person's approval"},
    {"G12", "stopped by hand, or decisions unread",
     "find out who stopped it and why, then remove the stop; what was handed in and cannot be read "
     "is handed in anew, or taken away"},
    {"G13", "clock and gap between runs",
     "check the clock of this machine; a long gap is accepted with --accept-gap"},
    {"G14", "another portal, or a second name",
     "find out which portal this is; if it is the right one, say so once"},
    {"G15", "an older record",
     "a backup was restored: look at what was done since, then let the record go on from it"},
    {"policy", "an older policy",
     "look for a second host or a restored file: is this the configuration you mean?"},
};

static const struct words *find(const struct words *words, size_t count, const char *id)
{
    for (size_t i = 0; id && i < count; i++) {
        if (text_equal(words[i].id, id))
            return &words[i];
    }
    return NULL;
}

const char *report_row_title(const char *row)
{
    const struct words *found = find(row_words, COUNT_OF(row_words), row);

    return found ? found->title : NULL;
}

const char *report_row_advice(const char *row)
{
    const struct words *found = find(row_words, COUNT_OF(row_words), row);

    return found ? found->advice : NULL;
}

const char *report_guard_title(const char *id)
{
    const struct words *found = find(guard_words, COUNT_OF(guard_words), id);

    return found ? found->title : NULL;
}

const char *report_guard_advice(const char *id)
{
    const struct words *found = find(guard_words, COUNT_OF(guard_words), id);

    return found ? found->advice : NULL;
}

const char *report_advice_command(const char *id, struct text *ret_command)
{
    for (size_t i = 0; id && i < COUNT_OF(helpers); i++) {
        if (!text_equal(helpers[i].id, id))
            continue;
        command_add(ret_command, "%s", helpers[i].verb);
        return helpers[i].purpose;
    }
    return NULL;
}
