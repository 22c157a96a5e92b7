/* The history comes first: while it fails nothing else is touched. */
#include "job/erase.h"

#include "job/files.h"

int job_erase(struct job *job, const struct store_subject *subject, const char *who,
              const char *reason, struct store_erased *ret_erased, size_t *ret_files,
              struct err *err)
{
    if (store_erase(job->store, job->arena, subject, who, reason, job->now, ret_erased, err) < 0)
        return -1;
    return files_erase(job, ret_erased, ret_files, err);
}
