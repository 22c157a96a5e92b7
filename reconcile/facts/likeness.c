/*
 * A name is its parts in any order: HR writes family names first, portals last; accents, hyphens
 * and apostrophes come and go. Particles are no parts, or every 'van der …' would be kin.
 *
 * Invariant: an index under name_keys_wide finds by name_keys_own, and the other way round, every
 * namesake without comparing everybody with everybody: of two names of which one is wholly in the
 * other, the first parts of the shorter one are among those of the longer.
 */
#include "facts/likeness.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/text.h"
#include "base/words.h"

/* --- names --- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* In the names of so many that they say nothing. */
static bool is_particle(const char *part, size_t length)
{
    static const char *const of_three[] = {"van", "von", "der", "den", "del", "dos", "las", "los",
                                           "bin", "ibn", "zum", "zur", "mrs", "ing", "the"};
    static const char *const longer[] = {"della", "binti", "prof",  "herr",
                                         "miss",  "dipl",  "extern"};
    const char *const *particle = length == 3 ? of_three : longer;
    size_t count = length == 3 ? COUNT_OF(of_three) : COUNT_OF(longer);

    for (size_t i = 0; i < count; i++) { /* of each part of each name: no calls */
        if (particle[i][0] == part[0] && particle[i][1] == part[1] &&
            strcmp(particle[i], part) == 0)
            return true;
    }
    return false;
}

/* The bytes of an apostrophe, which parts no name: 'O'Neil' is 'ONeil'. */
static size_t apostrophe_at(const char *at)
{
    static const char curly[] = "\xe2\x80\x99";

    if ((unsigned char)*at < 0x80)
        return *at == '\'' || *at == '`';
    return strncmp(at, curly, 3) == 0 ? 3 : 0;
}

/* The letters from `at` on, *ret_end behind them; what is in brackets is passed over. */
static const char *next_part(const char *at, const char **ret_end)
{
    while (*at && !is_letter(*at)) {
        const char *close = *at == '(' ? strchr(at, ')') : *at == '[' ? strchr(at, ']') : NULL;
        at = close ? close + 1 : at + 1;
    }
    *ret_end = at;
    while (is_letter(**ret_end) || apostrophe_at(*ret_end))
        (*ret_end)++;
    return at;
}

/* Letters that no mark was taken off, as they are written where nobody has them; each as long. */
static inline char plain_letter(const char *at)
{
    static const struct {
        char letter[3], plain;
    } letters[] = {
        {"\xc4\x91", 'd'}, {"\xc3\xb0", 'd'}, {"\xc4\xb1", 'i'}, {"\xc5\x82", 'l'},
        {"\xc3\xb8", 'o'}, {"\xc5\x93", 'o'}, {"\xc3\xa6", 'a'}, {"\xc4\xa7", 'h'},
    };

    if ((unsigned char)*at < 0x80)
        return '\0';
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        if (at[0] == letters[i].letter[0] && at[1] == letters[i].letter[1])
            return letters[i].plain;
    }
    return '\0';
}

/* Copies the letters; returns how many bytes. */
static size_t copy_letters(char *to, const char *at, const char *end)
{
    size_t length = 0;

    while (at < end) {
        size_t skip = apostrophe_at(at);
        if (skip > 0) {
            at += skip;
            continue;
        }
        char plain = plain_letter(at);
        to[length++] = plain ? plain : *at;
        at += plain ? 2 : 1;
    }
    to[length] = '\0';
    return length;
}

static bool is_digraph(char last, char now)
{
    return (now == 'e' && (last == 'a' || last == 'o' || last == 'u')) ||
           (now == 'a' && last == 'a');
}

/* 'mueller' is 'müller', whose accent is off already: so both are 'muller'. Not behind a vowel,
 * where it is none ('bauer'), nor where too little would be left of it ('joe'). */
