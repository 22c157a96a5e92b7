/*
 * Stored addresses were checked when they were read as a setting, so this takes apart and does not
 * judge.
 */
#include "base/site.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"

static const struct {
    const char *begins, *port;
} schemes[] = {{"https://", "443"}, {"http://", "80"}};

static char *lower(char *text)
{
    for (char *c = text; *c; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return text;
}

/* Host, and the port when it is said. */
static const char *of_authority(struct arena *arena, const char *begin, const char *port)
{
    size_t length = strcspn(begin, "/?#");
    char *whole = lower(arena_strndup(arena, begin, length));
    char *at = strrchr(whole, '@');
    char *host = at ? at + 1 : whole;
    char *bracket = strrchr(host, ']'); /* of an IPv6 address, which has colons */
    char *colon = strchr(bracket ? bracket : host, ':');

    if (colon) {
        *colon = '\0';
        port = colon[1] ? colon + 1 : port;
    }
    return *host ? arena_printf(arena, "%s:%s", host, port) : NULL;
}

const char *site_of(struct arena *arena, const char *address)
{
    for (size_t i = 0; address && i < COUNT_OF(schemes); i++) {
        size_t length = strlen(schemes[i].begins);
        if (strncasecmp(address, schemes[i].begins, length) == 0)
            return of_authority(arena, address + length, schemes[i].port);
    }
    return NULL;
}

bool site_is_same(struct arena *arena, const char *a, const char *b)
{
    const char *one = site_of(arena, a), *other = site_of(arena, b);

    return one && other ? text_equal(one, other) : text_equal(a, b);
}
