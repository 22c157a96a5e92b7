/*
 * One message each way. There: the words in their plain form, NUL behind each, and with them
 * standard input, output and error and what every file to be read holds. Back: the exit code. So
 * nothing that a reviewer names is ever opened by the service, and what is printed goes straight to
 * where they sit. Who they are is SO_PEERCRED; no word and no variable says it. The service takes
 * its own configuration, the verbs of reviewers, and of their options none that reaches elsewhere.
 */
#include "cmd/bynder-reconcile/desk.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/bynder-reconcile/configs.h"
#include "cmd/bynder-reconcile/invoker.h"
#include "cmd/bynder-reconcile/session.h"
#include "database/os_user.h"
#include "format/json.h"
#include "host/clock.h"
#include "host/command.h"
#include "host/file.h"
#include "host/journal.h"
#include "host/log.h"

enum {
    MESSAGE_BYTES = 65536,
    FILES_MAX = 3 + OPTION_MAX + 1,
    WORDS_MAX = 64,
    LISTENING = 3,     /* the descriptor that systemd passes first (sd_listen_fds(3)) */
    IDLE_MS = 60000,   /* after that without anybody the service ends; the socket stays */
    CHILDREN_MAX = 16, /* questions at a time; the next one waits */
    EACH_MAX = 3,      /* and of one person: nobody keeps the others from saying 'keep' */
    GREETING_S = 10,   /* who connects says at once what they want */
    NAME_S = 60,       /* how long it may take to say of which portal it is */
    ANSWER_MAX_S =
        900, /* and is not served for ever, as a pager that nobody leaves would have it */
};

/* What holds for a copy that was made for us and for nothing else: it has no path, so that its own
 * bytes are all it leads to, and they stay as they are. */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* One message, with room for every file that may come along. */
struct parcel {
    char words[MESSAGE_BYTES];
    struct iovec part;
    union {
        char bytes[CMSG_SPACE(FILES_MAX * sizeof(int))];
        size_t align;
    } control;
    struct msghdr message;
};

static void wrap(struct parcel *parcel, size_t words, size_t files)
{
    parcel->part = (struct iovec){.iov_base = parcel->words, .iov_len = words};
    parcel->message = (struct msghdr){.msg_iov = &parcel->part,
                                      .msg_iovlen = 1,
                                      .msg_control = parcel->control.bytes,
                                      .msg_controllen = CMSG_SPACE(files * sizeof(int))};
}

