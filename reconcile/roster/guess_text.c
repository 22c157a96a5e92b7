/*
 * Every candidate reads the whole text; one that meets a byte it does not have is out. Of the
 * others each character outside of ASCII speaks for or against: an umlaut between small letters
 * for, a capital behind a small letter or a sign within a word against. Of equals the first in the
 * table.
 */
#include "roster/guess_text.h"

#include <string.h>

#include <unicode/uchar.h>

#include "base/cleanup.h"
#include "format/encoding.h"

static const char *const candidates[] = {"WINDOWS-1252", "WINDOWS-1250", "ISO-8859-2",
                                         "ISO-8859-15",  "CP932",        "EUC-JP",
                                         "MACINTOSH",    "CP850",        "WINDOWS-1251"};

enum { FITS = 1, FITS_WELL = 2, ODD = -2, WRONG = -3, MOST = 4 * 1024 * 1024 };

static int add(void *context, const char *utf8, size_t length, struct err *err)
{
    (void)err;
    text_add_bytes(context, utf8, length);
    return 0;
}

static bool decode(const char *encoding_name, const char *bytes, size_t length, bool whole,
                   struct text *ret_text, struct err *err)
{
    CLEANUP(encoding_freep) struct encoding *encoding = NULL;

    text_clear(ret_text);
    return encoding_new(encoding_name, &encoding, err) == 0 &&
           encoding_push(encoding, bytes, length, add, ret_text, err) == 0 &&
           (!whole || encoding_finish(encoding, add, ret_text, err) == 0);
}

/* --- where letters stand --- */

static bool is_wide(int32_t c)
{
    return (c >= 0x3005 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFFEF);
}

static bool is_ascii_letter(int32_t c)
{
    return c < 0x80 && u_isalpha(c);
}

static bool is_cyrillic(int32_t c)
{
    return c >= 0x400 && c < 0x530;
}

static bool is_latin_accented(int32_t c)
{
    return c >= 0xC0 && c < 0x250 && u_isalpha(c);
}

static int score_wide(int32_t before, int32_t c, int32_t behind)
{
    if (is_ascii_letter(before) || is_ascii_letter(behind))
        return WRONG;
    return (is_wide(before) || is_wide(behind)) && c < 0xFF00 ? FITS_WELL : 0;
}

/* Three accents in a row are no language's. */
static int score_latin(int32_t before, int32_t c, int32_t behind)
{
    if (is_latin_accented(before) && is_latin_accented(behind))
        return ODD;
    if (u_isupper(c) && u_islower(before))
        return WRONG;
    return FITS;
}

static int score_sign(int32_t before, int32_t c, int32_t behind)
{
    static const int32_t harmless[] = {0xA0,   0xA7,   0xAA,   0xB0,   0xBA,   0x2013, 0x2014,
                                       0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x20AC};
    bool in_word = u_isalpha(before) && u_isalpha(behind);

    for (size_t i = 0; i < COUNT_OF(harmless); i++) {
        if (harmless[i] == c)
            return in_word && c != 0x2019 && c != 0xA0 ? ODD : 0;
    }
    return is_wide(c) ? 0 : WRONG;
}

static int score_one(int32_t before, int32_t c, int32_t behind)
{
    if (is_wide(c) && u_isalpha(c))
        return score_wide(before, c, behind);
    if (is_cyrillic(c))
        return is_ascii_letter(before) || is_ascii_letter(behind) ? WRONG : FITS;
    if (is_latin_accented(c))
        return score_latin(before, c, behind);
    return score_sign(before, c, behind);
}

static long score(const struct text *text)
{
    const char *at = text_cstr(text), *end = at + text->length;
    int32_t before = ' ', c = ' ', behind = ' ';
    long sum = 0;

    for (bool last = false; !last;) {
        size_t taken = at < end ? text_decode(at, (size_t)(end - at), &behind) : 0;
        last = taken == 0;
        if (last)
            behind = ' ';
        if (c >= 0x80)
            sum += score_one(before, c, behind);
        at += taken;
        before = c;
        c = behind;
    }
    return sum;
}

