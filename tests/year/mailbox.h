/*
 * mailbox: a mail server on loopback that takes everything, in a process of its own that ends with
 * its parent. Each mail is a file in its directory, there before the sender hears that it was
 * taken.
 */
#ifndef YEAR_MAILBOX_H
#define YEAR_MAILBOX_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct mailbox {
    pid_t pid;
    unsigned port;
    char *directory;
    size_t seen; /* by mailbox_count */
};

int mailbox_start(struct mailbox *mailbox, const char *directory, struct err *err)
    __attribute__((warn_unused_result));
void mailbox_stop(struct mailbox *mailbox);
/* How many mails it ever took. */
size_t mailbox_count(struct mailbox *mailbox);

#endif
