/*
 * A descriptor and what fstat said of it at first: the end of the file is only believed when fstat
 * says the same again.
 */
#include "format/input_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "host/file.h"
#include "host/trust.h"

struct input_file {
    int fd;
    struct stat before;
    size_t done; /* bytes that were handed out */
};

static int look(const struct input_file *file, struct stat *ret_status, struct err *err)
{
    if (fstat(file->fd, ret_status) < 0)
        return err_set_errno(err, ERR_ROSTER, errno, "cannot look at it");
    if (S_ISDIR(ret_status->st_mode))
        return err_set(err, ERR_ROSTER, "is a directory, a file is expected");
    if (!S_ISREG(ret_status->st_mode))
        return err_set(err, ERR_ROSTER, "is not a regular file");
    if (ret_status->st_size > LIMIT_ROSTER_BYTES)
        return err_set(err, ERR_ROSTER, "is larger than %ld bytes", LIMIT_ROSTER_BYTES);
    return 0;
}

int input_file_open(const char *path, const struct trust *trust, struct input_file **ret_file,
                    struct err *err)
{
    CLEANUP(input_file_closep) struct input_file *file = mem_calloc(1, sizeof(*file));

    file->fd = -1;
    if (trust && trust_open(path, trust, &file->fd, err) < 0)
        return -1;
    if (!trust)
        file->fd = file_open(path, FILE_TO_READ, 0);
    if (file->fd < 0)
        return err_set_errno(err, ERR_ROSTER, errno, "cannot open it");
    if (look(file, &file->before, err) < 0)
        return -1;
    *ret_file = TAKE(file);
    return 0;
}

void input_file_close(struct input_file *file)
{
    if (!file)
        return;
    cleanup_fd(&file->fd);
    free(file);
}

struct instant input_file_modified(const struct input_file *file)
{
    return instant_add_us(instant_of_seconds(file->before.st_mtim.tv_sec),
                          file->before.st_mtim.tv_nsec / 1000);
}

static int check_unchanged(const struct input_file *file, struct err *err)
{
    struct stat now;

    if (look(file, &now, err) < 0)
        return -1;
    if (now.st_size != file->before.st_size || (size_t)now.st_size != file->done ||
        now.st_mtim.tv_sec != file->before.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != file->before.st_mtim.tv_nsec)
        return err_set(err, ERR_ROSTER,
                       "changed while it was read; hint: it should be put in place by a rename "
                       "when it is complete");
    return 0;
}

int input_file_read(struct input_file *file, char *buffer, size_t size, size_t *ret_length,
                    struct err *err)
{
    ssize_t got;

    do
        got = read(file->fd, buffer, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set_errno(err, ERR_ROSTER, errno, "cannot read it");
    if (got == 0 && check_unchanged(file, err) < 0)
        return -1;
    file->done += (size_t)got;
    if (file->done > LIMIT_ROSTER_BYTES)
        return err_set(err, ERR_ROSTER, "is larger than %ld bytes", LIMIT_ROSTER_BYTES);
    *ret_length = (size_t)got;
    return 0;
}
