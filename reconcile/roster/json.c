/*
 * All shapes come down to objects with named values. JSON tells a missing member from an empty
 * one, so the mistake that a CSV header shows at once, a mapped name that is not there, is only
 * known at the end: a member that no element had refuses the file.
 *
 * A document may be the first page of several. Where it says so and nobody said how to get the
 * others, it is refused: half a roster reads like a wave of leavers.
 */
#include "roster/json.h"

#include <ctype.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "base/words.h"
#include "format/json.h"
#include "roster/json_value.h"
#include "roster/scim.h"
#include "roster/titles.h"

enum { NAMES_SHOWN = 40, NAME_SHOWN_BYTES = 60, LISTS_DEPTH = 3 };

struct roster_json {
    const struct config_roster *config;
    struct roster_intake *intake;
    const struct roster_column *column;
    size_t columns;
    bool *present;             /* per mapped column: some element has it */
    struct json_object *first; /* the first element that is an object, to say what is there */
    uint32_t rows, groups;     /* of SCIM those are no rows of people */
    size_t pages;              /* that were seen, of SCIM */
    int64_t announced;         /* totalResults; of other lists the most that a member tells */
};

struct roster_json *roster_json_new(const struct config_roster *config,
                                    struct roster_intake *intake)
{
    struct roster_json *json = mem_calloc(1, sizeof(*json));

    json->config = config;
    json->intake = intake;
    json->columns = roster_intake_columns(intake, &json->column);
    json->present = mem_calloc(json->columns, sizeof(json->present[0]));
    return json;
}

void roster_json_free(struct roster_json *json)
{
    if (!json)
        return;
    json_free(json->first);
    free(json->present);
    free(json);
}

/* --- elements --- */

/* Whether a whole number is as good as its digits there. */
static bool takes_numbers(enum roster_field field)
{
    switch (field) {
    case ROSTER_EMPLOYEE_NUMBER:
    case ROSTER_HIRE_DATE:
    case ROSTER_LAST_DAY:
    case ROSTER_ON_LEAVE:
    case ROSTER_LEAVE_FROM:
    case ROSTER_LEAVE_UNTIL:
        return true;
    case ROSTER_EMAIL:
    case ROSTER_USERNAME:
    case ROSTER_STATUS:
    case ROSTER_DEPARTMENT:
    case ROSTER_COUNTRY:
    case ROSTER_NAME:
    case ROSTER_FIELD_COUNT:
        break;
    }
    return false;
}

static enum json_found find_value(const struct roster_json *json, size_t column,
                                  struct json_object *item, struct arena *arena,
                                  const char **ret_value, const char **ret_flaw)
{
    const struct roster_column *mapped = &json->column[column];
    struct json_object *value = NULL;
    enum json_found found;

    if (json->config->format == ROSTER_FORMAT_SCIM)
        return roster_scim_find(item, mapped->name, arena, ret_value, ret_flaw);
    found = roster_json_find(item, mapped->name, &value);
    if (found != JSON_FOUND)
        return found;
    if (json_object_is_type(value, json_type_boolean) &&
        (mapped->field == ROSTER_STATUS || mapped->field == ROSTER_ON_LEAVE)) {
        *ret_value = json_object_get_boolean(value) ? "true" : "false";
        return JSON_FOUND;
    }
    return roster_json_text(value, mapped->name, takes_numbers(mapped->field), arena, ret_value,
                            ret_flaw);
}

static void read_values(struct roster_json *json, struct json_object *item)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < json->columns; i++) {
        const char *value = NULL, *flaw = NULL;
        enum json_found found = find_value(json, i, item, &arena, &value, &flaw);

        json->present[i] = json->present[i] || found != JSON_MISSING;
        if (found == JSON_FOUND)
            roster_intake_value(json->intake, i, value, strlen(value));
        else if (found == JSON_UNREADABLE)
            roster_intake_unreadable(json->intake, i, flaw);
    }
}

