/*
 * standby: a server in recovery, as a hot standby is, that waits for a primary which never comes.
 * It has the role `reconcile` and the database `postgres`, and ends with standby_release, at the
 * latest with the test program.
 */
#ifndef STANDBY_H
#define STANDBY_H

#include <sys/types.h>

struct standby {
    pid_t pid;
    char *directory; /* of its socket; the port is 5432 */
};

struct standby standby_start(void);
void standby_release(struct standby *standby);

#endif
