/*
 * The row, the file, and what lies in the inbox unread, in this order, so that a plan and an act
 * that follows it say the same of the same stop.
 */
#include "job/stop.h"

#include <errno.h>
#include <sys/stat.h>

#include "host/file.h"
#include "store/review.h"

/* Seen by its name alone; one that cannot be looked for counts as there. */
static const char *find_file(struct job *job)
{
    const char *path = job->config->stop_file;
    struct stat status;

    if (!path || (file_look(path, &status) < 0 && (errno == ENOENT || errno == ENOTDIR)))
        return NULL;
    return arena_printf(job->arena, "the stop file '%s' is there", path);
}

int stop_find(struct job *job, const char **ret_reason, struct err *err)
{
    const char *reason = NULL;

    if (store_load_stop(job->store, job->arena, &reason, err) < 0)
        return -1;
    if (!reason)
        reason = find_file(job);
    *ret_reason = reason ? reason : job->unread;
    return 0;
}
