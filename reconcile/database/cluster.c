/*
 * Two lock files tell who is here. Whoever creates, starts or stops holds `lock` alone; whoever
 * uses the server shares `users`, taken while `lock` is held. So the one that leaves, holds `lock`
 * and gets `users` for itself is the last one, nobody can come in meanwhile, and the server is
 * stopped. Locks vanish with their process, so a kill leaves at most a running server, which the
 * next one finds, uses and stops.
 *
 * As root the directory belongs to the user that runs the server, and an existing owner runs it.
 * Nothing is written there with root's rights.
 */
#include "database/cluster.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/words.h"
#include "database/server.h"
#include "host/clock.h"
#include "host/command.h"
#include "host/file.h"

#define START_TIMEOUT_S 60
/* Creating, starting and stopping take somebody else no longer than so many times that. */
#define LOCK_STARTS 3

struct cluster {
    struct server server;
    int lock_fd, users_fd; /* -1 while not open */
    char *conninfo;
};

static void cluster_free(struct cluster *cluster)
{
    if (!cluster)
        return;
    cleanup_fd(&cluster->users_fd);
    cleanup_fd(&cluster->lock_fd);
    server_release(&cluster->server);
    free(cluster->conninfo);
    free(cluster);
}
CLEANUP_POINTER(struct cluster, cluster_freep, cluster_free)

/* --- the directory --- */

/* As root: the owner of the nearest directory that exists, so that what a person does by sudo and
 * what the service does as its own user is one cluster; "postgres" where that is root. */
static char *choose_user(const char *directory)
{
    CLEANUP(mem_cleanup) char *path = mem_strdup(directory);
    struct stat status = {.st_uid = 0};

    while (file_look(path, &status) < 0 && errno == ENOENT && strcmp(path, "/") != 0) {
        char *parent = file_directory(path);

        free(path);
        path = parent;
    }
    const struct passwd *owner = status.st_uid ? getpwuid(status.st_uid) : NULL;
    return mem_strdup(owner && geteuid() == 0 ? owner->pw_name : "postgres");
}

/* What may lie in a directory that has no cluster yet. */
static bool is_harmless(const char *name)
{
    static const char *const harmless[] = {".",        "..",         "lock",         "users",
                                           "data.new", "server.log", "server.log.1", "lost+found"};

    return WORD_ROW(harmless, name) || text_starts(name, ".s.PGSQL.");
}

struct content {
    bool foreign, cluster, ours;
};

static int note(void *context, const char *path, const char *name, struct err *err)
{
    struct content *content = context;

    (void)path;
    (void)err;
    content->cluster |= text_equal(name, "PG_VERSION");
    content->ours |= text_equal(name, "data");
    content->foreign |= !is_harmless(name);
    return 0;
}

/* Refuses a directory that is something else, before anything in it is touched. */
static int check_content(const char *path, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    struct content content = {.foreign = false};

    if (file_each(path, "", note, &content, &own) < 0)
        return err_set(err, ERR_CONFIG, "%s", own.text);
    if (!content.foreign || content.ours)
        return 0;
    return err_set(
        err, ERR_CONFIG,
        "'%s' is not empty and is not %s; hint: set database.embedded "
        "to a new directory%s",
        path,
        content.cluster ? "an embedded database that this program made, but a cluster of "
                          "PostgreSQL made by somebody else"
                        : "an embedded database",
        content.cluster ? ", or use that cluster's server through database.conninfo" : "");
}

/* One that was restored from a backup often belongs to who did that. */
static int refuse_owner(const struct child_user *user, const char *path, uid_t owner,
                        struct err *err)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;
    const struct passwd *entry = getpwuid(owner);

    text_addf(&command, "chown -R %s: ", user->name);
    command_quote(&command, path);
    return err_set(err, ERR_CONFIG,
                   "the directory '%s' of the embedded database belongs to the user id %lu (%s), "
                   "the server would run as '%s'; hint: %s, or, as root, look what it holds and "
                   "'%s'",
                   path, (unsigned long)owner, entry ? entry->pw_name : "without a name",
                   user->name,
                   geteuid() == 0 ? "set database.os_user to the owner"
                                  : "run this as root or as the owner of the directory",
                   text_cstr(&command));
}

