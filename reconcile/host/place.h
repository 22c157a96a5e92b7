/*
 * place: where a path leads, and with whose rights. Root must not do for somebody what they could
 * not do themselves: in a directory of theirs they may put a link, a hard link or another directory
 * in the place of any file, at any moment. So every path is walked a part at a time, and from the
 * first directory on that is not root's, root has the rights of its owner (of this thread, for
 * files alone; what is made belongs to that owner). A link of somebody else is followed with their
 * rights and no others. Who is not root walks with their own.
 *
 * All files of the program are opened, made, renamed and removed by host/file, which asks here.
 */
#ifndef HOST_PLACE_H
#define HOST_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Its parts are swapped by nobody who could not do the same without us: `name` holds no '/' and is
 * no link, and is meant in the directory `fd`. */
struct place {
    int fd;
    char *name;
    uid_t uid;    /* whose rights; our own where nobody else's directory is on the way */
    bool is_open; /* the name is one that the kernel gives what a process has open (/dev/fd/N) */
};

#define PLACE_NONE                                                                                 \
    (struct place)                                                                                 \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

/* What stands in the way of believing what lies at a path; asked at each directory that is walked
 * through. An answer other than 0 ends the walk with that errno. */
typedef int place_visit(void *context, int fd, const char *part);

/* The name need not be there; the directory must. -1 with errno: ENOENT, ENOTDIR, ELOOP, EACCES,
 * ENAMETOOLONG, or what `visit` (may be NULL) said. */
int place_find(const char *path, place_visit *visit, void *context, struct place *ret_place)
    __attribute__((warn_unused_result));
void place_release(struct place *place);

/* openat in the place, never through a link; what is made belongs to whose rights they are. */
int place_open(const struct place *place, int flags, mode_t mode)
    __attribute__((warn_unused_result));
int place_make_directory(const struct place *place, mode_t mode)
    __attribute__((warn_unused_result));
/* Of names in its directory; EEXIST where something is to stay. */
int place_rename(const struct place *place, const char *from, const char *to, bool replaces)
    __attribute__((warn_unused_result));
int place_remove(const struct place *place, const char *name) __attribute__((warn_unused_result));
int place_sync(const struct place *place) __attribute__((warn_unused_result)); /* its directory */

#endif
