/* Files go to memory (/dev/shm) where there is one: a target writes thousands in a second. */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/file.h"

void fuzz_fail(const char *file, int line, const char *condition)
{
    (void)fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
    abort();
}

struct bytes bytes_of(const uint8_t *data, size_t size)
{
    return (struct bytes){.at = (const char *)data, .left = size};
}

static unsigned char next(struct bytes *bytes)
{
    if (bytes->left == 0)
        return 0;
    bytes->left--;
    return (unsigned char)*bytes->at++;
}

unsigned bytes_choice(struct bytes *bytes, unsigned below)
{
    return next(bytes) % below;
}

int64_t bytes_number(struct bytes *bytes)
{
    uint64_t number = 0;
    unsigned length = bytes_choice(bytes, 9);

    for (unsigned i = 0; i < length; i++)
        number = number << 8 | next(bytes);
    return length > 0 && length % 2 == 0 ? (int64_t)(0 - number) : (int64_t)number;
}

const char *bytes_line(struct bytes *bytes, struct arena *arena)
{
    const char *end = bytes->left > 0 ? memchr(bytes->at, '\n', bytes->left) : NULL;
    size_t length = end ? (size_t)(end - bytes->at) : bytes->left;
    const char *line = arena_strndup(arena, bytes->left > 0 ? bytes->at : "", length);

    bytes->at += length + (end ? 1 : 0);
    bytes->left -= length + (end ? 1 : 0);
    return line;
}

const char *bytes_line_or_none(struct bytes *bytes, struct arena *arena)
{
    const char *line = bytes_line(bytes, arena);

    return *line ? line : NULL;
}

const char *bytes_rest(struct bytes *bytes, struct arena *arena)
{
    char *rest = arena_calloc(arena, bytes->left + 1, 1);

    if (bytes->left > 0)
        memcpy(rest, bytes->at, bytes->left);
    bytes->left = 0;
    return rest;
}

const char *bytes_utf8_line(struct bytes *bytes, struct arena *arena)
{
    const char *line = bytes_line(bytes, arena);
    size_t length = strlen(line);

    while (!text_is_utf8(line, length))
        length--;
    return length > 0 ? arena_strndup(arena, line, length) : NULL;
}

static char directory[64];

static void remove_directory(void)
{
    DIR *entries = opendir(directory);

    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        CLEANUP(mem_cleanup) char *path = file_join(directory, entry->d_name);
        (void)unlink(path);
    }
    if (entries)
        (void)closedir(entries);
    (void)rmdir(directory);
}

const char *fuzz_directory(void)
{
    if (*directory)
        return directory;
    (void)snprintf(directory, sizeof(directory), "%s/bynder-reconcile-fuzz-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    FUZZ_CHECK(mkdtemp(directory));
    FUZZ_CHECK(atexit(remove_directory) == 0);
    return directory;
}

const char *fuzz_file(const char *name, const void *content, size_t size)
{
    static char path[128];
    int fd;

    (void)snprintf(path, sizeof(path), "%s/%s", fuzz_directory(), name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_CHECK(fd >= 0 && write(fd, size > 0 ? content : "", size) == (ssize_t)size);
    (void)close(fd);
    return path;
}
