/*
 * Lines into words, words into values. Everything is strict: a word that is not understood is an
 * error, because a scenario that says less than its author meant proves nothing.
 */
#include "scenario.h"

#include <string.h>

#include "base/mem.h"
#include "base/parse.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* The length of a leading `key=` or `key~`, without the sign; 0 when there is none. */
static size_t key_length(const char *text)
{
    size_t length = 0;

    while (is_key_char(text[length]))
        length++;
    return text[length] == '=' || text[length] == '~' ? length : 0;
}

/* One word from *cursor, which moves behind it. */
static int cut_word(struct arena *arena, const char **cursor, struct word *ret_word,
                    struct err *err)
{
    const char *at = *cursor;
    size_t key = key_length(at);
    struct text value = TEXT_INIT;
    bool quoted = false;

    *ret_word = (struct word){0};
    if (key) {
        ret_word->key = arena_strndup(arena, at, key);
        ret_word->op = at[key];
        at += key + 1;
    }
    for (; *at && (quoted || !is_blank(*at)); at++) {
        if (*at == '"')
            quoted = !quoted;
        else
            text_add_char(&value, *at);
    }
    ret_word->value = arena_strdup(arena, text_cstr(&value));
    text_release(&value);
    *cursor = at;
    return quoted ? err_set(err, ERR_CONFIG, "a quotation mark is not closed") : 0;
}

int line_cut(struct arena *arena, const char *text, unsigned number, struct line *ret_line,
             struct err *err)
{
    struct line line = {.number = number};
    size_t capacity = 0;
    struct word *word = NULL;
    int result = 0;

    while (result == 0) {
        while (is_blank(*text))
            text++;
        if (!*text || *text == '#')
            break;
        word = mem_grow(word, line.count, &capacity, sizeof(word[0]));
        result = cut_word(arena, &text, &word[line.count++], err);
    }
    if (result == 0 && line.count && word[0].key)
        result = err_set(err, ERR_CONFIG, "a line starts with a word, not with '%s='", word[0].key);
    if (result == 0 && line.count) {
        line.verb = word[0].value;
        line.count--;
        line.word = arena_calloc(arena, line.count + 1, sizeof(word[0]));
        memcpy(line.word, word + 1, line.count * sizeof(word[0]));
    }
    mem_cleanup(&word);
    if (result == 0)
        *ret_line = line;
    return result;
}

bool word_parse_bool(const char *value, bool *ret_value)
{
    bool yes = text_equal(value, "yes");

    if (!yes && !text_equal(value, "no"))
        return false;
    *ret_value = yes;
    return true;
}

bool word_parse_day(const char *value, struct day *ret_day)
{
    if (text_equal(value, "-")) {
        *ret_day = DAY_NONE;
        return true;
    }
    return day_parse_iso(value, ret_day);
}

bool word_parse_instant(const char *value, struct instant *ret_instant)
{
    struct day day;
    char text[DAY_TEXT_SIZE];
    struct text whole = TEXT_INIT;
    bool good;

    if (text_equal(value, "-")) {
        *ret_instant = INSTANT_NONE;
        return true;
    }
    if (!day_parse_iso(value, &day))
        return instant_parse_rfc3339(value, ret_instant);
    text_addf(&whole, "%sT12:00:00Z", day_format(day, text));
    good = instant_parse_rfc3339(text_cstr(&whole), ret_instant);
    text_release(&whole);
    return good;
}

size_t word_split(struct arena *arena, const char *value, const char *const **ret_item)
{
    size_t count = 1, length;

    for (const char *at = value; *at; at++)
        count += *at == '|';
    const char **item = arena_calloc(arena, count, sizeof(item[0]));
    for (size_t i = 0; i < count; i++, value += length + 1) {
        length = strcspn(value, "|");
        item[i] = arena_strndup(arena, value, length);
    }
    *ret_item = item;
    return text_equal(item[0], "-") && count == 1 ? 0 : count;
}

/* The enums of accounts and people are packed into a byte. */
static bool set_enum(const char *const *words, const char *value, unsigned char *ret_value)
{
    _Static_assert(sizeof(enum account_status) == 1 && sizeof(enum login_source) == 1 &&
                       sizeof(enum person_status) == 1,
                   "a byte");
    for (unsigned char i = 0; words[i]; i++) {
        if (!text_equal(words[i], value))
            continue;
        *ret_value = i;
        return true;
    }
    return false;
}

static bool set_value(const struct field *field, void *at, const char *value, struct arena *arena)
{
    int64_t number = 0;

    switch (field->type) {
    case FIELD_TEXT:
        *(const char **)at = text_equal(value, "-") ? NULL : arena_strdup(arena, value);
        return true;
    case FIELD_BOOL:
        return word_parse_bool(value, at);
    case FIELD_DAY:
        return word_parse_day(value, at);
    case FIELD_INSTANT:
        return word_parse_instant(value, at);
    case FIELD_INT:
        if (!parse_int(value, -1, 1000000, &number))
            return false;
        *(int *)at = (int)number;
        return true;
    case FIELD_INT64:
        return parse_int(value, -1, INT64_C(1000000000000), at);
    case FIELD_DOUBLE:
        return parse_double(value, -1e9, 1e9, at);
    case FIELD_ENUM:
        return set_enum(field->words, value, at);
    }
    return false;
}

int field_set(const struct field *fields, void *object, const struct word *word,
              struct arena *arena, bool *ret_known, struct err *err)
{
    *ret_known = false;
    for (const struct field *field = fields; field->name; field++) {
        if (!text_equal(field->name, word->key))
            continue;
        *ret_known = true;
        if (word->op == '=' && set_value(field, (char *)object + field->offset, word->value, arena))
            return 0;
        return err_set(err, ERR_CONFIG, "'%s' cannot be '%s'", word->key, word->value);
    }
    return 0;
}
