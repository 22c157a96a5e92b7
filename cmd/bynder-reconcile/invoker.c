/*
 * The variables that sudo, doas and pkexec set take rights away here and give none, so it does not
 * matter who else may set them; those who are held by a line for this one program cannot unset
 * them.
 */
#include "cmd/bynder-reconcile/invoker.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "host/command.h"
#include "host/file.h"

static struct {
    bool restricts;
    uid_t user;
    gid_t group;
    const char *name;
} invoker;

/* Who it is for; an id that nobody has is somebody too. */
static bool find_invoker(struct arena *arena)
{
    static const struct {
        const char *variable;
        bool is_name;
    } saying[] = {{"SUDO_UID", false}, {"PKEXEC_UID", false}, {"DOAS_USER", true}};

    for (size_t i = 0; i < COUNT_OF(saying) && geteuid() == 0; i++) {
        const char *value = getenv(saying[i].variable);
        int64_t id = 65534;
        if (!value)
            continue;
        if (!saying[i].is_name)
            (void)parse_int(value, 0, INT32_MAX, &id);
        const struct passwd *entry = saying[i].is_name ? getpwnam(value) : getpwuid((uid_t)id);
        invoker.user = entry ? entry->pw_uid : (uid_t)id;
        invoker.group = entry ? entry->pw_gid : 65534;
        invoker.name = arena_strdup(arena, entry ? entry->pw_name : value);
        invoker.restricts = invoker.user != 0;
        if (invoker.restricts)
            return true;
    }
    return false;
}

void invoker_begin(void)
{
    if (invoker.restricts && (setgroups(1, &invoker.group) < 0 || setegid(invoker.group) < 0 ||
                              seteuid(invoker.user) < 0))
        abort(); /* as root it would go on with more than it may */
}

void invoker_end(void)
{
    if (invoker.restricts && (seteuid(0) < 0 || setegid(0) < 0 || setgroups(0, NULL) < 0))
        abort();
}

/* Whether a path with all that leads there is root's, and nobody else may write any of it. */
static bool is_roots(const char *real)
{
    CLEANUP(mem_cleanup) char *path = mem_strdup(real);

    for (;;) {
        struct stat status;
        char *slash = strrchr(path, '/');
        if (lstat(path[0] ? path : "/", &status) < 0 || status.st_uid != 0 ||
            (status.st_mode & (S_IWGRP | S_IWOTH)))
            return false;
        if (!slash)
            return true;
        *slash = '\0';
    }
}

/* One that does not exist yet lies in a directory. Followed once, for good. */
static int check_config(struct invocation *invocation, struct err *err)
{
    const char *path = invocation->config_path;
    CLEANUP(mem_cleanup) char *real = realpath(path, NULL);
    CLEANUP(mem_cleanup) char *directory = real ? NULL : file_directory(path);
    CLEANUP(mem_cleanup) char *place = directory ? realpath(directory, NULL) : NULL;
    bool is_usual = command_instance(invocation->arena, real ? real : path) != NULL;

    if ((!real && !place) || !is_roots(real ? real : place) ||
        (text_equal(invocation->verb->name, "init") && !is_usual))
        return err_set(err, ERR_CONFIG,
                       "'%s' is not root's alone, and '%s' is not root: under sudo only a "
                       "configuration in " COMMAND_CONFIG_DIRECTORY
                       " or another place that root alone can write to is taken; hint: run it as "
                       "yourself, without sudo",
                       path, invoker.name);
    if (real)
        invocation->config_path = arena_strdup(invocation->arena, real);
    return 0;
}

/* Opened as who called; what is read later is just that file, whatever lies there by then. */
static int open_file(struct invocation *invocation, const char *path, const char **ret_path,
                     struct err *err)
{
    invoker_begin();
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int failure = errno;
    invoker_end();
    if (fd < 0)
        return err_set_errno(err, ERR_USAGE, failure, "'%s' cannot be read by '%s'", path,
                             invoker.name);
    *ret_path = arena_printf(invocation->arena, "/proc/self/fd/%d", fd);
    return 0;
}

int invoker_restrict(struct invocation *invocation, struct err *err)
{
    const struct verb *verb = invocation->verb;

    if (!find_invoker(invocation->arena))
        return 0;
    if (verb->passes_options)
        return err_set(err, ERR_USAGE,
                       "%s as root would be a shell of root's for '%s'; hint: 'sudo -u "
                       "bynder-reconcile bynder-reconcile %s'",
                       verb->name, invoker.name, verb->name);
    if (check_config(invocation, err) < 0)
        return -1;
    for (size_t i = 0; verb->option && verb->option[i].name; i++) {
        enum option_use use = invocation->value[i] ? option_use(&verb->option[i]) : OPTION_SAYS;
        bool is_address = invocation->value[i] && strstr(invocation->value[i], "://");
        if (use == OPTION_READS && !is_address &&
            open_file(invocation, invocation->value[i], &invocation->path[i], err) < 0)
            return -1;
        if (use == OPTION_REACHES && !text_equal(verb->name, "init"))
            return err_set(err, ERR_USAGE, "--%s is not for '%s' under sudo", verb->option[i].name,
                           invoker.name);
    }
    size_t file = verb->argument_file;
    const char *path = NULL;
    if (!file || file > invocation->argument_count)
        return 0;
    if (open_file(invocation, invocation->argument[file - 1], &path, err) < 0)
        return -1;
    invocation->argument[file - 1] = arena_strdup(invocation->arena, path);
    return 0;
}
