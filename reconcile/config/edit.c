/*
 * A scanner for the little of libconfig's grammar that says where a setting ends: names, comments,
 * texts, brackets. Only groups at the top and settings right below them are told apart. Whether it
 * was right about a text, libconfig says afterwards: config_edit_compare.
 */
#include "config/edit.h"

#include <libconfig.h>
#include <string.h>

#include "base/cleanup.h"

struct span {
    const char *begin, *end;    /* of all of it: name to ';' where there is one */
    const char *value, *behind; /* the value alone */
};

static const char *skip_text(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        at += *at == '\\' && at[1];
    return *at ? at + 1 : at;
}

static const char *skip_comment(const char *at)
{
    if (*at == '#' || (*at == '/' && at[1] == '/'))
        return at + strcspn(at, "\n");
    if (*at != '/' || at[1] != '*')
        return at;
    const char *end = strstr(at + 2, "*/");
    return end ? end + 2 : at + strlen(at);
}

/* Blanks, comments, and lines that include other files. */
static const char *skip_blanks(const char *at)
{
    for (;;) {
        const char *from = at;
        at += strspn(at, " \t\r\n\f");
        at = *at == '@' ? at + strcspn(at, "\n") : skip_comment(at);
        if (at == from)
            return at;
    }
}

/* From a bracket to behind the one that closes it. */
static const char *skip_brackets(const char *at)
{
    size_t depth = 0;

    while (*at) {
        const char *behind = *at == '"' ? skip_text(at) : skip_comment(at);
        if (behind > at) {
            at = behind;
            continue;
        }
        if (strchr("{[(", *at))
            depth++;
        else if (strchr("}])", *at) && --depth == 0)
            return at + 1;
        at++;
    }
    return at;
}

/* Behind the value, which ends where the grammar ends it: no setting needs a ';' behind it. Texts
 * in a row are one text. */
static const char *skip_value(const char *at)
{
    if (*at && strchr("{[(", *at))
        return skip_brackets(at);
    if (*at != '"')
        return at + strcspn(at, " \t\r\n\f;,{}[]()=:\"#/");
    for (;;) {
        at = skip_text(at);
        const char *next = skip_blanks(at);
        if (*next != '"')
            return at;
        at = next;
    }
}

/* The next setting; false where none is. */
static bool next_setting(const char *at, struct span *ret_span, size_t *ret_name)
{
    const char *begin = skip_blanks(at), *value;
    size_t name = strcspn(begin, " \t\r\n\f=:;{}#/");

    if (name == 0 || *begin == '}')
        return false;
    value = skip_blanks(begin + name);
    if (*value != '=' && *value != ':')
        return false;
    value = skip_blanks(value + 1);
    const char *behind = skip_value(value), *ended = skip_blanks(behind);
    bool is_ended = *ended == ';' || *ended == ',';
    *ret_span = (struct span){
        .begin = begin, .value = value, .behind = behind, .end = is_ended ? ended + 1 : behind};
    *ret_name = name;
    return true;
}

static bool find_from(const char *at, const char *wanted, size_t length, struct span *ret_span)
{
    size_t name;

    while (next_setting(at, ret_span, &name)) {
        if (name == length && strncmp(ret_span->begin, wanted, length) == 0)
            return true;
        at = ret_span->end;
    }
    return false;
}

/* A byte order mark is no part of the first name. */
static const char *behind_mark(const struct text *text)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const char *bytes = text_cstr(text);

    return text_starts(bytes, mark) ? bytes + strlen(mark) : bytes;
}

static bool find(const struct text *text, const char *path, struct span *ret_span)
{
    const char *dot = strchr(path, '.');
    size_t group = dot ? (size_t)(dot - path) : strlen(path);

    if (!find_from(behind_mark(text), path, group, ret_span))
        return false;
    return !dot || (*ret_span->value == '{' &&
                    find_from(ret_span->value + 1, dot + 1, strlen(dot + 1), ret_span));
}

const char *config_edit_value(struct arena *arena, const struct text *text, const char *path)
{
    struct span span;

    return find(text, path, &span)
               ? arena_strndup(arena, span.value, (size_t)(span.behind - span.value))
               : NULL;
}

static void replace(struct text *text, const char *begin, const char *end, const char *with)
{
    struct text changed = TEXT_INIT;
    const char *start = text_cstr(text);

    text_add_bytes(&changed, start, (size_t)(begin - start));
    text_add(&changed, with);
    text_add(&changed, end);
    text_release(text);
    *text = changed;
}

