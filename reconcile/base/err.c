/*
 * A text is built completely before the old one is released, so an argument may point into the
 * error that is being changed. Whoever passes no struct err still gets the -1.
 */
#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static void replace(struct err *err, enum err_code code, struct text *text)
{
    free(err->text);
    err->code = code;
    err->text = text_take(text);
}

/* `reason`: NULL = none. */
__attribute__((format(printf, 4, 0))) static int set(struct err *err, enum err_code code,
                                                     const char *reason, const char *format,
                                                     va_list args)
{
    struct text text = TEXT_INIT;

    assert(code != ERR_NONE);
    if (!err)
        return -1;
    text_addv(&text, format, args);
    if (reason)
        text_addf(&text, ": %s", reason);
    replace(err, code, &text);
    return -1;
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)set(err, code, NULL, format, args);
    va_end(args);
    return -1;
}

int err_set_errno(struct err *err, enum err_code code, int saved_errno, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)set(err, code, strerror(saved_errno), format, args);
    va_end(args);
    return -1;
}

int err_prefix(struct err *err, const char *format, ...)
{
    va_list args;

    if (!err || err->code == ERR_NONE)
        return -1;
    va_start(args, format);
    (void)set(err, err->code, err->text ? err->text : "", format, args);
    va_end(args);
    return -1;
}

int err_move(struct err *to, struct err *from)
{
    if (!from || to == from)
        return -1;
    if (!to) {
        err_release(from);
        return -1;
    }
    err_release(to);
    *to = *from;
    *from = ERR_INIT;
    return -1;
}

void err_release(struct err *err)
{
    if (!err)
        return;
    free(err->text);
    *err = ERR_INIT;
}