static void close_file(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* --- the reviewer's side --- */

/* A plan has one desk, those of many portals have as many. */
static bool is_over_portals(const struct invocation *asked)
{
    return asked->verb == &verb_approve && invocation_option(asked, "portals");
}

/* All of this machine: those of the configurations at their usual place. */
static bool are_all_meant(const struct invocation *asked)
{
    const char *directory = is_over_portals(asked) ? configs_directory(asked) : NULL;

    return directory && text_starts(COMMAND_CONFIG_DIRECTORY, directory) &&
           strlen(directory) + 1 >= strlen(COMMAND_CONFIG_DIRECTORY);
}

const char *desk_for(struct arena *arena, const struct command_line *line)
{
    const struct invocation *asked = &line->invocation;
    const char *instance = command_instance(arena, asked->config_path);
    bool reviews = asked->verb && command_is_for_reviewers(asked->verb->name);

    if (!reviews || line->desk)
        return reviews ? line->desk : NULL;
    if (geteuid() == 0 || command_is_service())
        return NULL;
    bool are_all = are_all_meant(asked);
    if (!are_all && !instance)
        return NULL;
    const char *path = arena_printf(arena, DESK_DIRECTORY "%s", are_all ? "" : instance);
    return access(path, F_OK) == 0 ? path : NULL;
}

bool desk_is_many(const char *desk, const struct invocation *asked)
{
    struct stat status;

    return is_over_portals(asked) && stat(desk, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Nothing that is asked there takes longer than that: a full queue, or a service that hangs. */
static int connect_to(const char *path, int patience_s, struct err *err)
{
    const struct timeval patience = {.tv_sec = patience_s};
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CLEANUP(close_file) int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    const char *who = NULL;
    struct stat status;

    if (strlen(path) >= sizeof(address.sun_path))
        return err_set(err, ERR_USAGE, "'%s' is too long for a socket", path);
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return err_set(err, ERR_USAGE,
                       "'%s' is a directory, and this is about one portal; hint: --desk with the "
                       "socket of that portal in it",
                       path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0) {
        int connected = fd;
        fd = -1;
        return connected;
    }
    if (errno == EACCES && os_user(&arena, &who, NULL) == 0)
        return err_set(err, ERR_HELD,
                       "'%s' is for the members of the group '" COMMAND_REVIEWERS
                       "', and '%s' is none; hint: 'sudo adduser %s " COMMAND_REVIEWERS
                       "', and log in anew",
                       path, who, who);
    return err_set_errno(err, ERR_UNREACHABLE, errno, "nobody answers at '%s'", path);
}

/* A copy in memory, which the service can read although it may not open the file. One to be read is
 * sealed, by which the service knows it. */
static int copy_file(const char *path, int *ret_fd, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(close_file) int fd = memfd_create("file", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (path && file_read(path, LIMIT_HTTP_BODY, ERR_USAGE, &text, NULL, err) < 0)
        return -1;
    if (fd < 0 || write(fd, text_cstr(&text), text.length) != (ssize_t)text.length ||
        (path && fcntl(fd, F_ADD_SEALS, SEALS) < 0))
        return err_set_errno(err, ERR_INTERNAL, errno, "no room for '%s'", path ? path : "output");
    *ret_fd = fd;
    fd = -1;
    return 0;
}

/* A terminal is lent to be written on: who could read it could read what is typed there afterwards.
 */
static int for_writing(int fd)
{
    char name[32];

    if (!isatty(fd))
        return fd;
    (void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    int own = file_open(name, O_WRONLY | O_NOCTTY, 0);
    return own < 0 ? fd : own;
}

/* What was asked, in one form: --name=value, then the arguments behind "--". */
static void add_words(const struct command_line *line, struct text *words)
{
    const struct invocation *asked = &line->invocation;
    static const char *const level[] = {[LOG_LEVEL_ERROR] = "error",
                                        [LOG_LEVEL_WARNING] = "warning",
                                        [LOG_LEVEL_INFO] = "info",
                                        [LOG_LEVEL_DEBUG] = "debug"};
    const char *no_color = getenv("NO_COLOR");

    text_addf(words, "--log-level=%s%c", level[line->log_level], 0);
    text_addf(words, "--log-format=%s%c", line->log_format == LOG_FORMAT_JSON ? "json" : "text", 0);
    if (!text_is_empty(no_color))
        text_addf(words, "--no-color%c", 0);
    text_addf(words, "%s%c", asked->verb->name, 0);
    for (size_t i = 0; asked->verb->option && asked->verb->option[i].name; i++) {
        const struct option_spec *option = &asked->verb->option[i];
        if (!asked->value[i] || option_use(option) == OPTION_WRITES)
            continue;
        text_addf(words, "--%s%s%s%c", option->name, option->metavar ? "=" : "", asked->value[i],
                  0);
    }
    text_addf(words, "--%c", 0);
    for (size_t i = 0; i < asked->argument_count; i++)
        text_addf(words, "%s%c", asked->argument[i], 0);
}

/* Where the output goes, and the files to be read, behind the three standard ones. */
static int open_files(const struct invocation *asked, int file[FILES_MAX], size_t *ret_count,
                      const char **ret_output, struct err *err)
{
    const struct option_spec *option = asked->verb->option;

    for (size_t i = 0; option && option[i].name; i++) {
        const char *value = asked->value[i];
        enum option_use use = value ? option_use(&option[i]) : OPTION_SAYS;
        const char *path = asked->path[i] ? asked->path[i] : value;
        if (use == OPTION_READS && copy_file(path, &file[(*ret_count)++], err) < 0)
            return -1;
        if (use == OPTION_WRITES && !text_equal(value, "-"))
            *ret_output = value;
    }
    const char *argument = invocation_argument_file(asked);
    if (argument && copy_file(argument, &file[(*ret_count)++], err) < 0)
        return -1;
    return *ret_output ? copy_file(NULL, &file[1], err) : 0;
}

static int send_parcel(int connection, const struct text *words, const int *file, size_t count,
                       struct err *err)
{
    CLEANUP(mem_cleanup) struct parcel *parcel = mem_calloc(1, sizeof(*parcel));

    if (words->length > sizeof(parcel->words))
        return err_set(err, ERR_USAGE, "that is more than %d bytes of words", MESSAGE_BYTES);
    memcpy(parcel->words, text_cstr(words), words->length);
    wrap(parcel, words->length, count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&parcel->message);
    assert(header);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), file, count * sizeof(int));
    if (sendmsg(connection, &parcel->message, MSG_NOSIGNAL) < 0)
        return err_set_errno(err, ERR_UNREACHABLE, errno, "the service took nothing");
    return 0;
}

static int write_output(int fd, const char *path, struct err *err)
{
    CLEANUP(file_draft_release) struct file_draft draft = {.fd = -1};
    char piece[65536];
    ssize_t length = 0;

    if (lseek(fd, 0, SEEK_END) == 0)
        return 0; /* what failed prints nothing, and leaves what was there */
    invoker_begin();
    int failed = lseek(fd, 0, SEEK_SET) < 0 || file_draft_begin(&draft, path, 0640, err) < 0;
    while (!failed && (length = read(fd, piece, sizeof(piece))) > 0)
        file_draft_add(&draft, piece, (size_t)length);
    failed = failed || file_draft_end(&draft, err) < 0;
    invoker_end();
    return failed ? -1 : 0;
}

static int put(const char *socket, const struct command_line *line, int patience_s,
               int file[FILES_MAX], size_t *count, struct err *err)
{
    CLEANUP(text_release) struct text words = TEXT_INIT;
    CLEANUP(close_file) int connection = connect_to(socket, patience_s, err);
    int code = 0;
    const char *output = NULL;

    add_words(line, &words);
    if (connection < 0 || open_files(&line->invocation, file, count, &output, err) < 0 ||
        send_parcel(connection, &words, file, *count, err) < 0)
        return (int)err->code;
    if (recv(connection, &code, sizeof(code), 0) != sizeof(code)) {
        (void)err_set(err, clock_is_interrupted() ? ERR_INTERRUPTED : ERR_INTERNAL,
                      "the service gave no answer; hint: what it had decided until then "
                      "is in the history, 'status' says; it takes %d questions of one person at a "
                      "time",
                      EACH_MAX);
        return (int)err->code;
    }
    return output && write_output(file[1], output, err) < 0 ? (int)err->code : code;
}

/* What it prints goes to `printed`. Many may be asked by one process: no file stays open. */
static int ask(const char *socket, const struct command_line *line, int printed, int patience_s,
               struct err *err)
{
    int file[FILES_MAX] = {open("/dev/null", O_RDONLY | O_CLOEXEC), for_writing(printed),
                           for_writing(STDERR_FILENO)};
    size_t count = 3;
    int code = put(socket, line, patience_s, file, &count, err);

    for (size_t i = 0; i < count; i++) {
        if (file[i] > STDERR_FILENO && file[i] != printed)
            close_file(&file[i]);
    }
    return code;
}

int desk_ask(const char *socket, const struct command_line *line, struct err *err)
{
    return ask(socket, line, STDOUT_FILENO, ANSWER_MAX_S + GREETING_S, err);
}

/* --- several of them --- */

static void say_word(struct invocation *asked, const char *name, const char *value)
{
    for (size_t i = 0; asked->verb->option[i].name; i++) {
        if (text_equal(asked->verb->option[i].name, name))
            asked->value[i] = value;
    }
}

static int read_printed(int fd, struct text *out, struct err *err)
{
    char piece[65536];
    ssize_t length = 0;

    if (lseek(fd, 0, SEEK_SET) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot read what was answered");
    while ((length = read(fd, piece, sizeof(piece))) > 0)
        text_add_bytes(out, piece, (size_t)length);
    return length < 0 ? err_set_errno(err, ERR_INTERNAL, errno, "cannot read what was answered")
                      : 0;
}

int desk_portal(const char *socket, struct arena *arena, const char **ret_portal, struct err *err)
{
    CLEANUP(close_file) int printed = -1;
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *status = NULL;
    struct command_line line = {.invocation = {.arena = arena, .verb = &verb_status},
                                .log_level = LOG_LEVEL_ERROR,
                                .log_format = log_format()};

    say_word(&line.invocation, "format", "json");
    if (copy_file(NULL, &printed, err) < 0)
        return -1;
    int code = ask(socket, &line, printed, NAME_S, err);
    if (code != 0)
        return err->code ? -1
                         : err_set(err, (enum err_code)code,
                                   "'%s' does not say which portal it is of", socket);
    if (read_printed(printed, &text, err) < 0 ||
        json_parse_object(text_cstr(&text), text.length, &status, err) < 0)
        return -1;
    if (json_string(status, "portal", LIMIT_FIELD, arena, ret_portal) != JSON_FOUND)
        return err_set(err, ERR_INTERNAL, "'%s' names no portal", socket);
    return 0;
}

int desk_approve(const char *socket, const struct invocation *terms, const char *plan,
                 const char *digest, struct err *err)
{
    static const char *const same[] = {"spread", "nightly", "reason"};
    char *argument[] = {arena_strdup(terms->arena, plan), NULL};
    struct command_line line = {.invocation = {.arena = terms->arena,
                                               .verb = &verb_approve,
                                               .argument = argument,
                                               .argument_count = 1},
                                .log_level = log_level(),
                                .log_format = log_format()};

    say_word(&line.invocation, "digest", digest);
    for (size_t i = 0; i < COUNT_OF(same); i++)
        say_word(&line.invocation, same[i], invocation_option(terms, same[i]));
    return desk_ask(socket, &line, err);
}

/* --- the service's side --- */

static int receive(int connection, struct parcel *parcel, int file[FILES_MAX], size_t *ret_count,
                   struct err *err)
{
    const struct timeval patience = {.tv_sec = GREETING_S};

    wrap(parcel, sizeof(parcel->words), FILES_MAX);
    (void)setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ssize_t length = recvmsg(connection, &parcel->message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&parcel->message) : NULL;
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
        (parcel->message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || parcel->words[length - 1])
        return err_set(err, ERR_USAGE, "that is no question");
    /* the room is rounded up, and one more than was asked for may have come */
    *ret_count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    if (*ret_count < 3 || *ret_count > FILES_MAX)
        return err_set(err, ERR_USAGE, "that is no question");
    memcpy(file, CMSG_DATA(header), *ret_count * sizeof(int));
    parcel->part.iov_len = (size_t)length;
    return 0;
}

/* The kernel's word for who is there; from here on what is said is said to them. */
static int meet(int connection, const int file[FILES_MAX], struct err *err)
{
    struct ucred peer;
    socklen_t length = sizeof(peer);

    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 ||
        dup2(file[0], 0) < 0 || dup2(file[1], 1) < 0 || dup2(file[2], 2) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot tell who is there");
    os_user_is(peer.uid);
    journal_end();
    return 0;
}

/* A file that could only be opened by somebody's path would be opened with the service's rights. */
static bool is_copy(int fd)
{
    int seals = fcntl(fd, F_GET_SEALS);

    return seals >= 0 && (seals & SEALS) == SEALS;
}

/* Whether that is for reviewers, and gives each file to be read its descriptor. */
static int admit(struct invocation *asked, const int *file, size_t count, struct err *err)
{
    size_t taken = 3;

    if (!asked->verb || !command_is_for_reviewers(asked->verb->name))
        return err_set(err, ERR_USAGE, "that is not for reviewers");
    for (size_t i = 0; asked->verb->option && asked->verb->option[i].name; i++) {
        const struct option_spec *option = &asked->verb->option[i];
        enum option_use use = asked->value[i] ? option_use(option) : OPTION_SAYS;
        if (use == OPTION_REACHES || use == OPTION_WRITES ||
            (use == OPTION_READS && (taken >= count || !is_copy(file[taken]))))
            return err_set(err, ERR_USAGE, "--%s is not for reviewers", option->name);
        if (use == OPTION_READS)
            asked->path[i] = arena_printf(asked->arena, "/proc/self/fd/%d", file[taken++]);
    }
    if (!invocation_argument_file(asked))
        return 0;
    if (taken >= count || !is_copy(file[taken]))
        return err_set(err, ERR_USAGE, "a path is not for reviewers");
    asked->argument_path = arena_printf(asked->arena, "/proc/self/fd/%d", file[taken]);
    return 0;
}

static int do_asked(const struct invocation *self, const struct parcel *parcel, const int *file,
                    size_t count, struct err *err)
{
    char *argv[WORDS_MAX + 4] = {arena_strdup(self->arena, "bynder-reconcile"),
                                 arena_strdup(self->arena, "--config"),
                                 arena_strdup(self->arena, self->config_path)};
    struct command_line line = {.help = false};
    int argc = 3;

    for (size_t at = 0; at < parcel->part.iov_len && argc < WORDS_MAX;
         at += strlen(parcel->words + at) + 1)
        argv[argc++] = arena_strdup(self->arena, parcel->words + at);
    if (argc == WORDS_MAX || options_parse(self->arena, verb_all, argc, argv, &line, err) < 0)
        return err->code ? (int)err->code : (int)err_set(err, ERR_USAGE, "too many words");
    log_setup(line.log_level, line.log_format);
    if (line.help || line.version || admit(&line.invocation, file, count, err) < 0)
        return (int)err->code;
    command_set_config(self->config_path);
    return session_end(line.invocation.verb->run(&line.invocation, err), err);
}

/* In a process of its own, so that nothing of one reviewer is left for the next. */
static int answer(const struct invocation *self, int connection)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct parcel *parcel = arena_calloc(self->arena, 1, sizeof(*parcel));
    int file[FILES_MAX];
    size_t count = 0;

    (void)alarm(ANSWER_MAX_S);
    if (receive(connection, parcel, file, &count, &err) < 0 || meet(connection, file, &err) < 0)
        return (int)err.code;
    int code = do_asked(self, parcel, file, count, &err);
    session_tell(&err);
    (void)send(connection, &code, sizeof(code), MSG_NOSIGNAL);
    return code;
}

/* Who is being answered, and by which process. */
struct children {
    struct {
        pid_t pid;
        uid_t uid;
    } one[CHILDREN_MAX];
    size_t count;
};

static void bury(struct children *children)
{
    pid_t gone;

    while (children->count > 0 && (gone = waitpid(-1, NULL, WNOHANG)) > 0) {
        for (size_t i = 0; i < children->count; i++) {
            if (children->one[i].pid == gone)
                children->one[i] = children->one[--children->count];
        }
    }
}

/* Whoever has so many questions open already hears that nobody answered. */
static void take_up(const struct invocation *invocation, int connection, struct children *children)
{
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t length = sizeof(peer);
    size_t open = 0;

    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
        return;
    bury(children); /* who was answered meanwhile */
    for (size_t i = 0; i < children->count; i++)
        open += children->one[i].uid == peer.uid;
    pid_t child = open < EACH_MAX ? fork() : -1;
    if (child == 0) {
        (void)close(LISTENING);
        _exit(answer(invocation, connection));
    }
    if (child > 0) {
        children->one[children->count].pid = child;
        children->one[children->count++].uid = peer.uid;
    }
}

static int serve(const struct invocation *invocation, struct err *err)
{
    struct pollfd door = {.fd = LISTENING, .events = POLLIN};
    int listening = 0, idle_ms = 0;
    socklen_t length = sizeof(listening);
    struct children children = {.count = 0};

    if (getsockopt(LISTENING, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) < 0 || !listening) {
        (void)err_set(err, ERR_USAGE,
                      "desk is started by systemd for its socket; hint: 'systemctl enable --now "
                      "bynder-reconcile-desk@acme.socket'");
        return (int)err->code;
    }
    while ((idle_ms < IDLE_MS || children.count > 0) && !clock_is_interrupted()) {
        bury(&children);
        bool full = children.count >= CHILDREN_MAX;
        if (poll(&door, full ? 0 : 1, 1000) <= 0) {
            idle_ms += 1000;
            continue;
        }
        idle_ms = 0;
        CLEANUP(close_file) int connection = accept4(LISTENING, NULL, NULL, SOCK_CLOEXEC);
        if (connection >= 0)
            take_up(invocation, connection, &children);
    }
    return 0;
}

const struct verb verb_desk = {
    .name = "desk",
    .synopsis = "",
    .sentence = "answer reviewers at a socket (started by systemd)",
    .run = serve,
};
