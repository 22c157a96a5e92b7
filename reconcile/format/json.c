/*
 * First a scanner walks the bytes by the grammar of RFC 8259 and counts members; then json-c builds
 * the value. When json-c holds fewer members than were counted, a key stood there twice: which of
 * the two somebody else would read is unknown, so neither is. Values are counted as well: `{},` is
 * three bytes, and what json-c builds of it takes 800.
 *
 * Invariant: json-c only ever sees text that the scanner has accepted, so its leniency is never
 * asked for.
 */
#include "format/json.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/words.h"
#include "format/json_view.h"

struct scan {
    struct json_list *list; /* whose elements are noted; NULL = nobody's */
    const char *bytes;
    size_t length, at;
    size_t members;           /* of all objects seen */
    size_t values;            /* seen, containers too */
    bool lone_surrogate;      /* json-c would put U+FFFD for it and say nothing */
    unsigned list_depth;      /* of the first list, from 1; 0 = none yet */
    size_t element;           /* of it, from 1 */
    size_t name, name_length; /* of the member that was begun last */
};

CLEANUP_POINTER(struct json_tokener, tokener_freep, json_tokener_free)

void json_free(struct json_object *value)
{
    (void)json_object_put(value);
}

/* The byte to come, 0 at the end; a NUL byte fits no rule either. */
static char peek(const struct scan *scan)
{
    return scan->at < scan->length ? scan->bytes[scan->at] : '\0';
}

static bool skip(struct scan *scan, char c)
{
    if (scan->at >= scan->length || scan->bytes[scan->at] != c)
        return false;
    scan->at++;
    return true;
}

