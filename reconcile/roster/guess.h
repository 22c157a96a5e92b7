/*
 * roster/guess: what a roster seems to be, for `init` to write down: its shape, what its columns
 * mean, how its dates are written, which words are which state; and what it cannot know, as
 * questions for a person.
 *
 * The invariant: without an answer, what was guessed leads to no write. A word or a date that is
 * not plain is left out, and then its rows are rejected and the people in them unknown. Where a
 * column that was left out could change what another one means, the rules that would act on it are
 * blocked until somebody has said that it does not matter. Nothing that looks like status, leave,
 * rehire or type is left out in silence. Not for reading a roster: that is roster/reader, by which
 * the guess is tried.
 */
#ifndef ROSTER_GUESS_H
#define ROSTER_GUESS_H

#include "config/config.h"
#include "roster/guess_dates.h"
#include "roster/guess_shape.h"
#include "roster/lexicon.h"

#define GUESS_VALUES_MAX 40 /* different values of a column that are looked at */
#define GUESS_NO_COLUMN  SIZE_MAX

struct guess_value {
    const char *text;
    size_t rows; /* that have it */
};

struct guess_column {
    const char *title;    /* as roster.columns names it: of a member below others a JSON pointer */
    enum meaning hint;    /* what its title says */
    unsigned rank;        /* how likely, less is likelier */
    enum meaning meaning; /* what it is taken for; MEANING_NONE = not used */
    bool settled;         /* a person has said so, or that it does not matter */
    bool no_leave;        /* a person has said that it does not say who is on leave */
    bool twice;           /* another column has the same title, so neither can be named */
    const char *example;  /* the first value; NULL = all are empty */
    size_t filled;        /* rows with a value */
    size_t told;          /* rows of somebody with a value */
    bool open;            /* the row that is looked at has a value */
    size_t repeats;       /* rows in which the title stands once more */
    struct guess_value value[GUESS_VALUES_MAX];
    size_t values;
    bool many; /* it has more than GUESS_VALUES_MAX different ones */
    struct guess_dates dates;
    bool beyond;             /* a date in it lies behind the last day of its row */
    bool undated;            /* a date in it stands in the row of somebody who may have left, and no
                                last day besides */
    bool shares;             /* a person has said that most rows do have one last day */
    const char *date_format; /* proven, or said by a person; NULL = not known */
};

/* A word of the status column ("" = empty cells), and what it is taken for. */
struct guess_word {
    const char *text;
    size_t rows;
    enum person_status status; /* UNKNOWN = not known */
    bool either;               /* on leave, and departed when the last day has passed */
    bool settled;              /* a person has left it open: its rows stay rejected */
};

/* What is in doubt. */
enum guess_subject {
    GUESS_ABOUT_WORD,     /* what a status word means */
    GUESS_ABOUT_ORDER,    /* day or month first */
    GUESS_ABOUT_CENTURY,  /* years in two digits */
    GUESS_ABOUT_SERIAL,   /* numbers of days */
    GUESS_ABOUT_NO_DATE,  /* whether a value stands for no date */
    GUESS_ABOUT_LAST_DAY, /* whether a date ends the employment, or which of several does */
    GUESS_ABOUT_COLUMN,   /* a column that looks as if it mattered and is not used */
    GUESS_ABOUT_EMAIL,    /* which of several addresses is the work address */
    GUESS_ABOUT_INACTIVE, /* SCIM: whether who is not active has left */
    GUESS_ABOUT_GONE,     /* dates that may be the last day, where nothing says who has left */
    GUESS_ABOUT_AHEAD,    /* dates that may say that a word for departure is written ahead */
    GUESS_ABOUT_MUTE,     /* columns that may say who works here, under titles nobody knows */
    GUESS_ABOUT_LATER,    /* columns of dates behind the last day */
    GUESS_ABOUT_SHARED,   /* whether the last day that most rows have is one */
    GUESS_ABOUT_AWAY,     /* whether it matters that nothing says who is on leave */
    GUESS_ABOUT_LIST,     /* JSON: a second list, which is not read */
    GUESS_ABOUT_ABOVE,    /* rows above the titles that may be somebody's */
    GUESS_ABOUT_TYPES,    /* kinds of contract, for all of which the rules are the same */
    GUESS_ABOUT_REHIRED,  /* whether who is hired again keeps the last day of the first time */
    GUESS_ABOUT_NUMBER,   /* which of two columns is the employee number */
    GUESS_ABOUT_FILE,     /* nothing to be answered: HR's file has to be mended */
};

