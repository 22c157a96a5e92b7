#include "portal_client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

enum {
    CHANGES_MAX = 48000, /* bytes of one form; the simulator takes 64 KiB */
    START_TRIES = 500,   /* of 10 ms */
    TIMEOUT_S = 60
};

/* --- life --- */

static void become_portal(const char *log, const char *port_file, const char *seed,
                          const char *today)
{
    int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(127);
    execl(PORTAL_SIM_PATH, PORTAL_SIM_PATH, "--users", "1", "--seed", seed, "--today", today,
          "--rate-limit", "0", "--port-file", port_file, (char *)NULL);
    _exit(127);
}

static int wait_for_port(struct portal_client *client, const char *port_file, struct err *err)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    int64_t port = 0;

    for (int i = 0; i < START_TRIES; i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        if (access(port_file, F_OK) == 0 &&
            file_read(port_file, 100, ERR_INTERNAL, &text, NULL, err) == 0 &&
            parse_digits(text_cstr(&text), strspn(text_cstr(&text), "0123456789"), 65535, &port)) {
            client->port = (unsigned)port;
            return 0;
        }
        (void)nanosleep(&pause, NULL);
    }
    return err_set(err, ERR_INTERNAL, "the portal does not listen");
}

int portal_client_start(struct portal_client *client, const char *directory, uint64_t seed,
                        struct day today, struct err *err)
{
    CLEANUP(mem_cleanup) char *port_file = file_join(directory, "portal.port");
    CLEANUP(mem_cleanup) char *log = file_join(directory, "portal.log");
    CLEANUP(text_release) struct text seed_text = TEXT_INIT;
    char day[DAY_TEXT_SIZE];

    text_addf(&seed_text, "%llu", (unsigned long long)(seed % 1000000));
    (void)day_format(today, day);
    *client = (struct portal_client){.curl = curl_easy_init(), .changes = TEXT_INIT};
    client->pid = fork();
    if (client->pid < 0 || !client->curl)
        return err_set_errno(err, ERR_INTERNAL, errno, "the portal does not start");
    if (client->pid == 0)
        become_portal(log, port_file, text_cstr(&seed_text), day);
    return wait_for_port(client, port_file, err);
}

void portal_client_stop(struct portal_client *client)
{
    if (client->pid > 0) {
        (void)kill(client->pid, SIGTERM);
        (void)waitpid(client->pid, NULL, 0);
    }
    if (client->curl)
        curl_easy_cleanup(client->curl);
    text_release(&client->changes);
    *client = (struct portal_client){.pid = -1};
}

/* --- requests --- */

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    text_add_bytes(context, bytes, size * count);
    return size * count;
}

/* A POST when there is a form. */
static int ask(struct portal_client *client, const char *path, const struct text *form,
               struct text *ret_body, struct err *err)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CURL *curl = client->curl;
    long status = 0;

    text_addf(&url, "http://127.0.0.1:%u%s", client->port, path);
    curl_easy_reset(curl);
    (void)curl_easy_setopt(curl, CURLOPT_URL, text_cstr(&url));
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, ret_body);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    if (form) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)form->length);
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text_cstr(form));
    }
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        return err_set(err, ERR_INTERNAL, "portal %s: %s", path, curl_easy_strerror(code));
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return err_set(err, ERR_INTERNAL, "portal %s: %ld: %s", path, status, text_cstr(ret_body));
    return 0;
}

static int post(struct portal_client *client, const char *path, const char *string, struct err *err)
{
    CLEANUP(text_release) struct text form = TEXT_INIT, body = TEXT_INIT;

    text_add(&form, string);
    return ask(client, path, &form, &body, err);
}

int portal_client_set_clock(struct portal_client *client, struct instant at, struct err *err)
{
    CLEANUP(text_release) struct text form = TEXT_INIT;
    char text[INSTANT_TEXT_SIZE];

    text_addf(&form, "at=%s", instant_format(at, text));
    return post(client, "/_sim/clock", text_cstr(&form), err);
}

int portal_client_faults(struct portal_client *client, const char *form, struct err *err)
{
    return post(client, "/_sim/faults", form, err);
}

int portal_client_add(struct portal_client *client, const char *string, char **ret_id,
                      struct err *err)
{
    CLEANUP(text_release) struct text form = TEXT_INIT, body = TEXT_INIT;
    static const char before[] = "\"id\":\"";

    text_add(&form, string);
    if (ask(client, "/_sim/users", &form, &body, err))
        return err_prefix(err, "%s", string);
    const char *id = strstr(text_cstr(&body), before);
    if (!id)
        return err_set(err, ERR_INTERNAL, "portal: no id in %s", text_cstr(&body));
    id += strlen(before);
    *ret_id = mem_strndup(id, strcspn(id, "\""));
    return 0;
}

int portal_client_change(struct portal_client *client, const char *id, const char *form,
                         struct err *err)
{
    if (client->changes.length > CHANGES_MAX && portal_client_flush(client, err))
        return -1;
    text_addf(&client->changes, "%s%s=", client->changes.length ? "&" : "", id);
    text_add_url(&client->changes, form);
    return 0;
}

int portal_client_flush(struct portal_client *client, struct err *err)
{
    CLEANUP(text_release) struct text body = TEXT_INIT;
    int failed =
        client->changes.length ? ask(client, "/_sim/changes", &client->changes, &body, err) : 0;

    text_clear(&client->changes);
    return failed;
}

int portal_client_writes(struct portal_client *client, struct json_object **ret_list,
                         struct err *err)
{
    CLEANUP(text_release) struct text body = TEXT_INIT;

    if (ask(client, "/_sim/writes", NULL, &body, err))
        return -1;
    *ret_list = json_tokener_parse(text_cstr(&body));
    if (!*ret_list)
        return err_set(err, ERR_INTERNAL, "portal: the list of writes is no JSON");
    return 0;
}
