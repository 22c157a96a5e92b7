/*
 * ssh-keygen reads two of three from files by name; these are memory, which nobody can change while
 * it is looked at twice. As root it is run as nobody: what it parses is a stranger's.
 */
#include "host/signature.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "host/child.h"
#include "host/file.h"
#include "host/trust.h"

enum { TIMEOUT_S = 30, SIGNERS_MAXIMUM = 1 << 20, SAID_MAXIMUM = 300, SECOND_DIGITS = 14 };

#define FINGERPRINT "SHA256:"

int signature_read_signers(const char *path, struct text *ret_signers, struct err *err)
{
    static const struct trust trust = {.what = "the file of allowed signers", .code = ERR_CONFIG};
    CLEANUP(cleanup_fd) int fd = -1;

    if (access(SIGNATURE_PROGRAM, X_OK) < 0)
        return err_set_errno(err, ERR_CONFIG, errno,
                             "no signature can be verified without '" SIGNATURE_PROGRAM
                             "'; hint: 'sudo apt install openssh-client'");
    if (trust_open(path, &trust, &fd, err) < 0)
        return -1;
    return file_read_opened(fd, path, SIGNERS_MAXIMUM, ERR_CONFIG, ret_signers, NULL, err);
}

/* --- what it is given --- */

enum { CONTENT = 0, SIGNERS, SIGNATURE, FILES };

struct files {
    int fd[FILES];
};

static void files_release(struct files *files)
{
    for (size_t i = 0; i < FILES; i++)
        cleanup_fd(&files->fd[i]);
}

static int in_memory(const struct text *text, int *ret_fd)
{
    CLEANUP(cleanup_fd) int fd = memfd_create("signature", MFD_CLOEXEC);

    for (size_t done = 0; fd >= 0 && done < text->length;) {
        ssize_t count = write(fd, text->data + done, text->length - done);
        if (count < 0)
            return -1;
        done += (size_t)count;
    }
    if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return -1;
    *ret_fd = fd;
    fd = -1;
    return 0;
}

static int give(const struct signature *signature, struct files *files, struct err *err)
{
    if (in_memory(signature->content, &files->fd[CONTENT]) < 0 ||
        in_memory(signature->signers, &files->fd[SIGNERS]) < 0 ||
        in_memory(signature->signature, &files->fd[SIGNATURE]) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot hold a signature in memory");
    return 0;
}

static int find_user(struct child_user *ret_user, struct err *err)
{
    if (geteuid() == 0)
        return child_user_init("nobody", ret_user, err);
    *ret_user = (struct child_user){.home = mem_strdup("/")};
    return 0;
}

/* "-Overify-time=20261201043851Z" */
static void add_time(struct text *out, struct instant now)
{
    char when[INSTANT_TEXT_SIZE];
    size_t digits = 0;

    text_add(out, "-Overify-time=");
    for (const char *at = instant_format(now, when); *at && digits < SECOND_DIGITS; at++) {
        if (*at >= '0' && *at <= '9') {
            text_add_char(out, *at);
            digits++;
        }
    }
    text_add_char(out, 'Z');
}

/* The verb and what belongs to it, then what all of them take. */
static int run(const struct signature *signature, const char *const *verb, struct text *ret_said,
               int *ret_status, struct err *err)
{
    CLEANUP(files_release) struct files files = {.fd = {-1, -1, -1}};
    CLEANUP(child_user_release) struct child_user user = {.name = NULL};
    const char *argv[16] = {SIGNATURE_PROGRAM, "-Y"};
    CLEANUP(text_release) struct text option = TEXT_INIT;
    size_t count = 2;

    add_time(&option, signature->now);
    while (*verb)
        argv[count++] = *verb++;
    argv[count++] = text_cstr(&option);
    argv[count++] = "-f";
    argv[count++] = "/proc/self/fd/3";
    argv[count++] = "-s";
    argv[count++] = "/proc/self/fd/4";
    if (give(signature, &files, err) < 0 || find_user(&user, err) < 0)
        return -1;
    return child_run_over(&user, argv, files.fd, FILES, TIMEOUT_S, ret_said, ret_status, err);
}

/* --- what it says --- */

/* In its own words, which name the reason: a line of the signers' file, a namespace, an expired
 * key. */
static int refuse(const char *what, const struct text *said, struct err *err)
{
    CLEANUP(text_release) struct text shown = TEXT_INIT;
    const char *at = text_cstr(said);

    for (size_t i = 0; i < SAID_MAXIMUM && at[i]; i++)
        text_add_char(&shown, at[i] == '\n' ? ' ' : at[i]);
    CLEANUP(text_release) struct text printable = TEXT_INIT;
    text_add_printable(&printable, text_cstr(&shown));
    return err_set(err, ERR_USAGE, "%s (ssh-keygen: %s)", what, text_cstr(&printable));
}

/* Whether it ended by itself; else nothing is known of the signature. */
static int check_ran(int status, const struct text *said, struct err *err)
{
    if (status == 0 || status == 255 || status == 1)
        return 0;
    return err_set(err, ERR_INTERNAL, "'" SIGNATURE_PROGRAM "' ended with %d: %.*s", status,
                   SAID_MAXIMUM, text_cstr(said));
}

int signature_find(struct arena *arena, const struct signature *signature,
                   const char *const **ret_principal, size_t *ret_count, struct err *err)
{
    static const char *const verb[] = {"find-principals", NULL};
    CLEANUP(text_release) struct text said = TEXT_INIT;
    int status = 0;

    if (run(signature, verb, &said, &status, err) < 0 || check_ran(status, &said, err) < 0)
        return -1;
    if (status != 0)
        return refuse("its key is none that the signers' file knows today", &said, err);
    char *rest = arena_strdup(arena, text_cstr(&said));
    const char **principal = arena_calloc(arena, said.length + 1, sizeof(principal[0]));
    size_t count = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (*line)
            principal[count++] = line;
    }
    *ret_principal = principal;
    *ret_count = count;
    return 0;
}

int signature_verify(struct arena *arena, const struct signature *signature, const char *principal,
                     const char **ret_key, struct err *err)
{
    const char *const verb[] = {"verify", "-n", SIGNATURE_NAMESPACE, "-I", principal, NULL};
    CLEANUP(text_release) struct text said = TEXT_INIT;
    int status = 0;

    if (run(signature, verb, &said, &status, err) < 0 || check_ran(status, &said, err) < 0)
        return -1;
    const char *key = strstr(text_cstr(&said), " " FINGERPRINT);
    if (status != 0 || !key)
        return refuse("its signature does not hold", &said, err);
    *ret_key = arena_strndup(arena, key + 1, strcspn(key + 1, " \n"));
    return 0;
}
