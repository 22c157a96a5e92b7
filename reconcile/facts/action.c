/*
 * One row an action. What code asks of an action it asks here, and never which one it is; only the
 * policy knows them by name (R1, R2, R8, R9, R15, R16), and the call that carries them out.
 */
#include "facts/action.h"

#include "base/words.h"

const struct action_meaning actions[ACTION_COUNT] = {
    [ACTION_KEEP] = {.name = "keep"},
    [ACTION_REACTIVATE] = {.name = "reactivate",
                           .noun = "reactivation",
                           .done = "reactivated",
                           .expected = ACCOUNT_INACTIVE,
                           .wanted = ACCOUNT_ACTIVE,
                           .takes_seat = true,
                           .proposed_only = true,
                           .approved_as = ACTION_SUSPEND},
    [ACTION_RESTORE] = {.name = "restore",
                        .noun = "restoration",
                        .done = "restored",
                        .expected = ACCOUNT_ACTIVE,
                        .wanted = ACCOUNT_ACTIVE,
                        .sets_profile = true,
                        .proposed_only = true,
                        .approved_as = ACTION_DOWNGRADE},
    [ACTION_DOWNGRADE] = {.name = "downgrade",
                          .noun = "downgrade",
                          .done = "downgraded",
                          .expected = ACCOUNT_ACTIVE,
                          .wanted = ACCOUNT_ACTIVE,
                          .sets_profile = true,
                          .guard = "G16",
                          .approved_as = ACTION_DOWNGRADE,
                          .plan_version = 3},
    [ACTION_SUSPEND] = {.name = "suspend",
                        .noun = "suspension",
                        .done = "suspended",
                        .expected = ACCOUNT_ACTIVE,
                        .wanted = ACCOUNT_INACTIVE,
                        .frees_seat = true,
                        .guard = "G7",
                        .approved_as = ACTION_SUSPEND,
                        .plan_version = 1},
    [ACTION_DEPROVISION] = {.name = "deprovision",
                            .noun = "deprovision",
                            .done = "deleted",
                            .expected = ACCOUNT_INACTIVE,
                            .wanted = ACCOUNT_GONE,
                            .frees_seat = true,
                            .needs_record = true,
                            .guard = "G8",
                            .approved_as = ACTION_DEPROVISION,
                            .plan_version = 1},
};

const struct column_words action_words = COLUMN_WORDS_OF(actions);

const char *action_name(enum action action)
{
    return actions[action].name;
}

bool action_parse(const char *name, enum action *ret_action)
{
    return WORD_FIND(actions, name, ret_action);
}

/* Twice around: once for what rules do, once for what is proposed. */
enum action action_after(enum action action)
{
    unsigned i = action + (actions[action].proposed_only ? ACTION_COUNT : 0);

    while (++i < 2 * ACTION_COUNT) {
        unsigned next = i % ACTION_COUNT;
        if (next != ACTION_KEEP && actions[next].proposed_only == (i >= ACTION_COUNT))
            return (enum action)next;
    }
    return ACTION_KEEP;
}
