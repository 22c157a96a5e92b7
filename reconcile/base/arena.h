/*
 * arena: memory with one lifetime. Domain data of a run lives in one arena and goes away at once.
 * Not thread-safe. Memory is aligned to 16 bytes; strings are packed.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *block;
    size_t used; /* bytes handed out, for tests and the bench */
};

#define ARENA_INIT                                                                                 \
    (struct arena)                                                                                 \
    {                                                                                              \
        .block = NULL, .used = 0                                                                   \
    }

void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull, malloc));
/* Zeroed, count * size with overflow check. */
void *arena_calloc(struct arena *arena, size_t count, size_t size)
    __attribute__((returns_nonnull, malloc));
/* Copies; NULL gives NULL. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length)
    __attribute__((returns_nonnull));
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
/* The texts one after the other, at least one. Several times as fast as printf. */
#define arena_concat(arena, ...)                                                                   \
    arena_concat_all((arena), (const char *const[]){__VA_ARGS__},                                  \
                     sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
char *arena_concat_all(struct arena *arena, const char *const *piece, size_t count)
    __attribute__((returns_nonnull));
/* Takes over everything of `from`, which is empty afterwards: for memory made by parallel parts. */
void arena_adopt(struct arena *arena, struct arena *from);
void arena_release(struct arena *arena);
/* Everything of it is gone, and one block is kept for what comes next: for a scratch in a loop. */
void arena_clear(struct arena *arena);

#endif
