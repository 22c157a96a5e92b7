/*
 * A scanner for the little of libconfig's grammar that says where a setting ends: names, comments,
 * texts, brackets. Only groups at the top and settings right below them are told apart.
 */
#include "config/edit.h"

#include <string.h>

#include "base/cleanup.h"

struct span {
    const char *begin, *end; /* of all of it: name to ';' */
    const char *value;
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

/* Behind the value, without what ends the setting. */
static const char *skip_value(const char *at)
{
    size_t depth = 0;

    while (*at) {
        if (*at == '"') {
            at = skip_text(at);
            continue;
        }
        const char *behind = skip_comment(at);
        if (behind > at) {
            at = behind;
            continue;
        }
        if (strchr("{[(", *at))
            depth++;
        else if (strchr("}])", *at) && depth-- == 0)
            return at;
        else if (depth == 0 && strchr(";,", *at))
            return at;
        at++;
        if (depth == 0 && strchr("}])", at[-1]))
            return at;
    }
    return at;
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
    const char *end = skip_value(value), *ended = skip_blanks(end);
    if (*ended == ';' || *ended == ',')
        end = ended + 1;
    *ret_span = (struct span){.begin = begin, .value = value, .end = end};
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

static bool find(const struct text *text, const char *path, struct span *ret_span)
{
    const char *dot = strchr(path, '.');
    size_t group = dot ? (size_t)(dot - path) : strlen(path);

    if (!find_from(text_cstr(text), path, group, ret_span))
        return false;
    return !dot || (*ret_span->value == '{' &&
                    find_from(ret_span->value + 1, dot + 1, strlen(dot + 1), ret_span));
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
    const char *brace = span.end;
    while (*--brace != '}')
        continue;
    const char *line = brace;
    while (line > span.value && strchr(" \t", line[-1]))
        line--;
    CLEANUP(text_release) struct text with = TEXT_INIT;
    text_addf(&with, "%s%s", line[-1] == '\n' ? "" : "\n", lines);
    replace(text, line, line, text_cstr(&with));
}
