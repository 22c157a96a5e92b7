/*
 * Nothing here allocates, and errno of an allocation that does not fail is not touched. The count
 * is kept in the shared file itself, so it survives a process that was killed. Without the file
 * nothing fails.
 *
 * Memory comes from the C library's own functions under their other names, so free needs no
 * counterpart here.
 */
#include "fail_alloc.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static struct fail_alloc nothing, *shared = &nothing;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAIL_ALLOC_STATE");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *memory = MAP_FAILED;

    if (fd >= 0) {
        memory = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        (void)close(fd);
    }
    if (memory != MAP_FAILED)
        shared = memory;
}

static void note_name(char *ret_name, const char *name)
{
    size_t i = 0;

    for (; name && name[i] && i + 1 < FAIL_ALLOC_NAME; i++)
        ret_name[i] = name[i];
    ret_name[i] = '\0';
}

static void note(size_t size, void *caller)
{
    Dl_info info;

    shared->size = size;
    if (dladdr(caller, &info) == 0)
        return;
    note_name(shared->object, info.dli_fname);
    note_name(shared->function, info.dli_sname);
    shared->offset = (uint64_t)((const char *)caller - (const char *)info.dli_fbase);
}

static bool fails(size_t size, void *caller)
{
    uint64_t number = __atomic_add_fetch(&shared->count, 1, __ATOMIC_SEQ_CST);

    if (shared->number == 0 || number < shared->number ||
        (number > shared->number && !shared->and_then))
        return false;
    if (__atomic_add_fetch(&shared->failed, 1, __ATOMIC_SEQ_CST) == 1)
        note(size, caller);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails(size, __builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(size, __builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails(size, __builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size)
{
    return fails(size, __builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(size, __builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
    void *memory =
        fails(size, __builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);

    if (!memory)
        return ENOMEM;
    *ret_memory = memory;
    return 0;
}