#define GUESS_CHOICES 13

/* A column and what it is taken for from then on; MEANING_NONE = it is not used. */
struct guess_taking {
    size_t column; /* GUESS_NO_COLUMN = none */
    enum meaning meaning;
};

struct guess_question {
    enum guess_subject subject;
    size_t column;                         /* or GUESS_NO_COLUMN */
    const char *value;                     /* a word, a cell; NULL = none */
    const char *sentence;                  /* what is not known */
    const char *examples;                  /* values, for a terminal alone; NULL = none */
    const char *open;                      /* what follows while it is open */
    const char *choice[GUESS_CHOICES + 1]; /* answers, ended by NULL; none = nothing to answer */
    struct guess_taking taking[GUESS_CHOICES]; /* what the choices of columns do */
    bool blocks_departed, blocks_idle;         /* the rules that are not written while it is open */
};

struct roster_guess {
    struct arena *arena;
    const struct lexicon *lexicon;
    struct guess_shape shape;
    const char *encoding;
    const char *letters; /* the first word with letters outside of ASCII, as it reads in it, for a
                            terminal alone; NULL = nobody could have tried another encoding */
    bool whole;          /* all of the file was looked at */
    const char *refusal; /* JSON: why a run would refuse this document as a file, whatever is
                            answered: one page of several; NULL = it would not */
    size_t rows;
    size_t people; /* rows with a value that says who somebody is */
    struct guess_column *column;
    size_t columns, column_capacity;
    struct guess_word *word; /* of the status column */
    size_t words;
    const char *no_date[32]; /* for roster.no_date */
    size_t no_dates;
    const char *leave_word[2 * GUESS_VALUES_MAX]; /* for roster.on_leave_words */
    size_t leave_words;
    bool repeats_titles;             /* every row has the titles before its values */
    bool short_years;                /* a person has said which hundred years two digits are */
    size_t inactive;                 /* SCIM: users who are not active */
    bool one_list;                   /* a person has said that the other list does not matter */
    bool nobody_above;               /* a person has said that rows above the titles are nobody's */
    bool emptied;                    /* a person has said that who is hired again has no last day */
    bool nobody_away;                /* a person has said that nobody is on leave for long */
    bool inactive_left;              /* a person has said that they have left */
    bool inactive_stay;              /* a person has said that some of them have not */
    struct guess_question *question; /* that are open */
    size_t questions, question_capacity;
};

/* Of the bytes of a file, which is whole or cut somewhere; zone (NULL = UTC) says of which moments
 * a day is made. ERR_ROSTER: nothing in them could be a list of people. Memory from the arena; what
 * a person has said before (lists and columns of `known`, NULL = nobody has) is taken as it is. */
int roster_guess(struct arena *arena, const char *bytes, size_t length, bool whole,
                 const struct zone *zone, const struct config_roster *known,
                 struct roster_guess *ret_guess, struct err *err)
    __attribute__((warn_unused_result));

/* The column that is taken for this; NULL = none is. */
const struct guess_column *roster_guess_of(const struct roster_guess *guess, enum meaning meaning);

/* Whether who has this word has left when the last day has passed, and else is on leave. */
bool roster_guess_is_either(const struct roster_guess *guess, const struct guess_word *word);

/* Whether some column says who a person is, without which nothing can be read. */
bool roster_guess_has_key(const struct roster_guess *guess);
/* Whether the answer to an open question would make one say it. */
bool roster_guess_asks_key(const struct roster_guess *guess);

/* A person's answer to an open question, an index into its choices. The questions are then made
 * anew. */
void roster_guess_answer(struct roster_guess *guess, size_t question, size_t choice);

/* A column that does not matter, by its title; or "leave", for nobody is away for long, or
 * "rehires", for who is hired again has no last day; false: there is none, or it is used. */
bool roster_guess_leave_out(struct roster_guess *guess, const char *title);

/* Whether a question about this column is open. */
bool roster_guess_is_asked(const struct roster_guess *guess, const struct guess_column *column);

/* Whether anything in the file says that somebody has left. */
bool roster_guess_tells_departures(const struct roster_guess *guess);

/* Whether the rules that act on a departure, or on idleness, wait for an answer. */
bool roster_guess_blocks_departed(const struct roster_guess *guess);
bool roster_guess_blocks_idle(const struct roster_guess *guess);

#endif