bool config_edit_remove(struct text *text, const char *path)
{
    struct span span;

    if (!find(text, path, &span))
        return false;
    const char *line = span.begin, *behind = span.end + strspn(span.end, " \t\r");
    while (line > text_cstr(text) && strchr(" \t", line[-1]))
        line--;
    bool alone = (line == text_cstr(text) || line[-1] == '\n') && (*behind == '\n' || !*behind);
    if (alone)
        replace(text, line, *behind ? behind + 1 : behind, "");
    else
        replace(text, span.begin, span.end, "");
    return true;
}

void config_edit_remove_comments(struct text *text, const char *begin)
{
    CLEANUP(text_release) struct text kept = TEXT_INIT;

    for (const char *line = text_cstr(text), *next; *line; line = next) {
        const char *end = line + strcspn(line, "\n"), *at = line + strspn(line, " \t");
        next = *end ? end + 1 : end;
        if (strncmp(at, "# ", 2) != 0 || strncmp(at + 2, begin, strlen(begin)) != 0)
            text_add_bytes(&kept, line, (size_t)(next - line));
    }
    text_clear(text);
    text_add(text, text_cstr(&kept));
}

void config_edit_insert(struct text *text, const char *group, const char *lines)
{
    struct span span;

    if (!find(text, group, &span) || *span.value != '{') {
        text_addf(text, "\n%s:\n{\n%s};\n", group, lines);
        return;
    }
    const char *line = span.behind - 1;
    while (line > span.value && strchr(" \t", line[-1]))
        line--;
    CLEANUP(text_release) struct text with = TEXT_INIT;
    text_addf(&with, "%s%s", line[-1] == '\n' ? "" : "\n", lines);
    replace(text, line, line, text_cstr(&with));
}

/* --- what else changed --- */

struct comparing {
    config_t tree; /* that must say the same */
    const char *const *but;
    size_t count;
};

static bool is_exchanged(const struct comparing *comparing, const char *path)
{
    for (size_t i = 0; i < comparing->count; i++) {
        size_t length = strlen(comparing->but[i]);
        if (strncmp(comparing->but[i], path, length) == 0 && strchr(".", path[length]))
            return true;
    }
    return false;
}

static bool is_same_scalar(const config_setting_t *one, const config_setting_t *other)
{
    int type = config_setting_type(one);

    if (type != config_setting_type(other))
        return false;
    if (type == CONFIG_TYPE_STRING)
        return strcmp(config_setting_get_string(one), config_setting_get_string(other)) == 0;
    if (type == CONFIG_TYPE_BOOL)
        return config_setting_get_bool(one) == config_setting_get_bool(other);
    if (type == CONFIG_TYPE_FLOAT)
        return !(config_setting_get_float(one) < config_setting_get_float(other)) &&
               !(config_setting_get_float(one) > config_setting_get_float(other));
    if (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64)
        return config_setting_get_int64(one) == config_setting_get_int64(other);
    return config_setting_length(one) == config_setting_length(other);
}

/* All that is below a setting stands in the other tree too. Which groups there are says nothing. */
static int compare_below(const struct comparing *comparing, const config_setting_t *above,
                         const char *path, struct err *err)
{
    bool named = config_setting_is_group(above);

    for (int i = 0; i < config_setting_length(above); i++) {
        const config_setting_t *setting = config_setting_get_elem(above, (unsigned)i);
        CLEANUP(text_release) struct text place = TEXT_INIT;
        text_addf(&place, "%s%s", path, *path ? "." : "");
        if (named)
            text_add(&place, config_setting_name(setting));
        else
            text_addf(&place, "[%d]", i);
        if (is_exchanged(comparing, text_cstr(&place)))
            continue;
        const config_setting_t *other = config_lookup(&comparing->tree, text_cstr(&place));
        if (!config_setting_is_group(setting) && (!other || !is_same_scalar(setting, other)))
            return err_set(err, ERR_CONFIG,
                           "'%s' would not stay as it is; hint: write one setting a line, each "
                           "with a ';' behind it, and call this again",
                           text_cstr(&place));
        if (config_setting_is_aggregate(setting) &&
            compare_below(comparing, setting, text_cstr(&place), err) < 0)
            return -1;
    }
    return 0;
}

int config_edit_compare(const struct text *before, const struct text *after, const char *const *but,
                        size_t count, struct err *err)
{
    struct comparing one = {.but = but, .count = count}, other = one;
    int result = -1;

    config_init(&one.tree);
    config_init(&other.tree);
    if (!config_read_string(&one.tree, behind_mark(before)) ||
        !config_read_string(&other.tree, behind_mark(after)))
        err_set(err, ERR_CONFIG, "it would be no configuration");
    else if (compare_below(&other, config_root_setting(&one.tree), "", err) == 0)
        result = compare_below(&one, config_root_setting(&other.tree), "", err);
    config_destroy(&one.tree);
    config_destroy(&other.tree);
    return result;
}