/* Gives a new directory to the user, checks the owner of another. One that is root's but lies in a
 * directory of somebody else is not given away: they may have put it there. */
static int settle_owner(const struct child_user *user, const char *path, struct err *err)
{
    CLEANUP(place_release) struct place place = PLACE_NONE;
    CLEANUP(cleanup_fd) int fd = -1;
    struct stat status;

    if (place_find(path, NULL, NULL, &place) == 0)
        fd = place_open(&place, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0 || fstat(fd, &status) < 0)
        return err_set_errno(err, ERR_CONFIG, errno, "cannot open the directory '%s'", path);
    if (status.st_uid == 0 && geteuid() == 0 && place.uid == 0) {
        if (fchown(fd, user->uid, user->gid) < 0)
            return err_set_errno(err, ERR_CONFIG, errno, "cannot give '%s' to the user '%s'", path,
                                 user->name);
        status.st_uid = user->uid;
    }
    if (status.st_uid != user->uid)
        return refuse_owner(user, path, status.st_uid, err);
    if ((status.st_mode & 077) != 0 && fchmod(fd, 0700) < 0)
        return err_set_errno(err, ERR_CONFIG, errno, "cannot make '%s' private", path);
    return 0;
}

static int make_missing(const char *path, struct err *err)
{
    CLEANUP(mem_cleanup) char *parent = file_directory(path);
    struct stat status;

    if (file_look(path, &status) == 0 || errno != ENOENT)
        return 0;
    if (file_make_directory(parent, 0755, err) < 0) /* others must get through */
        return -1;
    return file_make_directory(path, 0700, err);
}

static int prepare_directory(const char *wanted, const struct child_user *user, char **ret_path,
                             struct err *err)
{
    CLEANUP(mem_cleanup) char *path = NULL, *closed = NULL;
    CLEANUP(text_release) struct text quoted = TEXT_INIT;

    if (make_missing(wanted, err) < 0)
        return -1;
    path = realpath(wanted, NULL);
    if (!path)
        return err_set_errno(err, ERR_CONFIG, errno, "cannot use the directory '%s'", wanted);
    /* By the name as it was given: of the other nobody can tell whose links led to it. */
    if (check_content(wanted, err) < 0 || settle_owner(user, wanted, err) < 0 ||
        child_check_path(user, path, &closed, err) < 0)
        return -1;
    if (closed) {
        command_quote(&quoted, closed);
        return err_set(err, ERR_CONFIG,
                       "the user '%s', who runs the embedded database in '%s', cannot enter '%s'; "
                       "hint: allow it by 'chmod o+x %s', or set database.embedded to another "
                       "place, for instance below /var/lib",
                       user->name, path, closed, text_cstr(&quoted));
    }
    *ret_path = TAKE(path);
    return 0;
}

/* --- the locks --- */

static int open_lock(const struct server *server, const char *name, int *ret_fd, struct err *err)
{
    CLEANUP(mem_cleanup) char *path = file_join(server->directory, name);
    CLEANUP(cleanup_fd)
    int fd = file_open(path, O_RDWR | O_CREAT | O_NOCTTY | O_NONBLOCK, 0600);

    if (fd < 0)
        return err_set_errno(err, ERR_CONFIG, errno, "cannot open the lock file '%s'", path);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

/* flock has no timeout of its own. Whoever holds it while the server recovers is waited for. */
static int take_lock(const struct cluster *cluster, struct err *err)
{
    struct timespec pause = {.tv_nsec = 20 * 1000000};
    int64_t timeout_s = LOCK_STARTS * cluster->server.start_timeout_s;
    bool told = false;

    for (int64_t waited = 0; flock(cluster->lock_fd, LOCK_EX | LOCK_NB) < 0; waited += 20) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return err_set_errno(err, ERR_INTERNAL, errno, "cannot lock '%s/lock'",
                                 cluster->server.directory);
        if (told && clock_is_interrupted())
            return server_left(&cluster->server, err);
        if (waited > timeout_s * 1000) {
            if (!server_recovers(&cluster->server, &told) &&
                flock(cluster->lock_fd, LOCK_EX | LOCK_NB) < 0)
                return err_set(err, ERR_UNREACHABLE,
                               "another process has been starting or stopping the embedded "
                               "database in '%s' for more than %lld s; hint: 'fuser %s/lock' "
                               "names it",
                               cluster->server.directory, (long long)timeout_s,
                               cluster->server.directory);
            waited = 0;
        }
        (void)nanosleep(&pause, NULL);
    }
    return 0;
}

