/*
 * UTF-8, the usual case, goes through as it is when it is well-formed; everything else goes through
 * iconv. What cannot be taken yet, the beginning of a character at the end of a piece, waits in
 * `carry`. The invariant is that the sink gets strict UTF-8 without NUL: iconv alone does not
 * promise that, glibc's takes code points beyond Unicode.
 */
#include "format/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"

enum { PIECE = 65536, LONGEST_MARK = 4 };

struct encoding {
    char *name;
    iconv_t converter;
    bool utf8;
    bool started;       /* the byte order mark is dealt with */
    struct text carry;  /* bytes that wait for more */
    uint64_t offset;    /* bytes of the file behind us */
    uint64_t lines;     /* line feeds behind us */
    bool single;        /* each byte is a character; then it is watched whether … */
    bool other;         /* … some bytes beyond ASCII are none of UTF-8, … */
    uint64_t sequences; /* … how many characters of UTF-8 they make … */
    unsigned expected;  /* … and how many more bytes the last one wants */
    char piece[PIECE];
};

/* Longest first: the mark of UTF-32LE begins with the one of UTF-16LE. */
static const struct mark {
    const char *encoding;
    const char *family; /* that leaves the byte order to the mark; NULL = none */
    const char *bytes;
    size_t length;
} marks[] = {
    {"UTF-32LE", "UTF-32", "\xFF\xFE\x00\x00", 4},
    {"UTF-32BE", "UTF-32", "\x00\x00\xFE\xFF", 4},
    {"UTF-8", NULL, "\xEF\xBB\xBF", 3},
    {"UTF-16LE", "UTF-16", "\xFF\xFE", 2},
    {"UTF-16BE", "UTF-16", "\xFE\xFF", 2},
};

/* Case and hyphens aside, as iconv takes them. */
static bool is_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '-' || *a == '_')
            a++;
        while (*b == '-' || *b == '_')
            b++;
        if (!*a || !*b)
            return *a == *b;
        if (strncasecmp(a, b, 1) != 0)
            return false;
    }
}

static int open_converter(const char *name, iconv_t *ret_converter, struct err *err)
{
    iconv_t converter = (iconv_t)-1;

    /* A slash begins a suffix like //TRANSLIT, an empty name is the locale's. */
    if (*name && !strchr(name, '/'))
        converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1)
        return err_set(err, ERR_CONFIG,
                       "unknown encoding '%s'; hint: `iconv -l` lists the names, UTF-8 and "
                       "WINDOWS-1252 are the usual ones",
                       name);
    *ret_converter = converter;
    return 0;
}

/* Whether no byte waits for another one. */
static bool is_single(iconv_t converter)
{
    for (unsigned byte = 0x80; byte <= 0xFF; byte++) {
        char c = (char)byte, utf8[LONGEST_MARK * 2];
        char *in = &c, *out = utf8;
        size_t left = 1, room = sizeof(utf8);

        if (iconv(converter, &in, &left, &out, &room) == (size_t)-1 && errno != EILSEQ)
            return false;
        (void)iconv(converter, NULL, NULL, NULL, NULL);
    }
    return true;
}

int encoding_new(const char *name, struct encoding **ret_encoding, struct err *err)
{
    struct encoding *encoding;
    iconv_t converter;

    if (open_converter(name, &converter, err) < 0)
        return -1;
    encoding = mem_calloc(1, sizeof(*encoding));
    encoding->name = mem_strdup(name);
    encoding->converter = converter;
    encoding->utf8 = is_name(name, "UTF-8");
    encoding->single = !encoding->utf8 && is_single(converter);
    *ret_encoding = encoding;
    return 0;
}

/* The buffers held the whole file in turn, columns that are none of our business included. */
void encoding_free(struct encoding *encoding)
{
    if (!encoding)
        return;
    iconv_close(encoding->converter);
    mem_cleanup(&encoding->name);
    if (encoding->carry.data)
        explicit_bzero(encoding->carry.data, encoding->carry.capacity);
    text_release(&encoding->carry);
    explicit_bzero(encoding->piece, sizeof(encoding->piece));
    mem_cleanup(&encoding);
}

static uint64_t count_lines(const char *bytes, size_t length)
{
    const char *end = bytes + length;
    uint64_t lines = 0;

    while (bytes < end && (bytes = memchr(bytes, '\n', (size_t)(end - bytes)))) {
        lines++;
        bytes++;
    }
    return lines;
}

