/*
 * One sender at a time, one line at a time, the six commands of RFC 5321 that a sender needs.
 */
#include "mailbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/file.h"

/* --- the server's process --- */

static char *mail_path(const char *directory, size_t number)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;

    text_addf(&name, "%zu.mail", number);
    return file_join(directory, text_cstr(&name));
}

/* A sender: a socket is not to be read and written by one stream. */
struct peer {
    FILE *in, *out;
};

static void take_mail(const struct peer *peer, const char *directory, size_t number)
{
    CLEANUP(mem_cleanup) char *line = NULL;
    CLEANUP(text_release) struct text mail = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = mail_path(directory, number);
    size_t size = 0;

    (void)fputs("354 go on\r\n", peer->out);
    (void)fflush(peer->out);
    while (getline(&line, &size, peer->in) > 0 && strcmp(line, ".\r\n") != 0)
        text_add(&mail, line);
    bool kept = file_write(path, 0600, text_cstr(&mail), mail.length, NULL) == 0;
    (void)fputs(kept ? "250 taken\r\n" : "451 not now\r\n", peer->out);
}

static void serve_one(const struct peer *peer, const char *directory, size_t *taken)
{
    CLEANUP(mem_cleanup) char *line = NULL;
    size_t size = 0;

    (void)fputs("220 mailbox\r\n", peer->out);
    while (fflush(peer->out) == 0 && getline(&line, &size, peer->in) > 0) {
        if (strncasecmp(line, "DATA", 4) == 0)
            take_mail(peer, directory, ++*taken);
        else
            (void)fputs(strncasecmp(line, "QUIT", 4) == 0 ? "221 bye\r\n" : "250 ok\r\n",
                        peer->out);
    }
}

/* Never returns. */
static void serve(int listener, const char *directory)
{
    size_t taken = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        struct peer peer = {.in = NULL};
        if (fd < 0)
            continue;
        peer = (struct peer){.in = fdopen(fd, "r"), .out = fdopen(dup(fd), "w")};
        if (!peer.in || !peer.out)
            _exit(70);
        serve_one(&peer, directory, &taken);
        (void)fclose(peer.in);
        (void)fclose(peer.out);
    }
}

/* --- life --- */

int mailbox_start(struct mailbox *mailbox, const char *directory, struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    CLEANUP(cleanup_fd) int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (file_make_directory(directory, 0700, err))
        return -1;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) < 0 ||
        listen(listener, 8) < 0 || getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "the mailbox does not listen");
    *mailbox =
        (struct mailbox){.port = ntohs(address.sin_port), .directory = mem_strdup(directory)};
    mailbox->pid = fork();
    if (mailbox->pid < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "fork");
    if (mailbox->pid == 0)
        serve(listener, directory);
    return 0;
}

void mailbox_stop(struct mailbox *mailbox)
{
    if (mailbox->pid > 0) {
        (void)kill(mailbox->pid, SIGKILL);
        (void)waitpid(mailbox->pid, NULL, 0);
    }
    free(mailbox->directory);
    *mailbox = (struct mailbox){.pid = -1};
}

size_t mailbox_count(struct mailbox *mailbox)
{
    for (;;) {
        CLEANUP(mem_cleanup) char *path = mail_path(mailbox->directory, mailbox->seen + 1);
        if (access(path, F_OK) < 0)
            return mailbox->seen;
        mailbox->seen++;
    }
}