static void skip_blanks(struct scan *scan)
{
    while (skip(scan, ' ') || skip(scan, '\n') || skip(scan, '\t') || skip(scan, '\r'))
        continue;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool skip_digits(struct scan *scan)
{
    size_t from = scan->at;

    while (is_digit(peek(scan)))
        scan->at++;
    return scan->at > from;
}

static bool scan_number(struct scan *scan)
{
    (void)skip(scan, '-');
    if (!skip(scan, '0') && !skip_digits(scan))
        return false;
    if (skip(scan, '.') && !skip_digits(scan))
        return false;
    if (skip(scan, 'e') || skip(scan, 'E')) {
        if (!skip(scan, '+'))
            (void)skip(scan, '-');
        return skip_digits(scan);
    }
    return true;
}

static bool scan_hex4(struct scan *scan, unsigned *ret_unit)
{
    static const char digits[] = "0123456789abcdef";
    unsigned unit = 0;

    for (int i = 0; i < 4; i++) {
        char c = peek(scan);
        const char *digit;

        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        digit = c ? strchr(digits, c) : NULL;
        if (!digit)
            return false;
        unit = unit << 4 | (unsigned)(digit - digits);
        scan->at++;
    }
    *ret_unit = unit;
    return true;
}

static bool is_high(unsigned unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(unsigned unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Behind `\u`. A key with a NUL would look like a shorter one to whoever reads it as a C string. */
static bool scan_unicode(struct scan *scan, bool is_key)
{
    unsigned unit = 0, second = 0;

    if (!scan_hex4(scan, &unit))
        return false;
    if (is_low(unit))
        scan->lone_surrogate = true;
    if (is_high(unit)) {
        struct scan ahead = *scan;

        if (skip(&ahead, '\\') && skip(&ahead, 'u') && scan_hex4(&ahead, &second) && is_low(second))
            *scan = ahead;
        else
            scan->lone_surrogate = true;
    }
    return unit != 0 || !is_key;
}

/* What in a string stands for itself. */
static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

static bool scan_string(struct scan *scan, bool is_key)
{
    if (!skip(scan, '"'))
        return false;
    while (scan->at < scan->length) {
        char c = scan->bytes[scan->at++];

        if (is_plain(c)) {
            scan->at += text_plain_run(scan->bytes + scan->at, scan->length - scan->at);
            continue;
        }
        if (c == '"')
            return true;
        if (c != '\\')
            return false;
        c = peek(scan);
        scan->at++;
        if (c == 'u' ? !scan_unicode(scan, is_key) : c == '\0' || !strchr("\"\\/bfnrt", c))
            return false;
    }
    return false;
}

static bool scan_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);

    if (scan->length - scan->at < length || memcmp(scan->bytes + scan->at, word, length) != 0)
        return false;
    scan->at += length;
    return true;
}

static bool scan_value(struct scan *scan, unsigned depth);

static bool scan_member(struct scan *scan, unsigned depth)
{
    size_t from;

    skip_blanks(scan);
    from = scan->at;
    if (!scan_string(scan, true))
        return false;
    scan->name = from + 1;
    scan->name_length = scan->at - from - 2;
    skip_blanks(scan);
    scan->members++;
    return skip(scan, ':') && scan_value(scan, depth);
}

/* An element of the list whose elements are wanted, with what was counted in it. */
static bool scan_element(struct scan *scan, unsigned depth)
{
    struct json_list *list = scan->list;
    struct json_element element;

    skip_blanks(scan);
    element.from = scan->at;
    scan->members = scan->values = 0;
    scan->lone_surrogate = false;
    if (!scan_value(scan, depth))
        return false;
    element.to = scan->at;
    element.members = scan->members;
    element.values = scan->values;
    element.lone_surrogate = scan->lone_surrogate;
    list->element = mem_grow(list->element, list->count, &list->capacity, sizeof(list->element[0]));
    list->element[list->count++] = element;
    return true;
}

/* An array or an object, which differ in their ends and in what is between the commas. */
static bool scan_container(struct scan *scan, char end, unsigned depth)
{
    scan->at++;
    skip_blanks(scan);
    if (skip(scan, end))
        return true;
    if (end == ']' && scan->list_depth == 0)
        scan->list_depth = depth;
    bool is_noted = scan->list && end == ']' && depth == 1;
    do {
        scan->element += end == ']' && scan->list_depth == depth;
        if (!(end == '}' ? scan_member(scan, depth)
              : is_noted ? scan_element(scan, depth)
                         : scan_value(scan, depth)))
            return false;
    } while (skip(scan, ','));
    return skip(scan, end);
}

/* A value with the blanks around it. */
static bool scan_value(struct scan *scan, unsigned depth)
{
    bool good;
    char c;

    skip_blanks(scan);
    scan->values++;
    c = peek(scan);
    if (depth >= LIMIT_JSON_DEPTH)
        return false;
    if (c == '{')
        good = scan_container(scan, '}', depth + 1);
    else if (c == '[')
        good = scan_container(scan, ']', depth + 1);
    else if (c == '"')
        good = scan_string(scan, false);
    else if (c == '-' || is_digit(c))
        good = scan_number(scan);
    else
        good = scan_word(scan, "true") || scan_word(scan, "false") || scan_word(scan, "null");
    skip_blanks(scan);
    return good;
}

/* Parsers may ignore a byte order mark (RFC 8259, 8.1), and json-c would not. */
static void skip_mark(const char **bytes, size_t *length)
{
    if (*length < 3 || memcmp(*bytes, "\xEF\xBB\xBF", 3) != 0)
        return;
    *bytes += 3;
    *length -= 3;
}

bool json_is_cut_off(const char *bytes, size_t length)
{
    struct scan scan = {.length = 0};

    skip_mark(&bytes, &length);
    scan = (struct scan){.bytes = bytes, .length = length};
    return length == 0 || (!scan_value(&scan, 0) && scan.at >= length);
}

/* Words that other languages write where JSON has none, and what they mean. */
static const struct {
    const char *word, *about;
} strange_words[] = {
    {"NaN", "NaN is no JSON; Python writes it for a missing value: let it write null"},
    {"-NaN", "NaN is no JSON; Python writes it for a missing value: let it write null"},
    {"Infinity", "Infinity is no JSON"},
    {"-Infinity", "Infinity is no JSON"},
    {"None", "None is Python, JSON has null"},
    {"True", "True is Python, JSON has true"},
    {"False", "False is Python, JSON has false"},
    {"undefined", "undefined is JavaScript, JSON has null"},
    {"'", "a text stands in double quotation marks"},
};

/* What stands where the scanner could not go on, and where that is for who looks at people. */
static void add_place(struct text *text, const struct scan *scan)
{
    struct scan word = *scan;

    if (scan->element > 0)
        text_addf(text, " (element %zu", scan->element);
    if (scan->element > 0 && scan->name_length > 0) {
        CLEANUP(mem_cleanup) char *name = mem_strndup(scan->bytes + scan->name, scan->name_length);

        text_add(text, ", member '");
        text_add_excerpt(text, name, 60);
        text_add_char(text, '\'');
    }
    if (scan->element > 0)
        text_add_char(text, ')');
    if (word.at > word.length) /* a backslash was the last byte */
        word.at = word.length;
    if (word.at > 0 && word.bytes[word.at - 1] == '-')
        word.at--; /* of a number that was none */
    for (size_t i = 0; i < COUNT_OF(strange_words); i++) {
        if (!scan_word(&word, strange_words[i].word))
            continue;
        text_addf(text, ": %s", strange_words[i].about);
        return;
    }
}

/* The whole of the bytes is one value that begins with `first`; any with a NUL. Elements are noted
 * in `list`, where there is one. */
static int scan_document(const char *bytes, size_t length, char first, struct json_list *list,
                         struct scan *ret_scan, struct err *err)
{
    struct scan scan = {.list = list, .bytes = bytes, .length = length};
    CLEANUP(text_release) struct text place = TEXT_INIT;

    if (length > INT_MAX - 1)
        return err_set(err, ERR_UNREACHABLE, "the JSON document is too long");
    skip_blanks(&scan);
    if (first && peek(&scan) != first)
        return err_set(err, ERR_UNREACHABLE, "the answer is not %s",
                       first == '[' ? "a JSON array" : "a JSON object");
    if (!scan_value(&scan, 0)) {
        add_place(&place, &scan);
        return err_set(err, ERR_UNREACHABLE, "the JSON is %s at byte %zu of %zu%s",
                       scan.at < length ? "broken or too deep" : "cut off", scan.at, length,
                       text_cstr(&place));
    }
    if (scan.at < length)
        return err_set(err, ERR_UNREACHABLE, "something follows the JSON document at byte %zu",
                       scan.at);
    *ret_scan = scan;
    return 0;
}

static size_t count_members(struct json_object *value)
{
    size_t members = 0;

    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, key, member)
        {
            (void)key;
            members += 1 + count_members(member);
        }
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++)
            members += count_members(json_object_array_get_idx(value, i));
    }
    return members;
}

