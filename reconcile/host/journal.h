/*
 * journal: log lines as entries of systemd's journal, with fields to filter by (PORTAL=, RUN=,
 * PLAN=, PRIORITY=), when stderr is the journal.
 *
 * It speaks the journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL), one datagram a
 * line, itself: the protocol is documented as stable and its makers say that it may be spoken
 * directly. libsystemd would say the same words, but brings five more libraries into a process that
 * holds a token, and has the socket's path built in, so that nothing could be tested.
 */
#ifndef HOST_JOURNAL_H
#define HOST_JOURNAL_H

#include "host/log.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* Whether the file is what $JOURNAL_STREAM (`stream`, may be NULL) says leads to the journal:
 * device and inode, both decimal, as systemd.exec(5) has them. */
bool journal_is(const char *stream, int fd);

/* Lines go to the socket from now on (log_to), for the rest of the process. Nothing happens when
 * nobody listens there. */
void journal_begin(const char *socket_path);
/* Waits until the journal has read every line, a second at most, and goes back to stderr: whose
 * line it is the journal asks of the process that sent it, and a last line that is read when that
 * is gone is of no unit, so that `journalctl -u` does not show it. */
void journal_end(void);

#endif
