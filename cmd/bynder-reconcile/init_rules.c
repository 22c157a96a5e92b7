/*
 * The rules of the sample that need no more of the roster than was found in it. They are init's own
 * as long as they stand as init writes them; whoever has changed a letter of them has made rules,
 * and those are no longer touched.
 */
#include <string.h>

#include "cmd/bynder-reconcile/init.h"
#include "config/edit.h"

#define RULES_PATH     "policy.rules"
#define OPEN_DEPARTED  "no rule for departures while that is open, see roster"
#define OPEN_IDLE      "no rule for idle accounts while that is open, see roster"
#define RULES_VARIANTS 8

static struct init_rules rules_for(const struct roster_guess *guess)
{
    struct init_rules rules = {.departed = roster_guess_tells_departures(guess),
                               .leave = roster_guess_of(guess, MEANING_ON_LEAVE) ||
                                        roster_guess_of(guess, MEANING_LEAVE_FROM)};

    for (size_t i = 0; i < guess->words; i++)
        rules.leave |= guess->word[i].status == PERSON_ON_LEAVE;
    rules.departed &= !roster_guess_blocks_departed(guess);
    rules.idle = !roster_guess_blocks_idle(guess);
    return rules;
}

static const char *rules_text(struct arena *arena, struct init_rules rules)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_add(&text, "(\n        { name = \"integrations\"; when = { username = [ \"svc-*\" ]; };"
                    " do = \"keep\"; }");
    if (rules.leave)
        text_add(&text, ",\n        { name = \"on leave\"; when = { person = \"on_leave\"; };"
                        " do = \"keep\"; }");
    if (rules.departed)
        text_add(&text, ",\n        { name = \"departed\"; when = { account = \"active\"; person "
                        "= \"departed\"; };\n          do = \"suspend\"; }");
    if (rules.idle)
        text_add(&text, ",\n        { name = \"idle\"; when = { account = \"active\"; "
                        "idle_days_min = 90; };\n          do = \"suspend\"; grace_days = 14; }");
    text_add(&text, "\n    )");
    return arena_strdup(arena, text_cstr(&text));
}

void init_rules_write(const struct answers *answers, struct config_writing *writing)
{
    struct init_rules rules = rules_for(&answers->guess);

    if (roster_guess_blocks_departed(&answers->guess))
        config_write_comment(writing, "policy", OPEN_DEPARTED);
    if (roster_guess_blocks_idle(&answers->guess))
        config_write_comment(writing, "policy", OPEN_IDLE);
    config_write_plain(writing, RULES_PATH, rules_text(writing->arena, rules));
}

/* Whether the rules that are there are init's own, and which. No rules are a person's in nothing.
 */
static bool are_own(const struct init_before *before, struct init_rules *ret_rules)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *value = config_edit_value(&scratch, &before->text, RULES_PATH);

    *ret_rules = (struct init_rules){.leave = false};
    for (unsigned i = 0; value && i < RULES_VARIANTS; i++) {
        *ret_rules = (struct init_rules){.leave = i & 1, .departed = i & 2, .idle = i & 4};
        if (text_equal(rules_text(&scratch, *ret_rules), value))
            return true;
    }
    return !value;
}

int init_rules_refuse(const struct init_before *before, const struct answers *answers,
                      struct err *err)
{
    struct init_rules there;

    if (!before->is_there || !answers->guessed)
        return 0;
    if (!are_own(before, &there))
        there.departed = there.idle = true; /* what they act on is not looked at */
    if (!(there.departed && roster_guess_blocks_departed(&answers->guess)) &&
        !(there.idle && roster_guess_blocks_idle(&answers->guess)))
        return 0;
    return err_set(err, ERR_HELD,
                   "nothing was written: the rules that are there would act on what is open; hint: "
                   "answer at a terminal, or name the columns that do not matter with --leave-out");
}

enum init_rules_fate init_rules_fate(const struct init_before *before,
                                     const struct answers *answers)
{
    struct init_rules there, wanted = rules_for(&answers->guess);
    const struct policy *policy = &before->config.policy;
    bool acts = !wanted.departed;

    if (are_own(before, &there) && !policy->enforce)
        return there.leave == wanted.leave && there.departed == wanted.departed &&
                       there.idle == wanted.idle && wanted.idle &&
                       !roster_guess_blocks_departed(&answers->guess)
                   ? INIT_RULES_STAY
                   : INIT_RULES_ANEW;
    for (size_t i = 0; i < policy->rule_count; i++)
        acts |= policy->rule[i].action != ACTION_KEEP &&
                policy->rule[i].when.person & 1U << PERSON_DEPARTED;
    return acts ? INIT_RULES_STAY : INIT_RULES_LACK;
}