static struct json_tokener *new_tokener(void)
{
    struct json_tokener *tokener = json_tokener_new_ex(LIMIT_JSON_DEPTH + 1);

    if (!tokener)
        mem_exhausted();
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
    return tokener;
}

/* json-c has no error of its own for that: it gives nothing and says that all is well, or that
 * there was no room. */
static bool is_out_of_memory(struct json_tokener *tokener)
{
    enum json_tokener_error error = json_tokener_get_error(tokener);

    return error == json_tokener_success || error == json_tokener_error_size;
}

/* What makes a value unusable whatever its members are; NULL: nothing does. */
static const char *find_flaw(const char *bytes, const struct scan *scan)
{
    if (*bytes != '{')
        return "it is not an object";
    if (scan->values > LIMIT_JSON_VALUES)
        return "it holds too many values";
    return scan->lone_surrogate ? "it holds half of a character" : NULL;
}

/* The object of these bytes, which the scanner has accepted and counted. Or NULL, and *ret_flaw
 * says what makes it unusable. An object ends by itself, so json-c needs no NUL behind it. */
static struct json_object *build(struct json_tokener *tokener, const char *bytes, size_t length,
                                 const struct scan *scan, const char **ret_flaw)
{
    CLEANUP(json_freep) struct json_object *object = NULL;

    *ret_flaw = find_flaw(bytes, scan);
    if (*ret_flaw)
        return NULL;
    json_tokener_reset(tokener);
    object = json_tokener_parse_ex(tokener, bytes, (int)length);
    if (!object && is_out_of_memory(tokener))
        mem_exhausted(); /* or a good answer would be called unreadable */
    if (!json_object_is_type(object, json_type_object))
        *ret_flaw = "it is not an object";
    else if (count_members(object) != scan->members)
        *ret_flaw = "it has a member twice";
    return *ret_flaw ? NULL : TAKE(object);
}

int json_parse_object(const char *bytes, size_t length, struct json_object **ret_object,
                      struct err *err)
{
    CLEANUP(tokener_freep) struct json_tokener *tokener = new_tokener();
    struct scan scan = {.bytes = NULL}, start;
    struct json_object *object;
    const char *flaw;

