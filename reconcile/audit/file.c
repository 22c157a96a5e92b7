/* One line: head, time, portal. Only the head is read again, the rest is for people. */
#include "audit/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"

#define AUDIT_FILE_LIMIT 4096

static char *path_of(const struct config *config)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;

    text_add(&name, "audit-head-");
    config_add_portal(&name, config);
    return file_join(config_state_directory(config), text_cstr(&name));
}

int audit_file_write(const struct config *config, const struct audit_head *head, struct instant now,
                     struct err *err)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = path_of(config);
    char text[AUDIT_HEAD_SIZE], at[INSTANT_TEXT_SIZE];

    text_addf(&line, "%s %s ", audit_head_format(head, text), instant_format(now, at));
    text_add_printable(&line, config->portal.name);
    text_add_char(&line, '\n');
    if (file_make_directory(config_state_directory(config), STATE_DIRECTORY_MODE, err) < 0)
        return -1;
    return file_write(path, 0600, text_cstr(&line), line.length, err);
}

bool audit_file_may_read(const struct config *config)
{
    CLEANUP(mem_cleanup) char *path = path_of(config);

    CLEANUP(cleanup_fd) int fd = file_open(path, FILE_TO_READ, 0);
    return fd >= 0 || errno != EACCES;
}

int audit_file_read(const struct config *config, struct audit_head *ret_head, bool *ret_found,
                    struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = path_of(config);

    struct stat status;

    *ret_found = file_look(path, &status) == 0 || errno != ENOENT;
    if (!*ret_found)
        return 0;
    if (file_read(path, AUDIT_FILE_LIMIT, ERR_INTERNAL, &text, NULL, err) < 0)
        return -1;
    CLEANUP(mem_cleanup)
    char *head = mem_strndup(text_cstr(&text), strcspn(text_cstr(&text), " \n"));
    if (!audit_head_parse(head, ret_head))
        return err_set(err, ERR_INTERNAL, "'%s' does not begin with the head of an audit chain",
                       path);
    return 0;
}
