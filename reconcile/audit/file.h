/*
 * audit_file: the head of the audit chain in a file of the state directory, `audit-head-PORTAL`,
 * replaced after every run: an anchor outside of the database. Its line begins with SEQ:HASH.
 */
#ifndef AUDIT_FILE_H
#define AUDIT_FILE_H

#include "config/config.h"
#include "core/audit.h"

/* Complete or not at all. */
int audit_file_write(const struct config *config, const struct audit_head *head, struct instant now,
                     struct err *err) __attribute__((warn_unused_result));

/* False for a file that is another user's: whoever decides need not be the user that runs. */
bool audit_file_may_read(const struct config *config);

/* *ret_found false: there is no such file. ERR_INTERNAL for one that says something else. */
int audit_file_read(const struct config *config, struct audit_head *ret_head, bool *ret_found,
                    struct err *err) __attribute__((warn_unused_result));

#endif
