/*
 * Addresses of the portal, its proxy and the roster, taken apart by libcurl's own parser, so that
 * what is judged here is what libcurl will talk to (it reads 127.1 and 0x7f000001 as 127.0.0.1).
 *
 * Clear text http goes to a loopback address only: the token is in every request.
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/site.h"
#include "config/loader.h"

CLEANUP_POINTER(CURLU, curlu_cleanup, curl_url_cleanup)

static const char *get_part(struct arena *arena, CURLU *url, CURLUPart part)
{
    char *value = NULL;
    const char *copy = NULL;

    if (curl_url_get(url, part, &value, 0) == CURLUE_OK)
        copy = arena_strdup(arena, value);
    curl_free(value);
    return copy;
}

bool config_take_apart(struct arena *arena, const char *text, struct config_address *ret_address)
{
    CLEANUP(curlu_cleanup) CURLU *url = curl_url();

    if (!url || curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return false;
    *ret_address = (struct config_address){
        .scheme = get_part(arena, url, CURLUPART_SCHEME),
        .user = get_part(arena, url, CURLUPART_USER),
        .password = get_part(arena, url, CURLUPART_PASSWORD),
        .host = get_part(arena, url, CURLUPART_HOST),
        .port = get_part(arena, url, CURLUPART_PORT),
        .path = get_part(arena, url, CURLUPART_PATH),
        .query = get_part(arena, url, CURLUPART_QUERY),
        .fragment = get_part(arena, url, CURLUPART_FRAGMENT),
    };
    return ret_address->scheme && !text_is_empty(ret_address->host);
}

bool config_is_loopback(const char *host)
{
    struct in_addr address;

    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

static bool has_scheme(const struct config_address *address, const char *scheme)
{
    return strcasecmp(address->scheme, scheme) == 0;
}

/* The address itself is not repeated: what is wrong may be the password in it. */
static void add_password(struct config_loader *loader, const char *path, const char *hint)
{
    config_problem_add(loader, config_line(loader, path),
                       "'%s' has a password in it, secrets are never values; hint: %s", path, hint);
}

static void add_clear_text(struct config_loader *loader, const char *path, const char *host)
{
    config_problem_add(loader, config_line(loader, path),
                       "'%s' is http:// to '%s', which is not a loopback address; hint: use "
                       "https://",
                       path, host);
}

/* What Bynder asks of its clients does not bind a simulator on this machine. */
static void check_pace(struct config_loader *loader)
{
    const struct config_portal *portal = &loader->config->portal;
    const struct {
        const char *path;
        bool is_fine;
        const char *must;
    } rules[] = {
        {"portal.requests_per_second", portal->requests_per_second <= 15, "be at most 15"},
        {"portal.requests_per_window", portal->requests_per_window <= 4500, "be at most 4500"},
        {"portal.silence_after_429", portal->silence_after_429 >= 300, "be at least 300"},
    };

    for (size_t i = 0; i < COUNT_OF(rules) && !portal->loopback; i++)
        if (!rules[i].is_fine)
            config_problem_add(loader, config_line(loader, rules[i].path),
                               "'%s' must %s for a portal on the network; hint: beyond it Bynder "
                               "blocks the address of this machine",
                               rules[i].path, rules[i].must);
}

static void check_portal(struct config_loader *loader)
{
    static const char path[] = "portal.url";
    struct config_portal *portal = &loader->config->portal;
    unsigned line = config_line(loader, path);
    struct config_address address;

    if (!portal->url)
        return;
    if (!config_take_apart(loader->arena, portal->url, &address))
        config_problem_add(loader, line,
                           "'%s' is no address; hint: write it like https://acme.bynder.com", path);
    else if (address.user || address.password)
        add_password(loader, path, "use 'portal.client_secret_file' or 'portal.token_file'");
    else if (!has_scheme(&address, "https") && !has_scheme(&address, "http"))
        config_problem_add(loader, line, "'%s' begins with '%s:', it must be https:", path,
                           address.scheme);
    else if (has_scheme(&address, "http") && !config_is_loopback(address.host))
        add_clear_text(loader, path, address.host);
    else if (!text_equal(address.path, "/") || address.query || address.fragment)
        config_problem_add(loader, line,
                           "'%s' has something behind the host; hint: write it like "
                           "https://acme.bynder.com",
                           path);
    else {
        portal->loopback = config_is_loopback(address.host);
        portal->url = arena_printf(loader->arena, "%s://%s%s%s", address.scheme, address.host,
                                   address.port ? ":" : "", address.port ? address.port : "");
        portal->host = site_of(loader->arena, portal->url);
        check_pace(loader);
    }
}

static void check_proxy(struct config_loader *loader, const char *path, const char *proxy)
{
    static const char *const schemes[] = {"http", "https", "socks5", "socks5h"};
    struct config_address address;

    if (!proxy)
        return;
    if (!config_take_apart(loader->arena, proxy, &address)) {
        config_problem_add(loader, config_line(loader, path),
                           "'%s' is no address; hint: write it like http://proxy.example:3128",
                           path);
        return;
    }
    if (address.user || address.password)
        add_password(loader, path, "let the proxy know this machine by its address");
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (has_scheme(&address, schemes[i]))
            return;
    config_problem_add(loader, config_line(loader, path),
                       "'%s' begins with '%s:', it must be http:, https:, socks5: or socks5h:",
                       path, address.scheme);
}

static void check_remote_roster(struct config_loader *loader, const char *source)
{
    static const char path[] = "roster.source";
    struct config_address address;

    if (!config_take_apart(loader->arena, source, &address))
        config_problem_add(loader, config_line(loader, path), "'%s' is no address", path);
    else if (address.password)
        add_password(loader, path, "use 'roster.credentials_file'");
    else if (has_scheme(&address, "http") && !config_is_loopback(address.host))
        add_clear_text(loader, path, address.host);
    else if (!has_scheme(&address, "http") && !has_scheme(&address, "https") &&
             !has_scheme(&address, "sftp"))
        config_problem_add(loader, config_line(loader, path),
                           "'%s' begins with '%s:', it must be a path, file:, https: or sftp:",
                           path, address.scheme);
}

/* What a file: address has behind "file:" or "file://", which may begin with a '/'; NULL for any
 * other source. It stays as it is written: the reader decodes %XX, in an address only. */
static const char *file_of(const char *source)
{
    static const char *const prefixes[] = {"file://localhost/", "file:///", "file:"};

    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        size_t length = strlen(prefixes[i]);

        if (strncasecmp(source, prefixes[i], length) == 0)
            return source + length - (prefixes[i][length - 1] == '/');
    }
    return NULL;
}

static void check_roster(struct config_loader *loader)
{
    struct config_roster *roster = &loader->config->roster;
    const char *file = roster->source ? file_of(roster->source) : NULL;

    if (!roster->source)
        return;
    if (file && (*file == '\0' || text_starts(file, "//")))
        config_problem_add(loader, config_line(loader, "roster.source"),
                           "'roster.source' names no file on this machine; hint: write it like "
                           "file:///srv/hr/roster.csv");
    else if (file)
        roster->source = arena_printf(loader->arena, "file://%s", config_resolve(loader, file));
    else if (strstr(roster->source, "://"))
        check_remote_roster(loader, roster->source);
    else
        roster->source = config_resolve(loader, roster->source);
}

void config_check_addresses(struct config_loader *loader)
{
    check_portal(loader);
    check_proxy(loader, "portal.proxy", loader->config->portal.proxy);
    check_proxy(loader, "notify.webhook.proxy", loader->config->notify.webhook.proxy);
    check_roster(loader);
}
