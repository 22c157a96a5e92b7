/* Lines `CHANNEL KIND KEY`; the file is replaced as a whole. */
#include "notify/told_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"

enum { FILE_LIMIT = 65536 };

char *notice_file_path(const struct config *config)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;

    text_add(&name, "told-");
    config_add_portal(&name, config);
    return file_join(config_state_directory(config), text_cstr(&name));
}

static void take_line(struct arena *arena, const char *line, const char *prefix,
                      const char *ret_key[NOTICE_KIND_COUNT])
{
    enum notice_kind kind;

    if (!text_starts(line, prefix))
        return;
    line += strlen(prefix);
    size_t length = strcspn(line, " ");
    if (line[length] == ' ' && line[length + 1] &&
        notice_kind_parse(arena_strndup(arena, line, length), &kind))
        ret_key[kind] = arena_strdup(arena, line + length + 1);
}

void notice_file_load(struct arena *arena, const struct config *config, enum notice_channel channel,
                      const char *ret_key[NOTICE_KIND_COUNT])
{
    CLEANUP(mem_cleanup) char *path = notice_file_path(config);
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const char *prefix = arena_printf(arena, "%s ", notice_channel_name(channel));

    for (unsigned kind = 0; kind < NOTICE_KIND_COUNT; kind++)
        ret_key[kind] = NULL;
    if (file_read(path, FILE_LIMIT, ERR_INTERNAL, &text, NULL, NULL) < 0)
        return;
    for (const char *line = text_cstr(&text); *line;) {
        size_t length = strcspn(line, "\n");
        take_line(arena, arena_strndup(arena, line, length), prefix, ret_key);
        line += length + (line[length] != '\0');
    }
}

int notice_file_save(struct arena *arena, const struct config *config, enum notice_channel channel,
                     enum notice_kind kind, const char *key, struct err *err)
{
    CLEANUP(mem_cleanup) char *path = notice_file_path(config);
    CLEANUP(text_release) struct text text = TEXT_INIT;

    for (unsigned c = 0; c < NOTICE_CHANNEL_COUNT; c++) {
        const char *told[NOTICE_KIND_COUNT];
        notice_file_load(arena, config, (enum notice_channel)c, told);
        if (c == channel)
            told[kind] = key;
        for (unsigned k = 0; k < NOTICE_KIND_COUNT; k++) {
            if (told[k])
                text_addf(&text, "%s %s %s\n", notice_channel_name((enum notice_channel)c),
                          notice_kind_name((enum notice_kind)k), told[k]);
        }
    }
    if (file_make_directory(config_state_directory(config), 0700, err) < 0)
        return -1;
    return file_write(path, 0600, text_cstr(&text), text.length, err);
}

void notice_file_remove(const struct config *config)
{
    CLEANUP(mem_cleanup) char *path = notice_file_path(config);

    if (file_remove(path) < 0)
        return; /* it is taken in once more */
}
