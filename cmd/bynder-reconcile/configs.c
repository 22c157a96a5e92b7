/* A list by glob, in its order. */
#include "cmd/bynder-reconcile/configs.h"

#include <errno.h>
#include <glob.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cmd/bynder-reconcile/session.h"
#include "host/command.h"
#include "host/file.h"
#include "host/log.h"

const char *configs_directory(const struct invocation *invocation)
{
    struct stat status;

    if (stat(invocation->config_path, &status) == 0)
        return S_ISDIR(status.st_mode) ? invocation->config_path : NULL;
    if (errno != ENOENT || !text_equal(invocation->config_path, COMMAND_CONFIG_DEFAULT))
        return NULL;
    CLEANUP(mem_cleanup) char *usual = file_directory(COMMAND_CONFIG_DEFAULT);
    return arena_strdup(invocation->arena, usual);
}

static int visit_one(const struct invocation *one, configs_visit *visit, void *context,
                     struct err *err)
{
    struct config config;

    command_set_config(one->config_path);
    return session_config(one, &config, err) < 0 || visit(context, one, &config, err) < 0 ? -1 : 0;
}

int configs_each(const struct invocation *invocation, const char *directory, configs_visit *visit,
                 void *context, struct err *err)
{
    CLEANUP(mem_cleanup) char *pattern = file_join(directory, "*.conf");
    glob_t found;
    int failed = 0;

    if (glob(pattern, 0, NULL, &found) != 0)
        return err_set(err, ERR_CONFIG,
                       "there is no configuration in '%s'; hint: name one with "
                       "--config, or a database with --database",
                       directory);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        CLEANUP(err_release) struct err own = ERR_INIT;
        struct invocation one = *invocation;
        one.config_path = arena_strdup(one.arena, found.gl_pathv[i]);
        if (visit_one(&one, visit, context, &own) == 0)
            continue;
        if (failed)
            log_error("%s", own.text);
        else
            failed = err_move(err, &own);
    }
    globfree(&found);
    command_set_config(invocation->config_path);
    return failed;
}
