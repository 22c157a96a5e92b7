/* bench: what measurements share. */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "seconds.h"

/* What must work, or the measurement ends. */
static inline void must(int failed, const struct err *err)
{
    if (!failed)
        return;
    fprintf(stderr, "%s\n", err->text ? err->text : "failed");
    exit(1);
}

#endif
