/*
 * roster/guess_shape: what kind of file a roster is and where in it the people stand: format,
 * delimiter, row of the titles, labels below, lines at the end; in JSON the list, in its own member
 * or not. Then the rows themselves, one after the other, for who looks at their cells.
 */
#ifndef ROSTER_GUESS_SHAPE_H
#define ROSTER_GUESS_SHAPE_H

#include "config/config.h"
#include "roster/lexicon.h"

#define GUESS_FOOTERS 4
#define GUESS_LIST    "(a list)" /* given for a list among the members of a person */

struct guess_shape {
    enum roster_format format;
    char delimiter;
    size_t header_row; /* as a spreadsheet numbers it; 0 = none was found */
    size_t label_rows;
    size_t above;                      /* rows above the titles that may be somebody's */
    const char *footer[GUESS_FOOTERS]; /* patterns for roster.footer */
    size_t footers;
    size_t last_row;   /* of a person; above the footer */
    const char *items; /* JSON pointer to the list; NULL = the document is it */
    const char *other; /* JSON pointer to another list beside it; NULL = there is none */
    const char *pages; /* SCIM: where an array of pages begins; NULL = it is one page */
    const char *list;  /* JSON: where the list begins in the text */
    size_t list_length;
    const char *trouble; /* why the rest was not looked at; NULL = it was */
    const char **title;  /* CSV: the titles, trimmed */
    size_t titles;
};

/* The text is UTF-8 without a mark and outlives the shape. ERR_ROSTER: there is nothing that could
 * be a list of people. */
int guess_shape(struct arena *arena, const struct lexicon *lexicon, const char *utf8, size_t length,
                bool whole, struct guess_shape *ret_shape, struct err *err)
    __attribute__((warn_unused_result));

/* A value of a row: column is the place of the title in CSV, else `path` says where it stands. The
 * value is valid during the call. */
typedef void guess_cell(void *context, size_t column, const char *path, const char *value);
/* Behind the cells of one person. */
typedef void guess_row(void *context);

/* CSV is read as far as it can be; JSON that is none is ERR_ROSTER. */
int guess_shape_rows(const struct guess_shape *shape, const char *utf8, size_t length,
                     guess_cell *cell, guess_row *row, void *context, struct err *err)
    __attribute__((warn_unused_result));

#endif