/* At the end of a file they are what is left of a disk that was full, or of a copy that was cut. */
static int refuse_nul(const struct encoding *encoding, const char *utf8, const char *nul,
                      const char *end, struct err *err)
{
    unsigned long long line = encoding->lines + 1 + count_lines(utf8, (size_t)(nul - utf8));
    const char *behind = nul;

    while (behind < end && *behind == '\0')
        behind++;
    if (behind == end && end - nul > 1)
        return err_set(
            err, ERR_ROSTER,
            "from line %llu on there are only NUL bytes; hint: the file was cut or padded "
            "while it was written, fetch or export it anew",
            line);
    return err_set(err, ERR_ROSTER,
                   "line %llu holds a NUL byte; hint: the file is not text in %s (UTF-16 looks "
                   "like this)",
                   line, encoding->name);
}

static int deliver(struct encoding *encoding, const char *utf8, size_t length, encoding_sink *sink,
                   void *context, struct err *err)
{
    const char *nul = memchr(utf8, '\0', length);

    if (nul)
        return refuse_nul(encoding, utf8, nul, utf8 + length, err);
    encoding->lines += count_lines(utf8, length);
    return length > 0 ? sink(context, utf8, length, err) : 0;
}

static int deliver_converted(struct encoding *encoding, size_t length, encoding_sink *sink,
                             void *context, struct err *err)
{
    const char *utf8 = encoding->piece;

    if (!memchr(utf8, '\0', length) && !text_is_utf8(utf8, length))
        return err_set(err, ERR_ROSTER,
                       "line %llu or one soon after it holds a character that is not in Unicode",
                       (unsigned long long)encoding->lines + 1);
    return deliver(encoding, utf8, length, sink, context, err);
}

static int refuse(const struct encoding *encoding, const char *bytes, bool cut, struct err *err)
{
    unsigned long long line = encoding->lines + 1, offset = encoding->offset;

    if (cut)
        return err_set(err, ERR_ROSTER,
                       "line %llu ends in the middle of a character of %s (byte offset %llu); "
                       "hint: the file is cut, or not in %s",
                       line, encoding->name, offset, encoding->name);
    return err_set(err, ERR_ROSTER,
                   "line %llu is not %s: byte 0x%02x at byte offset %llu; hint: set "
                   "roster.encoding to what the file is in",
                   line, encoding->name, (unsigned)(unsigned char)*bytes, offset);
}

/* Converts up to the end or to an incomplete character; *ret_used bytes are done. */
static int convert(struct encoding *encoding, const char *bytes, size_t length, size_t *ret_used,
                   encoding_sink *sink, void *context, struct err *err)
{
    /* iconv does not write to its input, whatever its prototype says. */
    union {
        const char *read;
        char *unqualified;
    } in = {.read = bytes};
    size_t left = length;

    for (;;) {
        char *out = encoding->piece;
        size_t room = sizeof(encoding->piece);
        size_t before = left;
        bool ok = iconv(encoding->converter, &in.unqualified, &left, &out, &room) != (size_t)-1;
        int reason = errno;

        encoding->offset += before - left;
        if (deliver_converted(encoding, sizeof(encoding->piece) - room, sink, context, err) < 0)
            return -1;
        if (ok || reason == EINVAL) {
            *ret_used = length - left;
            return 0;
        }
        if (reason != E2BIG)
            return refuse(encoding, in.read, false, err);
    }
}

static int pass_utf8(struct encoding *encoding, const char *bytes, size_t length, size_t *ret_used,
                     encoding_sink *sink, void *context, struct err *err)
{
    size_t whole = text_whole(bytes, length), good = 0, step;
    int32_t c;

    if (text_is_utf8(bytes, whole)) {
        encoding->offset += whole;
        *ret_used = whole;
        return deliver(encoding, bytes, whole, sink, context, err);
    }
    while (bytes[good] && (step = text_decode(bytes + good, whole - good, &c)) > 0)
        good += step;
    if (!bytes[good])
        return refuse_nul(encoding, bytes, bytes + good, bytes + length, err);
    encoding->offset += good;
    encoding->lines += count_lines(bytes, good);
    return refuse(encoding, bytes + good, false, err);
}

/* Text in UTF-8 passes for one of a single byte each, with an address that nobody has; the other
 * way round it hardly ever happens. */
