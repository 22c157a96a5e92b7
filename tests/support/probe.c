/*
 * The simulator dies with the test (PR_SET_PDEATHSIG), so a failed assertion leaves nothing behind
 * but a directory in TMPDIR.
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "host/file.h"
#include "test.h"

#define START_TIMEOUT_S 20
#define ASK_TIMEOUT_MS  20000L

const char *probe_binary(void)
{
    const char *path = getenv("PORTAL_SIM");
    return text_is_empty(path) ? PORTAL_SIM_PATH : path;
}

char *probe_path(const struct probe *probe, const char *name)
{
    return file_join(probe->directory, name);
}

void probe_prepare(struct probe *probe)
{
    const char *parent = getenv("TMPDIR");
    *probe = (struct probe){.pid = -1};
    probe->directory = file_join(text_is_empty(parent) ? "/tmp" : parent, "probe.XXXXXX");
    assert_non_null(mkdtemp(probe->directory));
    probe->stderr_path = probe_path(probe, "stderr");
}

static void become_simulator(const struct probe *probe, char **words)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int out = open(probe->stderr_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0 || dup2(out, STDERR_FILENO) < 0)
        _exit(127);
    execv(words[0], words);
    _exit(127);
}

static void launch(struct probe *probe, const char *const *options, const char *port_file)
{
    char *words[64];
    size_t count = 0;
    words[count++] = mem_strdup(probe_binary());
    if (port_file) {
        words[count++] = mem_strdup("--port-file");
        words[count++] = mem_strdup(port_file);
        words[count++] = mem_strdup("--token=" PROBE_TOKEN);
    }
    for (size_t i = 0; options[i] && count + 1 < COUNT_OF(words); i++)
        words[count++] = mem_strdup(options[i]);
    words[count] = NULL;
    probe->pid = fork();
    assert_true(probe->pid >= 0);
    if (probe->pid == 0)
        become_simulator(probe, words);
    while (count > 0)
        free(words[--count]);
}

static int wait_for_exit(struct probe *probe)
{
    int status = 0;
    while (waitpid(probe->pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    probe->pid = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int probe_run(struct probe *probe, const char *const *options)
{
    launch(probe, options, NULL);
    return wait_for_exit(probe);
}

static void print_stderr(const struct probe *probe)
{
    CLEANUP(text_release) struct text said = TEXT_INIT;
    if (file_read(probe->stderr_path, 65536, ERR_INTERNAL, &said, NULL, NULL) == 0)
        print_error("%s", text_cstr(&said));
}

/* The port file appears whole, when the simulator listens: until then, or its end, we look. */
static unsigned wait_for_port(struct probe *probe, const char *port_file)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    for (unsigned tries = 0; tries < START_TIMEOUT_S * 200; tries++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        int64_t port = 0;
        if (access(port_file, R_OK) == 0 &&
            file_read(port_file, 64, ERR_INTERNAL, &text, NULL, NULL) == 0 && text.length > 1 &&
            parse_digits(text.data, text.length - 1, 65535, &port))
            return (unsigned)port;
        if (waitpid(probe->pid, NULL, WNOHANG) == probe->pid) {
            probe->pid = -1;
            break;
        }
        (void)nanosleep(&pause, NULL);
    }
    print_stderr(probe);
    fail_msg("the simulator does not listen");
    return 0;
}

void probe_start(struct probe *probe, const char *const *options)
{
    if (!probe->directory)
        probe_prepare(probe);
    CLEANUP(mem_cleanup) char *port_file = probe_path(probe, "port");
    (void)unlink(port_file);
    launch(probe, options, port_file);
    probe->port = wait_for_port(probe, port_file);
    probe->curl = curl_easy_init();
    assert_non_null(probe->curl);
}

static void remove_directory(const char *path)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", path, (char *)NULL);
        _exit(127);
    }
    if (pid > 0)
        (void)waitpid(pid, NULL, 0);
}

int probe_stop(struct probe *probe)
{
    int status = -1;
    if (probe->pid > 0) {
        (void)kill(probe->pid, SIGTERM);
        status = wait_for_exit(probe);
    }
    if (probe->curl)
        curl_easy_cleanup(probe->curl);
    if (probe->directory)
        remove_directory(probe->directory);
    free(probe->directory);
    free(probe->stderr_path);
    *probe = (struct probe){.pid = -1};
    return status;
}

