/*
 * cleanup: scope-bound release of handles.
 *
 * A local handle is declared with CLEANUP(function) and released on every way out of its scope;
 * TAKE() hands ownership out. The function receives the address of the variable, so a
 * `x_release(struct x *)` fits as it is, and CLEANUP_POINTER makes the fitting one for `x_free(T
 * *)`.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stddef.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))

/* Defines `static inline void name(T **p)` which calls free_function(*p). NULL must be fine. */
#define CLEANUP_POINTER(T, name, free_function)                                                    \
    static inline void name(T **p)                                                                 \
    {                                                                                              \
        free_function(*p);                                                                         \
    }

/* The value of a pointer variable, which is NULL afterwards: ownership leaves the scope. */
#define TAKE(pointer)                                                                              \
    __extension__({                                                                                \
        __typeof__(pointer) taken_ = (pointer);                                                    \
        (pointer) = NULL;                                                                          \
        taken_;                                                                                    \
    })

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* For `CLEANUP(cleanup_fd) int fd = -1;` */
static inline void cleanup_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

#endif
