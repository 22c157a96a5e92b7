/*
 * drop: a directory into which people put files for the program, each their own: who owns a file
 * is who put it there. So the directory is the program's, in it nobody moves or replaces what is
 * somebody else's (sticky, and closed to strangers), and of a file nothing is believed that anybody
 * but its owner could have written. Names are looked up in the directory that was judged, and never
 * followed.
 */
#ifndef HOST_DROP_H
#define HOST_DROP_H

#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/text.h"
#include "host/place.h"

struct drop {
    const char *path;
    struct place place;
};

/* Errors are ERR_CONFIG, and say what to do. */
int drop_open(const char *path, struct drop *ret_drop, struct err *err)
    __attribute__((warn_unused_result));
void drop_release(struct drop *drop);

enum drop_fate {
    DROP_READ = 0, /* it is known */
    DROP_LEFT,     /* gone, being written, or no matter of ours: not now */
    DROP_REFUSED,  /* ret_file->why says why not, a sentence */
};

struct drop_file {
    const char *name;
    const char *who;        /* the owner's login name; NULL = not known */
    bool is_own;            /* the owner is whom the directory belongs to */
    bool is_nameless;       /* the owner has no name; `who` is the number */
    struct instant written; /* for the last time */
    struct stat status;     /* as it was looked at */
    bool is_signed;         /* nobody is believed for owning it: who may write it does not matter */
    struct text content;
    const char *why;
};
void drop_file_release(struct drop_file *file);

/* Whether this machine knows a user of that name: where people are in a directory service, only
 * while that answers. */
bool drop_knows_user(const char *name);

/* Whose it is, without opening it. Refused: nobody knows, or somebody else may have put it here. */
enum drop_fate drop_look(const struct drop *drop, struct arena *arena, const char *name,
                         struct drop_file *ret_file);
/* All of what was looked at. `now` by the clock that files are dated by: what was written a moment
 * ago may be written on. */
enum drop_fate drop_read(const struct drop *drop, struct arena *arena, struct instant now,
                         struct drop_file *file);
/* Why what it says is not certain to be its owner's word, a sentence; NULL = it is. */
const char *drop_why_not_owners(struct arena *arena, const struct drop_file *file);
#define DROP_QUIET_US (10 * SECOND_US) /* so long */
/* What stands in a name, whoever's it is, for searches; 1: a directory, -1: no file that
 * can be read. */
int drop_peek(const struct drop *drop, const char *name, struct text *ret_text,
              struct instant *ret_written) __attribute__((warn_unused_result));

/* A file of ours beside theirs, readable for the directory's group, in the place of an earlier one.
 */
int drop_put(const struct drop *drop, const char *name, const struct text *content, struct err *err)
    __attribute__((warn_unused_result));
/* Gives what was looked at another name, and whatever has that one goes. *ret_replaced, and an
 * error: something else stood in its name by now, and does so still. */
int drop_set_aside(const struct drop *drop, const struct drop_file *file, const char *to,
                   bool *ret_replaced, struct err *err) __attribute__((warn_unused_result));
int drop_remove(const struct drop *drop, const char *name, struct err *err)
    __attribute__((warn_unused_result));

#endif