    skip_mark(&bytes, &length);
    if (scan_document(bytes, length, '{', NULL, &scan, err) < 0)
        return -1;
    start = (struct scan){.bytes = bytes, .length = length};
    skip_blanks(&start);
    object = build(tokener, bytes + start.at, length - start.at, &scan, &flaw);
    if (flaw)
        return err_set(err, ERR_UNREACHABLE, "the JSON object cannot be used: %s", flaw);
    *ret_object = object;
    return 0;
}

/* --- element by element --- */

/* What is called with each of them. */
struct handing {
    struct json_tokener *tokener;
    const char *list; /* of a page; NULL = elements are no pages */
    json_each_item *head, *each;
    void *context;
};

static int hand_page(const struct handing *handing, const struct scan *scan, size_t from,
                     size_t index, struct err *err);

/* Stands at an array that was accepted, and leaves behind it. */
static int hand_elements(const struct handing *handing, struct scan *scan, struct err *err)
{
    scan->at++;
    skip_blanks(scan);
    for (size_t index = 0; !skip(scan, ']'); index++) {
        CLEANUP(json_freep) struct json_object *item = NULL;
        const char *flaw;
        size_t from;
        int result;

        scan->members = scan->values = 0;
        scan->lone_surrogate = false;
        skip_blanks(scan);
        from = scan->at;
        (void)scan_value(scan, 1);
        if (handing->list) {
            result = hand_page(handing, scan, from, index, err);
        } else {
            item = build(handing->tokener, scan->bytes + from, scan->at - from, scan, &flaw);
            result = handing->each(handing->context, index, item, flaw, err);
        }
        if (result < 0)
            return -1;
        (void)skip(scan, ',');
    }
    return 0;
}

void json_list_release(struct json_list *list)
{
    free(list->element);
    *list = (struct json_list){.count = 0};
}

int json_list_read(const char *bytes, size_t length, struct json_list *ret_list, struct err *err)
{
    CLEANUP(json_list_release) struct json_list list = {.count = 0};
    struct scan scan;

    skip_mark(&bytes, &length);
    list.bytes = bytes;
    if (scan_document(bytes, length, '[', &list, &scan, err) < 0)
        return -1;
    *ret_list = list;
    list.element = NULL;
    return 0;
}

/* An element, and what was counted in it. */
static struct json_part element_of(const struct json_list *list, size_t index,
                                   struct scan *ret_counted)
{
    const struct json_element *element = &list->element[index];

    *ret_counted = (struct scan){.members = element->members,
                                 .values = element->values,
                                 .lone_surrogate = element->lone_surrogate};
    return (struct json_part){list->bytes + element->from, element->to - element->from};
}

int json_list_views(const struct json_list *list, json_each_view *each, void *context,
                    struct err *err)
{
    CLEANUP(tokener_freep) struct json_tokener *tokener = new_tokener();
    struct json_known known = {.value = {{.bytes = NULL}}};
    CLEANUP(json_view_release) struct json_view view = {.known = &known};

    for (size_t i = 0; i < list->count; i++) {
        struct scan counted;
        struct json_part element = element_of(list, i, &counted);
        const char *flaw = find_flaw(element.bytes, &counted);
        if (!flaw && !json_view_read(&view, element))
            json_free(build(tokener, element.bytes, element.length, &counted, &flaw));
        if (each(context, i, flaw ? NULL : &view, flaw, err) < 0)
            return -1;
    }
    return 0;
}

static int build_each(const struct json_list *list, json_each_item *each, void *context,
                      struct err *err)
{
    CLEANUP(tokener_freep) struct json_tokener *tokener = new_tokener();

    for (size_t i = 0; i < list->count; i++) {
        struct scan counted;
        struct json_part element = element_of(list, i, &counted);
        const char *flaw;
        CLEANUP(json_freep)
        struct json_object *item = build(tokener, element.bytes, element.length, &counted, &flaw);
        if (each(context, i, item, flaw, err) < 0)
            return -1;
    }
    return 0;
}

int json_each(const char *bytes, size_t length, json_each_item *each, void *context,
              struct err *err)
{
    CLEANUP(json_list_release) struct json_list list = {.count = 0};

    return json_list_read(bytes, length, &list, err) < 0 ? -1
                                                         : build_each(&list, each, context, err);
}

/* Stands at the first member of an object that was accepted, or at its end. false: at its end. Else
 * at the value of a member, whose name *ret_is says to be this one. */
