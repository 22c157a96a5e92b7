/*
 * drop: a directory into which people put files for the program, each their own: who owns a file
 * is who put it there. So the directory is the program's, in it nobody moves or replaces what is
 * somebody else's (sticky, and closed to strangers), and of a file nothing is believed that anybody
 * but its owner could have written. Names are looked up in the directory that was judged, and never
 * followed.
 */
#ifndef HOST_DROP_H
#define HOST_DROP_H

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
    DROP_READ = 0, /* all of it, and whose it is */
    DROP_LEFT,     /* gone, being written, or no matter of ours: not now */
    DROP_REFUSED,  /* ret_file->why says why not, a sentence */
};

struct drop_file {
    uid_t uid;
    const char *who;        /* the owner's login name; NULL = not known */
    bool is_own;            /* the owner is whom the directory belongs to */
    struct instant written; /* for the last time */
    struct text content;
    const char *why;
};
void drop_file_release(struct drop_file *file);

/* `now` by the clock that files are dated by. */
enum drop_fate drop_read(const struct drop *drop, struct arena *arena, const char *name,
                         struct instant now, struct drop_file *ret_file);
/* What stands in a name, whoever's it is, for searches; 1: a directory, -1: no file that
 * can be read. */
int drop_peek(const struct drop *drop, const char *name, struct text *ret_text,
              struct instant *ret_written) __attribute__((warn_unused_result));

/* A file of ours beside theirs, readable for the directory's group; EEXIST where one is. */
int drop_put(const struct drop *drop, const char *name, const struct text *content, struct err *err)
    __attribute__((warn_unused_result));
/* Whatever has the new name goes; where it cannot, the file itself goes. */
int drop_set_aside(const struct drop *drop, const char *name, const char *to, struct err *err)
    __attribute__((warn_unused_result));
int drop_remove(const struct drop *drop, const char *name, struct err *err)
    __attribute__((warn_unused_result));

#endif
