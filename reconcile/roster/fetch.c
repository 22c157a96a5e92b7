/*
 * One easy handle a request, no state afterwards. The invariant: 0 is returned only for a body
 * of which the protocol itself said where it ends. A server that just closes the connection leaves
 * that open, and half a roster would read as a wave of leavers.
 */
#include "roster/fetch.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/words.h"
#include "format/front.h"
#include "host/clock.h"
#include "host/curl_must.h"
#include "host/secret.h"
#include "roster/next.h"

enum {
    CONNECT_SECONDS = 30,
    WHOLE_SECONDS = 1800, /* LIMIT_ROSTER_BYTES at a little over 1 MB/s */
    STALL_SECONDS = 60,   /* without a single byte */
};

enum scheme { SCHEME_HTTP = 0, SCHEME_HTTPS, SCHEME_SFTP };

struct transfer {
    struct text *body;
    size_t before; /* bytes of the pages before this one */
    bool too_large;
};

/* What one request needs. */
struct request {
    const struct config_roster *config;
    const char *address;
    enum scheme scheme;
    size_t before;   /* as in the transfer */
    int64_t seconds; /* that are left for all pages together */
    char *next;      /* what the answer says is the next page; NULL = it was the last */
};

static void easy_cleanup(CURL **easy)
{
    curl_easy_cleanup(*easy);
}

static void url_cleanup(CURLU **url)
{
    curl_url_cleanup(*url);
}

static void part_cleanup(char **part)
{
    curl_free(*part);
}

/* NULL when the address has no such part. */
static char *url_part(CURLU *url, CURLUPart part)
{
    char *value = NULL;

    return curl_url_get(url, part, &value, 0) == CURLUE_OK ? value : NULL;
}

static CURLU *parse_url(const char *text)
{
    CURLU *url = curl_url();

    if (url && curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
        curl_url_cleanup(url);
        url = NULL;
    }
    return url;
}

char *roster_fetch_name(const char *text)
{
    static const CURLUPart secret[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY,
                                       CURLUPART_FRAGMENT};
    CLEANUP(url_cleanup) CURLU *url = parse_url(text);
    CLEANUP(part_cleanup) char *whole = NULL;

    for (size_t i = 0; url && i < COUNT_OF(secret); i++)
        (void)curl_url_set(url, secret[i], NULL, 0);
    whole = url ? url_part(url, CURLUPART_URL) : NULL;
    return mem_strdup(whole ? whole : "an address that cannot be read");
}

static bool is_loopback(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (text_starts(host, "127.") && host[strspn(host, "0123456789.")] == '\0');
}

static int check_address(CURLU *url, enum scheme *ret_scheme, struct err *err)
{
    static const char *const names[] = {
        [SCHEME_HTTP] = "http", [SCHEME_HTTPS] = "https", [SCHEME_SFTP] = "sftp"};
    CLEANUP(part_cleanup) char *scheme = url ? url_part(url, CURLUPART_SCHEME) : NULL;
    CLEANUP(part_cleanup) char *host = url ? url_part(url, CURLUPART_HOST) : NULL;
    CLEANUP(part_cleanup) char *path = url ? url_part(url, CURLUPART_PATH) : NULL;
    CLEANUP(part_cleanup) char *password = url ? url_part(url, CURLUPART_PASSWORD) : NULL;
    enum scheme known;

    if (!scheme || !host)
        return err_set(err, ERR_CONFIG, "roster.source is no address with a host");
    if (!WORD_FIND(names, scheme, &known))
        return err_set(err, ERR_CONFIG,
                       "roster.source cannot be '%s:'; hint: file:, https: and sftp: are possible",
                       scheme);
    if (known == SCHEME_HTTP && !is_loopback(host))
        return err_set(err, ERR_CONFIG,
                       "roster.source is http: to a host on the network, where anybody could read "
                       "and change the roster; hint: https:");
    if (password)
        return err_set(err, ERR_CONFIG,
                       "roster.source holds a password; hint: roster.credentials_file");
    if (known == SCHEME_SFTP && (!path || path[strlen(path) - 1] == '/'))
        return err_set(err, ERR_CONFIG, "roster.source is a directory, a file is expected");
    *ret_scheme = known;
    return 0;
}

