/*
 * One line, one datagram: fields `NAME=value`, each ended by a newline. What comes from outside is
 * printable when it gets here and holds no newline, so no value can begin a field of its own. A
 * line that the journal does not take goes to stderr, which leads there too, without the fields.
 */
#include "host/journal.h"

#include <assert.h>
#include <ctype.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/text.h"

enum { PATIENCE_MS = 1000 };

static int journal_fd = -1;

/* As syslog(3) numbers them. */
static const char *const priority[] = {
    [LOG_LEVEL_ERROR] = "3",
    [LOG_LEVEL_WARNING] = "4",
    [LOG_LEVEL_INFO] = "6",
    [LOG_LEVEL_DEBUG] = "7",
};

bool journal_is(const char *stream, int fd)
{
    CLEANUP(text_release) struct text device = TEXT_INIT;
    const char *colon = stream ? strchr(stream, ':') : NULL;
    int64_t dev = 0, inode = 0;
    struct stat status;

    if (!colon || fstat(fd, &status) < 0)
        return false;
    text_add_bytes(&device, stream, (size_t)(colon - stream));
    return parse_int(text_cstr(&device), 0, INT64_MAX, &dev) &&
           parse_int(colon + 1, 0, INT64_MAX, &inode) && (uint64_t)dev == status.st_dev &&
           (uint64_t)inode == status.st_ino;
}

static void add_field(struct text *entry, const char *name, const char *value)
{
    assert(!strchr(value, '\n'));
    for (const char *c = name; *c; c++)
        text_add_char(entry, (char)toupper((unsigned char)*c));
    text_addf(entry, "=%s\n", value);
}

static bool take(void *context, enum log_level level, const char *message,
                 const struct log_field *field, size_t count)
{
    CLEANUP(text_release) struct text entry = TEXT_INIT;

    (void)context;
    add_field(&entry, "priority", priority[level]);
    add_field(&entry, "syslog_identifier", "bynder-reconcile");
    add_field(&entry, "message", message);
    for (size_t i = 0; i < count; i++)
        add_field(&entry, field[i].name, field[i].value);
    return send(journal_fd, entry.data, entry.length, MSG_NOSIGNAL) == (ssize_t)entry.length;
}

void journal_begin(const char *socket_path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CLEANUP(cleanup_fd) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || strlen(socket_path) >= sizeof(address.sun_path))
        return;
    memcpy(address.sun_path, socket_path, strlen(socket_path));
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return;
    journal_fd = fd;
    fd = -1;
    log_to(take, NULL);
}

/* What of ours the listener has not read yet is still ours, so the kernel counts it here. */
static void wait_until_read(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    int unread = 0;

    for (int i = 0; i < PATIENCE_MS; i++) {
        if (ioctl(journal_fd, SIOCOUTQ, &unread) < 0 || unread == 0)
            return;
        (void)nanosleep(&moment, NULL);
    }
}

void journal_end(void)
{
    log_to(NULL, NULL);
    if (journal_fd >= 0) {
        wait_until_read();
        (void)close(journal_fd);
    }
    journal_fd = -1;
}
