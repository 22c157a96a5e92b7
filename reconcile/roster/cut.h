/*
 * roster/cut: whether the last value of a CSV file without a line end at its end is all of it.
 *
 * Such a file may be cut, or its program never writes the last line end. What is whole is told by
 * the value itself and by the others of its column; what they do not prove is doubtful.
 */
#ifndef ROSTER_CUT_H
#define ROSTER_CUT_H

#include "roster/intake.h"

/* Of the open row, its value in a mapped column; `longest`: bytes of the longest one before. */
bool roster_cut_is_whole(struct roster_intake *intake, size_t column, size_t longest);

#endif
