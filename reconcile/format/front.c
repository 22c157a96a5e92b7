/*
 * One table: the first row that fits names the answer. A row knows statuses and one sign that the
 * server itself does not give; what both would say (404, 5xx) is not here.
 */
#include "format/front.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/mem.h"

enum { TITLE_LIMIT = 80, TITLE_WITHIN = 8192, SIGN_LIMIT = 64 };

/* Behind a byte order mark and blanks. */
static const char *beginning(const struct front_answer *answer, size_t *ret_length)
{
    const char *at = answer->body, *end = at + answer->length;

    if (answer->length >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (at < end && strchr(" \t\r\n", *at) && *at)
        at++;
    *ret_length = (size_t)(end - at);
    return at;
}

bool front_is_page(const struct front_answer *answer)
{
    static const char *const signs[] = {"<!doctype html", "<html", "<head", "<body"};
    size_t length = 0;
    const char *at = answer->length > 0 ? beginning(answer, &length) : "";

    if (text_equal(answer->content_type, "text/html") ||
        text_equal(answer->content_type, "application/xhtml+xml"))
        return true;
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        if (length >= strlen(signs[i]) && strncasecmp(at, signs[i], strlen(signs[i])) == 0)
            return true;
    }
    return false;
}

/* Packed bytes: gzip (RFC 1952), zstd. */
static bool is_packed(const struct front_answer *answer)
{
    if (answer->length >= 2 && memcmp(answer->body, "\x1F\x8B", 2) == 0)
        return true;
    if (answer->length >= 4 && memcmp(answer->body, "\x28\xB5\x2F\xFD", 4) == 0)
        return true;
    return !text_is_empty(answer->encoding) && strcasecmp(answer->encoding, "identity") != 0;
}

static bool is_empty(const struct front_answer *answer)
{
    size_t length = 0;

    if (answer->length > 0)
        (void)beginning(answer, &length);
    return length == 0;
}

/* Scheme and host of an address; its length. */
static size_t host_length(const char *url)
{
    const char *host = strstr(url, "://");

    return host ? (size_t)(host - url) + 3 + strcspn(host + 3, "/?#") : 0;
}

/* Likewise without the scheme: http that becomes https is the same place. */
static bool is_elsewhere(const struct front_answer *answer)
{
    const char *to = answer->location, *from = answer->url;
    size_t to_length = to ? host_length(to) : 0, from_length = from ? host_length(from) : 0;

    if (to_length == 0 || from_length == 0)
        return false;
    size_t to_scheme = (size_t)(strstr(to, "://") - to),
           from_scheme = (size_t)(strstr(from, "://") - from);
    size_t length = to_length - to_scheme;
    return length != from_length - from_scheme ||
           strncasecmp(to + to_scheme, from + from_scheme, length) != 0;
}

#define PAGE                                                                                       \
    ", which is not @wanted but an HTML page@title: something in front of the server answers, "    \
    "such as a login page, a proxy or a firewall"
#define PAGE_HINT                                                                                  \
    "read the page at that address from this machine; @setting must be the server's own address, " \
    "and what stands between may have to let this machine through"

/* `@title` and the like are filled in: add_filled. */
static const struct row {
    long first, last;
    bool (*fits)(const struct front_answer *answer); /* NULL = by its status */
    const char *says, *hint;
} rows[] = {
    {407, 407, NULL, ": the proxy wants a login, and nothing reached the server",
     "let the proxy know this machine by its address"},
    {511, 511, NULL, ": the network wants a login before it lets anything through (captive portal)",
     "who runs this network can let this machine through without one"},
    {300, 399, is_elsewhere,
     ", a redirect to '@location', which is not followed: it leads to another host, a login page "
     "or "
     "whatever else stands in front",
     "@setting must be the server's own address, and what stands between has to let this machine "
     "through"},
    {300, 399, NULL, ", a redirect to '@location', which is not followed",
     "@setting must be the server's own address"},
    {200, 403, is_packed,
     " with a compressed body@encoding, which was not asked for: something between here and the "
     "server packs it",
     "whoever runs that proxy can have it leave these answers as they are"},
    {200, 403, front_is_page, PAGE, PAGE_HINT},
    {405, 499, front_is_page, PAGE, PAGE_HINT},
    {200, 200, is_empty, " with an empty body: nothing was told, and not that there is nothing",
     NULL},
};

void front_add_title(const struct front_answer *answer, struct text *out)
{
    size_t within = answer->length < TITLE_WITHIN ? answer->length : (size_t)TITLE_WITHIN;
    CLEANUP(mem_cleanup) char *head = mem_strndup(answer->length > 0 ? answer->body : "", within);
    CLEANUP(text_release) struct text title = TEXT_INIT;
    const char *from = strcasestr(head, "<title"), *text = from ? strchr(from, '>') : NULL;
    size_t length = text ? strcspn(text + 1, "<\r\n") : 0;

    if (length == 0)
        return;
    text++;
    text_trim(&text, &length);
    CLEANUP(mem_cleanup) char *plain = mem_strndup(text, length);
    text_add_excerpt(&title, plain, TITLE_LIMIT);
    if (title.length > 0)
        text_addf(out, " ('%s')", text_cstr(&title));
}

static void add_encoding(const struct front_answer *answer, struct text *out)
{
    if (text_is_empty(answer->encoding))
        return;
    text_add(out, " (");
    text_add_excerpt(out, answer->encoding, SIGN_LIMIT);
    text_add_char(out, ')');
}

/* Without its query: ours may stand in it, with what is secret there. */
static void add_location(const struct front_answer *answer, struct text *out)
{
    const char *location = answer->location ? answer->location : "";
    CLEANUP(mem_cleanup) char *shown = mem_strndup(location, strcspn(location, "?#"));

    text_add_printable(out, shown);
}

static void add_setting(const struct front_answer *answer, struct text *out)
{
    text_add(out, answer->setting);
}

static void add_wanted(const struct front_answer *answer, struct text *out)
{
    text_add(out, answer->wanted);
}

static void add_filled(const struct front_answer *answer, const char *words, struct text *out)
{
    static const struct {
        const char *name;
        void (*add)(const struct front_answer *answer, struct text *out);
    } blanks[] = {
        {"@title", front_add_title}, {"@encoding", add_encoding}, {"@location", add_location},
        {"@setting", add_setting},   {"@wanted", add_wanted},
    };

    while (*words) {
        size_t plain = strcspn(words, "@");

        text_add_bytes(out, words, plain);
        words += plain;
        for (size_t i = 0; *words && i < COUNT_OF(blanks); i++) {
            if (!text_starts(words, blanks[i].name))
                continue;
            blanks[i].add(answer, out);
            words += strlen(blanks[i].name);
            break;
        }
    }
}

bool front_describe(const struct front_answer *answer, struct text *out)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *row = &rows[i];

        if (answer->status < row->first || answer->status > row->last ||
            (row->fits && !row->fits(answer)))
            continue;
        add_filled(answer, row->says, out);
        if (row->hint) {
            text_add(out, "; hint: ");
            add_filled(answer, row->hint, out);
        }
        return true;
    }
    return false;
}