static void watch(struct encoding *encoding, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length && !encoding->other; i++) {
        unsigned char c = (unsigned char)bytes[i];

        if (encoding->expected > 0) {
            encoding->other = (c & 0xC0) != 0x80;
            encoding->sequences += --encoding->expected == 0;
        } else if (c >= 0x80) {
            encoding->other = c < 0xC2 || c > 0xF4;
            encoding->expected = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
        }
    }
}

static int refuse_utf8(const struct encoding *encoding, struct err *err)
{
    if (encoding->other || encoding->sequences == 0)
        return 0;
    return err_set(err, ERR_ROSTER,
                   "this file is UTF-8: all its characters beyond ASCII are, and roster.encoding "
                   "says '%s'; hint: roster.encoding = \"UTF-8\"",
                   encoding->name);
}

static int process(struct encoding *encoding, const char *bytes, size_t length, size_t *ret_used,
                   encoding_sink *sink, void *context, struct err *err)
{
    return encoding->utf8 ? pass_utf8(encoding, bytes, length, ret_used, sink, context, err)
                          : convert(encoding, bytes, length, ret_used, sink, context, err);
}

/* Looks for a byte order mark in the first bytes, *ret_length of them are one. */
static int settle_mark(struct encoding *encoding, const char *bytes, size_t length,
                       size_t *ret_length, struct err *err)
{
    iconv_t converter;

    *ret_length = 0;
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        const struct mark *mark = &marks[i];

        if (length < mark->length || memcmp(bytes, mark->bytes, mark->length) != 0)
            continue;
        if (!is_name(encoding->name, mark->encoding) &&
            !(mark->family && is_name(encoding->name, mark->family)))
            return err_set(err, ERR_ROSTER,
                           "begins with the byte order mark of %s, but the configuration says "
                           "'%s'; hint: roster.encoding = \"%s\"",
                           mark->encoding, encoding->name, mark->encoding);
        if (open_converter(mark->encoding, &converter, err) < 0)
            return -1;
        iconv_close(encoding->converter);
        encoding->converter = converter;
        *ret_length = mark->length;
        return 0;
    }
    if (is_name(encoding->name, "UTF-16") || is_name(encoding->name, "UTF-32"))
        return err_set(err, ERR_ROSTER,
                       "does not begin with a byte order mark, so %s can be read in two ways; "
                       "hint: set roster.encoding to \"%sLE\" or \"%sBE\"",
                       encoding->name, encoding->name, encoding->name);
    return 0;
}

static int start(struct encoding *encoding, struct err *err)
{
    struct text rest = TEXT_INIT;
    size_t mark;

    if (settle_mark(encoding, text_cstr(&encoding->carry), encoding->carry.length, &mark, err) < 0)
        return -1;
    encoding->offset = mark;
    encoding->started = true;
    text_add_bytes(&rest, text_cstr(&encoding->carry) + mark, encoding->carry.length - mark);
    text_release(&encoding->carry);
    encoding->carry = rest;
    return 0;
}

int encoding_push(struct encoding *encoding, const char *bytes, size_t length, encoding_sink *sink,
                  void *context, struct err *err)
{
    struct text waiting = TEXT_INIT;
    size_t used = 0;
    int result;

    if (encoding->single)
        watch(encoding, bytes, length);
    if (!encoding->started || encoding->carry.length > 0) {
        text_add_bytes(&encoding->carry, bytes, length);
        if (!encoding->started) {
            if (encoding->carry.length < LONGEST_MARK)
                return 0;
            if (start(encoding, err) < 0)
                return -1;
        }
        waiting = encoding->carry;
        encoding->carry = TEXT_INIT;
        bytes = text_cstr(&waiting);
        length = waiting.length;
    }
    result = process(encoding, bytes, length, &used, sink, context, err);
    if (result == 0)
        text_add_bytes(&encoding->carry, bytes + used, length - used);
    if (waiting.data)
        explicit_bzero(waiting.data, waiting.capacity);
    text_release(&waiting);
    return result;
}

int encoding_finish(struct encoding *encoding, encoding_sink *sink, void *context, struct err *err)
{
    struct text rest = TEXT_INIT;
    size_t used = 0;
    int result;

    if (!encoding->started && start(encoding, err) < 0)
        return -1;
    rest = encoding->carry;
    encoding->carry = TEXT_INIT;
    result = process(encoding, text_cstr(&rest), rest.length, &used, sink, context, err);
    if (result == 0 && used < rest.length)
        result = refuse(encoding, text_cstr(&rest) + used, true, err);
    text_release(&rest);
    return result < 0 ? result : refuse_utf8(encoding, err);
}