/* What says that it is a Group is nobody, unless it has what people have. */
static bool leave_out_group(struct roster_json *json, const struct json_object *item)
{
    CLEANUP(text_release) struct text reason = TEXT_INIT;
    const char *of_user;

    if (json->config->format != ROSTER_FORMAT_SCIM || !item || !roster_scim_is_group(item))
        return false;
    of_user = roster_scim_of_user(item);
    if (!of_user) {
        json->groups++;
        return true;
    }
    text_addf(&reason, "says that it is a Group, and has '%s', as people have", of_user);
    roster_intake_damaged(json->intake, text_cstr(&reason));
    return false;
}

static int on_element(void *context, size_t index, struct json_object *item, const char *flaw,
                      struct err *err)
{
    struct roster_json *json = context;

    json->rows++;
    if (json->rows > LIMIT_PEOPLE || index >= LIMIT_PEOPLE)
        return err_set(err, ERR_ROSTER, "has more than %d elements", LIMIT_PEOPLE);
    if (leave_out_group(json, item))
        return 0;
    if (item && !json->first)
        json->first = json_object_get(item);
    if (item)
        read_values(json, item);
    else
        roster_intake_damaged(json->intake, flaw);
    roster_intake_row(json->intake, json->config->format == ROSTER_FORMAT_JSONL
                                        ? (uint32_t)index + 1
                                        : json->rows);
    return 0;
}

/* --- SCIM --- */

/* A whole number of the head of a page; `fallback` when it is not there. */
static bool head_number(const struct json_object *page, const char *name, int64_t fallback,
                        int64_t *ret_number)
{
    struct json_object *value = NULL;
    enum json_found found = roster_scim_member(page, name, &value);

    *ret_number = fallback;
    if (found == JSON_MISSING || found == JSON_NULL)
        return true;
    if (found != JSON_FOUND || !json_object_is_type(value, json_type_int))
        return false;
    *ret_number = json_object_get_int64(value);
    return *ret_number >= 0 && *ret_number <= LIMIT_PEOPLE;
}

static int refuse_no_page(const struct json_object *item, size_t index, struct err *err)
{
    struct json_object *value;

    if (roster_scim_member(item, "userName", &value) == JSON_FOUND)
        return err_set(err, ERR_ROSTER,
                       "it is a bare list of users without the head of a list (totalResults), so "
                       "nobody can tell whether it is all of them; hint: export the whole "
                       "ListResponse, or read it as roster.format = \"json\" with JSON pointers in "
                       "roster.columns");
    return err_set(err, ERR_ROSTER, "page %zu has no 'totalResults': it is no SCIM ListResponse",
                   index + 1);
}

/* The head of a page, without its people: they come next. */
static int on_page(void *context, size_t index, struct json_object *item, const char *flaw,
                   struct err *err)
{
    struct roster_json *json = context;
    struct json_object *list = NULL;
    int64_t total = -1, start = 1;

    if (!item)
        return err_set(err, ERR_ROSTER, "page %zu cannot be used: %s", index + 1, flaw);
    if (!head_number(item, "totalResults", -1, &total) || total < 0)
        return refuse_no_page(item, index, err);
    if (!head_number(item, "startIndex", json->rows + 1, &start))
        return err_set(err, ERR_ROSTER, "the 'startIndex' of page %zu is no number", index + 1);
    if (start != (int64_t)json->rows + 1)
        return err_set(
            err, ERR_ROSTER,
            "page %zu has startIndex %lld, but %u people came before it, so it should be "
            "%u%s",
            index + 1, (long long)start, json->rows, json->rows + 1,
            start == 0 ? "; hint: SCIM counts from 1" : "");
    if (json->pages > 0 && total != json->announced)
        return err_set(err, ERR_ROSTER,
                       "page %zu announces %lld people, the first one %lld; hint: the list changed "
                       "while it was exported",
                       index + 1, (long long)total, (long long)json->announced);
    json->announced = total;
    json->pages++;
    /* The list of a name written with escapes is still there. */
    if (roster_scim_member(item, "Resources", &list) == JSON_UNREADABLE ||
        (list &&
         (!json_object_is_type(list, json_type_array) || json_object_array_length(list) > 0)))
        return err_set(err, ERR_ROSTER, "the 'Resources' of page %zu are no array", index + 1);
    return 0;
}

