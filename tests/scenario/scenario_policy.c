/* The lines of a case that are about the policy and the link. */
#include "scenario_private.h"

#include <string.h>

#include "base/mem.h"
#include "base/parse.h"
#include "core/condition.h"

static const struct field protected_fields[] = {
    {"who", FIELD_TEXT, offsetof(struct protected_entry, who), NULL},
    {"reason", FIELD_TEXT, offsetof(struct protected_entry, reason), NULL},
    {"owner", FIELD_TEXT, offsetof(struct protected_entry, owner), NULL},
    {"expires", FIELD_DAY, offsetof(struct protected_entry, expires), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static int set_condition(struct scenario *scenario, struct conditions *conditions,
                         const struct word *word, struct err *err)
{
    const struct condition_field *field = policy_conditions;
    const char *const *item = NULL;
    int64_t days = 0;

    while (field->name && !text_equal(field->name, word->key))
        field++;
    if (!field->name)
        return err_set(err, ERR_CONFIG, "'%s' is no condition",
                       word->key ? word->key : word->value);
    void *at = (char *)conditions + field->offset;
    size_t count = word_split(&scenario->arena, word->value, &item);
    switch (field->type) {
    case CONDITION_PATTERNS:
        *(struct patterns *)at = (struct patterns){.item = item, .count = count};
        return 0;
    case CONDITION_DAYS:
        if (!parse_int(word->value, 0, 100000, &days))
            return err_set(err, ERR_CONFIG, "'%s' cannot be '%s'", word->key, word->value);
        *(int *)at = (int)days;
        return 0;
    case CONDITION_WORDS:
        break;
    }
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (field->words[k] && !text_equal(field->words[k], item[i]))
            k++;
        if (!field->words[k])
            return err_set(err, ERR_CONFIG, "'%s' cannot be '%s'", word->key, item[i]);
        *(unsigned *)at |= field->bit[k];
    }
    return 0;
}

static struct rule *find_rule(struct scenario *scenario, const char *name)
{
    for (size_t i = 0; i < scenario->rule_count; i++) {
        if (text_equal(scenario->rule[i].name, name))
            return &scenario->rule[i];
    }
    scenario->rule = mem_grow(scenario->rule, scenario->rule_count, &scenario->rule_capacity,
                              sizeof(scenario->rule[0]));
    return &scenario->rule[scenario->rule_count++];
}

/* The words of the name up to the one that ends in a colon; *ret_next is behind it. */
static const char *rule_name(struct scenario *scenario, const struct line *line, size_t *ret_next)
{
    struct text name = TEXT_INIT;
    const char *result = NULL;

    for (size_t i = 0; !result && i < line->count && !line->word[i].key; i++) {
        size_t length = strlen(line->word[i].value);
        bool last = length > 0 && line->word[i].value[length - 1] == ':';

        text_add(&name, i ? " " : "");
        text_add_bytes(&name, line->word[i].value, length - last);
        *ret_next = i + 1;
        if (last)
            result = arena_strdup(&scenario->arena, text_cstr(&name));
    }
    text_release(&name);
    return result;
}

int scenario_read_rule(struct scenario *scenario, const struct line *line, struct err *err)
{
    struct rule rule = {
        .when = CONDITIONS_NONE, .unless = CONDITIONS_NONE, .approval = -1, .line = line->number};
    struct conditions *conditions = NULL;
    size_t i = 0;
    int64_t grace = 0;

    rule.name = rule_name(scenario, line, &i);
    if (!rule.name || i >= line->count || !action_parse(line->word[i].value, &rule.action))
        return err_set(err, ERR_CONFIG,
                       "a rule is 'rule NAME: ACTION to=… when … unless … grace=N'");
    for (i++; i < line->count; i++) {
        const struct word *word = &line->word[i];
        if (!word->key && text_equal(word->value, "when")) {
            conditions = &rule.when;
        } else if (!word->key && text_equal(word->value, "unless")) {
            conditions = &rule.unless;
            rule.has_unless = true;
        } else if (text_equal(word->key, "grace")) {
            if (!parse_int(word->value, 0, 10000, &grace))
                return err_set(err, ERR_CONFIG, "'grace' cannot be '%s'", word->value);
        } else if (text_equal(word->key, "to")) {
            rule.to_profile = word->value;
        } else if (!conditions) {
            return err_set(err, ERR_CONFIG, "a condition stands behind 'when' or 'unless'");
        } else if (set_condition(scenario, conditions, word, err) < 0) {
            return -1;
        }
    }
    rule.grace_days = (int)grace;
    *find_rule(scenario, rule.name) = rule;
    return 0;
}

int scenario_read_protected(struct scenario *scenario, const struct line *line, struct err *err)
{
    struct protected_entry entry = {.reason = "the board says so", .owner = "it@acme.example"};

    if (scenario_set_all(scenario, protected_fields, &entry, line, 0, err) < 0)
        return -1;
    if (!entry.who || !day_is_set(entry.expires))
        return err_set(err, ERR_CONFIG, "'protected' needs who= and expires=");
    scenario->protected_entry =
        mem_grow(scenario->protected_entry, scenario->protected_count,
                 &scenario->protected_capacity, sizeof(scenario->protected_entry[0]));
    scenario->protected_entry[scenario->protected_count++] = entry;
    return 0;
}

/* `alias old.example -> new.example`, `link A1 -> 1042` */
static int read_pair(const struct line *line, struct err *err)
{
    if (line->count == 3 && text_equal(line->word[1].value, "->"))
        return 0;
    return err_set(err, ERR_CONFIG, "'%s' is written '%s ONE -> OTHER'", line->verb, line->verb);
}

int scenario_read_alias(struct scenario *scenario, const struct line *line, struct err *err)
{
    if (read_pair(line, err) < 0)
        return -1;
    scenario->alias = mem_grow(scenario->alias, scenario->alias_count, &scenario->alias_capacity,
                               sizeof(scenario->alias[0]));
    scenario->alias[scenario->alias_count++] =
        (struct email_alias){.from = line->word[0].value, .to = line->word[2].value};
    return 0;
}

/* `no_value EXT 9999*`: as roster.no_value, folded already. */
int scenario_read_no_value(struct scenario *scenario, const struct line *line, struct err *err)
{
    struct no_values *list = &scenario->matching.no_value;
    const char **item = arena_calloc(&scenario->arena, list->count + line->count, sizeof(item[0]));

    if (scenario_need_count(line, 1, err) < 0)
        return -1;
    if (list->count)
        memcpy(item, list->item, list->count * sizeof(item[0]));
    for (size_t i = 0; i < line->count; i++)
        item[list->count + i] = line->word[i].value;
    *list = (struct no_values){item, list->count + line->count};
    return 0;
}

int scenario_read_link(struct scenario *scenario, const struct line *line, struct err *err)
{
    if (read_pair(line, err) < 0)
        return -1;
    scenario->link = mem_grow(scenario->link, scenario->link_count, &scenario->link_capacity,
                              sizeof(scenario->link[0]));
    scenario->link[scenario->link_count++] = (struct link_override){
        .account = line->word[0].value,
        .employee_number = line->word[2].value,
        .line = line->number,
    };
    return 0;
}

int scenario_read_keys(struct scenario *scenario, const struct line *line, struct err *err)
{
    scenario->matching.key_count = 0;
    if (line->count >= MATCH_KEY_COUNT)
        return err_set(err, ERR_CONFIG, "there are not so many keys");
    for (size_t i = 0; i < line->count; i++) {
        unsigned key = MATCH_BY_EMPLOYEE_NUMBER;
        while (key < MATCH_KEY_COUNT &&
               !text_equal(match_key_name((enum match_key)key), line->word[i].value))
            key++;
        if (key == MATCH_KEY_COUNT)
            return err_set(err, ERR_CONFIG, "'%s' is no key", line->word[i].value);
        scenario->matching.key[scenario->matching.key_count++] = (enum match_key)key;
    }
    return 0;
}
