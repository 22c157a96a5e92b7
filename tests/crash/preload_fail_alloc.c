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
#include <execinfo.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/* Of a path: how many callers at most; how many of the innermost where our own code asked (its way
 * to fail is always the same: base/mem.h), malloc and what is here included; and how many of the
 * outermost are left out, which differ by verb and do nothing. */
enum { DEPTH = 100, OWN_DEPTH = 8, SELF = 3, OUTER = 6 };

static struct fail_alloc nothing, *shared = &nothing;
static __thread bool is_inside; /* of backtrace, which may allocate */

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAIL_ALLOC_STATE");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    struct stat status;
    void *memory = MAP_FAILED;

    if (fd >= 0 && fstat(fd, &status) == 0)
        memory = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0)
        (void)close(fd);
    if (memory != MAP_FAILED)
        shared = memory;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * 1099511628211ULL;
}

static const char *base_of(const char *path)
{
    const char *base = path;

    for (; *path; path++)
        base = *path == '/' ? path + 1 : base;
    return base;
}

/* Alike in every process: the name of the object, without its directory, and the place in it. */
static uint64_t mix_caller(uint64_t hash, const void *caller)
{
    Dl_info info;

    if (dladdr(caller, &info) == 0 || !info.dli_fname)
        return mix(hash, 0);
    for (const char *c = base_of(info.dli_fname); *c; c++)
        hash = mix(hash, (unsigned char)*c);
    return mix(hash, (uintptr_t)caller - (uintptr_t)info.dli_fbase);
}

/* How many of the callers tell one path from another. */
static int how_deep(void *const *caller, int depth)
{
    Dl_info info;

    if (depth > SELF + OUTER + 1)
        depth -= OUTER;
    if (depth > OWN_DEPTH && dladdr(caller[SELF], &info) != 0 && info.dli_fname &&
        strcmp(base_of(info.dli_fname), "program") == 0)
        return OWN_DEPTH;
    return depth;
}

/* The callers, by FNV-1a. */
static void note_path(uint64_t number)
{
    void *caller[DEPTH];
    uint64_t hash = 14695981039346656037ULL;
    int depth;

    if (number > shared->room || is_inside)
        return;
    is_inside = true;
    depth = backtrace(caller, DEPTH);
    depth = how_deep(caller, depth);
    for (int i = 0; i < depth; i++)
        hash = mix_caller(hash, caller[i]);
    is_inside = false;
    shared->path[number - 1] = hash;
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
    uint64_t number;

    if (is_inside)
        return false;
    number = __atomic_add_fetch(&shared->count, 1, __ATOMIC_SEQ_CST);
    note_path(number);
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
