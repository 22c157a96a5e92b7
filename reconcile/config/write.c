/* The indentation is four blanks a group, and two settings of one group are never apart. */
#include "config/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

void config_writing_release(struct config_writing *writing)
{
    text_release(&writing->text);
    free(writing->said);
}

/* --- groups --- */

static size_t depth_of(const char *group)
{
    size_t depth = group ? 1 : 0;

    for (const char *c = group; c && *c; c++)
        depth += *c == '.';
    return depth;
}

static void indent(struct config_writing *writing, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        text_add(&writing->text, "    ");
}

/* The length of the part of `group` that is an ancestor of `path`, or is it. */
static size_t shared_part(const char *group, const char *path)
{
    size_t shared = 0;

    for (size_t i = 0; group && group[i] == path[i]; i++) {
        if (group[i + 1] == '\0' && path[i + 1] == '.')
            return i + 1;
        if (group[i] == '.')
            shared = i;
        if (group[i] == '\0')
            break;
    }
    return shared;
}

void config_write_up(struct config_writing *writing)
{
    size_t depth = depth_of(writing->group);
    const char *dot = strrchr(writing->group, '.');

    indent(writing, depth - 1);
    text_add(&writing->text, depth == 1 ? "};\n\n" : "};\n");
    writing->group =
        dot ? arena_strndup(writing->arena, writing->group, (size_t)(dot - writing->group)) : NULL;
}

static void open_group(struct config_writing *writing, const char *path)
{
    size_t length = writing->group ? strlen(writing->group) + 1 : 0;
    size_t name = strcspn(path + length, ".");

    indent(writing, depth_of(writing->group));
    text_addf(&writing->text, "%.*s:\n", (int)name, path + length);
    indent(writing, depth_of(writing->group));
    text_add(&writing->text, "{\n");
    writing->group = arena_strndup(writing->arena, path, length + name);
}

/* Into the group that is the first `length` bytes of a path; what is open beside it is closed. */
static void enter(struct config_writing *writing, const char *path, size_t length)
{
    const char *group = arena_strndup(writing->arena, path, length);

    while (writing->group && !text_equal(writing->group, group) &&
           shared_part(writing->group, group) != strlen(writing->group))
        config_write_up(writing);
    while (length > 0 && !text_equal(writing->group, group))
        open_group(writing, group);
    indent(writing, depth_of(writing->group));
}

/* The beginning of a line, in the group of the path. */
static void begin(struct config_writing *writing, const char *path)
{
    const char *dot = strrchr(path, '.');

    enter(writing, path, (size_t)(dot - path));
    text_addf(&writing->text, "%s = ", dot + 1);
}

void config_write_end(struct config_writing *writing)
{
    while (writing->group)
        config_write_up(writing);
}

/* --- values --- */

bool config_can_say(const char *value)
{
    for (const char *c = value; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            return false;
    }
    return strlen(value) <= LIMIT_FIELD && text_is_utf8(value, strlen(value));
}

void config_add_quoted(struct text *out, const char *value)
{
    bool is_utf8 = text_is_utf8(value, strlen(value));

    text_add_char(out, '"');
    for (const char *c = value; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (*c == '"' || *c == '\\')
            text_add_char(out, '\\');
        if (byte < 0x20 || byte == 0x7F || (byte > 0x7F && !is_utf8))
            text_addf(out, "\\x%02x", byte);
        else
            text_add_char(out, *c);
    }
    text_add_char(out, '"');
}

static void add_quoted(struct config_writing *writing, const char *path, const char *value)
{
    config_add_quoted(&writing->text, value);
    writing->said =
        mem_grow(writing->said, writing->count, &writing->capacity, sizeof(writing->said[0]));
    writing->said[writing->count++] = (struct config_said){path, value};
}

void config_write_text(struct config_writing *writing, const char *path, const char *value)
{
    begin(writing, path);
    add_quoted(writing, path, value);
    text_add(&writing->text, ";\n");
}

void config_write_list(struct config_writing *writing, const char *path, const char *const *item,
                       size_t count)
{
    begin(writing, path);
    text_add(&writing->text, "[ ");
    for (size_t i = 0; i < count; i++) {
        text_add(&writing->text, i ? ", " : "");
        add_quoted(writing, arena_printf(writing->arena, "%s.[%zu]", path, i), item[i]);
    }
    text_add(&writing->text, count ? " ];\n" : "];\n");
}

void config_write_plain(struct config_writing *writing, const char *path, const char *value)
{
    begin(writing, path);
    text_addf(&writing->text, "%s;\n", value);
}

void config_write_comment(struct config_writing *writing, const char *group, const char *comment)
{
    enter(writing, group, strlen(group));
    text_add(&writing->text, "# ");
    text_add_printable(&writing->text, comment);
    text_add_char(&writing->text, '\n');
}

int config_write_check(const struct config_writing *writing, struct err *err)
{
    return config_read_back(writing->arena, &writing->text, writing->said, writing->count, err);
}
