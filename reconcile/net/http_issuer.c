/*
 * A certificate that proves nothing still says who signed it, and that is who stands between us and
 * the portal. It is asked for on a connection of its own, which is closed as soon as the two have
 * greeted each other: no request goes out on it, and no secret.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/curl_must.h"
#include "net/http_private.h"

static void easy_cleanup(CURL **easy)
{
    curl_easy_cleanup(*easy);
}

/* Of the first certificate, which is the server's own. */
static char *find_issuer(const struct curl_certinfo *chain)
{
    static const char label[] = "Issuer:";
    CLEANUP(text_release) struct text issuer = TEXT_INIT;

    for (const struct curl_slist *line = chain->num_of_certs > 0 ? chain->certinfo[0] : NULL; line;
         line = line->next) {
        if (strncmp(line->data, label, sizeof(label) - 1) != 0)
            continue;
        text_add_printable(&issuer, line->data + sizeof(label) - 1);
        return text_take(&issuer);
    }
    return NULL;
}

char *http_issuer(struct http *http, const char *url)
{
    CLEANUP(easy_cleanup) CURL *easy = curl_easy_init();
    struct curl_certinfo *chain = NULL;

    if (!easy)
        return NULL;
    http_set_bounds(easy, &http->settings);
    http_set_route(easy, &http->settings);
    curl_set(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_set(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_set(easy, CURLOPT_CERTINFO, 1L);
    curl_set(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_set(easy, CURLOPT_FRESH_CONNECT, 1L);
    if (curl_must(curl_easy_setopt(easy, CURLOPT_URL, url)) != CURLE_OK ||
        curl_easy_perform(easy) != CURLE_OK ||
        curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain)
        return NULL;
    return find_issuer(chain);
}