static int finish_scim(const struct roster_json *json, struct err *err)
{
    if (json->pages == 0)
        return err_set(err, ERR_ROSTER, "holds no page of a list");
    if (json->groups > 0 && json->groups == json->rows)
        return err_set(err, ERR_ROSTER,
                       "all that is in it are Groups and no Users; hint: take /Users, not /Groups");
    if (json->announced == json->rows)
        return 0;
    return err_set(err, ERR_ROSTER,
                   "holds %u of %lld people; hint: every page of the list is needed, in one array",
                   json->rows, (long long)json->announced);
}

/* --- names of members --- */

enum { NAME_FOLDED_BYTES = 32 };

/* The letters and digits of a name, in lower case: servers differ in the rest. */
static void fold_member(struct json_part name, char ret_folded[static NAME_FOLDED_BYTES])
{
    size_t kept = 0;

    for (size_t i = 0; i < name.length && kept + 1 < NAME_FOLDED_BYTES; i++) {
        if (isalnum((unsigned char)name.bytes[i]))
            ret_folded[kept++] = (char)tolower((unsigned char)name.bytes[i]);
    }
    ret_folded[kept] = '\0';
}

/* What a member says of the pages, by its folded name. */
enum paging { PAGING_NONE = 0, PAGING_NEXT, PAGING_LAST, PAGING_PAGES, PAGING_TOTAL };

static enum paging paging_of(struct json_part name)
{
    static const struct {
        const char *name;
        enum paging paging;
    } names[] = {
        {"next", PAGING_NEXT},           {"nextlink", PAGING_NEXT},
        {"nexturl", PAGING_NEXT},        {"nexthref", PAGING_NEXT},
        {"nexturi", PAGING_NEXT},        {"odatanextlink", PAGING_NEXT},
        {"nextpage", PAGING_NEXT},       {"nextpageurl", PAGING_NEXT},
        {"nextpagelink", PAGING_NEXT},   {"nextpagetoken", PAGING_NEXT},
        {"nexttoken", PAGING_NEXT},      {"nextcursor", PAGING_NEXT},
        {"nextoffset", PAGING_NEXT},     {"nextrecordsurl", PAGING_NEXT},
        {"hasmore", PAGING_NEXT},        {"hasmorepages", PAGING_NEXT},
        {"hasnext", PAGING_NEXT},        {"hasnextpage", PAGING_NEXT},
        {"morerecords", PAGING_NEXT},    {"moreavailable", PAGING_NEXT},
        {"istruncated", PAGING_NEXT},    {"continuationtoken", PAGING_NEXT},
        {"islast", PAGING_LAST},         {"islastpage", PAGING_LAST},
        {"last", PAGING_LAST},           {"totalpages", PAGING_PAGES},
        {"pagecount", PAGING_PAGES},     {"total", PAGING_TOTAL},
        {"totalcount", PAGING_TOTAL},    {"totalresults", PAGING_TOTAL},
        {"totalrecords", PAGING_TOTAL},  {"totalitems", PAGING_TOTAL},
        {"totalelements", PAGING_TOTAL}, {"totalsize", PAGING_TOTAL},
        {"totalrows", PAGING_TOTAL},     {"odatacount", PAGING_TOTAL},
        {"recordcount", PAGING_TOTAL},   {"count", PAGING_TOTAL},
    };
    char folded[NAME_FOLDED_BYTES];

    fold_member(name, folded);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(folded, names[i].name) == 0)
            return names[i].paging;
    }
    return PAGING_NONE;
}

/* --- where the list is --- */

static bool is_list_of_objects(struct json_part part)
{
    size_t at = 1;

    if (*part.bytes != '[')
        return false;
    while (at < part.length && strchr(" \t\r\n", part.bytes[at]))
        at++;
    return at < part.length && part.bytes[at] == '{';
}

static void add_name(struct text *text, struct json_part name)
{
    CLEANUP(mem_cleanup) char *copy = mem_strndup(name.bytes, name.length);

    text_add(text, text->length > 0 ? ", '" : "'");
    text_add_excerpt(text, copy, NAME_SHOWN_BYTES);
    text_add_char(text, '\'');
}

