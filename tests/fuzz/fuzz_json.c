/*
 * The scanner in front of json-c, and the accessors behind it. What the scanner takes json-c must
 * take too, and write again as the same; what comes element by element is what comes as a whole.
 * Reads: format/json.c
 */
#include <json-c/json.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/json.h"
#include "fuzz.h"

static void read_members(const struct json_object *object)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    json_object_object_foreach((struct json_object *)(uintptr_t)object, name, value)
    {
        const struct json_object *array = NULL;
        const char *string = NULL, *item = NULL;
        int64_t integer = 0;
        bool flag = false;
        size_t count = 0;

        (void)value;
        if (json_string(object, name, 16, &arena, &string) == JSON_FOUND)
            FUZZ_CHECK(strlen(string) <= 16 && text_is_utf8(string, strlen(string)));
        if (json_label(object, name, LIMIT_FIELD, &arena, &string) == JSON_FOUND)
            FUZZ_CHECK(text_is_utf8(string, strlen(string)));
        if (json_integer(object, name, -5, 5, &integer) == JSON_FOUND)
            FUZZ_CHECK(integer >= -5 && integer <= 5);
        (void)json_flag(object, name, &flag);
        string = json_raw(object, name, 20, &arena);
        FUZZ_CHECK(string && text_is_utf8(string, strlen(string)));
        if (json_array(object, name, 3, &array, &count) == JSON_FOUND) {
            FUZZ_CHECK(count <= 3);
            for (size_t i = 0; i < count; i++) {
                (void)json_array_object(array, i);
                (void)json_array_string(array, i, 8, &arena, &item);
            }
        }
    }
}

static void read_object(const char *bytes, size_t length)
{
    CLEANUP(json_freep) struct json_object *object = NULL;
    CLEANUP(json_freep) struct json_object *again = NULL;
    CLEANUP(text_release) struct text written = TEXT_INIT;

    if (json_parse_object(bytes, length, &object, NULL) < 0)
        return;
    FUZZ_CHECK(!json_is_cut_off(bytes, length));
    read_members(object);
    text_add(&written, json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
    FUZZ_CHECK(json_parse_object(text_cstr(&written), written.length, &again, NULL) == 0);
    FUZZ_CHECK(json_object_equal(object, again));
}

struct tally {
    size_t items, flaws, pages;
};

static int count(void *context, size_t index, struct json_object *item, const char *flaw,
                 struct err *err)
{
    struct tally *tally = context;

    (void)index;
    (void)err;
    FUZZ_CHECK(!item != !flaw);
    if (item)
        read_members(item);
    tally->items += item != NULL;
    tally->flaws += flaw != NULL;
    return 0;
}

static int count_page(void *context, size_t index, struct json_object *head, const char *flaw,
                      struct err *err)
{
    struct tally *tally = context;

    (void)err;
    FUZZ_CHECK(index == tally->pages && !head != !flaw);
    tally->pages++;
    return 0;
}

/* Parts of a document that is one as a whole are documents themselves. */
static void read_parts(struct json_part whole)
{
    static const char *const pointers[] = {"/list", "/a/b", "/a~1b/c~0d", "/x/y/z"};
    struct json_part name, value, inner;
    size_t cursor = 0;

    while (*whole.bytes == '{' && json_next_member(whole, &cursor, &name, &value)) {
        FUZZ_CHECK(name.bytes > whole.bytes && value.bytes > name.bytes);
        FUZZ_CHECK(value.bytes + value.length <= whole.bytes + whole.length);
        FUZZ_CHECK(json_whole(value.bytes, value.length, &inner, NULL) == 0);
    }
    for (size_t i = 0; i < COUNT_OF(pointers); i++) {
        if (json_follow(whole, pointers[i], &inner))
            FUZZ_CHECK(inner.bytes > whole.bytes &&
                       json_whole(inner.bytes, inner.length, &value, NULL) == 0);
    }
}

/* A list is read alike as a document and as a part of one. */
static void read_whole(const char *bytes, size_t size)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct tally whole = {.items = 0}, part = {.items = 0}, lines = {.items = 0};
    struct json_part document;

    if (json_whole(bytes, size, &document, &err) == 0) {
        FUZZ_CHECK(!json_is_lines(bytes, size));
        read_parts(document);
        if (*document.bytes == '[') {
            FUZZ_CHECK(json_each(bytes, size, count, &whole, NULL) == 0);
            FUZZ_CHECK(json_each_of(document, count, &part, NULL) == 0);
            FUZZ_CHECK(whole.items == part.items && whole.flaws == part.flaws);
        }
    }
    if (json_each_line(bytes, size, count, &lines, NULL) == 0 && lines.items > 1)
        FUZZ_CHECK(json_whole(bytes, size, &document, NULL) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct tally whole = {.items = 0}, listed = {.items = 0}, pages = {.items = 0};

    read_object(bytes, size);
    read_whole(bytes, size);
    if (json_each(bytes, size, count, &whole, NULL) == 0) {
        CLEANUP(text_release) struct text page = TEXT_INIT;

        FUZZ_CHECK(json_each_of_pages(bytes, size, "list", count_page, count, &pages, NULL) == 0);
        FUZZ_CHECK(pages.pages == whole.items + whole.flaws);
        if (size > 0 && *bytes == '[') { /* the same as the list of one page */
            pages = (struct tally){.items = 0};
            text_add(&page, "{\"a\":{},\"list\":");
            text_add_bytes(&page, bytes, size);
            text_add(&page, ",\"z\":0}");
            if (json_each_of_pages(page.data, page.length, "list", count_page, count, &listed,
                                   NULL) == 0)
                FUZZ_CHECK(listed.items == whole.items && listed.flaws == whole.flaws);
        }
    }
    pages = (struct tally){.items = 0};
    (void)!json_each_of_pages(bytes, size, "list", count_page, count, &pages, NULL);
    return 0;
}