static bool next_member(struct scan *scan, const char *name, bool *ret_is)
{
    size_t from, length = strlen(name);

    skip_blanks(scan);
    if (peek(scan) == '}')
        return false;
    from = scan->at;
    (void)scan_string(scan, true);
    *ret_is =
        scan->at - from == length + 2 && strncasecmp(scan->bytes + from + 1, name, length) == 0;
    skip_blanks(scan);
    (void)skip(scan, ':');
    skip_blanks(scan);
    return true;
}

/* The page without the elements of its list, and where that begins; *ret_list 0: it has none. */
static void cut_list(const struct scan *page, size_t from, const char *name, struct text *head,
                     size_t *ret_list)
{
    struct scan scan = {.bytes = page->bytes, .length = page->at, .at = from + 1};
    size_t kept = from;
    bool is_list = false;

    *ret_list = 0;
    while (next_member(&scan, name, &is_list)) {
        size_t value = scan.at;

        is_list = is_list && peek(&scan) == '[';
        (void)scan_value(&scan, 1);
        if (is_list) {
            text_add_bytes(head, page->bytes + kept, value - kept);
            text_add(head, "[]");
            kept = scan.at;
            *ret_list = value;
        }
        (void)skip(&scan, ',');
    }
    text_add_bytes(head, page->bytes + kept, page->at - kept);
}

/* An element that was accepted, from `from` to where the scanner is. */
static int hand_page(const struct handing *handing, const struct scan *page, size_t from,
                     size_t index, struct err *err)
{
    CLEANUP(text_release) struct text head = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *item = NULL;
    struct handing elements = *handing;
    struct scan scan = {.bytes = page->bytes, .length = page->at};
    const char *flaw = "it is not an object";

    if (page->bytes[from] == '{') {
        struct scan counted;

        cut_list(page, from, handing->list, &head, &scan.at);
        counted = (struct scan){.bytes = text_cstr(&head), .length = head.length};
        (void)scan_value(&counted, 0);
        item = build(handing->tokener, text_cstr(&head), head.length, &counted, &flaw);
    }
    if (handing->head(handing->context, index, item, flaw, err) < 0)
        return -1;
    elements.list = NULL;
    return item && scan.at > 0 ? hand_elements(&elements, &scan, err) : 0;
}

int json_each_of_pages(const char *bytes, size_t length, const char *list, json_each_item *head,
                       json_each_item *each, void *context, struct err *err)
{
    CLEANUP(tokener_freep) struct json_tokener *tokener = new_tokener();
    struct handing handing = {
        .tokener = tokener, .list = list, .head = head, .each = each, .context = context};
    struct scan scan = {.bytes = bytes, .length = length};
    char first;

    skip_mark(&scan.bytes, &scan.length);
    skip_blanks(&scan);
    first = peek(&scan) == '[' ? '[' : '{';
    size_t from = scan.at;
    if (scan_document(scan.bytes, scan.length, first, NULL, &scan, err) < 0)
        return -1;
    if (first == '{')
        return hand_page(&handing, &scan, from, 0, err);
    scan.at = from;
    return hand_elements(&handing, &scan, err);
}

/* --- parts --- */

static struct scan scan_of(struct json_part part)
{
    return (struct scan){.bytes = part.bytes, .length = part.length};
}

int json_whole(const char *bytes, size_t length, struct json_part *ret_whole, struct err *err)
{
    struct scan scan = {.bytes = NULL};

    skip_mark(&bytes, &length);
    if (scan_document(bytes, length, '\0', NULL, &scan, err) < 0)
        return -1;
    scan.at = 0;
    skip_blanks(&scan);
    *ret_whole = (struct json_part){bytes + scan.at, length - scan.at};
    return 0;
}

bool json_is_lines(const char *bytes, size_t length)
{
    struct scan scan = {.length = 0};

    skip_mark(&bytes, &length);
    scan = (struct scan){.bytes = bytes, .length = length};
    skip_blanks(&scan);
    return peek(&scan) == '{' && scan_value(&scan, 0) && peek(&scan) == '{';
}

/* What the scanner went over from there to where it is, without the blanks behind it. */
static struct json_part part_behind(const struct scan *scan, size_t from)
{
    size_t to = scan->at;

    while (to > from && memchr(" \n\t\r", scan->bytes[to - 1], 4))
        to--;
    return (struct json_part){scan->bytes + from, to - from};
}