/* A step of a JSON pointer; a member's name holds no '~' and no '/' there. */
static void add_step(struct text *pointer, struct json_part name)
{
    text_add_char(pointer, '/');
    for (size_t i = 0; i < name.length; i++) {
        if (name.bytes[i] == '~' || name.bytes[i] == '/')
            text_add(pointer, name.bytes[i] == '~' ? "~0" : "~1");
        else
            text_add_char(pointer, name.bytes[i]);
    }
}

/* Counts the lists of objects below the part; *ret_pointer is the last one's. */
static size_t find_lists(struct json_part part, const char *path, unsigned depth,
                         struct text *ret_pointer)
{
    struct json_part name, value;
    size_t cursor = 0, count = 0;

    while (depth > 0 && *part.bytes == '{' && json_next_member(part, &cursor, &name, &value)) {
        CLEANUP(text_release) struct text below = TEXT_INIT;

        text_add(&below, path);
        add_step(&below, name);
        if (is_list_of_objects(value)) {
            text_clear(ret_pointer);
            text_add_printable(ret_pointer, text_cstr(&below));
            count++;
        } else {
            count += find_lists(value, text_cstr(&below), depth - 1, ret_pointer);
        }
    }
    return count;
}

/* What a document has around its list. Other names are not shown: where it is keyed by person they
 * are people. */
static bool is_wrapper(struct json_part name)
{
    static const char *const names[] = {
        "body",     "content",   "contractors", "d",         "data",     "docs",       "elements",
        "embedded", "employees", "entries",     "hits",      "items",    "links",      "list",
        "members",  "meta",      "metadata",    "output",    "page",     "pagination", "people",
        "persons",  "records",   "reportentry", "resources", "response", "result",     "results",
        "rows",     "staff",     "users",       "value",     "values",   "workers"};
    char folded[NAME_FOLDED_BYTES];

    fold_member(name, folded);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(folded, names[i]) == 0)
            return true;
    }
    return paging_of(name) != PAGING_NONE;
}

/* The members that may be shown, and how many others there are. */
static void add_wrappers(struct json_part whole, struct text *text)
{
    struct json_part name, value;
    size_t cursor = 0, others = 0;

    while (json_next_member(whole, &cursor, &name, &value)) {
        if (is_wrapper(name) && text->length < NAMES_SHOWN * NAME_SHOWN_BYTES)
            add_name(text, name);
        else
            others++;
    }
    if (others > 0)
        text_addf(text, "%s%zu %s", text->length > 0 ? " and " : "", others,
                  text->length > 0 ? "more" : "that are not shown, since they may be people");
    else if (text->length == 0)
        text_add(text, "none");
}

/* Who configured it does not know the shape yet, so it is told. */
static int refuse_shape(struct json_part whole, struct err *err)
{
    CLEANUP(text_release) struct text pointer = TEXT_INIT;
    CLEANUP(text_release) struct text names = TEXT_INIT;
    struct json_part scim;

    if (*whole.bytes != '{')
        return err_set(err, ERR_ROSTER, "the document is neither a list of people nor an object");
    if (json_follow(whole, "/totalResults", &scim) && json_follow(whole, "/Resources", &scim))
        return err_set(err, ERR_ROSTER, "it is a SCIM list; hint: roster.format = \"scim\"");
    if (find_lists(whole, "", LISTS_DEPTH, &pointer) == 1 &&
        !text_cstr(&pointer)[strcspn(text_cstr(&pointer), "@. 0123456789")])
        return err_set(err, ERR_ROSTER,
                       "the document is an object and no list, the rows stand below %s; hint: "
                       "roster.items = \"%s\"",
                       text_cstr(&pointer), text_cstr(&pointer));
    add_wrappers(whole, &names);
    return err_set(err, ERR_ROSTER,
                   "the document is an object and no list; hint: roster.items names the member "
                   "below which the rows stand; its members are %s",
                   text_cstr(&names));
}

static int refuse_items(struct json_part whole, const char *items, struct err *err)
{
    int result = refuse_shape(whole, err);

    (void)err_prefix(err, "it has no member %s (roster.items)", items);
    return result;
}

/* --- whether it is all --- */