static size_t drop_digraphs(char *part, size_t length)
{
    size_t kept = 1;

    if (length < 4)
        return length;
    while (kept < length && !is_digraph(part[kept - 1], part[kept]))
        kept++;
    if (kept == length)
        return length; /* most have none */
    char before = kept > 1 ? part[kept - 2] : '\0', last = part[kept - 1];
    for (size_t i = kept; i < length; i++) {
        char now = part[i];
        if (!is_digraph(last, now) || (before && strchr("aeiouq", before)))
            part[kept++] = now;
        before = last;
        last = now;
    }
    part[kept] = '\0';
    return kept;
}

/* The parts of a name on their way. */
struct sorted {
    const char *part[NAME_PARTS_MAX];
    unsigned count;
};

/* Keeps them in order. */
static void add_part(struct sorted *parts, const char *part)
{
    unsigned at = parts->count++;

    for (; at > 0 && strcmp(parts->part[at - 1], part) > 0; at--)
        parts->part[at] = parts->part[at - 1];
    parts->part[at] = part;
}

static const char *join_parts(char *to, const struct sorted *parts)
{
    const char *joined = parts->count > 0 ? to : NULL;

    for (unsigned i = 0; i < parts->count; i++) {
        if (i > 0)
            *to++ = ' ';
        to = stpcpy(to, parts->part[i]);
    }
    return joined;
}

/* In lower case, without blanks at the ends changed: enough for what is cut into parts. */
static const char *lower_ascii(struct arena *arena, const char *name, size_t length)
{
    char *lower = arena_alloc(arena, length + 1);

    for (size_t i = 0; i < length; i++)
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    lower[length] = '\0';
    return lower;
}

/* Letters of one word among all letters of the name. */
struct word {
    size_t at, length;
};

/* The words of a name on their way: what has letters and is no particle. */
struct words {
    struct word now;           /* its letters so far; it may have several parts, as 'anne-marie' */
    struct word first, last;   /* of all */
    struct word given, family; /* the first behind the comma, the last in front of it */
    bool is_particle;          /* the one under way is nothing else */
    bool comma;                /* it has passed */
    unsigned count;
};

static void end_word(struct words *words)
{
    if (words->now.length == 0 || words->is_particle)
        return;
    if (words->count++ == 0)
        words->first = words->now;
    words->last = words->now;
    if (!words->comma)
        words->family = words->now;
    else if (words->given.length == 0)
        words->given = words->now;
}

/* What stands between two parts: a hyphen joins them, a blank or a comma does not. */
static void begin_part(struct words *words, const char *gap, const char *part, size_t at)
{
    bool apart = false, comma = false, other = false;

    for (; gap < part; gap++) {
        bool blank = *gap == ' ' || (*gap >= '\t' && *gap <= '\r');
        comma |= *gap == ',' && !other; /* not one in brackets */
        apart |= blank || *gap == ',';
        other |= !blank && *gap != ',';
    }
    if (!apart)
        return;
    end_word(words);
    words->comma |= comma;
    words->now = (struct word){.at = at};
}

/* The first and the last word, the lesser in front, so that 'Doe, Jane Maria' and 'Jane Middle Doe'
 * meet: 'family, given' reads 'given family'. NULL when there are no two. */
static const char *find_ends(struct arena *arena, const char *whole, struct words *words)
{
    end_word(words);
    bool turned = words->family.length > 0 && words->given.length > 0;
    struct word first = turned ? words->given : words->first;
    struct word last = turned ? words->family : words->last;
    if (words->count < 2)
        return NULL;
    size_t shorter = first.length < last.length ? first.length : last.length;
    int order = memcmp(whole + first.at, whole + last.at, shorter);
    bool swap = order > 0 || (order == 0 && first.length > last.length);
    struct word left = swap ? last : first, right = swap ? first : last;
    char *ends = arena_alloc(arena, left.length + right.length + 2); /* of everybody: no printf */
    memcpy(ends, whole + left.at, left.length);
    ends[left.length] = ' ';
    memcpy(ends + left.length + 1, whole + right.at, right.length);
    ends[left.length + 1 + right.length] = '\0';
    return ends;
}

