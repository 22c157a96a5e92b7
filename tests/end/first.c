#include "first.h"

#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "cluster_fixture.h"
#include "host/file.h"
#include "test.h"

void first_begin(struct first *first)
{
    static const char *const options[] = {"--users", "20", "--seed", "5", NULL};
    CLEANUP(mem_cleanup) char *cluster = cluster_fixture_directory();
    CLEANUP(text_release) struct text url = TEXT_INIT;

    end_begin(&first->end, options);
    first->config = probe_path(&first->end.probe, "etc/new.conf"); /* its directory is made */
    first->secret = probe_path(&first->end.probe, "client-secret");
    text_addf(&url, "http://127.0.0.1:%u", first->end.probe.port);
    assert_true(url.length < sizeof(first->url) && strlen(cluster) < sizeof(first->embedded));
    memcpy(first->url, text_cstr(&url), url.length + 1);
    memcpy(first->embedded, cluster, strlen(cluster) + 1);
}

void first_begin_migrated(struct first *first)
{
    first_begin(first);
    cluster_fixture_put(first->embedded);
}

void first_finish(struct first *first)
{
    free(first->config);
    free(first->secret);
    end_finish(&first->end);
}

void first_put_roster(struct first *first, const char *bytes, size_t length)
{
    assert_int_equal(file_write(first->end.roster_path, 0644, bytes, length, NULL), 0);
}

/* --- at a terminal --- */

static pid_t start_at_terminal(struct first *first, int *ret_terminal)
{
    char *const argv[] = {mem_strdup(PROGRAM_PATH), mem_strdup("--config"),
                          mem_strdup(first->config), mem_strdup("init"), NULL};
    pid_t pid = forkpty(ret_terminal, NULL, NULL, NULL);

    assert_true(pid >= 0);
    if (pid == 0) {
        execv(argv[0], argv);
        _exit(127);
    }
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    return pid;
}

/* What comes next; 0 at the end. */
static size_t read_some(int terminal, struct text *seen, const char *awaited)
{
    struct pollfd ready = {.fd = terminal, .events = POLLIN};
    char bytes[4096];

    if (poll(&ready, 1, 20000) <= 0)
        fail_msg("'%s' never came: %s", awaited ? awaited : "the end", text_cstr(seen));
    ssize_t got = read(terminal, bytes, sizeof(bytes));
    if (got > 0)
        text_add_bytes(seen, bytes, (size_t)got);
    return got > 0 ? (size_t)got : 0;
}

int first_dialogue(struct first *first, const struct first_line *line, struct text *ret_seen)
{
    int terminal = -1, status = 0;
    pid_t pid = start_at_terminal(first, &terminal);
    size_t from = 0; /* what stands before was asked and answered */

    for (; line->question; line++) {
        CLEANUP(text_release) struct text typed = TEXT_INIT;
        while (!strstr(text_cstr(ret_seen) + from, line->question)) {
            if (read_some(terminal, ret_seen, line->question) == 0)
                fail_msg("'%s' was not asked: %s", line->question, text_cstr(ret_seen));
        }
        from = ret_seen->length;
        text_addf(&typed, "%s\n", line->answer);
        assert_int_equal(write(terminal, typed.data, typed.length), typed.length);
    }
    while (read_some(terminal, ret_seen, NULL) > 0)
        continue;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    (void)close(terminal);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}