/* A whole number, 0 for what is none. */
static int64_t number_of(struct json_part value)
{
    CLEANUP(mem_cleanup) char *digits = mem_strndup(value.bytes, value.length);
    int64_t number = 0;

    return parse_int(digits, 0, INT64_MAX, &number) ? number : 0;
}

static bool is_literal(struct json_part value, const char *word)
{
    return value.length == strlen(word) && memcmp(value.bytes, word, value.length) == 0;
}

enum { NEXT_DEPTH = 2 }; /* [ { "href": … } ] */

/* Of the member of an object that says where the next page is: an address, "href" below it and the
 * like. */
static bool leads_on(struct json_part value, unsigned depth)
{
    struct json_part name, below;
    size_t cursor = 0;

    if (*value.bytes == '"')
        return value.length > 2 && !is_literal(value, "\"false\"");
    while (depth > 0 && *value.bytes == '{' && json_next_member(value, &cursor, &name, &below)) {
        if (*below.bytes != '{' && leads_on(below, depth - 1))
            return true;
    }
    while (depth > 0 && *value.bytes == '[' && json_next_element(value, &cursor, &below)) {
        if (leads_on(below, depth - 1))
            return true;
    }
    return is_literal(value, "true") || number_of(value) > 0;
}

/* "next", "prev next", ["next"], "hydra:next" */
static bool says_next(struct json_part value)
{
    static const char marks[] = " \t\r\n\"[],:/#";
    size_t at = 0, word;

    for (; at < value.length; at += word) {
        while (at < value.length && strchr(marks, value.bytes[at]))
            at++;
        for (word = 0; at + word < value.length && !strchr(marks, value.bytes[at + word]);)
            word++;
        if (word == strlen("next") && strncasecmp(value.bytes + at, "next", word) == 0)
            return true;
    }
    return false;
}

/* An element of a list of links: {"rel": "next", "href": …}, {"relation": …, "url": …}, and
 * {"next": …}. */
static bool is_next_link(struct json_part link)
{
    static const char *const relations[] = {"rel", "relation", "name", "type"};
    static const char *const addresses[] = {"href", "url", "uri", "link"};
    struct json_part name, value;
    size_t cursor = 0;
    bool next = false, leads = false;

    while (*link.bytes == '{' && json_next_member(link, &cursor, &name, &value)) {
        char folded[NAME_FOLDED_BYTES];

        fold_member(name, folded);
        if (WORD_ROW(relations, folded))
            next = next || says_next(value);
        if (WORD_ROW(addresses, folded))
            leads = leads || leads_on(value, NEXT_DEPTH);
        if (paging_of(name) == PAGING_NEXT && leads_on(value, NEXT_DEPTH))
            return true;
    }
    return next && leads;
}

/* A list called links, pageLinks, _links, link. */
static bool has_next_link(struct json_part name, struct json_part list)
{
    struct json_part link;
    size_t cursor = 0, length = name.length;

    length -= length > 0 && (name.bytes[length - 1] | 0x20) == 's';
    if (*list.bytes != '[' || length < 4 || strncasecmp(name.bytes + length - 4, "link", 4) != 0)
        return false;
    while (json_next_element(list, &cursor, &link)) {
        if (is_next_link(link))
            return true;
    }
    return false;
}

static bool is_more(enum paging paging, struct json_part value)
{
    switch (paging) {
    case PAGING_NEXT:
        return leads_on(value, NEXT_DEPTH);
    case PAGING_LAST:
        return is_literal(value, "false");
    case PAGING_PAGES:
        return number_of(value) > 1;
    case PAGING_NONE:
    case PAGING_TOTAL:
        break;
    }
    return false;
}

static int refuse_page(const char *path, struct json_part name, struct json_part value,
                       struct err *err)
{
    CLEANUP(text_release) struct text pointer = TEXT_INIT;

