/*
 * Names are compared by their parts, in any order: one list has them turned round, another leaves
 * out the second given name. One part alone says nothing, unless it is the whole name on both
 * sides: names written without blanks are whole names.
 */
#include "facts/name.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/text.h"

#define SEPARATORS " ,"

static bool has_part(const char *name, const char *part, size_t length)
{
    for (const char *at = name + strspn(name, SEPARATORS); *at; at += strspn(at, SEPARATORS)) {
        size_t one = strcspn(at, SEPARATORS);
        if (one == length && memcmp(at, part, length) == 0)
            return true;
        at += one;
    }
    return false;
}

/* How many parts a name has, and how many of them are in the other. */
static size_t count_parts(const char *name, const char *other, size_t *ret_common)
{
    size_t count = 0, common = 0;

    for (const char *at = name + strspn(name, SEPARATORS); *at; at += strspn(at, SEPARATORS)) {
        size_t length = strcspn(at, SEPARATORS);
        count++;
        common += has_part(other, at, length);
        at += length;
    }
    *ret_common = common;
    return count;
}

bool name_is_same(const char *a, const char *b)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *left = fold_name(&scratch, a), *right = fold_name(&scratch, b);
    size_t left_common = 0, right_common = 0;

    if (!left || !right)
        return false;
    if (text_equal(left, right))
        return true;
    size_t left_count = count_parts(left, right, &left_common);
    size_t right_count = count_parts(right, left, &right_common);
    bool whole =
        left_count <= right_count ? left_common == left_count : right_common == right_count;
    return whole && left_common >= 2 && right_common >= 2;
}
