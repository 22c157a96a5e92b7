/*
 * encode: one encoder per context in which a text from outside is shown. Names of people are
 * hostile text: nothing from a portal or a roster goes into a report but through one of these (or
 * through base/jsonw for JSON).
 *
 * All of them put out valid UTF-8 whatever comes in. NULL is nothing.
 */
#ifndef FORMAT_ENCODE_H
#define FORMAT_ENCODE_H

#include <stddef.h>

#include "base/text.h"

/* One CSV field (RFC 4180): the printable form, so that a row is a line and no cell can begin
 * another one; quoted when it holds a comma, semicolon, quote, or a blank at an end. A spreadsheet
 * takes what begins with = + - @ | % for a formula, quoted or not, behind blanks, quotes and
 * apostrophes; the full-width forms too. Such a field gets an apostrophe in front. One that splits
 * the file at another separator than ours sees further beginnings behind each of , ; | : ^ ~ and
 * each blank: those get one as well. Not lossless; JSON is. */
void encode_csv(struct text *out, const char *value);

/* How many bytes in front of a value are the apostrophe of encode_csv: 1 or 0. */
size_t encode_csv_defused(const char *value);

/* HTML text or the inside of a quoted attribute. What is not printable is spelled out as on a
 * terminal. */
void encode_html(struct text *out, const char *value);

/* --- a terminal: text_add_printable, and how wide it is --- */

/* Columns that the printable form of `value` takes: 2 for East Asian wide ones and emoji, 0 for
 * combining ones. */
size_t encode_width(const char *value);

/* The printable form in exactly `width` columns: cut with `…` between what a reader sees as
 * characters, or filled up with blanks behind. */
void encode_cell(struct text *out, const char *value, size_t width);

/* The printable form broken at blanks into lines of at most `width` columns; every line but the
 * first begins with `indent` blanks. A word longer than a line is cut hard. No newline at the end.
 */
void encode_wrapped(struct text *out, const char *value, size_t indent, size_t width);

#endif
