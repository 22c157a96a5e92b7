/*
 * mem: allocation that cannot fail, because failing ends the process here and nowhere else.
 *
 * That is legal because every point at which this program can be killed recovers at its next start.
 * The process ends with _exit(70), after one line on stderr.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* That end, also for a library that says it has no memory, and for a size beyond size_t. */
_Noreturn void mem_exhausted(void);

/* size 0 is served as 1. The memory of mem_calloc is zero. */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));
void *mem_calloc(size_t count, size_t size)
    __attribute__((malloc, returns_nonnull, warn_unused_result));
void *mem_realloc(void *old, size_t size) __attribute__((returns_nonnull, warn_unused_result));
/* Array growth with overflow check: count * size bytes. */
void *mem_realloc_array(void *old, size_t count, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));
char *mem_strdup(const char *text) __attribute__((malloc, returns_nonnull, warn_unused_result));
/* At most `length` bytes, fewer when a NUL comes first. */
char *mem_strndup(const char *text, size_t length)
    __attribute__((malloc, returns_nonnull, warn_unused_result));

/* Makes room for one more element: doubles *capacity when `count` has reached it. Use:
 *   list->item = mem_grow(list->item, list->count, &list->capacity, sizeof(list->item[0])); */
void *mem_grow(void *old, size_t count, size_t *capacity, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

/* For CLEANUP(mem_cleanup) on a `char *` or any pointer variable: free(*(void **)p). */
void mem_cleanup(void *pointer_to_pointer);

#endif
