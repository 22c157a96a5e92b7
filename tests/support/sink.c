/* The Python program dies with the test; everything goes through files that appear complete. */
#include "sink.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/parse.h"
#include "end.h"
#include "host/file.h"
#include "test.h"

#define PYTHON  "/usr/bin/python3" /* Debian's own: it is the one that sees python3-aiosmtpd */
#define PROGRAM SOURCE_DIR "/tests/support/sink.py"

enum { OPTIONS_LIMIT = 12, WAIT_STEPS = 5000 };

char *sink_certificate(const char *directory)
{
    const char *const words[] = {"openssl",
                                 "req",
                                 "-x509",
                                 "-newkey",
                                 "ec",
                                 "-pkeyopt",
                                 "ec_paramgen_curve:P-256",
                                 "-nodes",
                                 "-keyout",
                                 "sink-key.pem",
                                 "-out",
                                 "sink-cert.pem",
                                 "-days",
                                 "2",
                                 "-subj",
                                 "/CN=localhost",
                                 "-addext",
                                 "subjectAltName=DNS:localhost,IP:127.0.0.1",
                                 NULL};
    CLEANUP(text_release) struct text out = TEXT_INIT;
    CLEANUP(mem_cleanup) char *key = file_join(directory, "sink-key.pem");
    char *certificate = file_join(directory, "sink-cert.pem");

    end_tool(directory, words, &out);
    CLEANUP(mem_cleanup) char *both = file_join(directory, "sink-both.pem");
    CLEANUP(mem_cleanup) char *one = end_read(certificate);
    CLEANUP(mem_cleanup) char *two = end_read(key);
    text_clear(&out);
    text_addf(&out, "%s%s", one, two);
    assert_int_equal(file_write(both, 0600, text_cstr(&out), out.length, NULL), 0);
    return certificate;
}

static char *path_in(const struct sink *sink, const char *name)
{
    return file_join(sink->directory, name);
}

static void become(const struct sink *sink, const char *what, const char *const *options)
{
    char *argv[OPTIONS_LIMIT + 5] = {mem_strdup(PYTHON), mem_strdup(PROGRAM), mem_strdup(what),
                                     mem_strdup(sink->directory)};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (size_t i = 0; options && options[i] && i < OPTIONS_LIMIT; i++)
        argv[4 + i] = mem_strdup(options[i]);
    execv(argv[0], argv);
    _exit(127);
}

void sink_start(struct sink *sink, const char *directory, const char *what,
                const char *const *options)
{
    const struct timespec pause = {.tv_nsec = 4000000};
    CLEANUP(text_release) struct text name = TEXT_INIT;
    int64_t port = 0;

    text_addf(&name, "sink-%s", what);
    *sink = (struct sink){.directory = file_join(directory, text_cstr(&name)),
                          .ending = strcmp(what, "mail") == 0 ? "mail" : "post"};
    assert_int_equal(mkdir(sink->directory, 0700), 0);
    sink->pid = fork();
    assert_true(sink->pid >= 0);
    if (sink->pid == 0)
        become(sink, what, options);
    CLEANUP(mem_cleanup) char *path = path_in(sink, "port");
    for (int step = 0; access(path, R_OK) != 0; step++) {
        if (step > WAIT_STEPS || waitpid(sink->pid, NULL, WNOHANG) != 0)
            fail_msg("the sink does not listen; is python3-aiosmtpd installed?");
        (void)nanosleep(&pause, NULL);
    }
    CLEANUP(mem_cleanup) char *text = end_read(path);
    assert_true(parse_int(text, 1, 65535, &port));
    sink->port = (unsigned)port;
}

void sink_stop(struct sink *sink)
{
    if (sink->pid > 0) {
        (void)kill(sink->pid, SIGKILL);
        (void)waitpid(sink->pid, NULL, 0);
    }
    free(sink->directory);
    *sink = (struct sink){.pid = 0};
}

void sink_answer(struct sink *sink, const char *answer)
{
    CLEANUP(mem_cleanup) char *path = path_in(sink, "answer");

    if (answer)
        assert_int_equal(file_write(path, 0600, answer, strlen(answer), NULL), 0);
    else
        (void)unlink(path);
}

static char *name_of(const struct sink *sink, size_t number, const char *ending)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;

    text_addf(&name, "%zu.%s", number, ending);
    return path_in(sink, text_cstr(&name));
}

size_t sink_count(const struct sink *sink)
{
    for (size_t count = 0;; count++) {
        CLEANUP(mem_cleanup) char *path = name_of(sink, count + 1, sink->ending);
        if (access(path, R_OK) != 0)
            return count;
    }
}

char *sink_raw(const struct sink *sink, size_t number)
{
    CLEANUP(mem_cleanup) char *path = name_of(sink, number, sink->ending);

    return end_read(path);
}

static struct json_object *parsed(const char *text)
{
    struct json_object *json = json_tokener_parse(text);

    if (!json)
        fail_msg("this is no JSON: %.400s", text);
    return json;
}

static void take_file(const char *path, struct text *out)
{
    CLEANUP(mem_cleanup) char *bytes = end_read(path);

    text_add(out, bytes);
}

struct json_object *sink_taken(const struct sink *sink, size_t number)
{
    CLEANUP(mem_cleanup) char *path = name_of(sink, number, sink->ending);
    const char *const words[] = {PYTHON, PROGRAM, "parse", path, NULL};
    CLEANUP(text_release) struct text out = TEXT_INIT;

    if (strcmp(sink->ending, "mail") == 0)
        end_tool(sink->directory, words, &out);
    else
        take_file(path, &out);
    return parsed(text_cstr(&out));
}

struct json_object *sink_about(const struct sink *sink, size_t number)
{
    CLEANUP(mem_cleanup) char *path = name_of(sink, number, "about");
    CLEANUP(mem_cleanup) char *text = end_read(path);

    return parsed(text);
}

struct json_object *sink_part(struct json_object *mail, const char *type)
{
    struct json_object *parts = end_at(mail, "parts");

    for (size_t i = 0; i < json_object_array_length(parts); i++) {
        struct json_object *one = json_object_array_get_idx(parts, i);
        if (text_equal(end_text_at(one, "type"), type))
            return one;
    }
    fail_msg("no part of type %s", type);
    return NULL;
}
