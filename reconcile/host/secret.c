/*
 * A secret lives in one block of memory of its own, which is overwritten before it is freed, and
 * every buffer it passed through on the way in is overwritten as well. Files are opened first and
 * judged afterwards by descriptor: what was checked is what is read.
 */
#include "host/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "host/trust.h"

void secret_wipe(void *bytes, size_t length)
{
    if (bytes)
        explicit_bzero(bytes, length);
}

void secret_set(struct secret *secret, const char *value, size_t length)
{
    char *hidden = mem_alloc(length + 1);

    if (length > 0)
        memcpy(hidden, value, length);
    hidden[length] = '\0';
    secret_release(secret);
    secret->hidden = hidden;
    secret->length = length;
}

bool secret_is_set(const struct secret *secret)
{
    return secret->hidden != NULL;
}

const char *secret_reveal(const struct secret *secret)
{
    return secret->hidden ? secret->hidden : "";
}

void secret_release(struct secret *secret)
{
    secret_wipe(secret->hidden, secret->length);
    free(secret->hidden);
    *secret = SECRET_INIT;
}

/* Up to `size` bytes into buffer; -1 with errno. */
static ssize_t read_up_to(int fd, char *buffer, size_t size)
{
    size_t length = 0;

    while (length < size) {
        ssize_t got = read(fd, buffer + length, size - length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

static int check_value(const char *value, size_t length, const char *path, struct err *err)
{
    if (length == 0)
        return err_set(err, ERR_CONFIG, "secret file '%s' is empty", path);
    if (length > LIMIT_SECRET)
        return err_set(err, ERR_CONFIG, "secret file '%s' is longer than %d bytes", path,
                       LIMIT_SECRET);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)value[i];

        if (c < 0x20 || c == 0x7F)
            return err_set(err, ERR_CONFIG,
                           "secret file '%s' holds more than one line or a control character; "
                           "hint: it must be the bare value, on one line",
                           path);
    }
    return 0;
}

int secret_read(const char *path, bool credential, struct secret *ret_secret, struct err *err)
{
    const struct trust trust = {
        .what = "secret file", .code = ERR_CONFIG, .forbidden = credential ? 07 : 077};
    CLEANUP(cleanup_fd) int fd = -1;
    const size_t size = LIMIT_SECRET + 2; /* the newline, and one byte to see that there is more */
    char *buffer;
    ssize_t got;
    size_t length;
    int result = -1;

    if (trust_open(path, &trust, &fd, err) < 0)
        return -1;
    buffer = mem_alloc(size);
    got = read_up_to(fd, buffer, size);
    length = got > 0 ? (size_t)got : 0;
    if (length > 0 && buffer[length - 1] == '\n')
        length--;
    if (got < 0)
        err_set_errno(err, ERR_CONFIG, errno, "cannot read secret file '%s'", path);
    else if (check_value(buffer, length, path, err) == 0)
        result = 0;
    if (result == 0)
        secret_set(ret_secret, buffer, length);
    secret_wipe(buffer, size);
    free(buffer);
    return result;
}
