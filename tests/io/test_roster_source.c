/*
 * Where a roster comes from: files as they are, answers over the network only when they are
 * certainly whole.
 */
#include "roster_case.h"
#include "scripted.h"
#include "test.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "roster/fetch.h"
#include "roster/source.h"

#define GOOD "EmpID,Mail,Name\n1,,Anna\n"

/* --- files --- */

struct folder {
    char directory[32];
    char *path;
};

static struct folder folder_new(void)
{
    struct folder place = {.directory = "/tmp/roster-test-XXXXXX"};

    assert_non_null(mkdtemp(place.directory));
    place.path = file_join(place.directory, "roster 1.csv");
    return place;
}

static void folder_write(const struct folder *place, const char *text)
{
    struct err err = ERR_INIT;

    assert_int_equal(file_write(place->path, 0600, text, strlen(text), &err), 0);
}

static void folder_release(struct folder *place)
{
    (void)unlink(place->path);
    (void)rmdir(place->directory);
    mem_cleanup(&place->path);
}

static struct roster_case read_source(struct config_roster *config, const char *source)
{
    struct roster_case c = {.result = -1};

    config->source = source;
    c.roster.id = 4711;
    c.result = roster_read(&c.arena, config, NULL, CASE_NOW, &c.roster, &c.err);
    return c;
}

TEST(roster_read_file_addresses_name_the_same_file)
{
    CLEANUP(folder_release) struct folder place = folder_new();
    static const struct {
        const char *before, *after;
    } forms[] = {{"", "/roster 1.csv"},
                 {"file://", "/roster%201.csv"},
                 {"file:", "/roster 1.csv"},
                 {"file://localhost", "/roster 1.csv"}};

    folder_write(&place, GOOD);
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        CLEANUP(text_release) struct text source = TEXT_INIT;
        struct config_roster config = case_small_config();
        struct roster_case c;

        text_addf(&source, "%s%s%s", forms[i].before, place.directory, forms[i].after);
        c = read_source(&config, text_cstr(&source));
        assert_read(&c);
        assert_string_equal(c.roster.source, place.path);
        case_release(&c);
    }
}

TEST(roster_read_path_given_wins_over_the_source)
{
    CLEANUP(folder_release) struct folder place = folder_new();
    struct config_roster config = case_small_config();
    CLEANUP(case_release) struct roster_case c = {.result = -1};

    folder_write(&place, GOOD);
    config.source = "file:///nonexistent/roster.csv";
    c.result = roster_read(&c.arena, &config, place.path, CASE_NOW, &c.roster, &c.err);
    assert_read(&c);
    assert_string_equal(c.roster.source, place.path);
}

TEST(roster_read_modified_is_that_of_the_file)
{
    CLEANUP(folder_release) struct folder place = folder_new();
    struct config_roster config = case_small_config();
    const struct timespec times[2] = {{.tv_sec = 1700000000}, {.tv_sec = 1700000000}};
    struct roster_case c;

    folder_write(&place, GOOD);
    assert_int_equal(utimensat(AT_FDCWD, place.path, times, 0), 0);
    c = read_source(&config, place.path);
    assert_read(&c);
    assert_int_equal(c.roster.modified.us, INT64_C(1700000000000000));
    case_release(&c);
}