static int set_credentials(CURL *easy, const struct config_roster *config, enum scheme scheme,
                           struct err *err)
{
    CLEANUP(secret_release) struct secret secret = SECRET_INIT;
    bool pair;

    if (!config->credentials.file && !config->credentials.credential)
        return 0;
    if (config_read_secret(&config->credentials, &secret, err) < 0)
        return -1;
    pair = strchr(secret_reveal(&secret), ':') != NULL;
    if (scheme == SCHEME_SFTP && !pair)
        return err_set(err, ERR_CONFIG,
                       "the credentials of an sftp source must be user:password; hint: for a key, "
                       "leave them out and name the user in roster.source");
    if (pair) {
        curl_set(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_set(easy, CURLOPT_USERPWD, secret_reveal(&secret));
    } else {
        curl_set(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_set(easy, CURLOPT_XOAUTH2_BEARER, secret_reveal(&secret));
    }
    return 0;
}

/* A file in ~/.ssh that can be read; false leaves *ret_path empty. */
static bool find_in_home(const char *name, struct text *ret_path)
{
    const char *home = getenv("HOME");

    text_clear(ret_path);
    if (!home)
        return false;
    text_addf(ret_path, "%s/.ssh/%s", home, name);
    return access(text_cstr(ret_path), R_OK) == 0;
}

/* libcurl checks the host's key against the file of known hosts and refuses one that is not in it.
 * Of our own keys it would try RSA alone, which it signs in a way that servers no longer take. */
static void set_ssh_files(CURL *easy)
{
    static const char *const keys[] = {"id_ed25519", "id_ecdsa", "id_rsa"};
    CLEANUP(text_release) struct text path = TEXT_INIT;
    bool found = find_in_home("known_hosts", &path);

    curl_set(easy, CURLOPT_SSH_KNOWNHOSTS, found ? text_cstr(&path) : "/etc/ssh/ssh_known_hosts");
    found = false;
    for (size_t i = 0; i < COUNT_OF(keys) && !found; i++)
        found = find_in_home(keys[i], &path);
    if (found)
        curl_set(easy, CURLOPT_SSH_PRIVATE_KEYFILE, text_cstr(&path));
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = size * count;

    if (length > LIMIT_ROSTER_BYTES - transfer->before - transfer->body->length) {
        transfer->too_large = true;
        return 0;
    }
    text_add_bytes(transfer->body, bytes, length);
    return length;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return clock_is_interrupted() ? 1 : 0;
}

static void set_options(CURL *easy, CURLU *url, const struct request *request,
                        struct transfer *transfer, char *reason)
{
    curl_set(easy, CURLOPT_CURLU, url);
    curl_set(easy, CURLOPT_PROTOCOLS_STR, "http,https,sftp");
    curl_set(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_set(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_set(easy, CURLOPT_PROXY, "");
    curl_set(easy, CURLOPT_NOSIGNAL, 1L);
    curl_set(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_set(easy, CURLOPT_TIMEOUT, (long)request->seconds);
    curl_set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_set(easy, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    curl_set(easy, CURLOPT_NOPROGRESS, 0L);
    curl_set(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_set(easy, CURLOPT_FILETIME, 1L);
    curl_set(easy, CURLOPT_ERRORBUFFER, reason);
    curl_set(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_set(easy, CURLOPT_WRITEDATA, transfer);
}

static bool has_header(CURL *easy, const char *name, const char *value)
{
    struct curl_header *header = NULL;

    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK &&
           (!value || strcasecmp(header->value, value) == 0);
}

/* The value of a header of the final answer; NULL without it. */
static const char *header_of(CURL *easy, const char *name)
{
    struct curl_header *header = NULL;

    return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value
                                                                                   : NULL;
}

/* Lower case, without parameters; malloc'ed. */
static char *content_type_of(CURL *easy)
{
    const char *value = header_of(easy, "Content-Type");
    char *type = mem_strndup(value ? value : "", value ? strcspn(value, "; \t") : 0);

    for (char *c = type; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return type;
}

/* A login page or a proxy that answers in the server's place. */
static int check_front(CURL *easy, long status, const struct config_roster *config,
                       const struct text *body, struct err *err)
{
    CLEANUP(mem_cleanup) char *type = content_type_of(easy);
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const struct front_answer front = {
        .status = status,
        .content_type = type,
        .encoding = header_of(easy, "Content-Encoding"),
        .location = header_of(easy, "Location"),
        .url = config->source,
        .body = text_cstr(body),
        .length = body->length,
        .setting = "roster.source",
        .wanted = "a roster",
    };

    if (status == 200 && body->length == 0) /* the reader says so, as of any file */
        return 0;
    text_addf(&text, "the server answers %ld", status);
    return front_describe(&front, &text) ? err_set(err, ERR_ROSTER, "%s", text_cstr(&text)) : 0;
}

static int check_answer(CURL *easy, const struct config_roster *config, const struct text *body,
                        struct err *err)
{
    long status = 0;
    curl_off_t length = -1;

    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (check_front(easy, status, config, body, err) < 0)
        return -1;
    if (status == 401 || status == 403)
        return err_set(err, ERR_ROSTER,
                       "the server answers %ld; hint: look at roster.credentials_file", status);
    if (status != 200)
        return err_set(err, ERR_ROSTER, "the server answers %ld, 200 is expected", status);
    if (length < 0 && !has_header(easy, "Transfer-Encoding", "chunked"))
        return err_set(err, ERR_ROSTER,
                       "cannot tell that it is whole: the answer has neither Content-Length nor "
                       "chunks");
    return 0;
}

static int perform(CURL *easy, const struct request *request, const struct transfer *transfer,
                   const char *reason, struct instant *ret_modified, struct err *err)
{
    CURLcode code = curl_easy_perform(easy);
    curl_off_t modified = -1;

    if (transfer->too_large)
        return err_set(err, ERR_ROSTER, "is larger than %ld bytes", LIMIT_ROSTER_BYTES);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return err_set(err, ERR_INTERRUPTED, "stopped by a signal while it was fetched");
    if (code == CURLE_PEER_FAILED_VERIFICATION && request->scheme == SCHEME_SFTP)
        return err_set(err, ERR_ROSTER,
                       "the host's key is not known: %s; hint: put it into ~/.ssh/known_hosts or "
                       "/etc/ssh/ssh_known_hosts after comparing it",
                       *reason ? reason : curl_easy_strerror(code));
    if (code != CURLE_OK)
        return err_set(err, ERR_ROSTER, "cannot be fetched: %s",
                       *reason ? reason : curl_easy_strerror(code));
    if (request->scheme != SCHEME_SFTP &&
        check_answer(easy, request->config, transfer->body, err) < 0)
        return -1;
    (void)curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &modified);
    *ret_modified = modified > 0 ? instant_of_seconds(modified) : INSTANT_NONE;
    return 0;
}

/* Two headers may each name a next page; then nobody knows. */
static int find_link(CURL *easy, struct request *request, struct err *err)
{
    struct curl_header *header = NULL;

    for (size_t i = 0; curl_easy_header(easy, "Link", i, CURLH_HEADER, -1, &header) == CURLHE_OK;
         i++) {
        CLEANUP(mem_cleanup) char *next = roster_next_link(header->value);

        if (next && request->next)
            return err_set(err, ERR_ROSTER, "the answer names two next pages");
        if (next)
            request->next = TAKE(next);
        if (i + 1 >= header->amount)
            break;
    }
    return 0;
}

static int find_next(CURL *easy, struct request *request, const struct text *body, struct err *err)
{
    const char *next = request->config->next;

    if (!next)
        return 0;
    return strcmp(next, "link") == 0 ? find_link(easy, request, err)
                                     : roster_next_pointer(body, next, &request->next, err);
}

static int fetch_one(struct request *request, struct text *ret_body, struct instant *ret_modified,
                     struct err *err)
{
    CLEANUP(url_cleanup) CURLU *url = parse_url(request->address);
    CLEANUP(easy_cleanup) CURL *easy = curl_easy_init();
    char reason[CURL_ERROR_SIZE] = ""; /* libcurl writes this many at most */
    struct transfer transfer = {.body = ret_body, .before = request->before};

    if (check_address(url, &request->scheme, err) < 0)
        return -1;
    if (!easy)
        return err_set(err, ERR_INTERNAL, "libcurl does not start");
    set_options(easy, url, request, &transfer, reason);
    if (request->scheme == SCHEME_SFTP)
        set_ssh_files(easy);
    if (set_credentials(easy, request->config, request->scheme, err) < 0 ||
        perform(easy, request, &transfer, reason, ret_modified, err) < 0)
        return -1;
    return find_next(easy, request, ret_body, err);
}

/* --- all pages --- */

static void wipe(struct text *text)
{
    if (text->data)
        explicit_bzero(text->data, text->capacity);
    text_release(text);
}

void roster_pages_release(struct roster_pages *pages)
{
    for (size_t i = 0; i < pages->count; i++)
        wipe(&pages->page[i]);
    free(pages->page);
    *pages = (struct roster_pages){.page = NULL};
}

static bool was_seen(struct table *seen, struct arena *arena, const char *address)
{
    if (table_find(seen, address) != TABLE_END)
        return true;
    table_add(seen, arena_strdup(arena, address), 0);
    return false;
}

/* From one page to the next; *address is moved to it, and NULL behind the last. */
static int fetch_page(struct roster_pages *pages, struct request *request, char **address,
                      struct instant *ret_modified, struct err *err)
{
    CLEANUP(mem_cleanup) char *next = NULL;
    struct text body = TEXT_INIT;
    int result;

    request->next = NULL;
    request->address = *address;
    result = fetch_one(request, &body, ret_modified, err);
    next = request->next;
    pages->page = mem_grow(pages->page, pages->count, &pages->capacity, sizeof(pages->page[0]));
    pages->page[pages->count++] = body;
    request->before += body.length;
    if (result == 0) {
        char *whole = NULL;

        if (next)
            result = roster_next_resolve(*address, next, &whole, err);
        free(*address);
        *address = whole;
    }
    return result;
}

static int fetch_all(const struct config_roster *config, struct roster_pages *pages,
                     struct instant *ret_modified, struct err *err)
{
    CLEANUP(mem_cleanup) char *address = mem_strdup(config->source);
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(table_release) struct table seen;
    struct request request = {.config = config};
    int64_t begun = clock_steady_ms();

    table_init(&seen, 64);
    while (address) {
        struct instant modified = INSTANT_NONE;

        if (was_seen(&seen, &arena, address))
            return err_set(err, ERR_ROSTER, "a page leads to one that was fetched before");
        if (pages->count >= LIMIT_ROSTER_PAGES)
            return err_set(err, ERR_ROSTER, "has more than %d pages", LIMIT_ROSTER_PAGES);
        request.seconds = WHOLE_SECONDS - (clock_steady_ms() - begun) / 1000;
        if (request.seconds <= 0)
            return err_set(err, ERR_ROSTER, "was not whole after %d seconds", WHOLE_SECONDS);
        if (fetch_page(pages, &request, &address, &modified, err) < 0)
            return pages->count > 1 ? err_prefix(err, "page %zu", pages->count) : -1;
        if (!instant_is_set(*ret_modified) ||
            (instant_is_set(modified) && instant_compare(modified, *ret_modified) < 0))
            *ret_modified = modified;
    }
    return 0;
}

int roster_fetch(const struct config_roster *config, struct roster_pages *ret_pages,
                 struct instant *ret_modified, struct err *err)
{
    struct roster_pages pages = {.page = NULL};
    struct instant modified = INSTANT_NONE;

    if (fetch_all(config, &pages, &modified, err) < 0) {
        roster_pages_release(&pages);
        return -1;
    }
    *ret_pages = pages;
    *ret_modified = modified;
    return 0;
}
