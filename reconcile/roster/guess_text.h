/*
 * roster/guess_text: in which encoding a roster seems to be written, by a byte order mark, by UTF-8
 * that fits, else by trial of a short table: the one in which most titles are known, then in which
 * the letters outside of ASCII stand where letters of a language stand. A statistic over bytes says
 * little of a file that is ASCII but for ten names; where those letters stand says much.
 */
#ifndef ROSTER_GUESS_TEXT_H
#define ROSTER_GUESS_TEXT_H

#include "base/err.h"
#include "base/text.h"
#include "roster/lexicon.h"

/* The name for roster.encoding, static, and the text; what a file that is cut (not `whole`) ends in
 * the midst of is left out. Where nothing tells two apart it is the one that is `configured` (NULL
 * = none is). NULL when none fits, or when nearly all of it is UTF-8
 * and the rest is not: ERR_ROSTER says so. */
const char *guess_text(const struct lexicon *lexicon, const char *configured, const char *bytes,
                       size_t length, bool whole, struct text *ret_text, struct err *err);

#endif
