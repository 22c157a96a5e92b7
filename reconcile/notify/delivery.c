/*
 * An easy handle a delivery. What is the same for both ways is set first: the bound, TLS, no
 * proxy but a configured one. libcurl builds the MIME parts, encodes them and doubles the dots.
 *
 * libcurl takes leave of a mail server with QUIT and waits for the answer, up to two minutes and
 * whatever the time limit says. So the limit is watched here: when it is over the socket is shut,
 * and there is nothing left to wait for.
 */
#include "notify/delivery.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/curl_must.h"
#include "host/secret.h"

enum {
    CONNECT_SECONDS = 15,
    REPLY_SECONDS = 30, /* for one reply of a mail server, that to QUIT too */
    ANSWER_LIMIT = 65536,
};

CLEANUP_POINTER(CURL, easy_cleanup, curl_easy_cleanup)
CLEANUP_POINTER(struct curl_slist, list_cleanup, curl_slist_free_all)
CLEANUP_POINTER(curl_mime, mime_cleanup, curl_mime_free)

/* One delivery under way. */
struct delivery {
    const struct delivery_bound *bound;
    curl_socket_t socket;
    bool late;
    size_t body_bytes;
    char reason[CURL_ERROR_SIZE]; /* written by libcurl */
};

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct delivery *delivery = context;

    (void)purpose;
    delivery->socket = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    return delivery->socket;
}

/* libcurl asks about once a second, and as often as something moves. */
static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct delivery *delivery = context;
    const struct clock *clock = delivery->bound->clock;

    (void)a, (void)b, (void)c, (void)d;
    delivery->late = clock->steady(clock->self).us >= delivery->bound->until.us;
    if (!delivery->late && !clock_is_interrupted())
        return 0;
    if (delivery->socket != CURL_SOCKET_BAD)
        (void)shutdown(delivery->socket, SHUT_RDWR);
    return 1;
}

/* An answer is not wanted, and an endless one ends. */
static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct delivery *delivery = context;

    (void)bytes;
    delivery->body_bytes += size * count;
    return delivery->body_bytes > ANSWER_LIMIT ? 0 : size * count;
}

static void add(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (!longer)
        mem_exhausted();
    *list = longer;
}

static int out_of_time(struct err *err)
{
    return err_set(err, ERR_UNREACHABLE, "no time is left (notify.timeout)");
}