struct name_parts name_parts(struct arena *arena, const char *name)
{
    struct name_parts parts = {.whole = NULL};

    if (!name)
        return parts;
    size_t length = strlen(name);
    const char *folded =
        text_is_ascii(name) ? lower_ascii(arena, name, length) : fold_plain_name(arena, name);
    if (!folded)
        return parts;
    /* all letters, those of each part, each with its end, and of the parts in order */
    size_t room = strlen(folded) + 1, pieces = 0, first = 0;
    char *whole = arena_alloc(arena, room * 3), *to = whole, *part = whole + room;
    struct words words = {.count = 0};
    struct sorted sorted = {.count = 0};
    const char *end = folded, *gap = folded;
    for (const char *at = next_part(folded, &end); *at; at = next_part(end, &end)) {
        begin_part(&words, gap, at, (size_t)(to - whole));
        gap = end;
        size_t letters = drop_digraphs(part, copy_letters(part, at, end));
        memcpy(to, part, letters);
        to += letters;
        bool particle = is_particle(part, letters);
        words.is_particle = particle && words.now.length == 0;
        words.now.length += letters;
        first = pieces++ == 0 ? letters : first;
        if (letters && sorted.count < NAME_PARTS_MAX && !particle)
            add_part(&sorted, part);
        part += letters + 1;
    }
    *to = '\0';
    parts.whole = to > whole ? whole : NULL;
    parts.parts = join_parts(whole + 2 * room, &sorted);
    parts.count = sorted.count;
    if (pieces > 2)
        parts.ends = find_ends(arena, whole, &words);
    if (pieces == 2 && !text_is_ascii(whole))
        parts.turned = arena_printf(arena, "%s%.*s", whole + first, (int)first, whole);
    return parts;
}

static const char *keep_text(char **to, const char *text)
{
    char *kept = *to;

    if (!text)
        return NULL;
    *to = stpcpy(kept, text) + 1;
    return kept;
}

const struct name_parts *name_parts_keep(struct arena *arena, const struct name_parts *parts)
{
    const char *const text[] = {parts->whole, parts->turned, parts->ends, parts->parts};
    size_t size = sizeof(*parts);

    for (size_t i = 0; i < COUNT_OF(text); i++)
        size += text[i] ? strlen(text[i]) + 1 : 0;
    struct name_parts *kept = arena_alloc(arena, size);
    char *to = (char *)(kept + 1);
    *kept = (struct name_parts){.count = parts->count};
    kept->whole = keep_text(&to, parts->whole);
    kept->turned = keep_text(&to, parts->turned);
    kept->ends = keep_text(&to, parts->ends);
    kept->parts = keep_text(&to, parts->parts);
    return kept;
}

/* A letter of a part, NUL behind its last one; every letter is greater than a blank. */
static unsigned char letter_at(const char *at)
{
    return *at == ' ' ? '\0' : (unsigned char)*at;
}

/* As strcmp, of two parts among others. */
static int compare_parts(const char *a, const char *b)
{
    while (letter_at(a) && *a == *b) {
        a++;
        b++;
    }
    return letter_at(a) - letter_at(b);
}

static const char *behind_part(const char *part)
{
    const char *blank = strchr(part, ' ');

    return blank ? blank + 1 : part;
}

static unsigned count_letters(const char *part)
{
    unsigned letters = 0;

    for (; letter_at(part); part++)
        letters += ((unsigned char)*part & 0xC0) != 0x80;
    return letters;
}

enum name_likeness name_parts_compare(const struct name_parts *a, const struct name_parts *b)
{
    unsigned common = 0, i = 0, k = 0, shorter = a->count < b->count ? a->count : b->count;
    const char *left = a->parts, *right = b->parts;
    bool agree = false;

