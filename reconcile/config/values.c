/*
 * Walks the table and the tree together. Every name in the tree must be in the table, every value
 * must have the type and lie in the range the table says, and what the tree does not say is read
 * from the table's default by the same readers. A value that is refused leaves its field as it
 * was, and the problem that was noted keeps the configuration from being used.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "config/loader.h"

/* Where a value goes and what it is called in a message. */
struct place {
    const struct setting *setting;
    const char *path; /* dotted, of the table */
    unsigned line;
    char *base; /* the struct that offset counts from */
};

typedef void reader(struct config_loader *loader, const struct place *place,
                    const config_setting_t *node);

static void read_group(struct config_loader *loader, const config_setting_t *group,
                       const char *path, unsigned line, char *base);

static const char *type_name(const config_setting_t *node)
{
    switch (config_setting_type(node)) {
    case CONFIG_TYPE_GROUP:
        return "a group { … }";
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return "a whole number";
    case CONFIG_TYPE_FLOAT:
        return "a number with a fraction";
    case CONFIG_TYPE_STRING:
        return "a text";
    case CONFIG_TYPE_BOOL:
        return "true or false";
    case CONFIG_TYPE_ARRAY:
    case CONFIG_TYPE_LIST:
        return "a list";
    default:
        return "nothing";
    }
}

static void add_wrong_type(struct config_loader *loader, const struct place *place,
                           const config_setting_t *node, const char *wanted)
{
    config_problem_add(loader, place->line, "'%s' must be %s, not %s", place->path, wanted,
                       type_name(node));
}

/* A value on a line with a number that libconfig may have clamped is not judged: it was already. */
static bool is_judged(const struct config_loader *loader, unsigned line)
{
    for (size_t i = 0; i < loader->bad_number_count; i++)
        if (loader->bad_number_line[i] == line)
            return true;
    return false;
}

/* --- texts --- */

static bool has_control(const char *text, bool tab_is_fine)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if ((c < 0x20 || c == 0x7F) && !(tab_is_fine && c == '\t'))
            return true;
    }
    return false;
}

/* The text of a node in the arena, or NULL with a problem. */
static const char *take_text(struct config_loader *loader, const struct place *place,
                             const config_setting_t *node)
{
    bool is_character = place->setting && place->setting->type == SETTING_CHARACTER;
    const char *text;

    if (config_setting_type(node) != CONFIG_TYPE_STRING) {
        add_wrong_type(loader, place, node, "a text in double quotes");
        return NULL;
    }
    text = config_setting_get_string(node);
    if (text_is_empty(text))
        config_problem_add(loader, place->line, "'%s' is empty", place->path);
    else if (strlen(text) > LIMIT_FIELD)
        config_problem_add(loader, place->line, "'%s' is longer than %d bytes", place->path,
                           LIMIT_FIELD);
    else if (!text_is_utf8(text, strlen(text)) || has_control(text, is_character))
        config_problem_add(loader, place->line,
                           "'%s' holds a control character or is not text in UTF-8", place->path);
    else
        return arena_strdup(loader->arena, text);
    return NULL;
}

static const char *list_words(struct config_loader *loader, const struct setting_word *words)
{
    struct text text = TEXT_INIT;
    const char *result;

    for (const struct setting_word *word = words; word->name; word++)
        text_addf(&text, "%s\"%s\"", word == words ? "" : ", ", word->name);
    result = arena_strdup(loader->arena, text_cstr(&text));
    text_release(&text);
    return result;
}

/* What somebody may have meant: a near spelling, or a longer name that begins like that. */
static const char *find_nearest(const char *name, const char *const *known, size_t count)
{
    const char *nearest = text_nearest(name, known, count);

    for (size_t i = 0; !nearest && i < count && strlen(name) > 2; i++)
        if (text_starts(known[i], name))
            nearest = known[i];
    return nearest;
}

static const char *nearest_word(const char *text, const struct setting_word *words)
{
    const char *known[64];
    size_t count = 0;

    for (; count < COUNT_OF(known) && words[count].name; count++)
        known[count] = words[count].name;
    return find_nearest(text, known, count);
}

