/*
 * container: files that are no text, or no table, told by their first bytes: a workbook, an
 * archive, a page that asks for a password. People rename them, and hear here what to do.
 */
#ifndef FORMAT_CONTAINER_H
#define FORMAT_CONTAINER_H

#include <stddef.h>

#include "base/err.h"

/* ERR_ROSTER with what it is and what to do; 0 for what may be text. */
int container_refuse(const char *bytes, size_t length, struct err *err)
    __attribute__((warn_unused_result));

#endif
