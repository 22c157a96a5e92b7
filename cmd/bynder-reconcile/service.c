/*
 * A check by root in a shell would read files that the service cannot and lack the secrets that
 * systemd gives it. So the unit is asked, and what it wrote into the journal is shown.
 */
#include "cmd/bynder-reconcile/service.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/parse.h"
#include "database/os_user.h"
#include "host/child.h"
#include "host/clock.h"
#include "host/command.h"
#include "host/file.h"
#include "host/log.h"

#define GROUP "bynder-reconcile"

/* The unit ends by itself after ten minutes (TimeoutStartSec=). */
enum { CHECK_TIMEOUT_S = 660, ASK_TIMEOUT_S = 30 };

const char *service_instance(struct arena *arena, const char *config_path)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(config_path);
    CLEANUP(mem_cleanup) char *real = realpath(directory, NULL);
    const char *slash = strrchr(config_path, '/'), *name = slash ? slash + 1 : config_path;
    CLEANUP(mem_cleanup) char *path = real ? file_join(real, name) : NULL;
    gid_t group;

    return path && geteuid() == 0 && os_group(GROUP, &group) ? command_instance(arena, path) : NULL;
}

const char *service_secret_path(struct arena *arena, const char *instance)
{
    return arena_printf(arena, SERVICE_SECRET_DIRECTORY "/bynder-reconcile.%s." SERVICE_SECRET,
                        instance);
}

void service_share(const char *path)
{
    struct stat status;
    gid_t group;

    if (geteuid() != 0 || !os_group(GROUP, &group))
        return;
    CLEANUP(cleanup_fd) int fd = file_open(path, FILE_TO_READ, 0);
    if (fd < 0 || fstat(fd, &status) < 0 || status.st_uid != 0 || fchown(fd, (uid_t)-1, group) < 0)
        log_warning("'%s' could not be given to the group '" GROUP "'", path);
}

bool service_is_running_here(void)
{
    return access("/run/systemd/system", F_OK) == 0;
}

/* As ourselves, root. */
static int ask(const char *const *argv, int64_t timeout_s, struct text *ret_output, int *ret_status,
               struct err *err)
{
    char name[] = "root", home[] = "/root";
    const struct child_user self = {.name = name, .home = home};

    return child_run(&self, argv, NULL, timeout_s, ret_output, ret_status, err);
}

/* What systemd knows of a unit that failed; one that ended well it forgets. */
static int exit_status(const char *unit, int64_t *ret_status, struct err *err)
{
    const char *const argv[] = {"/usr/bin/systemctl",        "show", "--value",
                                "--property=ExecMainStatus", unit,   NULL};
    CLEANUP(text_release) struct text output = TEXT_INIT;
    int status = 0;

    if (ask(argv, ASK_TIMEOUT_S, &output, &status, err) < 0)
        return -1;
    CLEANUP(mem_cleanup)
    char *number = mem_strndup(text_cstr(&output), strcspn(text_cstr(&output), "\n"));
    if (status != 0 || !parse_int(number, 1, 255, ret_status))
        return err_set(err, ERR_INTERNAL,
                       "'%s' could not be started; hint: 'systemctl status %s' says why", unit,
                       unit);
    return 0;
}

static int print_journal(const char *unit, struct instant since, struct err *err)
{
    CLEANUP(text_release) struct text by = TEXT_INIT, from = TEXT_INIT, output = TEXT_INIT;
    const char *const sync[] = {"/usr/bin/journalctl", "--sync", NULL};
    int status = 0;

    text_addf(&by, "_SYSTEMD_UNIT=%s", unit);
    text_addf(&from, "--since=@%lld.%06lld", (long long)(since.us / SECOND_US),
              (long long)(since.us % SECOND_US));
    const char *const argv[] = {"/usr/bin/journalctl", "--quiet",      "--no-pager", "--output=cat",
                                text_cstr(&from),      text_cstr(&by), NULL};
    if (ask(sync, ASK_TIMEOUT_S, &output, &status, err) < 0)
        return -1;
    text_clear(&output);
    if (ask(argv, ASK_TIMEOUT_S, &output, &status, err) < 0)
        return -1;
    printf("%s", text_cstr(&output));
    return 0;
}

int service_check(const char *instance, struct err *err)
{
    CLEANUP(text_release) struct text unit = TEXT_INIT, output = TEXT_INIT;
    const struct clock *clock = clock_system();
    struct instant began = clock->now(clock->self);
    int64_t code = 0;
    int status = 0;

    text_addf(&unit, "bynder-reconcile-check@%s.service", instance);
    const char *const argv[] = {"/usr/bin/systemctl", "start", text_cstr(&unit), NULL};
    if (ask(argv, CHECK_TIMEOUT_S, &output, &status, err) < 0 ||
        (status != 0 && exit_status(text_cstr(&unit), &code, err)) ||
        print_journal(text_cstr(&unit), began, err) < 0)
        return -1;
    return (int)code;
}