    if (!a->whole || !b->whole)
        return NAMES_UNKNOWN;
    if (strcmp(a->whole, b->whole) == 0 || (a->turned && strcmp(a->turned, b->whole) == 0) ||
        (b->turned && strcmp(b->turned, a->whole) == 0))
        return NAMES_SAME;
    while (i < a->count && k < b->count) {
        int order = compare_parts(left, right);
        if (order == 0) {
            common++;
            agree |= count_letters(left) >= 3;
        }
        if (order <= 0) {
            i++;
            left = behind_part(left);
        }
        if (order >= 0) {
            k++;
            right = behind_part(right);
        }
    }
    if (common >= 2 && common == shorter)
        return NAMES_SAME;
    return agree ? NAMES_AGREE : NAMES_DIFFER;
}

/* Of ASCII, so that something is left of the name whatever follows. */
static bool begins_with_letter(const char *name)
{
    return (*name >= 'A' && *name <= 'Z') || ((unsigned char)*name < 0x80 && is_letter(*name));
}

enum name_likeness names_compare(struct arena *scratch, const char *a, const char *b)
{
    if (!a || !b)
        return NAMES_UNKNOWN;
    if (strcmp(a, b) == 0 && begins_with_letter(a))
        return NAMES_SAME; /* as those of nearly all links are */
    struct name_parts left = name_parts(scratch, a), right = name_parts(scratch, b);

    return name_parts_compare(&left, &right);
}

bool name_parts_meet(const struct name_parts *a, const struct name_parts *b)
{
    return name_parts_compare(a, b) == NAMES_SAME ||
           (a->ends && b->ends && strcmp(a->ends, b->ends) == 0);
}

/* What a name has in common with every one that it is wholly in: its parts, the first three. */
static const char *signature(struct arena *arena, const struct name_parts *parts)
{
    const char *end = parts->parts;

    if (parts->count < 2)
        return NULL;
    if (parts->count <= 3)
        return parts->parts;
    for (unsigned i = 0; i < 3; i++)
        end = behind_part(end);
    return arena_strndup(arena, parts->parts, (size_t)(end - 1 - parts->parts));
}

unsigned name_keys_own(struct arena *arena, const struct name_parts *parts,
                       const char *ret_key[static NAME_OWN_MAX])
{
    const char *first = signature(arena, parts);
    unsigned count = 0;

    if (first)
        ret_key[count++] = first;
    if (parts->whole)
        ret_key[count++] = parts->whole;
    if (parts->ends)
        ret_key[count++] = parts->ends;
    return count;
}

static unsigned split_parts(struct arena *arena, const struct name_parts *parts,
                            const char *ret_part[static NAME_PARTS_MAX])
{
    char *at = arena_strdup(arena, parts->parts);

    for (unsigned i = 0; i < parts->count; i++)
        ret_part[i] = strsep(&at, " ");
    return parts->count;
}

unsigned name_keys_wide(struct arena *arena, const struct name_parts *parts,
                        const char *ret_key[static NAME_WIDE_MAX])
{
    const char *part[NAME_PARTS_MAX];
    unsigned count = 0, split = parts->count > 2 ? split_parts(arena, parts, part) : 0;

    if (parts->count == 2)
        ret_key[count++] = parts->parts;
    for (unsigned i = 0; i < split; i++) {
        for (unsigned k = i + 1; k < split; k++) {
            const char *two = ret_key[count++] = arena_concat(arena, part[i], " ", part[k]);
            for (unsigned m = k + 1; m < split; m++)
                ret_key[count++] = arena_concat(arena, two, " ", part[m]);
        }
    }
    if (parts->whole)
        ret_key[count++] = parts->whole;
    if (parts->turned)
        ret_key[count++] = parts->turned;
    if (parts->ends)
        ret_key[count++] = parts->ends;
    return count;
}

/* --- addresses --- */

const char *address_local(struct arena *arena, const char *email)
{
    const char *folded = fold_text(arena, email);
    const char *at = folded ? strrchr(folded, '@') : NULL;

    if (!at || at == folded)
        return NULL;
    const char *tag = memchr(folded, '+', (size_t)(at - folded));
    const char *end = tag && tag > folded ? tag : at;
    return arena_strndup(arena, folded, (size_t)(end - folded));
}

