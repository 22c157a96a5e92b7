/*
 * Blocks in a list, the newest in front, served from the front one only. Sizes double up to a
 * bound, so a small run stays small and a large one makes few calls. What does not fit a block of
 * usual size gets one of its own behind the front, which keeps the room that is left in front.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* 1: every piece is an allocation of its own, whose ends a sanitizer sees (make fuzz). */
#ifndef ARENA_PIECES
#define ARENA_PIECES 0
#endif

/* So much comes from the system as zeros already, and what of it is never written to takes none. */
enum { ZEROED_LEAST = 1 << 20 };

enum { BLOCK_FIRST = 4096, BLOCK_LARGEST = 16 << 20, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t size; /* of data */
    size_t used;
    alignas(ALIGNMENT) unsigned char data[];
};

static struct arena_block *block_new(size_t size, bool zeroed)
{
    size_t bytes;
    struct arena_block *block;

    if (__builtin_add_overflow(sizeof(*block), size, &bytes))
        mem_exhausted();
    block = zeroed ? mem_calloc(1, bytes) : mem_alloc(bytes);
    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

/* Behind the front, which keeps the room that is left in it. */
static struct arena_block *block_behind(struct arena *arena, size_t size, bool zeroed)
{
    struct arena_block *block = block_new(size, zeroed);

    block->next = arena->block->next;
    arena->block->next = block;
    return block;
}

/* A block with room for `size` bytes, wherever it is in the list. */
static struct arena_block *block_with_room(struct arena *arena, size_t size)
{
    struct arena_block *front = arena->block;
    size_t usual = front ? front->size : BLOCK_FIRST / 2;
    struct arena_block *block;

    usual = usual < BLOCK_LARGEST ? usual * 2 : BLOCK_LARGEST;
    if (ARENA_PIECES)
        usual = 0;
    if (front && size > usual / 4)
        return block_behind(arena, size, false);
    block = block_new(size > usual ? size : usual, false);
    block->next = front;
    arena->block = block;
    return block;
}

static void *carve(struct arena *arena, size_t size, size_t alignment)
{
    struct arena_block *block = ARENA_PIECES ? NULL : arena->block;
    size_t start = block ? (block->used + alignment - 1) & ~(alignment - 1) : 0;
    void *memory;

    if (!block || start > block->size || size > block->size - start) {
        block = block_with_room(arena, size);
        start = 0;
    }
    memory = block->data + start;
    block->used = start + size;
    arena->used += size;
    return memory;
}

/* The end of what was carved last, which nobody has seen yet. */
static void give_back(struct arena *arena, const char *from, size_t size)
{
    struct arena_block *block = arena->block;

    if (block->data + block->used != (const unsigned char *)from + size)
        return; /* it has a block of its own behind the front one */
    block->used -= size;
    arena->used -= size;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return carve(arena, size > 0 ? size : 1, ALIGNMENT);
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    void *memory;

    if (__builtin_mul_overflow(count, size, &bytes))
        mem_exhausted();
    if (bytes >= ZEROED_LEAST && arena->block) {
        struct arena_block *block = block_behind(arena, bytes, true);
        block->used = bytes;
        arena->used += bytes;
        return block->data;
    }
    memory = arena_alloc(arena, bytes);
    memset(memory, 0, bytes);
    return memory;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    size_t bytes = strnlen(text, length);
    char *copy = carve(arena, bytes + 1, 1);

    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    return copy;
}

/* Nearly all are short: made where they are to stay, when there is room for so many. */
enum { PRINTED_ROOM = ARENA_PIECES ? 1 : 512 };

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    char *copy = carve(arena, PRINTED_ROOM, 1);

    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(copy, PRINTED_ROOM, format, args);
    va_end(args);
    assert(length >= 0); /* no wide characters, and nobody's text is 2 GiB */
    size_t bytes = (size_t)length + 1;
    if (bytes > PRINTED_ROOM) {
        give_back(arena, copy, PRINTED_ROOM);
        copy = carve(arena, bytes, 1);
        (void)vsnprintf(copy, bytes, format, again);
    } else {
        give_back(arena, copy + bytes, PRINTED_ROOM - bytes);
    }
    va_end(again);
    return copy;
}

char *arena_concat_all(struct arena *arena, const char *const *piece, size_t count)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++)
        length += strlen(piece[i]);
    char *whole = carve(arena, length + 1, 1), *end = whole;
    for (size_t i = 0; i < count; i++)
        end = stpcpy(end, piece[i]);
    *end = '\0';
    return whole;
}

void arena_release(struct arena *arena)
{
    struct arena_block *block = arena->block;

    while (block) {
        struct arena_block *next = block->next;

        free(block);
        block = next;
    }
    *arena = ARENA_INIT;
}

void arena_clear(struct arena *arena)
{
    struct arena_block *front = arena->block;

    if (!front)
        return;
    struct arena rest = {.block = front->next};
    arena_release(&rest);
    front->next = NULL;
    front->used = 0;
    arena->used = 0;
    if (ARENA_PIECES)
        arena_release(arena);
}

void arena_adopt(struct arena *arena, struct arena *from)
{
    struct arena_block **end = &arena->block;

    while (*end)
        end = &(*end)->next;
    *end = from->block;
    arena->used += from->used;
    *from = ARENA_INIT;
}
