/*
 * The links file settles by hand who is who, so a line that is not understood must not be passed
 * over: whoever it was meant to protect would be judged without it. Any flaw is a problem with the
 * number of its line. libcsv in strict mode reads it, one byte at a time, which is what lets a row
 * know its line; the file is small.
 */
#include <assert.h>
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/table.h"
#include "config/loader.h"
#include "host/file.h"

struct links {
    struct config_loader *loader;
    const char *path;
    unsigned line;       /* of the byte that is fed */
    unsigned row_line;   /* where the row begins */
    size_t column;       /* of the next cell */
    bool header_is_read; /* the first row was */
    const char *account; /* cells of the row at hand */
    const char *employee_number;
    struct link_override *item;
    size_t count, capacity;
    struct table seen; /* folded accounts, to the index of their entry */
};

static const char *take_cell(struct links *links, const char *start, size_t length)
{
    text_trim(&start, &length);
    if (length > LIMIT_FIELD) {
        config_problem_in(links->loader, links->path, links->row_line,
                          "a cell is longer than %d bytes", LIMIT_FIELD);
        return "";
    }
    return arena_strndup(links->loader->arena, start, length);
}

static void on_cell(void *bytes, size_t length, void *data)
{
    struct links *links = data;

    if (links->column == 0)
        links->account = take_cell(links, bytes, length);
    else if (links->column == 1)
        links->employee_number = take_cell(links, bytes, length);
    links->column++;
}

static void check_header(struct links *links)
{
    links->header_is_read = true;
    if (!text_equal(links->account, "account") ||
        !text_equal(links->employee_number, "employee_number"))
        config_problem_in(links->loader, links->path, links->row_line,
                          "the first line must begin with 'account,employee_number'; hint: the "
                          "cells are separated by commas");
}

static void add_link(struct links *links)
{
    const char *key = fold_text(links->loader->arena, links->account);
    uint32_t entry = table_find(&links->seen, key);

    if (entry != TABLE_END) {
        config_problem_in(links->loader, links->path, links->row_line,
                          "account '%s' is there twice, in line %u as well", links->account,
                          links->item[table_value(&links->seen, entry)].line);
        return;
    }
    if (links->count == LIMIT_LIST) {
        config_problem_in(links->loader, links->path, links->row_line,
                          "there are more than %d links", LIMIT_LIST);
        return;
    }
    table_add(&links->seen, key, (uint32_t)links->count);
    links->item = mem_grow(links->item, links->count, &links->capacity, sizeof(links->item[0]));
    links->item[links->count++] = (struct link_override){.account = links->account,
                                                         .employee_number = links->employee_number,
                                                         .line = links->row_line};
}

static bool is_blank_row(const struct links *links)
{
    return links->column <= 1 && text_is_empty(links->account);
}

static void on_row(int terminator, void *data)
{
    struct links *links = data;

    (void)terminator;
    if (is_blank_row(links)) {
        links->column = 0;
        return;
    }
    if (!links->header_is_read)
        check_header(links);
    else if (text_is_empty(links->account))
        config_problem_in(links->loader, links->path, links->row_line, "the account is empty");
    else if (links->column < 2 || text_is_empty(links->employee_number))
        config_problem_in(links->loader, links->path, links->row_line,
                          "account '%s' has no employee number; hint: write '-' for an account "
                          "that belongs to no person",
                          links->account);
    else
        add_link(links);
    links->column = 0;
    links->account = links->employee_number = NULL;
}

static void parse(struct links *links, const char *bytes, size_t length)
{
    struct csv_parser parser;

    int started = csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);

    assert(started == 0); /* it fails without a parser only */
    (void)started;
    csv_set_realloc_func(&parser, mem_realloc);
    links->line = links->row_line = 1;
    for (size_t i = 0; i < length; i++) {
        bool fresh = links->column == 0 && parser.entry_pos == 0 && !parser.quoted;

        if (fresh)
            links->row_line = links->line;
        if (csv_parse(&parser, bytes + i, 1, on_cell, on_row, links) != 1) {
            config_problem_in(links->loader, links->path, links->line,
                              "a quote '\"' is out of place");
            csv_free(&parser);
            return;
        }
        links->line += bytes[i] == '\n';
    }
    if (csv_fini(&parser, on_cell, on_row, links) != 0)
        config_problem_in(links->loader, links->path, links->row_line,
                          "a quote '\"' is opened here and not closed");
    csv_free(&parser);
    if (!links->header_is_read)
        config_problem_in(links->loader, links->path, 0,
                          "the file is empty; hint: its first line is 'account,employee_number'");
}

void config_read_links(struct config_loader *loader)
{
    static const char bom[] = "\xEF\xBB\xBF";
    struct links links = {.loader = loader, .path = loader->config->links_file};
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct link_override *link;

    if (!links.path)
        return;
    if (config_read_trusted(links.path, "links file", &text, &err) < 0) {
        config_problem_from(loader, config_line(loader, "matching.links_file"),
                            "matching.links_file", &err);
        return;
    }
    if (!text_is_utf8(text_cstr(&text), text.length)) {
        config_problem_in(loader, links.path, 0,
                          "the file is not text in UTF-8; hint: save it as 'CSV UTF-8'");
        return;
    }
    table_init(&links.seen, 64);
    if (text_starts(text_cstr(&text), bom))
        parse(&links, text.data + strlen(bom), text.length - strlen(bom));
    else
        parse(&links, text_cstr(&text), text.length);
    link = arena_calloc(loader->arena, links.count + 1, sizeof(*link));
    if (links.count > 0)
        memcpy(link, links.item, links.count * sizeof(*link));
    loader->config->matching.link = link;
    loader->config->matching.link_count = links.count;
    free(links.item);
    table_release(&links.seen);
}