static const char *by_trial(const char *bytes, size_t length, bool whole, struct text *ret_text)
{
    CLEANUP(text_release) struct text tried = TEXT_INIT;
    size_t looked_at = length < MOST ? length : MOST;
    const char *best = NULL;
    long most = -1;

    for (size_t i = 0; i < COUNT_OF(candidates); i++) {
        if (!decode(candidates[i], bytes, looked_at, whole && looked_at == length, &tried, NULL))
            continue;
        long now = score(&tried);
        if (now > most) {
            most = now;
            best = candidates[i];
        }
    }
    return best && decode(best, bytes, length, whole, ret_text, NULL) ? best : NULL;
}

/* --- what needs no trial --- */

/* Western text in UTF-16 has a zero in every other byte. */
static const char *by_zeros(const char *bytes, size_t length)
{
    size_t zeros[2] = {0, 0}, pairs = (length < 4096 ? length : 4096) / 2;

    for (size_t i = 0; i < pairs * 2; i++)
        zeros[i % 2] += bytes[i] == '\0';
    if (pairs > 4 && zeros[1] > pairs / 2 && zeros[0] < pairs / 8)
        return "UTF-16LE";
    return pairs > 4 && zeros[0] > pairs / 2 && zeros[1] < pairs / 8 ? "UTF-16BE" : NULL;
}

static const char *by_mark(const char *bytes, size_t length)
{
    static const struct {
        const char *mark;
        size_t length;
        const char *name;
    } marks[] = {{"\xEF\xBB\xBF", 3, "UTF-8"},
                 {"\xFF\xFE\0\0", 4, "UTF-32"},
                 {"\0\0\xFE\xFF", 4, "UTF-32"},
                 {"\xFF\xFE", 2, "UTF-16"},
                 {"\xFE\xFF", 2, "UTF-16"}};

    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        if (length >= marks[i].length && memcmp(bytes, marks[i].mark, marks[i].length) == 0)
            return marks[i].name;
    }
    return NULL;
}

/* Sequences of several bytes that are UTF-8, and bytes that are not. */
struct mixture {
    size_t sound, damaged;
    size_t at; /* the first damaged byte */
};

static struct mixture mixture_of(const char *bytes, size_t length)
{
    struct mixture mixture = {.sound = 0};

    for (size_t i = 0; i < length;) {
        int32_t c = 0;
        size_t taken = bytes[i] ? text_decode(bytes + i, length - i, &c) : 1;
        if (taken == 0 && mixture.damaged++ == 0)
            mixture.at = i;
        mixture.sound += taken > 1;
        i += taken ? taken : 1;
    }
    return mixture;
}

/* A file that is UTF-8 but for a few bytes was pasted together of two: in any other encoding all
 * the names that are right now would be wrong. */
static int refuse_mixture(const char *bytes, size_t length, struct err *err)
{
    struct mixture mixture = mixture_of(bytes, length);
    size_t line = 1, first = mixture.at >= 3 ? mixture.at - 3 : 0;
    CLEANUP(text_release) struct text around = TEXT_INIT;

    if (mixture.damaged == 0 || mixture.sound < mixture.damaged)
        return 0;
    for (size_t i = 0; i < mixture.at; i++)
        line += bytes[i] == '\n';
    for (size_t i = first; i < length && i < mixture.at + 3; i++)
        text_addf(&around,
                  i == first        ? "%02X"
                  : i == mixture.at ? " [%02X]"
                                    : " %02X",
                  (unsigned char)bytes[i]);
    return err_set(err, ERR_ROSTER,
                   "it is UTF-8 but for %zu %s, the first in line %zu (bytes %s); hint: two files "
                   "of different encodings were put together: HR exports it anew, all of it in "
                   "UTF-8",
                   mixture.damaged, mixture.damaged == 1 ? "byte" : "bytes", line,
                   text_cstr(&around));
}

const char *guess_text(const char *bytes, size_t length, bool whole, struct text *ret_text,
                       struct err *err)
{
    const char *known = by_mark(bytes, length), *tried = NULL;
    size_t looked_at = whole ? length : text_whole(bytes, length);

    if (!known)
        known = by_zeros(bytes, length);
    if (!known && !text_is_utf8(bytes, looked_at)) {
        if (refuse_mixture(bytes, looked_at, err) < 0)
            return NULL;
        tried = by_trial(bytes, length, whole, ret_text);
    }
    if (tried)
        return tried;
    if (!known)
        known = "UTF-8";
    return decode(known, bytes, length, whole, ret_text, err) ? known : NULL;
}
