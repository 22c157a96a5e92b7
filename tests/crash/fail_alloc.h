/*
 * fail_alloc: an allocator (preload_fail_alloc.so) to be put in front of the C library's by
 * LD_PRELOAD. It counts every allocation of the process, of its own code and of all libraries
 * alike, and lets number N fail: once, or from there on.
 *
 * FAIL_ALLOC_STATE names a file of one struct fail_alloc, which is shared: the harness puts in what
 * is to fail and finds there what happened, however the process ended. With room for them it also
 * finds by which path of calls each allocation was made.
 */
#ifndef CRASH_FAIL_ALLOC_H
#define CRASH_FAIL_ALLOC_H

#include <stdint.h>

enum { FAIL_ALLOC_NAME = 128 };

struct fail_alloc {
    /* what is wanted */
    uint64_t number;   /* of the allocation that fails, from 1; 0 = none */
    uint64_t and_then; /* 1: all that follow as well */
    /* what happened */
    uint64_t count;  /* of allocations */
    uint64_t failed; /* of them */
    uint64_t size;   /* of the first that failed, in bytes */
    uint64_t offset; /* of its caller in the object below, for addr2line */
    char object[FAIL_ALLOC_NAME], function[FAIL_ALLOC_NAME];
    uint64_t room;   /* below, in numbers; wanted as well */
    uint64_t path[]; /* a hash of all callers, alike in every process */
};

#endif
