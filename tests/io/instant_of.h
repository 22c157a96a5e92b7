/* instant_of: a moment as a test writes it. */
#ifndef INSTANT_OF_H
#define INSTANT_OF_H

#include "base/instant.h"
#include "test.h"

static inline struct instant instant_of(const char *rfc3339)
{
    struct instant instant = INSTANT_NONE;

    assert_true(instant_parse_rfc3339(rfc3339, &instant));
    return instant;
}

#endif