/* The handle with everything that both ways share; NULL when the time is over. */
static CURL *begin(struct delivery *delivery, const char *ca_file)
{
    const struct delivery_bound *bound = delivery->bound;
    CURL *easy;

    if (bound->clock->steady(bound->clock->self).us >= bound->until.us)
        return NULL;
    easy = curl_easy_init();
    if (!easy)
        mem_exhausted();
    curl_set(easy, CURLOPT_ERRORBUFFER, delivery->reason);
    curl_set(easy, CURLOPT_NOSIGNAL, 1L);
    curl_set(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_set(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)REPLY_SECONDS);
    curl_set(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_set(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_set(easy, CURLOPT_OPENSOCKETDATA, delivery);
    curl_set(easy, CURLOPT_NOPROGRESS, 0L);
    curl_set(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_set(easy, CURLOPT_XFERINFODATA, delivery);
    curl_set(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_set(easy, CURLOPT_WRITEDATA, delivery);
    curl_set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_set(easy, CURLOPT_NOPROXY, "");
    curl_set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_set(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (ca_file)
        curl_set(easy, CURLOPT_CAINFO, ca_file);
    return easy;
}

/* `reason` NULL: only what the code means, for libcurl's words could name the webhook's address. */
static int refuse_delivery(const struct delivery *delivery, CURLcode code, const char *reason,
                           const char *what, long answer, struct err *err)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;

    if (delivery->late)
        return err_set(err, ERR_UNREACHABLE, "%s: it took too long (notify.timeout)", what);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return err_set(err, ERR_INTERRUPTED, "%s: stopped by a signal", what);
    text_add_printable(&printable, reason && reason[0] ? reason : curl_easy_strerror(code));
    if (answer >= 400)
        return err_set(err, ERR_UNREACHABLE, "%s: it answers %ld: %s", what, answer,
                       text_cstr(&printable));
    return err_set(err, ERR_UNREACHABLE, "%s: %s", what, text_cstr(&printable));
}

/* --- mail --- */

/* RFC 5322 3.3, in UTC: "Tue, 24 Nov 2026 02:10:00 +0000". */
static void add_date(struct text *out, struct instant at)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char rfc3339[INSTANT_TEXT_SIZE];
    int64_t day = at.us / DAY_US - (at.us % DAY_US < 0);
    const char *iso = instant_format(at, rfc3339); /* 2026-11-24T02:10:00Z */
    int month = (iso[5] - '0') * 10 + (iso[6] - '0');

    text_addf(out, "%s, %.2s %s %.4s %.8s +0000", days[((day % 7) + 7) % 7], iso + 8,
              months[month - 1], iso, iso + 11);
}

static struct curl_slist *make_headers(const struct config_mail *config, const struct mail *mail)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    struct curl_slist *headers = NULL;

    text_addf(&line, "From: <%s>", config->from);
    add(&headers, text_cstr(&line));
    text_clear(&line);
    text_add(&line, mail->to ? "To: undisclosed-recipients:;" : "To: ");
    for (size_t i = 0; !mail->to && i < config->to.count; i++)
        text_addf(&line, "%s<%s>", i ? ",\r\n " : "", config->to.item[i]);
    add(&headers, text_cstr(&line));
    text_clear(&line);
    text_addf(&line, "Subject: %s", mail->subject);
    add(&headers, text_cstr(&line));
    text_clear(&line);
    text_add(&line, "Date: ");
    add_date(&line, mail->date);
    add(&headers, text_cstr(&line));
    text_clear(&line);
    text_addf(&line, "Message-ID: <%s%s>", mail->id, strchr(config->from, '@'));
    add(&headers, text_cstr(&line));
    add(&headers, "Auto-Submitted: auto-generated"); /* RFC 3834: no out-of-office answers */
    add(&headers, "X-Auto-Response-Suppress: All");
    return headers;
}

static void check(CURLcode code)
{
    if (code != CURLE_OK) /* building parts in memory fails only without any left */
        mem_exhausted();
}

static void add_part(curl_mime *mime, const char *bytes, size_t length, const char *type,
                     const char *encoding, const char *filename)
{
    curl_mimepart *part = curl_mime_addpart(mime);

    check(curl_mime_data(part, bytes, length));
    check(curl_mime_type(part, type));
    check(curl_mime_encoder(part, encoding));
    if (filename)
        check(curl_mime_filename(part, filename));
}

/* multipart/mixed: multipart/alternative of text and HTML, then what is attached. */
static curl_mime *make_parts(CURL *easy, const struct mail *mail)
{
    curl_mime *mime = curl_mime_init(easy);
    curl_mime *alternative = curl_mime_init(easy);
    curl_mimepart *part = curl_mime_addpart(mime);

    add_part(alternative, mail->text, strlen(mail->text), "text/plain; charset=utf-8",
             "quoted-printable", NULL);
    add_part(alternative, mail->html, strlen(mail->html), "text/html; charset=utf-8",
             "quoted-printable", NULL);
    check(curl_mime_subparts(part, alternative));
    check(curl_mime_type(part, "multipart/alternative"));
    struct curl_slist *inline_disposition = NULL;
    add(&inline_disposition, "Content-Disposition: inline");
    check(curl_mime_headers(part, inline_disposition, 1));
    for (size_t i = 0; i < mail->attachment_count; i++) {
        const struct mail_attachment *one = &mail->attachment[i];
        add_part(mime, text_cstr(&one->content), one->content.length, one->type, "base64",
                 one->name);
    }
    return mime;
}

static int set_login(CURL *easy, const struct config_mail *config, struct err *err)
{
    CLEANUP(secret_release) struct secret password = SECRET_INIT;

    if (!config->user)
        return 0;
    if (config_read_secret(&config->password, &password, err) < 0)
        return err_prefix(err, "notify.mail");
    curl_set(easy, CURLOPT_USERNAME, config->user);
    curl_set(easy, CURLOPT_PASSWORD, secret_reveal(&password));
    return 0;
}

static void set_server(CURL *easy, const struct config_mail *config)
{
    curl_set(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_set(easy, CURLOPT_PROXY, "");
    curl_set(easy, CURLOPT_URL, config->server);
    curl_set(easy, CURLOPT_USE_SSL,
             (long)(config->security == MAIL_STARTTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE));
}

/* An answer 4xx or 5xx is a refusal, whatever was sent before it. Without one nothing was taken
 * when nothing of the message had left. */
static enum delivery_fate fate_of(CURL *easy, CURLcode code, long answer)
{
    static const CURLcode before[] = {
        CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT,    CURLE_SSL_CONNECT_ERROR,
        CURLE_USE_SSL_FAILED,       CURLE_SSL_CACERT_BADFILE, CURLE_PEER_FAILED_VERIFICATION,
        CURLE_LOGIN_DENIED,
    };
    curl_off_t sent = 1;

    if (code == CURLE_OK)
        return DELIVERY_TAKEN;
    for (size_t i = 0; i < COUNT_OF(before); i++) {
        if (before[i] == code)
            return DELIVERY_UNREACHED;
    }
    if (answer >= 400 && answer <= 599)
        return answer < 500 ? DELIVERY_DEFERRED : DELIVERY_REFUSED;
    (void)curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    return sent == 0 ? DELIVERY_UNREACHED : DELIVERY_PERHAPS;
}

int delivery_mail(const struct config_mail *config, const struct mail *mail,
                  const struct delivery_bound *bound, enum delivery_fate *ret_fate, struct err *err)
{
    struct delivery delivery = {.bound = bound, .socket = CURL_SOCKET_BAD};
    CLEANUP(easy_cleanup) CURL *easy = begin(&delivery, config->ca_file);
    CLEANUP(list_cleanup) struct curl_slist *headers = make_headers(config, mail);
    CLEANUP(list_cleanup) struct curl_slist *recipients = NULL;
    long answer = 0;
    CURLcode code;

    if (ret_fate)
        *ret_fate = DELIVERY_UNREACHED;
    if (!easy)
        return out_of_time(err);
    if (set_login(easy, config, err) < 0)
        return -1;
    CLEANUP(mime_cleanup) curl_mime *mime = make_parts(easy, mail);
    if (mail->to)
        add(&recipients, mail->to);
    for (size_t i = 0; !mail->to && i < config->to.count; i++)
        add(&recipients, config->to.item[i]);
    set_server(easy, config);
    curl_set(easy, CURLOPT_MAIL_FROM, config->from);
    curl_set(easy, CURLOPT_MAIL_RCPT, recipients);
    curl_set(easy, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L); /* one dead mailbox silences nobody */
    curl_set(easy, CURLOPT_HTTPHEADER, headers);
    curl_set(easy, CURLOPT_MIMEPOST, mime);
    code = curl_easy_perform(easy);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer);
    if (ret_fate)
        *ret_fate = fate_of(easy, code, answer);
    return code == CURLE_OK
               ? 0
               : refuse_delivery(&delivery, code, delivery.reason, config->server, answer, err);
}

int delivery_check_mail(const struct config_mail *config, const struct delivery_bound *bound,
                        struct err *err)
{
    struct delivery delivery = {.bound = bound, .socket = CURL_SOCKET_BAD};
    CLEANUP(easy_cleanup) CURL *easy = begin(&delivery, config->ca_file);
    long answer = 0;
    CURLcode code;

    if (!easy)
        return out_of_time(err);
    if (set_login(easy, config, err) < 0)
        return -1;
    set_server(easy, config);
    curl_set(easy, CURLOPT_NOBODY, 1L);
    curl_set(easy, CURLOPT_CUSTOMREQUEST, "NOOP");
    code = curl_easy_perform(easy);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer);
    return code == CURLE_OK
               ? 0
               : refuse_delivery(&delivery, code, delivery.reason, config->server, answer, err);
}

/* --- webhook --- */

int delivery_webhook(const struct config_webhook *config, const struct text *json,
                     const struct delivery_bound *bound, struct err *err)
{
    struct delivery delivery = {.bound = bound, .socket = CURL_SOCKET_BAD};
    CLEANUP(easy_cleanup) CURL *easy = begin(&delivery, config->ca_file);
    CLEANUP(secret_release) struct secret url = SECRET_INIT;
    CLEANUP(list_cleanup) struct curl_slist *headers = NULL;
    long status = 0;
    CURLcode code;

    if (!easy)
        return out_of_time(err);
    if (config_read_secret(&config->url, &url, err) < 0)
        return err_prefix(err, "notify.webhook");
    add(&headers, "Content-Type: application/json");
    add(&headers, "Expect:");
    curl_set(easy, CURLOPT_PROTOCOLS_STR,
             text_starts(secret_reveal(&url), "http://") ? "http" : "https");
    curl_set(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_set(easy, CURLOPT_PROXY, config->proxy ? config->proxy : "");
    curl_set(easy, CURLOPT_USERAGENT, "bynder-reconcile/" PROGRAM_VERSION);
    curl_set(easy, CURLOPT_URL, secret_reveal(&url));
    curl_set(easy, CURLOPT_HTTPHEADER, headers);
    curl_set(easy, CURLOPT_POSTFIELDS, text_cstr(json));
    curl_set(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)json->length);
    code = curl_easy_perform(easy);
    if (code != CURLE_OK)
        return refuse_delivery(&delivery, code, NULL, "the webhook did not answer", 0, err);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 299)
        return err_set(err, ERR_UNREACHABLE,
                       "the webhook answers %ld; hint: is the address in notify.webhook.url_file "
                       "still valid, and the shape the right one?",
                       status);
    return 0;
}
