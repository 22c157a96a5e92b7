/*
 * child: running another program, as another user when we are root, with nothing inherited but
 * what is given: no open files, no signal settings, no environment, a session of its own.
 *
 * Not for psql, which belongs to the terminal (database/database).
 */
#ifndef HOST_CHILD_H
#define HOST_CHILD_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/text.h"

/* Who a child runs as. */
struct child_user {
    char *name;
    uid_t uid;
    gid_t gid;
    char *home;
    gid_t *group; /* supplementary; NULL: the identity is ours, nothing is changed */
    size_t group_count;
};

/* Root becomes `name` (ERR_CONFIG when there is no such user, or it is root), anybody else stays
 * who they are. */
int child_user_init(const char *name, struct child_user *ret_user, struct err *err)
    __attribute__((warn_unused_result));
void child_user_release(struct child_user *user);

/* How many leading parts of an absolute path the user can enter; *ret_part is a malloc'ed copy of
 * the path up to the first that cannot be, or NULL. */
int child_check_path(const struct child_user *user, const char *path, char **ret_part,
                     struct err *err) __attribute__((warn_unused_result));

/* Runs to the end, with `input` on stdin (NULL: nothing; at most 4 KiB) and its stdout and stderr
 * in *ret_output (at most the first 64 KiB). *ret_status: exit status, or 128 + signal.
 * ERR_INTERNAL when it cannot be started, ERR_UNREACHABLE when it is killed after timeout_s. */
int child_run(const struct child_user *user, const char *const *argv, const char *input,
              int64_t timeout_s, struct text *ret_output, int *ret_status, struct err *err)
    __attribute__((warn_unused_result));

/* The same with files that are open here: the first is its stdin, the others are 3, 4 and so on. */
int child_run_over(const struct child_user *user, const char *const *argv, const int *fd,
                   size_t fd_count, int64_t timeout_s, struct text *ret_output, int *ret_status,
                   struct err *err) __attribute__((warn_unused_result));

/* Starts a daemon: stdin is nothing, stdout and stderr are appended to the file `log`, which the
 * user must be able to write. It is nobody's child. */
int child_start(const struct child_user *user, const char *const *argv, const char *log,
                pid_t *ret_pid, struct err *err) __attribute__((warn_unused_result));

#endif