bool addresses_agree(struct arena *scratch, const char *a, const char *b)
{
    const char *left = a && b ? address_local(scratch, a) : NULL;

    return left && text_equal(left, address_local(scratch, b));
}

/* --- numbers --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t span_digits(const char *s)
{
    size_t digits = 0;

    while (is_digit(s[digits]))
        digits++;
    return digits;
}

#define DIGITS_MAX 40 /* longer ones are no employee numbers */

/* '1,042', '1.042', '1 042': the digits without what parts the thousands; NULL when nothing does.
 */
static const char *join_thousands(struct arena *arena, const char *value)
{
    static const char *const marks[] = {",", ".", " ", "'", "\xC2\xA0", "\xE2\x80\x99"};
    size_t at = span_digits(value), kept = at, mark = 0;

    while (mark < COUNT_OF(marks) && !text_starts(value + at, marks[mark]))
        mark++;
    if (at < 1 || at > 3 || mark == COUNT_OF(marks))
        return NULL;
    char *joined = arena_strdup(arena, value);
    while (text_starts(value + at, marks[mark])) {
        at += strlen(marks[mark]);
        if (span_digits(value + at) != 3)
            return NULL;
        memcpy(joined + kept, value + at, 3);
        kept += 3;
        at += 3;
    }
    if (value[at])
        return NULL;
    joined[kept] = '\0';
    return joined;
}

bool number_is_grouped(const char *number)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    size_t digits = number ? span_digits(number) : 0;

    return digits >= 1 && digits <= 3 && number[digits] && /* nearly all of a million are not */
           join_thousands(&arena, fold_text(&arena, number)) != NULL;
}

/* '10.084,00', '10,084.0': the part in front of decimals that are zeros; NULL when there are none,
 * or the same mark parts the thousands. */
static const char *without_decimals(struct arena *arena, const char *value)
{
    size_t length = strlen(value), zeros = 0;

    while (zeros < length && value[length - zeros - 1] == '0')
        zeros++;
    if (zeros == 0 || zeros > 2 || zeros + 2 > length) /* three may be thousands */
        return NULL;
    char mark = value[length - zeros - 1];
    const char *whole = arena_strndup(arena, value, length - zeros - 1);
    return (mark == ',' || mark == '.') && !strchr(whole, mark) ? whole : NULL;
}

bool number_is_grouped_decimal(const char *number)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    size_t digits = span_digits(number);

    if (digits < 1 || digits > 3 || !number[digits]) /* nearly all of a million */
        return false;
    const char *whole = without_decimals(&arena, number);
    return whole && number_is_grouped(whole);
}

/* What a spreadsheet puts around a text, so that it does not take it for a number: '01042,
 * ="01042".
 */
static const char *without_marks(struct arena *arena, const char *value)
{
    size_t length = strlen(value);

    if (length > 3 && value[0] == '=' && value[1] == '"' && value[length - 1] == '"')
        return arena_strndup(arena, value + 2, length - 3);
    return *value == '\'' ? value + 1 : value;
}

/* '100.0', '1.0e+02', '1,5e3': the digits of the whole number it is; NULL when it is none. */
static const char *spread_out(struct arena *arena, const char *value)
{
    size_t whole = span_digits(value), fraction = 0, exponent = 0;
    const char *rest = value + whole, *decimals = "";

    if (whole == 0 || whole > DIGITS_MAX)
        return NULL;
    if (*rest == '.' || *rest == ',') {
        decimals = rest + 1;
        fraction = span_digits(decimals);
        rest = decimals + fraction;
    }
    if (*rest == 'e') {
        rest += 1 + (rest[1] == '+');
        size_t digits = span_digits(rest);
        if (digits == 0 || digits > 2)
            return NULL;
        for (; digits; digits--)
            exponent = exponent * 10 + (size_t)(*rest++ - '0');
    } else if (rest == value + whole) {
        return NULL; /* a plain number */
    }
    while (fraction && decimals[fraction - 1] == '0')
        fraction--;
    if (*rest || fraction > exponent || exponent > DIGITS_MAX)
        return NULL;
    return arena_printf(arena, "%.*s%.*s%.*s", (int)whole, value, (int)fraction, decimals,
                        (int)(exponent - fraction), "0000000000000000000000000000000000000000");
}

