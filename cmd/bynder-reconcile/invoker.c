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

enum { NOBODY = 65534 };

struct saying {
    const char *variable, *tool;
    bool is_name;
};

static struct {
    bool restricts;
    uid_t user;
    gid_t *group;
    int group_count;
    const char *name;
    const struct saying *saying; /* NULL: nothing says anything */
} invoker;

/* As at a login: those that the user is a member of as well. */
static void find_groups(struct arena *arena, const char *name, gid_t own)
{
    int count = 0;

    (void)getgrouplist(name, own, NULL, &count);
    invoker.group = arena_calloc(arena, (size_t)count + 1, sizeof(invoker.group[0]));
    invoker.group[0] = own;
    invoker.group_count = count;
    if (getgrouplist(name, own, invoker.group, &invoker.group_count) < 0)
        invoker.group_count = 1;
}

/* Who it is for; an id that nobody has is somebody too. */
static int find_invoker(struct arena *arena, struct err *err)
{
    static const struct saying saying[] = {
        {"SUDO_UID", "sudo", false}, {"PKEXEC_UID", "pkexec", false}, {"DOAS_USER", "doas", true}};

    for (size_t i = 0; i < COUNT_OF(saying) && geteuid() == 0; i++) {
        const char *value = getenv(saying[i].variable);
        int64_t id = NOBODY;
        if (!value)
            continue;
        if (!saying[i].is_name)
            (void)parse_int(value, 0, INT32_MAX, &id);
        const struct passwd *entry = saying[i].is_name ? getpwnam(value) : getpwuid((uid_t)id);
        uid_t user = entry ? entry->pw_uid : (uid_t)id;
        if (invoker.saying && user != invoker.user)
            return err_set(err, ERR_USAGE,
                           "%s says that this is root for '%s', and %s that it is for '%s': whose "
                           "rights to take cannot be told; hint: call it from a shell in which "
                           "only one of them is set",
                           invoker.saying->variable, invoker.name, saying[i].variable, value);
        if (invoker.saying)
            continue;
        invoker.saying = &saying[i];
        invoker.user = user;
        invoker.name = arena_strdup(arena, entry ? entry->pw_name : value);
        invoker.restricts = user != 0;
        find_groups(arena, invoker.name, entry ? entry->pw_gid : NOBODY);
    }
    return 0;
}

void invoker_begin(void)
{
    if (invoker.restricts && (setgroups((size_t)invoker.group_count, invoker.group) < 0 ||
                              setegid(invoker.group[0]) < 0 || seteuid(invoker.user) < 0))
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

    if ((!real && !place) || !is_roots(real ? real : place))
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
    int fd = file_open(path, FILE_TO_READ, 0);
    int failure = errno;
    invoker_end();
    if (fd < 0)
        return err_set_errno(err, ERR_USAGE, failure, "'%s' cannot be read by '%s'", path,
                             invoker.name);
    *ret_path = arena_printf(invocation->arena, "/proc/self/fd/%d", fd);
    return 0;
}

/* What it writes is believed from then on, and to whom it names root sends passwords. Who may do
 * anything as root may take the variable away as well. */
static int refuse_init(struct err *err)
{
    CLEANUP(mem_cleanup) char *command = command_make("init");
    const char *tool = invoker.saying->tool;

    return err_set(err, ERR_USAGE,
                   "init as root for '%s' could make root do anything, so it is for root alone; "
                   "hint: who may run every command as root: '%s env -u %s %s'",
                   invoker.name, tool, invoker.saying->variable,
                   command + (text_starts(command, "sudo ") ? strlen("sudo ") : 0));
}

int invoker_restrict(struct invocation *invocation, struct err *err)
{
    const struct verb *verb = invocation->verb;

    if (find_invoker(invocation->arena, err) < 0)
        return -1;
    if (!invoker.restricts)
        return 0;
    if (text_equal(verb->name, "init"))
        return refuse_init(err);
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
        if (use == OPTION_REACHES)
            return err_set(err, ERR_USAGE, "--%s is not for '%s' under sudo", verb->option[i].name,
                           invoker.name);
    }
    const char *file = invocation_argument_file(invocation);
    if (file && open_file(invocation, file, &invocation->argument_path, err) < 0)
        return -1;
    return 0;
}