    text_add(&pointer, path);
    add_step(&pointer, name);
    if (*value.bytes == '"')
        return err_set(err, ERR_ROSTER,
                       "it is one page of several: its member '%.*s' leads to the next; hint: "
                       "over https roster.next = \"%s\" fetches all, a file must hold all",
                       (int)name.length, name.bytes, text_cstr(&pointer));
    if (*value.bytes == '[')
        return err_set(err, ERR_ROSTER,
                       "it is one page of several: the list '%s' leads to the next; hint: a file "
                       "must hold all; roster.next follows a header Link or a member with the "
                       "address, not a list of links",
                       text_cstr(&pointer));
    return err_set(err, ERR_ROSTER,
                   "it is one page of several: its member '%s' says that there are more; hint: a "
                   "file must hold all; over https roster.next names the member that leads to the "
                   "next page",
                   text_cstr(&pointer));
}

/* The object, and those below it for `depth` more steps: to the list and beside it. */
static int check_pages(struct roster_json *json, struct json_part object, const char *path,
                       unsigned depth, bool last, struct err *err)
{
    const char *items = json->config->items;
    struct json_part name, value;
    size_t cursor = 0;

    while (*object.bytes == '{' && json_next_member(object, &cursor, &name, &value)) {
        CLEANUP(text_release) struct text below = TEXT_INIT;
        enum paging paging = paging_of(name);

        text_add(&below, path);
        add_step(&below, name);
        bool is_list = items && strcmp(items, text_cstr(&below)) == 0;
        if (last && (is_more(paging, value) || (!is_list && has_next_link(name, value))))
            return refuse_page(path, name, value, err);
        if (paging == PAGING_TOTAL && number_of(value) > json->announced)
            json->announced = number_of(value);
        if (*value.bytes != '{')
            continue;
        bool leads = items && text_starts(items, text_cstr(&below)) &&
                     (items[below.length] == '/' || items[below.length] == '\0');
        if ((leads || depth > 0) && check_pages(json, value, text_cstr(&below),
                                                leads ? LISTS_DEPTH : depth - 1, last, err) < 0)
            return -1;
    }
    return 0;
}

static int finish_list(const struct roster_json *json, struct err *err)
{
    if (json->announced <= json->rows)
        return 0;
    return err_set(err, ERR_ROSTER,
                   "holds %u elements, and tells that there are %lld; hint: it is one page of "
                   "several; a file must hold all, over https roster.next fetches all",
                   json->rows, (long long)json->announced);
}

static int read_list(struct roster_json *json, const char *bytes, size_t length, bool last,
                     struct err *err)
{
    const char *items = json->config->items;
    struct json_part whole, list;

    if (json_is_lines(bytes, length))
        return err_set(err, ERR_ROSTER,
                       "it is one object after another and no list, which is JSON Lines; hint: "
                       "roster.format = \"jsonl\"");
    if (json_whole(bytes, length, &whole, err) < 0)
        return -1;
    list = whole;
    if (items && !json_follow(whole, items, &list))
        return *whole.bytes == '['
                   ? err_set(err, ERR_ROSTER,
                             "the document is the list itself; hint: leave out roster.items")
                   : refuse_items(whole, items, err);
    if (check_pages(json, whole, "", LISTS_DEPTH, last, err) < 0)
        return -1;
    if (*list.bytes != '[')
        return items ? err_set(err, ERR_ROSTER, "%s (roster.items) is no list", items)
                     : refuse_shape(whole, err);
    return json_each_of(list, on_element, json, err);
}

/* What is no object to a line: a list, or objects over several lines. */
static int read_lines(struct roster_json *json, const char *bytes, size_t length, struct err *err)
{
    size_t at = 0;

    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        at = 3;
    while (at < length && strchr(" \t\r\n", bytes[at]) && bytes[at])
        at++;
    if (at < length && bytes[at] == '[')
        return err_set(err, ERR_ROSTER,
                       "it is one list, and JSON Lines has an object in each line; hint: "
                       "roster.format = \"json\"");
    if (json_each_line(bytes, length, on_element, json, err) == 0)
        return 0;
    const char *line = at < length ? memchr(bytes + at, '\n', length - at) : NULL;
    if (json->rows == 0 && line && line - bytes - (ptrdiff_t)at < 3)
        return err_set(err, ERR_ROSTER,
                       "its first line is no more than the beginning of an object; hint: JSON "
                       "Lines has each object in one line: export it so, or as one list with "
                       "roster.format = \"json\"");
    return -1;
}