TEST(roster_read_no_readable_file_is_refused)
{
    CLEANUP(folder_release) struct folder place = folder_new();
    struct config_roster config = case_small_config();
    const struct {
        const char *source, *part;
    } cases[] = {
        {"/nonexistent/roster.csv", "roster '/nonexistent/roster.csv': cannot open the file"},
        {"file:///nonexistent/roster.csv",
         "cannot open the file '/nonexistent/roster.csv': No such file"},
        {place.directory, "is a directory, a file is expected"},
        {"/dev/null", "is not a regular file"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct roster_case c = read_source(&config, cases[i].source);

        assert_refused(&c, cases[i].part);
        case_release(&c);
    }
    assert_int_equal(mkfifo(place.path, 0600), 0); /* must not hang */
    {
        CLEANUP(case_release) struct roster_case c = read_source(&config, place.path);

        assert_refused(&c, "is not a regular file");
    }
}

TEST(roster_read_address_of_no_file_is_a_configuration_error)
{
    static const struct {
        const char *source, *part;
    } cases[] = {
        {"file://server/roster.csv", "no address of a file on this machine"},
        {"file:///srv/a%2", "no address of a file"},
        {"file:///srv/a%zz", "no address of a file"},
        {"file:///srv/a%00b", "no address of a file"},
        {"ftp://host.example/roster.csv", "cannot be 'ftp:'"},
        {"http://host.example/roster.csv", "http: to a host on the network"},
        {"http://127.0.0.1.example/roster.csv", "http: to a host on the network"},
        {"sftp://host.example/hr/", "is a directory"},
        {"sftp://host.example", "is a directory"},
        {"https://anna:geheim@host.example/roster.csv", "holds a password"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = case_small_config();
        struct roster_case c = read_source(&config, cases[i].source);

        assert_int_equal(c.result, -1);
        assert_int_equal(c.err.code, ERR_CONFIG);
        assert_mentions(c.err.text, cases[i].part);
        assert_no_mention(c.err.text, "geheim");
        case_release(&c);
    }
}

TEST(roster_source_read_file_that_changes_meanwhile_is_refused)
{
    CLEANUP(folder_release) struct folder place = folder_new();
    CLEANUP(roster_source_closep) struct roster_source *source = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct config_roster config = case_small_config();
    char buffer[8];
    size_t length = 1;
    int fd, result;

    folder_write(&place, GOOD);
    assert_int_equal(roster_source_open(&config, place.path, &source, &err), 0);
    assert_int_equal(roster_source_read(source, buffer, sizeof(buffer), &length, &err), 0);
    fd = open(place.path, O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_int_equal(write(fd, "2,,Bo\n", 6), 6);
    (void)close(fd);
    do
        result = roster_source_read(source, buffer, sizeof(buffer), &length, &err);
    while (result == 0 && length > 0);
    assert_int_equal(result, -1);
    assert_int_equal(err.code, ERR_ROSTER);
    assert_mentions(err.text, "changed while it was read");
}

TEST(roster_fetch_name_leaves_out_what_is_secret)
{
    static const struct {
        const char *url, *name;
    } cases[] = {
        {"https://a:b@host.example/x.csv?token=c#d", "https://host.example/x.csv"},
        {"sftp://hr@host.example/x.csv", "sftp://host.example/x.csv"},
        {"https://host.example:8443/x.csv", "https://host.example:8443/x.csv"},
        {"https://", "an address that cannot be read"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(mem_cleanup) char *name = roster_fetch_name(cases[i].url);

        assert_string_equal(name, cases[i].name);
    }
}

/* --- a server that answers always alike --- */

struct server {
    struct scripted_queue queue;
    const char *answer;
    struct text request;
};

static void serve(void *context, int fd)
{
    struct server *server = context;

    if (scripted_receive(fd, &server->request))
        (void)scripted_send(fd, server->answer, strlen(server->answer));
}

/* One reading from a server that answers so; request may be NULL. */
static struct roster_case read_answer(struct config_roster *config, const char *answer,
                                      char **ret_request)
{
    CLEANUP(text_release) struct text source = TEXT_INIT;
    struct server server = {.answer = answer};
    struct roster_case c;

    scripted_queue_start(&server.queue, serve, &server);
    text_addf(&source, "http://127.0.0.1:%u/hr/roster.csv?key=geheim", server.queue.port);
    c = read_source(config, text_cstr(&source));
    scripted_queue_stop(&server.queue);
    if (ret_request)
        *ret_request = mem_strdup(text_cstr(&server.request));
    text_release(&server.request);
    return c;
}

TEST(roster_read_whole_answers_are_taken)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n"
        "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n" GOOD,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
        "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n"
        "10\r\nEmpID,Mail,Name\n\r\n8\r\n1,,Anna\n\r\n0\r\n\r\n",
    };

    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct config_roster config = case_small_config();
        CLEANUP(case_release) struct roster_case c = read_answer(&config, answers[i], NULL);

        assert_read(&c);
        assert_int_equal(c.roster.count, 1);
        assert_int_equal(c.roster.modified.us, INT64_C(1700000000000000));
        assert_mentions(c.roster.source, "/hr/roster.csv");
        assert_no_mention(c.roster.source, "geheim");
    }
}

TEST(roster_read_modified_beyond_all_calendars_is_none)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release)
    struct roster_case c = read_answer(&config,
                                       "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n"
                                       "Last-Modified: 8May1000000\r\n\r\n" GOOD,
                                       NULL);

    assert_read(&c);
    assert_false(instant_is_set(c.roster.modified));
}

