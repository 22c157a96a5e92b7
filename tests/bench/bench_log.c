/*
 * What portal-sim's own logs say of a run of writes: acts a second between the first and the last,
 * next to the bound that the pace sets. `bench_log URL REQUESTS_PER_SECOND`
 */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/parse.h"
#include "base/text.h"

#define REQUESTS_PER_ACT 3.0 /* read, write, read back */

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    text_add_bytes(context, bytes, size * count);
    return size * count;
}

static int fetch(const char *base, const char *path, struct text *out)
{
    struct text url = TEXT_INIT;
    CURL *curl = curl_easy_init();

    text_addf(&url, "%s%s", base, path);
    (void)curl_easy_setopt(curl, CURLOPT_URL, text_cstr(&url));
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    text_release(&url);
    return code == CURLE_OK ? 0 : -1;
}

/* The time of the log line at `at`: {"time":"2026-…Z",… */
static bool line_time(const char *at, struct instant *ret_time)
{
    static const char name[] = "\"time\":\"";
    const char *start = strstr(at, name);
    char time[40] = {0};

    if (!start)
        return false;
    start += sizeof(name) - 1;
    const char *end = strchr(start, '"');
    if (!end || (size_t)(end - start) >= sizeof(time))
        return false;
    memcpy(time, start, (size_t)(end - start));
    return instant_parse_rfc3339(time, ret_time);
}

int main(int argc, char **argv)
{
    struct text log = TEXT_INIT;
    struct instant first = INSTANT_NONE, last = INSTANT_NONE, time, second = INSTANT_NONE;
    size_t writes = 0, in_second = 0, most = 0;
    double pace = 0;

    if (argc != 3 || !parse_double(argv[2], 0.1, 1e6, &pace))
        return 64;
    if (fetch(argv[1], "/_sim/log", &log))
        return 69;
    for (const char *line = text_cstr(&log); *line; line = strchrnul(line, '\n') + 1) {
        const char *end = strchrnul(line, '\n');
        if (line_time(line, &time) && memmem(line, (size_t)(end - line), "\"POST\"", 6) &&
            !memmem(line, (size_t)(end - line), "oauth2", 6)) {
            first = writes ? first : time;
            last = time;
            writes++;
        }
        if (writes && line_time(line, &time)) { /* requests in one second from the first write on */
            if (!instant_is_set(second) || time.us - second.us >= SECOND_US) {
                second = time;
                in_second = 0;
            }
            in_second++;
            most = in_second > most ? in_second : most;
        }
        if (!*end)
            break;
    }
    double seconds = (double)(last.us - first.us) / (double)SECOND_US;
    printf("portal-sim's log: %zu writes in %.1f s, at most %zu requests in a second, %g "
           "configured\n",
           writes, seconds, most, pace);
    printf("FIGURE acts_over_bound %.3f - acts a second over what the pace allows, %zu acts at %g "
           "requests a second\n",
           seconds > 0 ? (double)(writes - 1) / seconds / (pace / REQUESTS_PER_ACT) : 0.0, writes,
           pace);
    printf("FIGURE most_in_a_second %zu %g most requests in any second of it\n", most, pace);
    text_release(&log);
    return 0;
}
