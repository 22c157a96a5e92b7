/*
 * A configuration that is there: what is right of it is kept, what is not is asked. A setting is
 * right when it is set and the loader has nothing to say of it.
 */
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "cmd/bynder-reconcile/init.h"
#include "host/file.h"

void init_before_release(struct init_before *before)
{
    text_release(&before->text);
}

static bool is_open(const struct text *text)
{
    const char *line = text_cstr(text);

    while (*line) {
        const char *start = line + strspn(line, " \t");
        if (text_starts(start, INIT_OPEN))
            return true;
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return false;
}

int init_read_before(const struct invocation *invocation, struct init_before *ret_before,
                     struct err *err)
{
    const char *path = invocation->config_path;
    struct init_before before = {.is_there = access(path, F_OK) == 0};

    if (before.is_there)
        config_load_right(invocation->arena, path, &before.config, &before.problems);
    before.loads = before.is_there && before.problems.count == 0;
    for (size_t i = 0; i < before.problems.count; i++) {
        const struct config_problem *problem = &before.problems.item[i];
        if (!before.config.portal.url && !before.config.portal.name && !before.config.roster.source)
            return err_set(err, ERR_CONFIG,
                           "'%s' is there already and cannot be read (%s:%u: %s), so it is not "
                           "replaced; hint: mend it, or name another file with --config",
                           path, problem->file, problem->line, problem->text);
        session_say("not right: %s", problem->text);
    }
    if (before.is_there &&
        file_read(path, LIMIT_CONFIG_BYTES, ERR_CONFIG, &before.text, NULL, err) < 0)
        return -1;
    before.is_open = is_open(&before.text);
    *ret_before = before;
    return 0;
}

bool init_is_right(const struct init_before *before, const char *path, const char *value)
{
    if (!before->is_there || !value)
        return false;
    for (size_t i = 0; i < before->problems.count; i++) {
        const char *text = before->problems.item[i].text;
        if (*text == '\'' && strncmp(text + 1, path, strlen(path)) == 0)
            return false;
    }
    return true;
}
