/*
 * The one place where running out of memory is decided. Every allocation of the program comes
 * through here, so a caller never sees NULL and no half-built state survives a failed one.
 *
 * The end is _exit, not exit: buffered output of a run that did not finish must not be flushed
 * behind a message that says it did not.
 */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"

void mem_exhausted(void)
{
    static const char line[] = "error: out of memory; hint: the run can be started again, it takes "
                               "up where it stopped\n";
    ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);

    (void)written; /* nothing is left to be done about it */
    _exit(ERR_INTERNAL);
}

static size_t product(size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        mem_exhausted();
    return bytes;
}

enum { HUGE_PAGE = 2 << 20 };

/* Large ones are tables that are read at random: in pages of 2 MiB they cost a five-hundredth of
 * the faults, and the processor finds its way in them without walking. Only a wish: where it is not
 * granted, nothing is lost. */
static void *wish_huge_pages(void *memory, size_t size)
{
    uintptr_t begin = ((uintptr_t)memory + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
    uintptr_t end = ((uintptr_t)memory + size) & ~(uintptr_t)(HUGE_PAGE - 1);

    if (size >= HUGE_PAGE && begin < end)
        (void)madvise((unsigned char *)memory + (begin - (uintptr_t)memory), end - begin,
                      MADV_HUGEPAGE);
    return memory;
}

void *mem_alloc(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    if (!memory)
        mem_exhausted();
    return wish_huge_pages(memory, size);
}

void *mem_calloc(size_t count, size_t size)
{
    void *memory = count > 0 && size > 0 ? calloc(count, size) : calloc(1, 1);

    if (!memory)
        mem_exhausted();
    return wish_huge_pages(memory, count * size); /* calloc has seen that it fits */
}

void *mem_realloc(void *old, size_t size)
{
    void *memory = realloc(old, size > 0 ? size : 1);

    if (!memory)
        mem_exhausted();
    return wish_huge_pages(memory, size);
}

void *mem_realloc_array(void *old, size_t count, size_t size)
{
    return mem_realloc(old, product(count, size));
}

char *mem_strdup(const char *text)
{
    return mem_strndup(text, strlen(text));
}

char *mem_strndup(const char *text, size_t length)
{
    size_t bytes = strnlen(text, length);
    char *copy;

    copy = mem_alloc(bytes + 1);
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    return copy;
}

void *mem_grow(void *old, size_t count, size_t *capacity, size_t size)
{
    size_t wanted = *capacity;

    if (old && count < wanted)
        return old;
    if (wanted < 8)
        wanted = 8;
    while (wanted <= count)
        wanted = product(wanted, 2);
    *capacity = wanted;
    return mem_realloc_array(old, wanted, size);
}

void mem_cleanup(void *pointer_to_pointer)
{
    void *memory;

    memcpy(&memory, pointer_to_pointer, sizeof(memory)); /* any pointer type, no aliasing */
    free(memory);
}
