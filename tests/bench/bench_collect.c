/*
 * What reading a portal costs the program, next to what bare libcurl needs for the same requests:
 * `bench_collect URL TOKEN_FILE CONNECTIONS [SINGLE_READS]`. The list, then single reads of
 * that many accounts (all of them), without a pace. Figures are processor seconds of this process,
 * because the portal that answers works on the same machine.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/parse.h"
#include "bynder/bynder.h"
#include "host/environment.h"
#include "host/file.h"

#define MEGA 1e6

struct moment {
    double wall, processor;
};

static struct moment moment_now(void)
{
    struct timespec wall, processor;

    (void)clock_gettime(CLOCK_MONOTONIC, &wall);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &processor);
    return (struct moment){
        .wall = (double)wall.tv_sec + (double)wall.tv_nsec / 1e9,
        .processor = (double)processor.tv_sec + (double)processor.tv_nsec / 1e9,
    };
}

static double peak_mb(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss * 1024 / MEGA;
}

static double tell(const char *what, struct moment start, size_t count)
{
    struct moment now = moment_now();
    double processor = now.processor - start.processor;

    printf("%s: %zu, wall %.2f s, processor %.2f s (%.1f us each), peak memory %.1f MB\n", what,
           count, now.wall - start.wall, processor, processor * MEGA / (double)count, peak_mb());
    return processor;
}

static size_t drop_bytes(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes, (void)context;
    return size * count;
}

/* The same single reads by bare libcurl: one handle, one connection, every answer thrown away. */
static double read_bare(const char *url, const char *token, const struct snapshot *snapshot,
                        size_t count)
{
    CURL *curl = curl_easy_init();
    char *line = mem_alloc(strlen(url) + 128);
    struct moment start = moment_now();

    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    (void)curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, token);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(line, strlen(url) + 128, "%s/api/v4/users/%s", url, snapshot->account[i].id);
        (void)curl_easy_setopt(curl, CURLOPT_URL, line);
        if (curl_easy_perform(curl) != CURLE_OK)
            exit(70);
    }
    curl_easy_cleanup(curl);
    free(line);
    return tell("single reads, bare libcurl", start, count);
}

static int collect(const struct config_portal *config, const char *token, size_t wanted,
                   struct err *err)
{
    struct bynder_setup setup = {.config = config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct snapshot snapshot = {.id = 0};
    size_t *index;
    struct moment start;
    struct portal portal;
    double bare, own;

    if (bynder_new(&setup, &bynder, err) < 0)
        return -1;
    portal = bynder_read_only(bynder);
    if (portal.enter(portal.self, &arena, &snapshot, err) < 0)
        return -1;
    start = moment_now();
    if (portal.list(portal.self, &arena, NULL, &snapshot, err) < 0)
        return -1;
    (void)tell("accounts listed", start, snapshot.count);
    if (wanted == 0 || wanted > snapshot.count)
        wanted = snapshot.count;
    index = arena_calloc(&arena, wanted, sizeof(index[0]));
    for (size_t i = 0; i < wanted; i++)
        index[i] = i;
    start = moment_now();
    if (portal.logins(portal.self, &arena, NULL, index, wanted, &snapshot, err) < 0)
        return -1;
    own = tell("single reads", start, wanted);
    bare = read_bare(config->url, token, &snapshot, wanted);
    printf("the snapshot is complete: %s\n",
           snapshot.complete ? "yes" : snapshot.incomplete_reason);
    printf("FIGURE single_read_over_libcurl %.2f - processor time of %zu single reads, over bare "
           "libcurl asking the same\n",
           own / bare, wanted);
    printf("FIGURE arena_bytes_per_account %.0f - memory that a listed account takes, bytes\n",
           (double)arena.used / (double)snapshot.count);
    return 0;
}

int main(int argc, char **argv)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text token = TEXT_INIT;
    int64_t connections = 0, wanted = 0;

    if (argc < 4 || !parse_int(argv[3], 1, 64, &connections) ||
        (argc > 4 && !parse_int(argv[4], 0, INT32_MAX, &wanted)))
        return 64;
    struct config_portal config = {
        .name = "bench",
        .url = argv[1],
        .token = {.file = argv[2]},
        .requests_per_second = 1e6,
        .requests_per_window = 100000000,
        .page_size = 500,
        .timeout = 60,
        .connections = connections,
    };
    environment_reduce();
    if (http_begin(&err) < 0 ||
        file_read(argv[2], LIMIT_SECRET, ERR_USAGE, &token, NULL, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 70;
    }
    token.data[strcspn(token.data, "\r\n")] = '\0';
    if (collect(&config, text_cstr(&token), (size_t)wanted, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 70;
    }
    return 0;
}