static const struct setting_word *find_word(struct config_loader *loader, const struct place *place,
                                            const char *text)
{
    for (const struct setting_word *word = place->setting->words; word->name; word++)
        if (strcmp(word->name, text) == 0)
            return word;
    const char *nearest = nearest_word(text, place->setting->words);
    config_problem_add(loader, place->line, "'%s' is '%s'; hint: it must be one of %s%s%s%s",
                       place->path, text, list_words(loader, place->setting->words),
                       nearest ? "; did you mean '" : "", nearest ? nearest : "",
                       nearest ? "'?" : "");
    return NULL;
}

static void store_text(const struct place *place, const char *text)
{
    *(const char **)(void *)(place->base + place->setting->offset) = text;
}

static void read_text(struct config_loader *loader, const struct place *place,
                      const config_setting_t *node)
{
    const char *text = take_text(loader, place, node);

    if (text && (!place->setting->words || find_word(loader, place, text)))
        store_text(place, text);
}

static void read_path(struct config_loader *loader, const struct place *place,
                      const config_setting_t *node)
{
    const char *text = take_text(loader, place, node);

    if (text)
        store_text(place, config_resolve(loader, text));
}

static void read_character(struct config_loader *loader, const struct place *place,
                           const config_setting_t *node)
{
    const char *text = take_text(loader, place, node);

    if (!text)
        return;
    if (strlen(text) != 1 || strchr("\" .-_", text[0]) || (text[0] >= '0' && text[0] <= '9') ||
        (text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z'))
        config_problem_add(loader, place->line,
                           "'%s' is '%s'; hint: it must be one ASCII character such as \",\", "
                           "\";\", \"|\" or \"\\t\"",
                           place->path, text);
    else
        *(place->base + place->setting->offset) = text[0];
}

static void read_word(struct config_loader *loader, const struct place *place,
                      const config_setting_t *node)
{
    const char *text = take_text(loader, place, node);
    const struct setting_word *word;
    char *value = place->base + place->setting->offset;

    if (!text)
        return;
    if (strcmp(place->path, "policy.rules.do") == 0 && strcmp(text, "reactivate") == 0) {
        config_problem_add(loader, place->line,
                           "'%s' is 'reactivate', which no rule can do (R9); hint: it is proposed "
                           "to a person by itself when somebody comes back",
                           place->path);
        return;
    }
    word = find_word(loader, place, text);
    if (!word)
        return;
    if (place->setting->size == sizeof(bool))
        *(bool *)(void *)value = word->value != 0;
    else
        *(int *)(void *)value = (int)word->value;
}

static void read_day(struct config_loader *loader, const struct place *place,
                     const config_setting_t *node)
{
    const char *text = take_text(loader, place, node);
    struct day day;

    if (!text)
        return;
    if (day_parse_iso(text, &day))
        *(struct day *)(void *)(place->base + place->setting->offset) = day;
    else
        config_problem_add(loader, place->line,
                           "'%s' is '%s', which is no day; hint: write it like 2027-06-30",
                           place->path, text);
}

/* --- numbers --- */

static void add_out_of_range(struct config_loader *loader, const struct place *place, double value)
{
    config_problem_add(loader, place->line, "'%s' is %.15g, it must be from %.15g to %.15g",
                       place->path, value, place->setting->minimum, place->setting->maximum);
}

static void read_number(struct config_loader *loader, const struct place *place,
                        const config_setting_t *node)
{
    double value;

    if (!config_setting_is_number(node)) {
        add_wrong_type(loader, place, node, "a number");
        return;
    }
    if (is_judged(loader, place->line))
        return;
    value = config_setting_type(node) == CONFIG_TYPE_FLOAT ? config_setting_get_float(node)
                                                           : (double)config_setting_get_int64(node);
    if (isfinite(value) && value >= place->setting->minimum && value <= place->setting->maximum)
        *(double *)(void *)(place->base + place->setting->offset) = value;
    else
        add_out_of_range(loader, place, value);
}

static void read_price(struct config_loader *loader, const struct place *place,
                       const config_setting_t *node)
{
    struct setting number = *place->setting;
    struct place there = *place;
    double value = -1;

    number.offset = 0;
    there.setting = &number;
    there.base = (char *)&value;
    read_number(loader, &there, node);
    if (value < 0)
        return; /* said already */
    if (!money_of_number(value, (int64_t *)(void *)(place->base + place->setting->offset)))
        config_problem_add(loader, place->line,
                           "'%s' is %.15g; hint: a price has at most 4 decimal places", place->path,
                           value);
}

static void read_integer(struct config_loader *loader, const struct place *place,
                         const config_setting_t *node)
{
    int type = config_setting_type(node);
    char *field = place->base + place->setting->offset;
    int64_t value;

    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
        add_wrong_type(loader, place, node, "a whole number");
        return;
    }
    if (is_judged(loader, place->line))
        return;
    value = config_setting_get_int64(node);
    if ((double)value < place->setting->minimum || (double)value > place->setting->maximum)
        add_out_of_range(loader, place, (double)value);
    else if (place->setting->size == sizeof(int64_t))
        *(int64_t *)(void *)field = value;
    else
        *(int *)(void *)field = (int)value;
}

/* --- lists --- */

static bool is_list(const config_setting_t *node)
{
    return config_setting_is_array(node) || config_setting_is_list(node);
}

/* How many values a node gives: those of a list, or itself. */
static size_t count_values(const config_setting_t *node)
{
    return is_list(node) ? (size_t)config_setting_length(node) : 1;
}

static const config_setting_t *get_value(const config_setting_t *node, size_t i)
{
    return is_list(node) ? config_setting_get_elem(node, (unsigned)i) : node;
}

static struct place place_of_value(const struct place *place, const config_setting_t *value)
{
    struct place result = *place;

    if (config_setting_source_line(value) > 0 && place->line > 0)
        result.line = config_setting_source_line(value);
    return result;
}

static bool is_too_long(struct config_loader *loader, const struct place *place, size_t count,
                        double maximum)
{
    if ((double)count <= maximum)
        return false;
    config_problem_add(loader, place->line, "'%s' has %zu entries, it may have %.0f", place->path,
                       count, maximum);
    return true;
}

/* All texts of a node; 0 entries with a problem when one of them is none. */
static struct name_list take_texts(struct config_loader *loader, const struct place *place,
                                   const config_setting_t *node, double maximum)
{
    size_t count = count_values(node), taken = 0;
    const char **item;

    if (is_too_long(loader, place, count, maximum))
        return (struct name_list){.count = 0};
    if (count == 0 && !(place->setting && place->setting->may_be_empty))
        config_problem_add(loader, place->line, "'%s' is an empty list", place->path);
    item = arena_calloc(loader->arena, count + 1, sizeof(*item));
    for (size_t i = 0; i < count; i++) {
        const config_setting_t *value = get_value(node, i);
        struct place there = place_of_value(place, value);
        bool blank = place->setting && place->setting->takes_blank &&
                     config_setting_type(value) == CONFIG_TYPE_STRING &&
                     text_is_empty(config_setting_get_string(value));
        const char *text = blank ? "" : take_text(loader, &there, value);

        if (text)
            item[taken++] = text;
    }
    return (struct name_list){.item = item, .count = taken};
}

static void read_texts(struct config_loader *loader, const struct place *place,
                       const config_setting_t *node)
{
    struct name_list list = take_texts(loader, place, node, place->setting->maximum);

    *(const char *const **)(void *)(place->base + place->setting->offset) = list.item;
    *(size_t *)(void *)(place->base + place->setting->count_offset) = list.count;
}

static void read_flags(struct config_loader *loader, const struct place *place,
                       const config_setting_t *node)
{
    struct name_list list = take_texts(loader, place, node, 100);

    for (size_t i = 0; i < list.count; i++) {
        const struct setting_word *word = find_word(loader, place, list.item[i]);

        if (word)
            *(bool *)(void *)(place->base + place->setting->offset + word->value) = true;
    }
}

static void read_keys(struct config_loader *loader, const struct place *place,
                      const config_setting_t *node)
{
    struct name_list list = take_texts(loader, place, node, MATCH_KEY_COUNT);
    enum match_key *key = (enum match_key *)(void *)(place->base + place->setting->offset);
    size_t count = 0;

    for (size_t i = 0; i < list.count && count < MATCH_KEY_COUNT; i++) {
        const struct setting_word *word = find_word(loader, place, list.item[i]);

        if (!word)
            continue;
        for (size_t earlier = 0; earlier < count; earlier++)
            if (key[earlier] == (enum match_key)word->value)
                config_problem_add(loader, place->line, "'%s' names '%s' twice", place->path,
                                   word->name);
        key[count++] = (enum match_key)word->value;
    }
    *(size_t *)(void *)(place->base + place->setting->count_offset) = count;
}

/* Entries of a list that are no groups are problems and leave an empty entry. */
static void read_list(struct config_loader *loader, const struct place *place,
                      const config_setting_t *node)
{
    const struct setting *setting = place->setting;
    size_t count;
    char *entries;

    if (!is_list(node)) {
        add_wrong_type(loader, place, node, "a list ( { … }, … )");
        return;
    }
    count = (size_t)config_setting_length(node);
    if (is_too_long(loader, place, count, setting->maximum))
        return;
    entries = arena_calloc(loader->arena, count + 1, setting->size);
    for (size_t i = 0; i < count; i++) {
        const config_setting_t *entry = config_setting_get_elem(node, (unsigned)i);
        struct place there = place_of_value(place, entry);
        char *base = entries + i * setting->size;

        if (!config_setting_is_group(entry)) {
            add_wrong_type(loader, &there, entry, "a list of groups { … }");
            continue;
        }
        read_group(loader, entry, setting->path, there.line, base);
        if (setting->line_offset != SETTING_NOWHERE)
            *(unsigned *)(void *)(base + setting->line_offset) = there.line;
    }
    *(char **)(void *)(place->base + setting->offset) = entries;
    *(size_t *)(void *)(place->base + setting->count_offset) = count;
}

/* --- conditions --- */

static void add_unknown_word(struct config_loader *loader, const struct place *place,
                             const struct condition_field *field, const char *word)
{
    struct text known = TEXT_INIT;

    for (size_t i = 0; field->words[i]; i++)
        text_addf(&known, "%s\"%s\"", i ? ", " : "", field->words[i]);
    config_problem_add(loader, place->line, "'%s' is '%s'; hint: it must be one of %s", place->path,
                       word, text_cstr(&known));
    text_release(&known);
}

static void read_condition_words(struct config_loader *loader, const struct place *place,
                                 const config_setting_t *node, const struct condition_field *field)
{
    struct name_list list = take_texts(loader, place, node, 100);
    unsigned *mask = (unsigned *)(void *)(place->base + field->offset);

    for (size_t i = 0; i < list.count; i++) {
        size_t w = 0;

        while (field->words[w] && strcmp(field->words[w], list.item[i]) != 0)
            w++;
        if (field->words[w]) {
            *mask |= field->bit[w];
            continue;
        }
        add_unknown_word(loader, place, field, list.item[i]);
    }
}

static void read_condition_days(struct config_loader *loader, const struct place *place,
                                const config_setting_t *node, const struct condition_field *field)
{
    static const struct setting days = {
        .type = SETTING_INTEGER, .size = sizeof(int), .minimum = 0, .maximum = 36500};
    struct place there = *place;

    there.setting = &days;
    there.base = place->base + field->offset;
    read_integer(loader, &there, node);
}

/* Folded, as they are compared. */
static void read_condition_patterns(struct config_loader *loader, const struct place *place,
                                    const config_setting_t *node,
                                    const struct condition_field *field)
{
    struct name_list list = take_texts(loader, place, node, LIMIT_LIST);
    const char **item = arena_calloc(loader->arena, list.count + 1, sizeof(*item));

    for (size_t i = 0; i < list.count; i++) {
        item[i] = fold_text(loader->arena, list.item[i]);
        if (!item[i]) {
            config_problem_add(loader, place->line, "'%s' has a blank pattern", place->path);
            item[i] = "";
        }
    }
    *(struct patterns *)(void *)(place->base + field->offset) =
        (struct patterns){.item = item, .count = list.count};
}

static void add_unknown_condition(struct config_loader *loader, const struct place *place,
                                  const char *name)
{
    const char *known[64], *nearest;
    size_t count = 0;

    for (const struct condition_field *f = policy_conditions; f->name && count < 64; f++)
        known[count++] = f->name;
    nearest = find_nearest(name, known, count);
    config_problem_add(loader, place->line, "unknown condition '%s' in '%s'%s%s%s", name,
                       place->path, nearest ? "; hint: did you mean '" : "", nearest ? nearest : "",
                       nearest ? "'?" : "");
}

static void read_condition(struct config_loader *loader, const struct place *group,
                           const config_setting_t *node)
{
    static void (*const by_type[])(struct config_loader *, const struct place *,
                                   const config_setting_t *, const struct condition_field *) = {
        [CONDITION_WORDS] = read_condition_words,
        [CONDITION_DAYS] = read_condition_days,
        [CONDITION_PATTERNS] = read_condition_patterns,
    };
    const struct condition_field *field = policy_conditions;
    struct place place = *group;

    place.line = config_setting_source_line(node);
    while (field->name && strcmp(field->name, config_setting_name(node)) != 0)
        field++;
    if (!field->name) {
        add_unknown_condition(loader, &place, config_setting_name(node));
        return;
    }
    place.path = arena_printf(loader->arena, "%s.%s", group->path, field->name);
    by_type[field->type](loader, &place, node, field);
}

static void read_conditions(struct config_loader *loader, const struct place *place,
                            const config_setting_t *node)
{
    const struct setting *setting = place->setting;
    struct conditions conditions = CONDITIONS_NONE;
    struct place there = {.path = place->path, .line = place->line, .base = (char *)&conditions};

    if (!config_setting_is_group(node)) {
        add_wrong_type(loader, place, node, "a group { … }");
        return;
    }
    for (int i = 0; i < config_setting_length(node); i++)
        read_condition(loader, &there, config_setting_get_elem(node, (unsigned)i));
    *(struct conditions *)(void *)(place->base + setting->offset) = conditions;
    if (setting->count_offset != SETTING_NOWHERE)
        *(bool *)(void *)(place->base + setting->count_offset) = true;
}

/* --- groups --- */

static void read_subgroup(struct config_loader *loader, const struct place *place,
                          const config_setting_t *node)
{
    if (config_setting_is_group(node))
        read_group(loader, node, place->path, place->line, place->base);
    else
        add_wrong_type(loader, place, node, "a group { … }");
}

static reader *const readers[SETTING_TYPE_COUNT] = {
    [SETTING_GROUP] = read_subgroup,
    [SETTING_LIST] = read_list,
    [SETTING_TEXT] = read_text,
    [SETTING_PATH] = read_path,
    [SETTING_NUMBER] = read_number,
    [SETTING_INTEGER] = read_integer,
    [SETTING_CHARACTER] = read_character,
    [SETTING_WORD] = read_word,
    [SETTING_TEXTS] = read_texts,
    [SETTING_FLAGS] = read_flags,
    [SETTING_KEYS] = read_keys,
    [SETTING_PRICE] = read_price,
    [SETTING_DAY] = read_day,
    [SETTING_CONDITIONS] = read_conditions,
};

static bool sounds_secret(const char *name)
{
    static const char *const words[] = {"secret", "password", "passwd", "passphrase", "token"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcasestr(name, words[i]))
            return true;
    return false;
}

/* A secret that somebody wrote down: say where it belongs, and never what it is. */
static void add_secret(struct config_loader *loader, const char *path, const char *name,
                       unsigned line)
{
    const char *as_file = arena_printf(loader->arena, "%s_file", name);
    const char *where = "";

    if (setting_find(path, as_file))
        where = arena_printf(loader->arena, " and name it in '%s.%s'", path, as_file);
    config_problem_add(
        loader, line,
        "'%s%s%s' is a secret in the configuration, secrets are never values; hint: "
        "put it into a file of mode 0600%s, and replace it, for it was readable here",
        path, *path ? "." : "", name, where);
}

static void add_unknown(struct config_loader *loader, const config_setting_t *node,
                        const char *path)
{
    const char *known[64], *nearest, *name = config_setting_name(node);
    size_t count = 0;

    if (sounds_secret(name)) {
        add_secret(loader, path, name, config_setting_source_line(node));
        return;
    }
    for (const struct setting *setting = settings; setting->path && count < 64; setting++)
        if (setting_is_below(setting, path))
            known[count++] = setting_name(setting);
    nearest = find_nearest(name, known, count);
    config_problem_add(loader, config_setting_source_line(node), "unknown setting '%s%s%s'%s%s%s",
                       path, *path ? "." : "", name, nearest ? "; hint: did you mean '" : "",
                       nearest ? nearest : "", nearest ? "'?" : "");
}

/* The default, written in the table as in a file. */
static void read_fallback(struct config_loader *loader, const struct place *place)
{
    struct text text = TEXT_INIT;
    config_t tree;
    int parsed;

    config_init(&tree);
    text_addf(&text, "value = %s;", place->setting->fallback);
    parsed = config_read_string(&tree, text_cstr(&text));
    assert(parsed);
    readers[place->setting->type](loader, place, config_lookup(&tree, "value"));
    config_destroy(&tree);
    text_release(&text);
}

static void read_missing(struct config_loader *loader, const struct place *place)
{
    const struct setting *setting = place->setting;

    if (setting->required)
        config_problem_add(loader, place->line, "'%s' is missing", setting->path);
    if (setting->type == SETTING_GROUP && !setting->required)
        read_group(loader, NULL, setting->path, place->line, place->base);
    else if (setting->type == SETTING_CONDITIONS)
        *(struct conditions *)(void *)(place->base + setting->offset) = CONDITIONS_NONE;
    else if (setting->fallback)
        read_fallback(loader, place);
}

/* Everything below `path`: what the group says (NULL says nothing), the rest from the defaults. */
static void read_group(struct config_loader *loader, const config_setting_t *group,
                       const char *path, unsigned line, char *base)
{
    int count = group ? config_setting_length(group) : 0;

    for (int i = 0; i < count; i++) {
        const config_setting_t *node = config_setting_get_elem(group, (unsigned)i);

        if (!setting_find(path, config_setting_name(node)))
            add_unknown(loader, node, path);
    }
    for (const struct setting *setting = settings; setting->path; setting++) {
        const config_setting_t *node = NULL;
        struct place place = {
            .setting = setting, .path = setting->path, .line = line, .base = base};

        if (!setting_is_below(setting, path))
            continue;
        if (group)
            node = config_setting_get_member(group, setting_name(setting));
        if (node) {
            place.line = config_setting_source_line(node);
            readers[setting->type](loader, &place, node);
        } else {
            read_missing(loader, &place);
        }
    }
}

/* As the matching compares them. */
static struct no_values fold_no_values(struct config_loader *loader)
{
    const struct name_list *list = &loader->config->roster.no_value;
    const char **item = arena_calloc(loader->arena, list->count + 1, sizeof(item[0]));
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        item[count] = fold_text(loader->arena, list->item[i]);
        count += item[count] != NULL;
    }
    return (struct no_values){item, count};
}

void config_read_values(struct config_loader *loader)
{
    read_group(loader, config_root_setting(&loader->tree), "", 0, (char *)loader->config);
    loader->config->matching.min_matched_percent = loader->config->limits.min_matched_percent;
    loader->config->matching.no_value = fold_no_values(loader);
}