/* --- requests --- */

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    text_add_bytes(context, bytes, size * count);
    return size * count;
}

static struct curl_slist *make_headers(const char *authorization, const char *content_type)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    struct curl_slist *list = NULL;
    if (authorization) {
        text_addf(&line, "Authorization: %s", authorization);
        list = curl_slist_append(list, text_cstr(&line));
    }
    text_clear(&line);
    text_addf(&line, "Content-Type:%s%s", content_type ? " " : "",
              content_type ? content_type : "");
    return curl_slist_append(list, text_cstr(&line));
}

struct reply probe_ask(struct probe *probe, const char *method, const char *path,
                       const char *authorization, const char *content_type, const char *body)
{
    struct reply reply = {.headers = TEXT_INIT, .body = TEXT_INIT};
    CLEANUP(text_release) struct text url = TEXT_INIT;
    struct curl_slist *headers = make_headers(authorization, content_type);
    CURL *curl = probe->curl;
    text_addf(&url, "http://127.0.0.1:%u%s", probe->port, path);
    curl_easy_reset(curl);
    (void)curl_easy_setopt(curl, CURLOPT_URL, text_cstr(&url));
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply.headers);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ASK_TIMEOUT_MS);
    (void)curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    if (body)
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    reply.code = curl_easy_perform(curl);
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
    (void)curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, &reply.seconds);
    curl_slist_free_all(headers);
    return reply;
}

struct reply probe_get(struct probe *probe, const char *path)
{
    return probe_ask(probe, "GET", path, "Bearer " PROBE_TOKEN, NULL, NULL);
}

struct reply probe_post(struct probe *probe, const char *path, const char *form)
{
    return probe_ask(probe, "POST", path, "Bearer " PROBE_TOKEN,
                     "application/x-www-form-urlencoded", form);
}

struct reply probe_delete(struct probe *probe, const char *path)
{
    return probe_ask(probe, "DELETE", path, "Bearer " PROBE_TOKEN, NULL, NULL);
}

void reply_release(struct reply *reply)
{
    text_release(&reply->headers);
    text_release(&reply->body);
}

char *reply_header(const struct reply *reply, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = text_cstr(&reply->headers); *line;) {
        size_t width = strcspn(line, "\r\n");
        if (width > length && strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *start = line + length + 1;
            size_t left = width - length - 1;
            text_trim(&start, &left);
            return mem_strndup(start, left);
        }
        line += width;
        line += strspn(line, "\r\n");
    }
    return NULL;
}

struct json_object *reply_json(const struct reply *reply)
{
    struct json_tokener *tokener = json_tokener_new_ex(64);
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    struct json_object *json =
        json_tokener_parse_ex(tokener, text_cstr(&reply->body), (int)reply->body.length + 1);
    enum json_tokener_error error = json_tokener_get_error(tokener);
    json_tokener_free(tokener);
    if (error != json_tokener_success)
        fail_msg("no JSON (%s): %.200s", json_tokener_error_desc(error), text_cstr(&reply->body));
    return json;
}

void probe_control(struct probe *probe, const char *path, const char *form)
{
    CLEANUP(reply_release)
    struct reply reply =
        probe_ask(probe, "POST", path, NULL, "application/x-www-form-urlencoded", form);
    assert_int_equal(reply.code, CURLE_OK);
    if (reply.status != 200)
        fail_msg("control request %s %s: %s", path, form, text_cstr(&reply.body));
}

void probe_fault(struct probe *probe, const char *pair)
{
    CLEANUP(text_release) struct text form = TEXT_INIT;
    size_t length = strcspn(pair, "=");

    text_addf(&form, "%.*s=", (int)length, pair);
    for (const char *c = pair[length] ? pair + length + 1 : ""; *c; c++) {
        if (strchr("%&= /?+", *c))
            text_addf(&form, "%%%02X", (unsigned)*c);
        else
            text_add_char(&form, *c);
    }
    probe_control(probe, "/_sim/faults", text_cstr(&form));
}

struct json_object *probe_control_json(struct probe *probe, const char *path)
{
    CLEANUP(reply_release) struct reply reply = probe_ask(probe, "GET", path, NULL, NULL, NULL);
    assert_int_equal(reply.code, CURLE_OK);
    assert_int_equal(reply.status, 200);
    return reply_json(&reply);
}