/* The number that a spreadsheet made into something else; the value itself where it is none. */
static const char *as_whole_number(struct arena *arena, const char *folded)
{
    const char *value = without_marks(arena, folded);
    const char *spread = spread_out(arena, value);

    if (!spread)
        spread = join_thousands(arena, value);
    if (!spread && number_is_grouped_decimal(value))
        spread = join_thousands(arena, without_decimals(arena, value));
    return spread ? spread : value;
}

/* Whether that is the value itself at first sight: nothing stands before or behind the digits that
 * it begins with, or it begins with none. */
static bool is_plain_number(const char *folded)
{
    return is_digit(*folded) ? !folded[span_digits(folded)] : *folded != '=' && *folded != '\'';
}

const char *number_bare(struct arena *arena, const char *number)
{
    const char *folded = fold_text(arena, number);

    if (!folded)
        return NULL;
    const char *value = is_plain_number(folded) ? folded : as_whole_number(arena, folded);
    size_t letters = 0, zeros = 0; /* 'e', 'ext-' */
    while (value[letters] && !is_digit(value[letters]))
        letters++;
    const char *digits = value + letters;
    while (digits[zeros] == '0')
        zeros++;
    if (!*digits || digits[zeros + span_digits(digits + zeros)])
        return value;
    if (!digits[zeros])
        zeros--; /* one is left of '000' */
    if (zeros == 0)
        return value;
    size_t rest = strlen(digits + zeros) + 1;
    char *bare = arena_alloc(arena, letters + rest); /* of every number of a roster: no printf */
    memcpy(bare, value, letters);
    memcpy(bare + letters, digits + zeros, rest);
    return bare;
}

/* --- values that stand for nobody --- */

/* Bytes of such a word: most values are longer, and need not be looked for. */
#define WORD_LONGEST 9

bool is_no_value(const struct no_values *more, const char *folded)
{
    static const char *const words[] = {
        "n/a",       "na",     "null",      "\\n",     "none",    "unknown", "n.a.",    "k.a.",
        "#n/a",      "#ref!",  "#name?",    "#value!", "#null!",  "#num!",   "#div/0!", "nil",
        "(null)",    "<null>", "undefined", "tbd",     "—",       "–",       "−",       "－",
        "ー",        "n. a.",  "k. a.",     "n.v.t.",  "nvt",     "ohne",    "keine",   "geen",
        "aucun",     "aucune", "ninguno",   "nessuno", "nessuna", "nenhum",  "brak",    "sin dato",
        "sin datos", "なし",   "無し",      "無",      "无",      "없음"};
    static const char *const locals[] = {"no_email@*", "noemail@*", "no-email@*", "no.email@*"};

    if (!folded)
        return false;
    /* not most of a million; '-', '.', '0', '000', '???', '####' */
    bool may_be = (signed char)*folded <= 0 || strchr("-.?*_/#0n\\ku(<toagbs", *folded);
    if (may_be && !folded[strspn(folded, *folded == '0' ? "0" : "-.?*_/#")])
        return true;
    if (may_be && strnlen(folded, WORD_LONGEST + 1) <= WORD_LONGEST && WORD_ROW(words, folded))
        return true;
    for (size_t i = 0; *folded == 'n' && i < COUNT_OF(locals); i++) {
        if (text_matches(locals[i], folded))
            return true;
    }
    for (size_t i = 0; more && i < more->count; i++) {
        if (text_matches(more->item[i], folded))
            return true;
    }
    return false;
}
