/*
 * Asks portal-sim, or changes it, below /_sim/:
 *   bench_portal URL number NAME   prints a number of /_sim/stats, the first one of that name
 *   bench_portal URL login TIME    the accounts whose ids are on standard input, one a line, last
 *                                  logged in then
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"

static size_t take(char *bytes, size_t size, size_t count, void *context)
{
    text_add_bytes(context, bytes, size * count);
    return size * count;
}

/* GET without a form, else POST. Ends the program when the answer is not 200. */
static void ask(CURL *curl, const char *url, const char *form, struct text *answer)
{
    long status = 0;

    text_clear(answer);
    (void)curl_easy_setopt(curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (form)
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, form);
    if (curl_easy_perform(curl) != CURLE_OK ||
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status != 200) {
        (void)fprintf(stderr, "%s: status %ld: %s\n", url, status, text_cstr(answer));
        exit(69);
    }
}

static int tell_number(CURL *curl, const char *base, const char *name)
{
    CLEANUP(text_release) struct text url = TEXT_INIT, answer = TEXT_INIT, field = TEXT_INIT;

    text_addf(&url, "%s/_sim/stats", base);
    text_addf(&field, "\"%s\":", name);
    ask(curl, text_cstr(&url), NULL, &answer);
    const char *at = strstr(text_cstr(&answer), text_cstr(&field));
    if (!at)
        return 1;
    at += field.length;
    at += strspn(at, " ");
    printf("%.*s\n", (int)strspn(at, "0123456789"), at);
    return 0;
}

static int log_in(CURL *curl, const char *base, const char *time)
{
    CLEANUP(text_release) struct text url = TEXT_INIT, answer = TEXT_INIT, form = TEXT_INIT;
    CLEANUP(mem_cleanup) char *line = NULL;
    size_t size = 0;

    text_addf(&form, "lastLogin=%s", time);
    while (getline(&line, &size, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        text_clear(&url);
        text_addf(&url, "%s/_sim/users/%s", base, line);
        ask(curl, text_cstr(&url), text_cstr(&form), &answer);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 64;
    CURL *curl = curl_easy_init();
    int code = text_equal(argv[2], "number")  ? tell_number(curl, argv[1], argv[3])
               : text_equal(argv[2], "login") ? log_in(curl, argv[1], argv[3])
                                              : 64;
    curl_easy_cleanup(curl);
    return code;
}
