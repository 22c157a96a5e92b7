/*
 * Who answers in the server's place, by the answer alone; and answers of the server itself, of
 * which nothing is said.
 */
#include <string.h>

#include "base/cleanup.h"
#include "format/front.h"
#include "test.h"

static bool describe(const struct front_answer *answer, struct text *out)
{
    struct front_answer whole = *answer;

    whole.url = "https://acme.bynder.com/api/v4/users/?page=1";
    whole.length = answer->length ? answer->length : strlen(answer->body ? answer->body : "");
    whole.setting = "portal.url";
    whole.wanted = "JSON";
    return front_describe(&whole, out);
}

TEST(front_describe_of_what_stands_between_names_it)
{
    static const struct {
        struct front_answer answer;
        const char *says;
    } rows[] = {
        {{.status = 407}, "the proxy wants a login"},
        {{.status = 511, .content_type = "text/html"}, "captive portal"},
        {{.status = 301, .location = "https://acme.bynder.com/api/v4/users"},
         "a redirect to 'https://acme.bynder.com/api/v4/users', which is not followed; hint"},
        {{.status = 307, .location = "/login?ticket=4711"}, "a redirect to '/login', which"},
        {{.status = 302, .location = "https://acme.bynder.com.evil.example/"}, "another host"},
        {{.status = 302, .location = "https://login.example/saml?SAMLRequest=abc"},
         "to 'https://login.example/saml', which is not followed: it leads to another host"},
        {{.status = 304}, "a redirect to ''"},
        {{.status = 200, .encoding = "gzip", .body = "x"}, "a compressed body (gzip), which"},
        {{.status = 200, .body = "\x1F\x8B\x08\x00", .length = 4}, "a compressed body, which"},
        {{.status = 403, .body = "\x28\xB5\x2F\xFD\x00", .length = 5}, "a compressed body, which"},
        {{.status = 200, .content_type = "text/html", .body = "<p>x"},
         "not JSON but an HTML page:"},
        {{.status = 403, .body = " \r\n<!DocType HTML><title lang=de>\n"}, "an HTML page:"},
        {{.status = 418, .body = "<HTML><head><TITLE> Zscaler\x1B[31m </TITLE>"},
         "an HTML page ('Zscaler\\x1b[31m'):"},
        {{.status = 200, .body = "\xEF\xBB\xBF<html>"}, "an HTML page:"},
        {{.status = 200, .body = ""}, "an empty body"},
        {{.status = 200, .body = "\xEF\xBB\xBF \n"}, "an empty body"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;

        if (!describe(&rows[i].answer, &text) || !strstr(text_cstr(&text), rows[i].says) ||
            strchr(text_cstr(&text), '@'))
            fail_msg("row %zu: '%s'", i, text_cstr(&text));
    }
}

TEST(front_describe_of_the_server_itself_says_nothing)
{
    static const struct front_answer rows[] = {
        {.status = 200, .content_type = "application/json", .body = "[]"},
        {.status = 200, .encoding = "identity", .body = "{}"},
        {.status = 200, .encoding = "", .body = "{}"},
        {.status = 200, .content_type = "text/csv", .body = "a,b"},
        {.status = 204},
        {.status = 202, .body = ""},
        {.status = 400, .content_type = "application/json", .body = "{\"error\":\"x\"}"},
        {.status = 403, .content_type = "application/json", .body = "{\"message\":\"no\"}"},
        {.status = 403, .body = ""},
        {.status = 401, .content_type = "text/plain", .body = "Invalid or expired token."},
        {.status = 404, .content_type = "text/html", .body = "<html>"}, /* a wrong address */
        {.status = 503, .content_type = "text/html", .body = "<html>"}, /* its own trouble */
        {.status = 200, .body = "<users/>"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;

        if (describe(&rows[i], &text))
            fail_msg("row %zu: '%s'", i, text_cstr(&text));
    }
}