/* The value that begins there, and the comma behind it. */
static void take_value(struct scan *scan, size_t *ret_cursor, struct json_part *ret_value)
{
    size_t from;

    skip_blanks(scan);
    from = scan->at;
    (void)scan_value(scan, 1);
    *ret_value = part_behind(scan, from);
    (void)skip(scan, ',');
    *ret_cursor = scan->at;
}

bool json_next_member(struct json_part object, size_t *cursor, struct json_part *ret_name,
                      struct json_part *ret_value)
{
    struct scan scan = scan_of(object);
    size_t from;

    scan.at = *cursor > 0 ? *cursor : 1;
    skip_blanks(&scan);
    if (peek(&scan) != '"')
        return false;
    from = scan.at;
    (void)scan_string(&scan, true);
    *ret_name = (struct json_part){object.bytes + from + 1, scan.at - from - 2};
    skip_blanks(&scan);
    (void)skip(&scan, ':');
    take_value(&scan, cursor, ret_value);
    return true;
}

bool json_next_element(struct json_part list, size_t *cursor, struct json_part *ret_value)
{
    struct scan scan = scan_of(list);

    scan.at = *cursor > 0 ? *cursor : 1;
    skip_blanks(&scan);
    if (peek(&scan) == ']' || peek(&scan) == '\0')
        return false;
    take_value(&scan, cursor, ret_value);
    return true;
}

/* The next name of a pointer, ~1 and ~0 taken back; *pointer moves behind it. */
static void take_token(const char **pointer, struct text *ret_token)
{
    text_clear(ret_token);
    for ((*pointer)++; **pointer && **pointer != '/'; (*pointer)++) {
        char c = **pointer;

        if (c == '~')
            c = *++*pointer == '1' ? '/' : '~';
        text_add_char(ret_token, c);
    }
}

bool json_follow(struct json_part part, const char *pointer, struct json_part *ret_part)
{
    CLEANUP(text_release) struct text token = TEXT_INIT;

    while (*pointer == '/') {
        struct json_part name, value, found = {.bytes = NULL};
        size_t cursor = 0;

        take_token(&pointer, &token);
        if (part.length == 0 || *part.bytes != '{')
            return false;
        while (json_next_member(part, &cursor, &name, &value)) {
            if (name.length != token.length || memcmp(name.bytes, token.data, token.length) != 0)
                continue;
            if (found.bytes)
                return false;
            found = value;
        }
        if (!found.bytes)
            return false;
        part = found;
    }
    *ret_part = part;
    return true;
}

int json_each_of(struct json_part list, json_each_item *each, void *context, struct err *err)
{
    CLEANUP(tokener_freep) struct json_tokener *tokener = new_tokener();
    struct handing handing = {.tokener = tokener, .each = each, .context = context};
    struct scan scan = scan_of(list);

    return hand_elements(&handing, &scan, err);
}

static int hand_line(const struct handing *handing, struct json_part line, size_t index,
                     struct err *err)
{
    CLEANUP(json_freep) struct json_object *item = NULL;
    struct scan scan = scan_of(line);
    const char *flaw;
    size_t from;

    skip_blanks(&scan);
    from = scan.at;
    if (from == line.length)
        return 0;
    if (!scan_value(&scan, 0) || scan.at < line.length)
        return err_set(err, ERR_UNREACHABLE, "line %zu is no JSON, broken at byte %zu of %zu",
                       index + 1, scan.at, line.length);
    item = build(handing->tokener, line.bytes + from, line.length - from, &scan, &flaw);
    return handing->each(handing->context, index, item, flaw, err);
}

int json_each_line(const char *bytes, size_t length, json_each_item *each, void *context,
                   struct err *err)
{
    CLEANUP(tokener_freep) struct json_tokener *tokener = new_tokener();
    struct handing handing = {.tokener = tokener, .each = each, .context = context};
    const char *end;

    skip_mark(&bytes, &length);
    end = bytes + length;
    for (size_t index = 0; bytes < end; index++) {
        const char *feed = memchr(bytes, '\n', (size_t)(end - bytes));
        const char *stop = feed ? feed : end;

        if (stop - bytes > INT_MAX - 1)
            return err_set(err, ERR_UNREACHABLE, "line %zu is too long", index + 1);
        if (hand_line(&handing, (struct json_part){bytes, (size_t)(stop - bytes)}, index, err) < 0)
            return -1;
        bytes = feed ? feed + 1 : end;
    }
    return 0;
}