/* --- open and close --- */

static char *make_conninfo(const char *socket)
{
    struct text text = TEXT_INIT;

    text_add(&text, "host='");
    for (const char *c = socket; *c; c++) {
        if (*c == '\'' || *c == '\\')
            text_add_char(&text, '\\');
        text_add_char(&text, *c);
    }
    text_add(&text, "' port=5432 dbname=reconcile user=reconcile");
    return text_take(&text);
}

/* With `lock` held. */
static int create_and_start(struct cluster *cluster, struct err *err)
{
    CLEANUP(mem_cleanup) char *socket = NULL;
    bool exists;

    if (server_check_version(&cluster->server, &exists, err) < 0 ||
        (!exists && server_create(&cluster->server, err) < 0) ||
        server_start(&cluster->server, &socket, err) < 0)
        return -1;
    if (flock(cluster->users_fd, LOCK_SH | LOCK_NB) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot lock '%s/users'",
                             cluster->server.directory);
    cluster->conninfo = make_conninfo(socket);
    return 0;
}

/* With `lock` held: whoever gets `users` alone is the last. */
static void stop_if_last(const struct cluster *cluster)
{
    (void)flock(cluster->users_fd, LOCK_UN);
    if (flock(cluster->users_fd, LOCK_EX | LOCK_NB) == 0)
        server_stop(&cluster->server);
    (void)flock(cluster->users_fd, LOCK_UN);
}

static int prepare(const struct cluster_settings *settings, struct server *server, struct err *err)
{
    CLEANUP(mem_cleanup)
    char *user =
        settings->os_user ? mem_strdup(settings->os_user) : choose_user(settings->directory);

    server->start_timeout_s =
        settings->start_timeout_s > 0 ? settings->start_timeout_s : START_TIMEOUT_S;
    server->tell = settings->tell;
    server->without_fsync = settings->without_fsync;
    if (child_user_init(user, &server->user, err) < 0 ||
        server_choose_programs(server, settings->bindir, settings->directory, err) < 0 ||
        prepare_directory(settings->directory, &server->user, &server->directory, err) < 0)
        return -1;
    server->data = file_join(server->directory, "data");
    return server_choose_socket(&server->user, server->directory, &server->socket, err);
}

int cluster_open(const struct cluster_settings *settings, struct cluster **ret_cluster,
                 struct err *err)
{
    CLEANUP(cluster_freep) struct cluster *cluster = mem_calloc(1, sizeof(*cluster));
    int result;

    cluster->lock_fd = cluster->users_fd = -1;
    if (prepare(settings, &cluster->server, err) < 0 ||
        open_lock(&cluster->server, "lock", &cluster->lock_fd, err) < 0 ||
        open_lock(&cluster->server, "users", &cluster->users_fd, err) < 0 ||
        take_lock(cluster, err) < 0)
        return -1;
    /* A server that is too slow to start stays: recovery after a crash would never end otherwise.
     * The next one finds it, and stops it at the end. */
    result = create_and_start(cluster, err);
    (void)flock(cluster->lock_fd, LOCK_UN);
    if (result == 0)
        *ret_cluster = TAKE(cluster);
    return result;
}

const char *cluster_conninfo(const struct cluster *cluster)
{
    return cluster->conninfo;
}

const char *cluster_bindir(const struct cluster *cluster)
{
    return cluster->server.bindir;
}

void cluster_close(struct cluster *cluster)
{
    if (!cluster)
        return;
    /* Without the lock the server stays: whoever holds it, or the next one to leave, sees to it. */
    if (take_lock(cluster, NULL) == 0) {
        stop_if_last(cluster);
        (void)flock(cluster->lock_fd, LOCK_UN);
    }
    cluster_free(cluster);
}
