/*
 * Every candidate reads the whole text; one that meets a byte it does not have is out. Of the
 * others that one wins in which more titles and words of a status are known: nobody reads "Nº
 * empleado" by chance. Of equals each character outside of ASCII speaks for or against: an umlaut
 * between small letters for, a capital behind a small letter or a sign within a word against. Of
 * equals in that too the one that is configured, else the first in the table.
 */
#include "roster/guess_text.h"

#include <string.h>
#include <strings.h>

#include <unicode/uchar.h>

#include "base/cleanup.h"
#include "format/encoding.h"

static const char *const candidates[] = {
    "WINDOWS-1252", "WINDOWS-1250", "ISO-8859-2", "ISO-8859-15", "WINDOWS-1251",
    "CP932",        "EUC-JP",       "MACINTOSH",  "CP850",       "CP852"};

enum { FITS = 1, FITS_WELL = 2, ODD = -2, WRONG = -3 };

enum { MOST = 4 * 1024 * 1024, KNOWN_LINES = 64, KNOWN_BYTES = 200 };

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

/* 年, 月 and 日 of a date, which stand between digits. */
static bool is_of_date(int32_t before, int32_t c)
{
    return before >= '0' && before <= '9' && (c == 0x5E74 || c == 0x6708 || c == 0x65E5);
}

/* Kana of half the width are single bytes, as letters of other encodings are, and count as those.
 */
static int score_wide(int32_t before, int32_t c, int32_t behind)
{
    if (is_ascii_letter(before) || is_ascii_letter(behind))
        return WRONG;
    if (is_of_date(before, c))
        return FITS_WELL;
    if (!is_wide(before) && !is_wide(behind))
        return 0;
    return c < 0xFF00 ? FITS_WELL : FITS;
}

/* Three accents in a row are no language's. */
static int score_latin(int32_t before, int32_t c, int32_t behind)
{
    if (is_latin_accented(before) && is_latin_accented(behind))
        return ODD;
    if ((u_isupper(c) && u_islower(before)) ||
        (u_islower(c) && u_isupper(before) && u_isupper(behind)))
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

/* --- what is known --- */

/* A cell that tells encodings apart: with a letter outside of ASCII in a place where letters are.
 */
static bool is_known(const struct lexicon *lexicon, const char *bytes, size_t length)
{
    CLEANUP(text_release) struct text cell = TEXT_INIT;
    unsigned rank;

    text_trim(&bytes, &length);
    if (length == 0 || length > KNOWN_BYTES || text_is_ascii_bytes(bytes, length))
        return false;
    text_add_bytes(&cell, bytes, length);
    return score(&cell) >= 0 && (lexicon_title(lexicon, text_cstr(&cell), &rank) != MEANING_NONE ||
                                 lexicon_word(lexicon, text_cstr(&cell)) != PERSON_UNKNOWN);
}

/* Titles and words of a status in the first lines, whatever the cells are separated by. */
static size_t count_known(const struct lexicon *lexicon, const struct text *text)
{
    const char *at = text_cstr(text);
    size_t known = 0, lines = 0;

    while (*at && lines < KNOWN_LINES) {
        size_t length = strcspn(at, ",;|:\t\"\r\n");
        known += is_known(lexicon, at, length);
        at += length;
        lines += *at == '\n';
        at += *at != '\0';
    }
    return known;
}

/* --- the trial --- */

struct trial {
    const struct lexicon *lexicon;
    const char *bytes;
    size_t length;
    bool whole;
    const char *best;
    size_t known; /* of the best */
    long score;
};

static void try_encoding(struct trial *trial, const char *name)
{
    CLEANUP(text_release) struct text tried = TEXT_INIT;
    size_t looked_at = trial->length < MOST ? trial->length : MOST;

    if (!decode(name, trial->bytes, looked_at, trial->whole && looked_at == trial->length, &tried,
                NULL))
        return;
    size_t known = count_known(trial->lexicon, &tried);
    long now = score(&tried);
    if ((now < 0 && known == 0) ||
        (trial->best && (known < trial->known || (known == trial->known && now <= trial->score))))
        return;
    trial->best = name;
    trial->known = known;
    trial->score = now;
}

/* The one that is configured is tried first, when it is in the table. */
static const char *by_trial(struct trial *trial, const char *configured, struct text *ret_text)
{
    for (size_t i = 0; configured && i < COUNT_OF(candidates); i++) {
        if (strcasecmp(candidates[i], configured) == 0)
            try_encoding(trial, candidates[i]);
    }
    for (size_t i = 0; i < COUNT_OF(candidates); i++)
        try_encoding(trial, candidates[i]);
    return trial->best &&
                   decode(trial->best, trial->bytes, trial->length, trial->whole, ret_text, NULL)
               ? trial->best
               : NULL;
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

const char *guess_text(const struct lexicon *lexicon, const char *configured, const char *bytes,
                       size_t length, bool whole, struct text *ret_text, struct err *err)
{
    struct trial trial = {.lexicon = lexicon, .bytes = bytes, .length = length, .whole = whole};
    const char *known = by_mark(bytes, length), *tried = NULL;
    size_t looked_at = whole ? length : text_whole(bytes, length);

    if (!known)
        known = by_zeros(bytes, length);
    if (!known && !text_is_utf8(bytes, looked_at)) {
        if (refuse_mixture(bytes, looked_at, err) < 0)
            return NULL;
        tried = by_trial(&trial, configured, ret_text);
    }
    if (tried)
        return tried;
    if (!known)
        known = "UTF-8";
    return decode(known, bytes, length, whole, ret_text, err) ? known : NULL;
}