int roster_json_page(struct roster_json *json, const char *bytes, size_t length, bool last,
                     struct err *err)
{
    int result = 0;

    switch (json->config->format) {
    case ROSTER_FORMAT_SCIM:
        result = json_each_of_pages(bytes, length, "Resources", on_page, on_element, json, err);
        break;
    case ROSTER_FORMAT_JSONL:
        result = read_lines(json, bytes, length, err);
        break;
    case ROSTER_FORMAT_JSON:
    case ROSTER_FORMAT_CSV:
        result = read_list(json, bytes, length, last, err);
        break;
    }
    if (result < 0 && err)
        err->code = ERR_ROSTER; /* the accessors serve the portal's answers too */
    return result;
}

/* --- the end --- */

static void add_members(const struct roster_json *json, const char *wanted, struct text *text)
{
    CLEANUP(text_release) struct text pointer = TEXT_INIT;
    CLEANUP(mem_cleanup) const char **names = NULL;
    size_t count = 0;

    if (!json->first)
        return;
    if (roster_json_locate(json->first, wanted, &pointer)) {
        text_addf(text, "; hint: is \"");
        text_add_printable(text, text_cstr(&pointer));
        text_add(text, "\" meant?");
        return;
    }
    names = mem_calloc((size_t)json_object_object_length(json->first), sizeof(names[0]));
    json_object_object_foreach(json->first, key, member)
    {
        (void)member;
        names[count++] = key;
    }
    bool shown = roster_titles_may_be_shown(names, count, json->column, json->columns);
    for (size_t i = 0; i < json->columns; i++)
        shown |= json->present[i];
    if (!shown) {
        text_add(text, "; hint: what its members are called is not shown, since it may be people");
        return;
    }
    text_add(text, "; members present: ");
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
        text_add(text, i > 0 ? ", '" : "'");
        text_add_excerpt(text, names[i], NAME_SHOWN_BYTES);
        text_add_char(text, '\'');
    }
}

static int refuse_missing(const struct roster_json *json, const struct roster_column *column,
                          bool by_default, struct err *err)
{
    CLEANUP(text_release) struct text hint = TEXT_INIT;

    if (json->config->format == ROSTER_FORMAT_SCIM && column->field == ROSTER_STATUS)
        return err_set(err, ERR_ROSTER,
                       "no user has '%s'%s%s%s, so nobody can tell who has left; hint: let the "
                       "server send that attribute",
                       column->name, by_default ? "" : " (",
                       by_default ? "" : roster_field_setting(column->field),
                       by_default ? "" : ")");
    add_members(json, column->name, &hint);
    if (hint.length == 0)
        text_add(&hint, "; hint: leave the column out of the mapping if it does not come");
    return err_set(err, ERR_ROSTER, "no element has a member '%s' (%s)%s", column->name,
                   roster_field_setting(column->field), text_cstr(&hint));
}

/* Of SCIM's own mapping, which nobody wrote down, attributes may be missing: all but `active`, and
 * not every key. */
static int check_present(const struct roster_json *json, bool by_default, struct err *err)
{
    bool key = false;

    for (size_t i = 0; i < json->columns && json->rows > 0; i++) {
        enum roster_field field = json->column[i].field;

        key = key || (json->present[i] && (field == ROSTER_EMPLOYEE_NUMBER ||
                                           field == ROSTER_EMAIL || field == ROSTER_USERNAME));
        if (!json->present[i] && (!by_default || field == ROSTER_STATUS))
            return refuse_missing(json, &json->column[i], by_default, err);
    }
    if (by_default && !key && json->rows > 0)
        return err_set(err, ERR_ROSTER, "no user has a userName, an address or an employeeNumber");
    return 0;
}

size_t roster_json_groups(const struct roster_json *json)
{
    return json->groups;
}

int roster_json_finish(struct roster_json *json, bool by_default, struct err *err)
{
    if (json->config->format == ROSTER_FORMAT_SCIM ? finish_scim(json, err) < 0
                                                   : finish_list(json, err) < 0)
        return -1;
    return check_present(json, by_default, err);
}
