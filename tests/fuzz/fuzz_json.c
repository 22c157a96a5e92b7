/*
 * The scanner in front of json-c, and the accessors behind it. What the scanner takes json-c must
 * take too, and write again as the same; what comes element by element is what comes as a whole;
 * and a view of an element says what json-c says of it.
 * Reads: format/json.c format/json_view.c
 */
#include <json-c/json.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/json_view.h"
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

/* --- elements as views, and as what json-c makes of them --- */

/* What json-c made of a list's elements, one after another. */
struct built {
    struct json_object *item[64];
    const char *flaw[64];
    size_t count;
};

static void built_release(struct built *built)
{
    for (size_t i = 0; i < built->count; i++)
        json_free(built->item[i]);
}

static int keep_built(void *context, size_t index, struct json_object *item, const char *flaw,
                      struct err *err)
{
    struct built *built = context;

    FUZZ_CHECK(index == built->count);
    if (index == COUNT_OF(built->item))
        return err_set(err, ERR_INTERNAL, "enough");
    built->item[built->count] = json_object_get(item);
    built->flaw[built->count++] = flaw;
    return 0;
}

static void compare_string(enum json_found found, const char *string, enum json_found as_view,
                           const char *viewed)
{
    FUZZ_CHECK(found == as_view);
    FUZZ_CHECK(found != JSON_FOUND || strcmp(string, viewed) == 0);
}

static void compare_member(const struct json_object *item, const struct json_view *view,
                           const char *name)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const struct json_object *array = NULL;
    struct json_part list, element;
    const char *string = NULL, *viewed = NULL;
    size_t count = 0, viewed_count = 0, cursor = 0;
    bool flag = false, viewed_flag = false;

    enum json_found found = json_string(item, name, 16, &arena, &string);
    enum json_found as_view = json_view_string(view, name, 16, &arena, &viewed);
    compare_string(found, string, as_view, viewed);
    found = json_label(item, name, LIMIT_FIELD, &arena, &string);
    as_view = json_view_label(view, name, LIMIT_FIELD, &arena, &viewed);
    compare_string(found, string, as_view, viewed);
    FUZZ_CHECK(json_flag(item, name, &flag) == json_view_flag(view, name, &viewed_flag));
    FUZZ_CHECK(flag == viewed_flag);
    found = json_array(item, name, 3, &array, &count);
    FUZZ_CHECK(found == json_view_array(view, name, 3, &list, &viewed_count));
    FUZZ_CHECK(count == viewed_count);
    for (size_t i = 0; i < count; i++) {
        FUZZ_CHECK(json_next_element(list, &cursor, &element));
        FUZZ_CHECK((*element.bytes == '{') == (json_array_object(array, i) != NULL));
    }
}

static void compare_object(const struct json_object *item, const struct json_view *view)
{
    json_object_object_foreach((struct json_object *)(uintptr_t)item, name, value)
    {
        (void)value;
        compare_member(item, view, name);
    }
    compare_member(item, view, "id");
    compare_member(item, view, "");
}

static int compare_view(void *context, size_t index, const struct json_view *view, const char *flaw,
                        struct err *err)
{
    const struct built *built = context;
    struct json_part list, element;

    if (index == built->count)
        return err_set(err, ERR_INTERNAL, "enough");
    FUZZ_CHECK(!view == !built->item[index] && !flaw == !built->flaw[index]);
    FUZZ_CHECK(!flaw || strcmp(flaw, built->flaw[index]) == 0);
    if (!view)
        return 0;
    compare_object(built->item[index], view);
    json_object_object_foreach(built->item[index], name, value)
    {
        size_t cursor = 0, count = 0, i = 0;

        if (json_view_array(view, name, 100, &list, &count) != JSON_FOUND)
            continue;
        for (; json_next_element(list, &cursor, &element); i++) {
            CLEANUP(json_view_release) struct json_view inner = {.count = 0};
            if (*element.bytes != '{')
                continue;
            (void)json_view_read(&inner, element);
            compare_object(json_object_array_get_idx(value, i), &inner);
        }
        FUZZ_CHECK(i == count);
    }
    return 0;
}

static void read_views(const char *bytes, size_t size)
{
    CLEANUP(json_list_release) struct json_list list = {.count = 0};
    CLEANUP(built_release) struct built built = {.count = 0};

    if (json_list_read(bytes, size, &list, NULL) < 0)
        return;
    (void)!json_each(bytes, size, keep_built, &built, NULL);
    (void)!json_list_views(&list, compare_view, &built, NULL);
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
    read_views(bytes, size);
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