TEST(roster_read_doubtful_answers_are_refused)
{
    static const struct {
        const char *answer, *part;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" GOOD, "cannot tell that it is whole"},
        {"HTTP/1.0 200 OK\r\n\r\n" GOOD, "cannot tell that it is whole"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" GOOD, "cannot be fetched"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
         "10\r\nEmpID,Mail,Name\n\r\n",
         "cannot be fetched"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "is empty"},
        {"HTTP/1.1 206 Partial\r\nContent-Length: 24\r\n\r\n" GOOD, "answers 206"},
        {"HTTP/1.1 204 No Content\r\n\r\n", "answers 204"},
        {"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\n"
         "Content-Length: 0\r\n\r\n",
         "answers 302, a redirect to 'https://elsewhere.example/', which is not followed"},
        {"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", "the proxy wants a login"},
        {"HTTP/1.1 403 No\r\nContent-Type: text/html\r\nContent-Length: 24\r\n\r\n" GOOD,
         "which is not a roster but an HTML page"},
        {"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 39\r\n\r\n"
         "<!doctype html><title>Log in</title>\n\n\n",
         "an HTML page ('Log in'): something in front of the server"},
        {"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "hint: look at roster.credentials_file"},
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 24\r\n\r\n" GOOD, "answers 404"},
        {"HTTP/1.1 500 Oops\r\nContent-Length: 24\r\n\r\n" GOOD, "answers 500"},
        {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 24\r\n\r\n" GOOD,
         "compressed"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n" GOOD, "cannot be fetched"},
        {"nonsense", "cannot be fetched"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = case_small_config();
        CLEANUP(case_release) struct roster_case c = read_answer(&config, cases[i].answer, NULL);

        assert_refused(&c, cases[i].part);
        assert_mentions(c.err.text, "roster 'http://127.0.0.1:");
        assert_no_mention(c.err.text, "geheim");
    }
}

TEST(roster_read_nobody_listening_is_refused)
{
    CLEANUP(text_release) struct text source = TEXT_INIT;
    struct config_roster config = case_small_config();
    unsigned port;
    struct roster_case c;

    (void)close(scripted_listen(&port));
    text_addf(&source, "http://127.0.0.1:%u/x", port);
    c = read_source(&config, text_cstr(&source));
    assert_refused(&c, "cannot be fetched");
    case_release(&c);
}

TEST(roster_read_credentials_go_as_basic_or_bearer)
{
    static const struct {
        const char *secret, *header;
    } cases[] = {
        {"hr:geheim", "Authorization: Basic aHI6Z2VoZWlt\r\n"},
        {"ey.token", "Authorization: Bearer ey.token\r\n"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(folder_release) struct folder place = folder_new();
        CLEANUP(mem_cleanup) char *request = NULL;
        struct config_roster config = case_small_config();
        struct roster_case c;

        folder_write(&place, cases[i].secret);
        config.credentials.file = place.path;
        c = read_answer(&config, "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n" GOOD, &request);
        assert_read(&c);
        assert_mentions(request, cases[i].header);
        case_release(&c);
    }
}

TEST(roster_read_credentials_that_others_can_read_are_a_configuration_error)
{
    CLEANUP(folder_release) struct folder place = folder_new();
    struct config_roster config = case_small_config();
    struct roster_case c;

    folder_write(&place, "hr:geheim");
    assert_int_equal(chmod(place.path, 0644), 0);
    config.credentials.file = place.path;
    c = read_source(&config, "https://127.0.0.1:1/x");
    assert_int_equal(c.err.code, ERR_CONFIG);
    assert_mentions(c.err.text, "chmod 0600");
    assert_no_mention(c.err.text, "geheim");
    case_release(&c);
}

TEST(roster_read_sftp_with_a_token_is_a_configuration_error)
{
    CLEANUP(folder_release) struct folder place = folder_new();
    struct config_roster config = case_small_config();
    struct roster_case c;

    folder_write(&place, "token");
    config.credentials.file = place.path;
    c = read_source(&config, "sftp://127.0.0.1:1/x");
    assert_int_equal(c.err.code, ERR_CONFIG);
    assert_mentions(c.err.text, "must be user:password");
    case_release(&c);
}

/* --- pages --- */

#define ONE "[{\"EmpID\":\"1\"}]"
#define TWO "[{\"EmpID\":\"2\"}]"

/* What it answers by the number that stands behind "page=" in the request; 0 without. */
struct book {
    struct scripted_queue queue;
    const char *header[3], *body[3];
    unsigned asked;
    bool credentials;   /* every request had them */
    char last_line[80]; /* of the last request, as much as is compared */
};

static void serve_book(void *context, int fd)
{
    struct book *book = context;
    CLEANUP(text_release) struct text request = TEXT_INIT;
    CLEANUP(text_release) struct text answer = TEXT_INIT;
    const char *page;
    size_t number;

    if (!scripted_receive(fd, &request))
        return;
    page = strstr(text_cstr(&request), "page=");
    number = page ? (size_t)(page[5] - '0') : 0;
    book->asked++;
    (void)snprintf(book->last_line, sizeof(book->last_line), "%s", text_cstr(&request));
    book->credentials &= strstr(text_cstr(&request), "Authorization: Bearer ey.token\r\n") != NULL;
    if (number >= COUNT_OF(book->body) || !book->body[number])
        text_add(&answer, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
    else
        text_addf(&answer, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n%s",
                  book->header[number] ? book->header[number] : "", strlen(book->body[number]),
                  book->body[number]);
    (void)scripted_send(fd, text_cstr(&answer), answer.length);
}

static struct roster_case read_book(struct book *book, const char *next, const char *items)
{
    static const char *const none[] = {"x"};
    CLEANUP(folder_release) struct folder place = folder_new();
    CLEANUP(text_release) struct text source = TEXT_INIT;
    struct config_roster config = {.format = ROSTER_FORMAT_JSON,
                                   .encoding = "UTF-8",
                                   .next = next,
                                   .items = items,
                                   .column.of = {[ROSTER_EMPLOYEE_NUMBER] = "EmpID"},
                                   .status.employed = {none, 1}};
    struct roster_case c;

    folder_write(&place, "ey.token");
    config.credentials.file = place.path;
    book->asked = 0;
    book->credentials = true;
    scripted_queue_start(&book->queue, serve_book, book);
    text_addf(&source, "http://127.0.0.1:%u/people", book->queue.port);
    c = read_source(&config, text_cstr(&source));
    scripted_queue_stop(&book->queue);
    return c;
}

TEST(roster_read_all_pages_or_nothing)
{
    static const struct {
        struct book book;
        const char *next, *items;
        const char *refused; /* NULL = both people */
    } rows[] = {
        {{.header =
              {"Link: <http://x/>; rel=prev, </people?page=1>; title=\"a,b\"; rel=\"next\"\r\n"},
          .body = {ONE, TWO}},
         "link",
         NULL,
         NULL},
        {{.body = {"{\"value\":" ONE ",\"total\":2,\"hasMore\":true,\"n\":\"/people?page=1\"}",
                   "{\"value\":" TWO ",\"total\":2,\"hasMore\":false,\"n\":null}"}},
         "/n",
         "/value",
         NULL},
        {{.body = {"{\"value\":" ONE ",\"hasMore\":true,\"n\":\"/people?page=1\"}",
                   "{\"value\":" TWO ",\"hasMore\":true,\"n\":null}"}},
         "/n",
         "/value",
         "'/hasMore' says that there are more"},
        {{.header = {"link: <?page=1>;rel=\"first Next\"\r\n"}, .body = {ONE, TWO}},
         "link",
         NULL,
         NULL},
        {{.body = {"{\"value\":" ONE ",\"@odata.nextLink\":\"/people?page=1\"}",
                   "{\"value\":" TWO ",\"@odata.nextLink\":null}"}},
         "/@odata.nextLink",
         "/value",
         NULL},
        {{.header = {"Link: <https://127.0.0.1/2>; rel=next\r\n"}, .body = {ONE, TWO}},
         "link",
         NULL,
         "another scheme, host or port"},
        {{.header = {"Link: <http://127.0.0.2/2>; rel=next\r\n"}, .body = {ONE, TWO}},
         "link",
         NULL,
         "another scheme, host or port"},
        {{.header = {"Link: <//evil.example/2>; rel=next\r\n"}, .body = {ONE, TWO}},
         "link",
         NULL,
         "another scheme, host or port"},
        {{.header = {"Link: <?page=1>; rel=next\r\n", "Link: <?page=1>; rel=next\r\n"},
          .body = {ONE, TWO}},
         "link",
         NULL,
         "fetched before"},
        {{.header = {"Link: <?page=1>; rel=next\r\n", "Link: </people>; rel=next\r\n"},
          .body = {ONE, TWO}},
         "link",
         NULL,
         "fetched before"},
        {{.header = {"Link: <?page=2>; rel=next\r\n"}, .body = {ONE, TWO}},
         "link",
         NULL,
         "the server answers 500"},
        {{.header = {"Link: <?page=1>; rel=next\r\nLink: <?page=2>; rel=next\r\n"},
          .body = {ONE, TWO}},
         "link",
         NULL,
         "two next pages"},
        {{.body = {"{\"value\":" ONE ",\"n\":[\"/people?page=1\"]}"}},
         "/n",
         "/value",
         "is no address"},
        {{.header = {"Link: <?page=1>; rel=next\r\n"}, .body = {ONE, "{"}},
         "link",
         NULL,
         "the JSON is cut off"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct book book = rows[i].book;
        CLEANUP(case_release)
        struct roster_case c = read_book(&book, rows[i].next, rows[i].items);

        assert_true(book.credentials);
        if (rows[i].refused) {
            assert_refused(&c, rows[i].refused);
            continue;
        }
        assert_read(&c);
        assert_int_equal(book.asked, 2);
        assert_int_equal(c.roster.count, 2);
        assert_string_equal(c.roster.person[1].employee_number, "2");
        assert_int_equal(c.roster.person[1].row, 2);
    }
}

TEST(roster_read_a_relative_address_is_seen_from_the_page_that_names_it)
{
    struct book book = {
        .header = {"Link: </v2/list/one?page=1>; rel=next\r\n", "Link: <two?page=2>; rel=next\r\n"},
        .body = {ONE, TWO, "[]"}};
    CLEANUP(case_release) struct roster_case c = read_book(&book, "link", NULL);

    assert_read(&c);
    assert_int_equal(book.asked, 3);
    assert_mentions(book.last_line, "GET /v2/list/two?page=2 ");
}

/* Without roster.next a second page is nobody's business, and the first one is refused. */
TEST(roster_read_a_page_that_nobody_asked_on_from_is_refused)
{
    struct book book = {.body = {"{\"value\":" ONE ",\"@odata.nextLink\":\"/people?page=1\"}"}};
    CLEANUP(case_release) struct roster_case c = read_book(&book, NULL, "/value");

    assert_refused(&c, "it is one page of several");
    assert_int_equal(book.asked, 1);
}
