/*
 * The configuration: what is taken, what it becomes, and everything that is refused, with the line
 * it stands in. Each case changes one thing in a small file that loads, so that a case which finds
 * nothing wrong would be seen.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/config.h"
#include "host/file.h"
#include "host/secret.h"
#include "test.h"

/* libconfig 1.5 leaks the text it was reading when it meets a syntax error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

static char directory[] = "/tmp/test_config_XXXXXX";
static struct text small; /* tests/fixtures/config/small.conf */

static char *in_directory(const char *name)
{
    return file_join(directory, name);
}

static void put(const char *name, mode_t mode, const void *bytes, size_t length)
{
    CLEANUP(mem_cleanup) char *path = in_directory(name);
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(file_write(path, mode, bytes, length, &err), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void put_text(const char *name, const char *text)
{
    put(name, 0600, text, strlen(text));
}

static struct text get_source(const char *name)
{
    CLEANUP(mem_cleanup) char *path = file_join(SOURCE_DIR, name);
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct text text = TEXT_INIT;

    if (file_read(path, 1 << 24, ERR_INTERNAL, &text, NULL, &err) < 0)
        fail_msg("%s", err.text);
    return text;
}

/* One loading: its arena lives as long as the result. */
struct loaded {
    struct arena arena;
    struct config config;
    struct config_problems problems;
    struct err err;
    int result;
};

static void loaded_release(struct loaded *loaded)
{
    err_release(&loaded->err);
    arena_release(&loaded->arena);
}

static struct loaded load_path(const char *path)
{
    struct loaded loaded = {.arena = ARENA_INIT, .err = ERR_INIT};

    loaded.result = config_load(&loaded.arena, path, &loaded.config, &loaded.problems, &loaded.err);
    assert_int_equal(loaded.result == 0, loaded.problems.count == 0);
    assert_int_equal(loaded.err.code, loaded.result == 0 ? ERR_NONE : ERR_CONFIG);
    return loaded;
}

static struct loaded load_name(const char *name)
{
    CLEANUP(mem_cleanup) char *path = in_directory(name);

    return load_path(path);
}

static struct loaded load_text(const char *text)
{
    put_text("test.conf", text);
    return load_name("test.conf");
}

static void assert_loads(const struct loaded *loaded)
{
    if (loaded->result != 0)
        fail_msg("%s", loaded->err.text);
}

static bool has_problem(const struct loaded *loaded, const char *file, unsigned line,
                        const char *text)
{
    for (size_t i = 0; i < loaded->problems.count; i++)
        if (loaded->problems.item[i].line == line &&
            strstr(loaded->problems.item[i].text, text) != NULL &&
            strstr(loaded->problems.item[i].file, file) != NULL)
            return true;
    return false;
}

static void assert_problem(const struct loaded *loaded, const char *what, const char *file,
                           unsigned line, const char *text)
{
    if (has_problem(loaded, file, line, text))
        return;
    for (size_t i = 0; i < loaded->problems.count; i++)
        print_error("found: %s:%u: %s\n", loaded->problems.item[i].file,
                    loaded->problems.item[i].line, loaded->problems.item[i].text);
    fail_msg("%s: no problem '%s' in line %u of %s", what, text, line, file);
}

/* small.conf with `old` replaced, once. */
static char *change(const char *old, const char *new, unsigned *ret_line)
{
    const char *start = text_cstr(&small);
    const char *at = strstr(start, old);
    struct text text = TEXT_INIT;

    if (!at)
        fail_msg("small.conf has no '%s'", old);
    *ret_line = 1;
    for (const char *c = start; c < at; c++)
        *ret_line += *c == '\n';
    text_add_bytes(&text, start, (size_t)(at - start));
    text_add(&text, new);
    text_add(&text, at + strlen(old));
    return text_take(&text);
}

/* --- what is refused --- */

struct refusal {
    const char *old, *new; /* in small.conf */
    unsigned below;        /* lines below the place of `old` */
    const char *problem;   /* NULL: it loads */
};

#define NAME_LINE  "    name = \"acme\";\n"
#define URL_LINE   "    url = \"https://acme.bynder.com\";\n"
#define SECRET     "    client_secret_file = \"client-secret\";\n"
#define DATABASE   "database: { embedded = \"pg\"; };"
#define SOURCE     "source = \"roster.csv\";"
#define COLUMNS    "columns: { employee_number = \"No\"; };"
#define ROSTER_END COLUMNS "\n};\n"
#define RULE       "{ name = \"gone\"; when = { person = \"departed\"; };\n          do = \"suspend\"; }"
#define RULES_END  RULE "\n    );\n"

#define MAIL(server, more)                                                                         \
    "notify: { mail: { server = \"" server                                                         \
    "\"; from = \"a@acme.example\"; to = \"b@acme.example\"; " more " }; };\npolicy:"
#define WEBHOOK(file) "notify: { webhook: { url_file = \"" file "\"; }; };\npolicy:"

static const struct refusal refusals[] = {
    /* names */
    {NAME_LINE, NAME_LINE "    page_sise = 5;\n", 1,
     "unknown setting 'portal.page_sise'; hint: did you mean 'page_size'?"},
    {NAME_LINE, NAME_LINE "    zzzzz = 5;\n", 1, "unknown setting 'portal.zzzzz'"},
    {"database:", "portals: { };\ndatabase:", 0,
     "unknown setting 'portals'; hint: did you mean 'portal'?"},
    {"name = \"gone\";", "nam = \"gone\";", 0, "unknown setting 'policy.rules.nam'"},
    {"name = \"gone\";", "nam = \"gone\";", 0, "'policy.rules.name' is missing"},
    {"person = \"departed\"", "persn = \"departed\"", 0, "unknown condition 'persn'"},
    {"person = \"departed\"", "idle_days = 5", 0, "did you mean 'idle_days_min'?"},
    /* types */
    {NAME_LINE, "    name = 5;\n", 0,
     "'portal.name' must be a text in double quotes, not a whole number"},
    {NAME_LINE, "    name = true;\n", 0, "not true or false"},
    {NAME_LINE, "    name = [ \"a\" ];\n", 0, "not a list"},
    {NAME_LINE, NAME_LINE "page_size = \"500\";\n", 1,
     "'portal.page_size' must be a whole number, not a text"},
    {NAME_LINE, NAME_LINE "page_size = 500.0;\n", 1, "not a number with a fraction"},
    {NAME_LINE, NAME_LINE "requests_per_second = \"fast\";\n", 1,
     "'portal.requests_per_second' must be a number"},
    {NAME_LINE, NAME_LINE "requests_per_second = 5;\n", 0, NULL},
    {DATABASE, "database = 5;", 0, "'database' must be a group"},
    {COLUMNS, "columns = [ \"No\" ];", 0, "'roster.columns' must be a group"},
    {"rules = (", "rules = { };\n rulez = (", 0, "'policy.rules' must be a list"},
    {RULE, "5", 0, "'policy.rules' must be a list of groups"},
    {"when = { person = \"departed\"; };", "when = \"departed\";", 0,
     "'policy.rules.when' must be a group"},
    {"person = \"departed\"", "person = 1", 0, "'policy.rules.when.person' must be a text"},
    {"person = \"departed\"", "idle_days_min = \"90\"", 0,
     "'policy.rules.when.idle_days_min' must be a whole number"},
    {"person = \"departed\"", "username = [ 1, 2 ]", 0,
     "'policy.rules.when.username' must be a text"},
    /* ranges */
    {NAME_LINE, NAME_LINE "page_size = 0;\n", 1,
     "'portal.page_size' is 0, it must be from 1 to 10000"},
    {NAME_LINE, NAME_LINE "page_size = -1;\n", 1, "'portal.page_size' is -1"},
    {NAME_LINE, NAME_LINE "connections = 65;\n", 1, "'portal.connections' is 65"},
    {NAME_LINE, NAME_LINE "connections = 64;\n", 0, NULL},
    {NAME_LINE, NAME_LINE "requests_per_second = 0;\n", 1, "'portal.requests_per_second' is 0"},
    {NAME_LINE, NAME_LINE "requests_per_second = 1e999;\n", 1,
     "'portal.requests_per_second' is inf"},
    {"policy:", "limits: { suspend: { percent = 100.1; }; };\npolicy:", 0,
     "'limits.suspend.percent' is 100.1"},
    {"policy:", "limits: { suspend: { percent = 100; count = 0; }; };\npolicy:", 0, NULL},
    {"policy:", "limits: { suspend: { count = -1; }; };\npolicy:", 0,
     "'limits.suspend.count' is -1"},
    {"person = \"departed\"", "idle_days_min = -1", 0, "'policy.rules.when.idle_days_min' is -1"},
    /* numbers as they are written */
    {NAME_LINE, NAME_LINE "page_size = 4294967297;\n", 1, "the number '4294967297' is too large"},
    {NAME_LINE, NAME_LINE "page_size = 2147483648;\n", 1, "the number '2147483648' is too large"},
    {NAME_LINE, NAME_LINE "page_size = 99999999999999999999;\n", 1,
     "the number '99999999999999999999' has too many digits"},
    {NAME_LINE, NAME_LINE "page_size = 99999999999999999999L;\n", 1, "has too many digits"},
    {NAME_LINE, NAME_LINE "page_size = 4294967297L;\n", 1, "'portal.page_size' is 4294967297"},
    {NAME_LINE, NAME_LINE "page_size = 500L;\n", 0, NULL},
    {NAME_LINE, NAME_LINE "page_size = 0x10;\n", 1, "the number '0x10' is not decimal"},
    {NAME_LINE, NAME_LINE "page_size = 010;\n", 1, "the number '010' starts with a zero"},
    {NAME_LINE, NAME_LINE "requests_per_second = 1.0000000000000000001;\n", 1,
     "has too many digits"},
    {NAME_LINE, NAME_LINE "/* 4294967297\n */ # 4294967297\n// 4294967297\n", 0, NULL},
    {NAME_LINE, "    name = \"4294967297\\\" 4294967297\";\n", 0, NULL},
    /* syntax */
    {NAME_LINE, "    name = \"acme;\n", 0, "a text begins here and has no end"},
    {NAME_LINE, NAME_LINE NAME_LINE, 1, "duplicate setting name"},
    {NAME_LINE, NAME_LINE "@include \"other.conf\"\n", 1, "'@include' is not taken"},
    {"policy:", "/* left open\npolicy:", 0, "a comment '/*' has no end"},
    {NAME_LINE, "    name = \"\xC3(\";\n", 0, "not text in UTF-8"},
    {NAME_LINE, "    name = \"\\xC3(\";\n", 0, "'portal.name' holds a control character"},
    {NAME_LINE, "    name = \"a\\nb\";\n", 0, "'portal.name' holds a control character"},
    {NAME_LINE, "    name = \"\";\n", 0, "'portal.name' is empty"},
    {NAME_LINE, "    name = \"\xC3\x84rzte\";\n", 0, NULL},
    /* secrets */
    {SECRET, SECRET "    token = \"hunter2\";\n", 1,
     "'portal.token' is a secret in the configuration"},
    {SECRET, "    client_secret = \"hunter2\";\n", 0, "name it in 'portal.client_secret_file'"},
    {DATABASE, "database: { conninfo = \"host=db\"; password = \"hunter2\"; };", 0,
     "name it in 'database.password_file'"},
    {DATABASE, "database: { conninfo = \"host=db password=hunter2\"; };", 0,
     "'database.conninfo' has 'password' in it"},
    {DATABASE, "database: { conninfo = \"postgresql://u:hunter2@db/x\"; };", 0,
     "'database.conninfo' has 'password' in it"},
    {DATABASE, "database: { conninfo = \"host=db dbname=x\"; };", 0, NULL},
    {DATABASE, "database: { conninfo = \"hunter2\"; };", 0,
     "'database.conninfo' is no connection string"},
    {URL_LINE, "    url = \"https://u:hunter2@acme.bynder.com\";\n", 0,
     "'portal.url' has a password in it"},
    {SOURCE, "source = \"https://u:hunter2@hr.example/x\";", 0,
     "'roster.source' has a password in it"},
    {NAME_LINE, NAME_LINE "proxy = \"http://u:hunter2@proxy:1\";\n", 1,
     "'portal.proxy' has a password in it"},
    {SECRET, "    client_secret_file = \"open-secret\";\n", 0, "is open to others (mode 0644)"},
    {SECRET, "    client_secret_file = \"none\";\n", 0, "No such file"},
    {SECRET, "    client_secret_file = \".\";\n", 0, "is not a regular file"},
    {SECRET, "    client_secret_file = \"empty\";\n", 0, "is empty"},
    {SECRET, SECRET "    client_secret_credential = \"x\";\n", 1,
     "both 'portal.client_secret_file' and 'portal.client_secret_credential' are given"},
    {SECRET, "    client_secret_credential = \"/etc/x\";\n", 0,
     "'portal.client_secret_credential' is a name for LoadCredential="},
    {SECRET, "    client_secret_credential = \"x\";\n", 0, NULL},
    /* portal */
    {URL_LINE, "    url = \"http://acme.bynder.com\";\n", 0,
     "is http:// to 'acme.bynder.com', which is not a loopback address"},
    {URL_LINE, "    url = \"http://127.0.0.1.example.com\";\n", 0, "is not a loopback address"},
    {URL_LINE, "    url = \"http://192.0.2.1\";\n", 0, "is not a loopback address"},
    {URL_LINE, "    url = \"http://126.255.255.255\";\n", 0, "is not a loopback address"},
    {URL_LINE, "    url = \"http://localhost.example.com\";\n", 0, "is not a loopback address"},
    {URL_LINE, "    url = \"http://127.0.0.1:8080\";\n", 0, NULL},
    {URL_LINE, "    url = \"http://[::1]:8080/\";\n", 0, NULL},
    {URL_LINE, "    url = \"http://localhost:8080\";\n", 0, NULL},
    {URL_LINE, "    url = \"ftp://acme.bynder.com\";\n", 0, "'portal.url' begins with 'ftp:'"},
    {URL_LINE, "    url = \"acme\";\n", 0, "'portal.url' is no address"},
    {URL_LINE, "    url = \"https://acme.bynder.com/api\";\n", 0, "has something behind the host"},
    {URL_LINE, "    url = \"https://acme.bynder.com?x\";\n", 0, "has something behind the host"},
    {NAME_LINE, NAME_LINE "requests_per_second = 15.1;\n", 1,
     "'portal.requests_per_second' must be at most 15"},
    {NAME_LINE, NAME_LINE "requests_per_second = 15;\n", 0, NULL},
    {NAME_LINE, NAME_LINE "requests_per_window = 4501;\n", 1,
     "'portal.requests_per_window' must be at most 4500"},
    {NAME_LINE, NAME_LINE "silence_after_429 = 299;\n", 1,
     "'portal.silence_after_429' must be at least 300"},
    {URL_LINE,
     "url = \"http://127.1\"; requests_per_second = 1e5; requests_per_window = 100000; "
     "silence_after_429 = 0.5;\n",
     0, NULL},
    {NAME_LINE, NAME_LINE "logins = \"all\";\n", 1,
     "'portal.logins' is 'all'; hint: it must be one of \"events\", \"each\""},
    {NAME_LINE, NAME_LINE "include_inactive = \"yes\";\n", 1, "'portal.include_inactive' is 'yes'"},
    {NAME_LINE, NAME_LINE "proxy = \"ftp://proxy\";\n", 1, "'portal.proxy' begins with 'ftp:'"},
    /* database */
    {DATABASE, "database: { embedded = \"pg\"; conninfo = \"host=db\"; };", 0,
     "needs only one of 'embedded' and 'conninfo'"},
    {DATABASE, "database: { };", 0, "needs one of 'embedded' and 'conninfo'"},
    {DATABASE, "database: { embedded = \"pg\"; password_file = \"client-secret\"; };", 0,
     "which 'embedded' does not take"},
    /* roster */
    {SOURCE, "source = \"http://hr.example/roster.csv\";", 0,
     "'roster.source' is http:// to 'hr.example'"},
    {SOURCE, "source = \"http://127.0.0.1/roster.csv\";", 0, NULL},
    {SOURCE, "source = \"sftp://hr@hr.example/roster.csv\";", 0, NULL},
    {SOURCE, "source = \"ftp://hr.example/roster.csv\";", 0, "'roster.source' begins with 'ftp:'"},
    {SOURCE, "source = \"file:\";", 0, "'roster.source' names no file"},
    {SOURCE, "source = \"file://server/share.csv\";", 0, "'roster.source' names no file"},
    {SOURCE, SOURCE "\ndelimiter = \";;\";", 1, "'roster.delimiter' is ';;'"},
    {SOURCE, SOURCE "\ndelimiter = \"\\\"\";", 1, "'roster.delimiter' is '\"'"},
    {SOURCE, SOURCE "\ndelimiter = \"x\";", 1, "'roster.delimiter' is 'x'"},
    {SOURCE, SOURCE "\ndelimiter = \"\\t\";", 0, NULL},
    {SOURCE, SOURCE "\nencoding = \"UTF-9\";", 1, "'roster.encoding' is 'UTF-9'"},
    {SOURCE, SOURCE "\nencoding = \"UTF-8//IGNORE\";", 1, "'roster.encoding' is 'UTF-8//IGNORE'"},
    {SOURCE, SOURCE "\nencoding = \"windows-1252\";", 0, NULL},
    {SOURCE, SOURCE "\ndate_format = \"%d/%m/%y\";", 1, "'roster.date_format' is '%d/%m/%y'"},
    {SOURCE, SOURCE "\ndate_format = \"%d/%m/%Y\";", 0, NULL},
    {SOURCE, SOURCE "\nformat = \"xls\";", 1, "'roster.format' is 'xls'"},
    {COLUMNS, "columns: { name = \"Name\"; };", 0, "'roster.columns' has no key"},
    {COLUMNS, "columns: { email = \"Mail\"; };", 0, NULL},
    {COLUMNS, "columns: { username = \"Login\"; name = [ \"A\", \"B\" ]; };", 0, NULL},
    {COLUMNS, "columns: { email = \"Mail\"; name = [ ]; };", 0,
     "'roster.columns.name' is an empty list"},
    {COLUMNS, "columns: { email = \"Mail\"; status = \"S\"; };", 0,
     "'roster.columns.status' needs 'roster.status'"},
    {COLUMNS, COLUMNS "\nstatus: { employed = \"A\"; };", 1,
     "'roster.columns.status' names no column"},
    {COLUMNS,
     "columns: { email = \"M\"; status = \"S\"; };\nstatus: { employed = \"A\"; departed = [ "
     "\"B\", \" a \" ]; };",
     1, "has the word 'a' as employed and as departed"},
    {COLUMNS,
     "columns: { email = \"M\"; status = \"S\"; };\nstatus: { employed = [ \"A\", \"B\" ]; "
     "departed = ( \"C\" ); };",
     0, NULL},
    /* matching */
    {ROSTER_END, ROSTER_END "matching: { keys = [ \"email\" ]; };\n", 2,
     "'matching.keys' has 'email', but 'roster.columns.email' names no column"},
    {ROSTER_END, ROSTER_END "matching: { keys = [ \"username\" ]; };\n", 2,
     "'matching.keys' has 'username'"},
    {ROSTER_END, ROSTER_END "matching: { keys = [ \"employee_number\" ]; };\n", 0, NULL},
    {ROSTER_END,
     ROSTER_END "matching: { keys = [ \"employee_number\", \"email\", \"username\" ]; };\n", 0,
     NULL},
    {ROSTER_END, ROSTER_END "matching: { keys = [ \"name\" ]; };\n", 2,
     "'matching.keys' is 'name'"},
    {ROSTER_END, ROSTER_END "matching: { keys = [ \"email\", \"email\" ]; };\n", 2,
     "names 'email' twice"},
    {ROSTER_END, ROSTER_END "matching: { email_aliases = ( { from = \"a\"; } ); };\n", 2,
     "'matching.email_aliases.to' is missing"},
    {ROSTER_END, ROSTER_END "matching: { email_aliases = ( { from = \"@a\"; to = \"b\"; } ); };\n",
     2, "takes domains, without '@'"},
    {ROSTER_END, ROSTER_END "matching: { email_aliases = ( { from = \"a\"; to = \"A\"; } ); };\n",
     2, "as its own alias"},
    {ROSTER_END, ROSTER_END "matching: { links_file = \"none.csv\"; };\n", 2,
     "'matching.links_file': cannot open"},
    /* policy */
    {"do = \"suspend\";", "do = \"reactivate\";", 0, "'reactivate', which no rule can do (R9)"},
    {"do = \"suspend\";", "do = \"delete\";", 0, "'policy.rules.do' is 'delete'"},
    {"do = \"suspend\";", "do = \"keep\"; grace_days = 5;", 0,
     "rule 'gone' keeps, so 'grace_days' means nothing"},
    {"do = \"suspend\";", "do = \"deprovision\";", 0, NULL},
    {"when = { person = \"departed\"; };", "", 0,
     "rule 'gone' has no condition in 'when' and would suspend everybody"},
    {"when = { person = \"departed\"; };", "when = { };", 0, "would suspend everybody"},
    {"person = \"departed\"", "person = \"deported\"", 0,
     "'policy.rules.when.person' is 'deported'; hint: it must be one of \"employed\""},
    {"person = \"departed\"", "person = [ \"departed\", \"absent\" ]", 0, NULL},
    {"person = \"departed\"", "username = \" \"", 0,
     "'policy.rules.when.username' has a blank pattern"},
    {"person = \"departed\"", "username = [ ]", 0, "'policy.rules.when.username' is an empty list"},
    {RULE, RULE ",\n" RULE, 2, "rule 'gone' is there twice, in line 17 as well"},
    {"    rules = (", "    time_zone = \"Europe/Atlantis\";\n    rules = (", 0,
     "'policy.time_zone': time zone 'Europe/Atlantis'"},
    {"    rules = (", "    time_zone = \"../etc/passwd\";\n    rules = (", 0, "'policy.time_zone'"},
    {"    rules = (", "    mode = \"Enforce\";\n    rules = (", 0, "'policy.mode' is 'Enforce'"},
    {"do = \"suspend\";", "do = \"deprovision\"; };\n", 0, "syntax error"},
    {"when = { person = \"departed\"; };\n          do = \"suspend\";",
     "when = { suspended_days_min = 29; };\n          do = \"deprovision\";", 0,
     "rule 'gone' deletes after 29 days of suspension, fewer than 30 (R2)"},
    {"when = { person = \"departed\"; };\n          do = \"suspend\";",
     "when = { suspended_days_min = 30; };\n          do = \"deprovision\";", 0, NULL},
    {"    rules = (", "    allow_early_deprovision = \"yes\";\n    rules = (", 0,
     "hint: it must be one of \"no\", \"yes, before 30 days\""},
    {RULES_END,
     RULES_END "    protected = ( { who = \"a\"; reason = \"b\"; owner = \"c\"; expires = "
               "\"2026-02-30\"; } );\n",
     3, "'policy.protected.expires' is '2026-02-30', which is no day"},
    {RULES_END, RULES_END "    protected = ( { who = \"a\"; reason = \"b\"; owner = \"c\"; } );\n",
     3, "'policy.protected.expires' is missing"},
    {RULES_END,
     RULES_END "    protected = ( { who = \"a\"; reason = \"b\"; expires = \"2020-02-28\"; } );\n",
     3, "'policy.protected.owner' is missing"},
    {RULES_END,
     RULES_END "    protected = ( { who = \"a\"; owner = \"b\"; expires = \"2020-02-28\"; } );\n",
     3, "'policy.protected.reason' is missing"},
    {RULES_END,
     RULES_END "    protected = ( { who = \"a\"; reason = \" \"; owner = \"c\"; expires = "
               "\"2020-02-28\"; } );\n",
     0, NULL},
    {RULES_END,
     RULES_END "    protected = ( { who = \"a\"; reason = \"b\"; owner = \"c\"; expires = "
               "\"2020-02-28\"; } );\n",
     0, NULL},
    /* approval, report */
    {"policy:", "approval: { approvers = ( { user = \"a\"; }, { user = \"a\"; } ); };\npolicy:", 0,
     "'approval.approvers' has user 'a' twice"},
    {"policy:", "approval: { approvers = ( { email = \"a\"; } ); };\npolicy:", 0,
     "'approval.approvers.user' is missing"},
    {"policy:", "report: { formats = [ \"pdf\" ]; };\npolicy:", 0, "'report.formats' is 'pdf'"},
    /* notify */
    {"policy:", MAIL("smtp://mail.example:587", ""), 0, NULL},
    {"policy:", MAIL("smtps://mail.example", "user = \"u\"; password_file = \"client-secret\";"), 0,
     NULL},
    {"policy:", MAIL("mail.example:587", ""), 0, "'notify.mail.server' is no address"},
    {"policy:", MAIL("http://mail.example", ""), 0, "'notify.mail.server' begins with 'http:'"},
    {"policy:", MAIL("smtp://u:hunter2@mail.example", ""), 0, "has a user or password in it"},
    {"policy:", MAIL("smtp://mail.example/x", ""), 0, "has something behind the host"},
    {"policy:", MAIL("smtp://mail.example", "starttls = \"none\";"), 0,
     "'mail.example' is not a loopback address"},
    {"policy:", MAIL("smtp://127.0.0.1:25", "starttls = \"none\";"), 0, NULL},
    {"policy:", MAIL("smtp://mail.example", "user = \"u\";"), 0, "has a user without a password"},
    {"policy:", MAIL("smtp://mail.example", "password_file = \"client-secret\";"), 0,
     "has a password without a user"},
    {"policy:", MAIL("smtp://mail.example", "password = \"hunter2\";"), 0,
     "name it in 'notify.mail.password_file'"},
    {"policy:", MAIL("smtp://mail.example", "announce = \"yes\";"), 0,
     "'notify.mail.contact' is missing"},
    {"policy:", MAIL("smtp://mail.example", "announce = \"yes\"; contact = \"it@a.example\";"), 0,
     NULL},
    {"policy:", "notify: { mail: { server = \"smtp://m\"; to = \"a@b\"; }; };\npolicy:", 0,
     "'notify.mail.from' is missing"},
    {"policy:", "notify: { mail: { server = \"smtp://m\"; from = \"a@b\"; }; };\npolicy:", 0,
     "'notify.mail.to' is missing"},
    {"policy:", "notify: { mail: { from = \"a@b\"; }; };\npolicy:", 0,
     "'notify.mail.server' is missing"},
    {"policy:",
     "notify: { mail: { server = \"smtp://m\"; from = \"a@b\"; to = [ \"c@d\", \"x y@z\" ]; }; };\n"
     "policy:",
     0, "'notify.mail.to' is 'x y@z', which is no plain mail address"},
    {"policy:", WEBHOOK("webhook-https"), 0, NULL},
    {"policy:", WEBHOOK("webhook-loopback"), 0, NULL},
    {"policy:", WEBHOOK("webhook-http"), 0,
     "the address in 'notify.webhook.url_file' must begin with https://"},
    {"policy:", WEBHOOK("none"), 0, "'notify.webhook.url_file': "},
    {"policy:", "notify: { webhook: { url = \"https://hunter2\"; }; };\npolicy:", 0,
     "unknown setting 'notify.webhook.url'"},
    {"policy:", "notify: { webhook: { shape = \"irc\"; }; };\npolicy:", 0,
     "'notify.webhook.shape' is 'irc'"},
};

TEST(config_load_one_thing_wrong_names_it_and_its_line)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        unsigned line;
        CLEANUP(mem_cleanup) char *text = change(refusals[i].old, refusals[i].new, &line);
        CLEANUP(loaded_release) struct loaded loaded = load_text(text);

        if (refusals[i].problem)
            assert_problem(&loaded, refusals[i].new, "test.conf", line + refusals[i].below,
                           refusals[i].problem);
        else if (loaded.result != 0)
            fail_msg("case %zu, '%s': %s", i, refusals[i].new, loaded.err.text);
        for (size_t p = 0; p < loaded.problems.count; p++)
            assert_null(strstr(loaded.problems.item[p].text, "hunter2"));
    }
}

TEST(config_load_required_setting_missing_names_it)
{
    static const struct {
        const char *old, *problem;
        unsigned line; /* of the group it belongs to */
    } cases[] = {
        {NAME_LINE, "'portal.name' is missing", 1},
        {URL_LINE, "'portal.url' is missing", 1},
        {"    client_id = \"id\";\n", "'portal.client_id' is missing beside the client secret", 1},
        {SECRET, "'portal.client_secret_file' is missing beside 'portal.client_id'", 1},
        {"    client_id = \"id\";\n" SECRET, "'portal' has nothing to log in with", 1},
        {DATABASE, "'database' is missing", 0},
        {SOURCE, "'roster.source' is missing", 9},
        {COLUMNS, "'roster.columns' is missing", 9},
        {RULE, "'policy.rules' is empty", 16},
        {"do = \"suspend\";", "'policy.rules.do' is missing", 17},
        {"name = \"gone\";", "'policy.rules.name' is missing", 17},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned line;
        CLEANUP(mem_cleanup) char *text = change(cases[i].old, "", &line);
        CLEANUP(loaded_release) struct loaded loaded = load_text(text);
        unsigned moved = 0; /* lines that went away above the group */

        for (const char *c = cases[i].old; *c; c++)
            moved += *c == '\n' && line < cases[i].line;
        assert_problem(&loaded, cases[i].old, "test.conf", cases[i].line - moved, cases[i].problem);
        assert_int_equal(loaded.problems.count, 1);
    }
}

TEST(config_load_token_and_client_is_refused)
{
    unsigned line;
    CLEANUP(mem_cleanup)
    char *both = change(SECRET, SECRET "token_file = \"client-secret\";\n", &line);
    CLEANUP(mem_cleanup)
    char *token =
        change("    client_id = \"id\";\n" SECRET, "token_file = \"client-secret\";\n", &line);
    CLEANUP(loaded_release) struct loaded refused = load_text(both);
    CLEANUP(loaded_release) struct loaded taken = load_text(token);

    assert_problem(&refused, "both", "test.conf", 1, "a permanent token and a client as well");
    assert_loads(&taken);
}

TEST(config_load_many_things_wrong_reports_all_at_once)
{
    CLEANUP(mem_cleanup) char *path = file_join(SOURCE_DIR, "tests/fixtures/config/broken.conf");
    CLEANUP(text_release)
    struct text expected = get_source("tests/fixtures/config/broken.expected");
    CLEANUP(loaded_release) struct loaded loaded = load_path(path);
    size_t count = 0;

    for (char *line = expected.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        CLEANUP(mem_cleanup) char *found = NULL;
        struct text text = TEXT_INIT;

        *end = '\0';
        assert_in_range(count, 0, loaded.problems.count - 1);
        text_addf(&text, "%u: %s", loaded.problems.item[count].line,
                  loaded.problems.item[count].text);
        found = text_take(&text);
        if (!text_starts(found, line))
            fail_msg("expected '%s', found '%s'", line, found);
        count++;
    }
    assert_int_equal(count, loaded.problems.count);
    assert_non_null(strstr(loaded.err.text, "broken.conf:5: 'portal.url'"));
    assert_non_null(strstr(loaded.err.text, "(and 18 more problems)"));
}

TEST(config_load_no_readable_file_is_one_problem)
{
    CLEANUP(mem_cleanup) char *huge = mem_alloc(4194305);
    CLEANUP(mem_cleanup) char *fifo = in_directory("fifo");
    static const struct {
        const char *name, *problem;
    } cases[] = {
        {"missing.conf", "No such file or directory"},
        {".", "is a directory"},
        {"fifo", "is not a regular file"},
        {"huge.conf", "is larger than 4194304 bytes"},
    };

    memset(huge, '\n', 4194305);
    put("huge.conf", 0600, huge, 4194305);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(loaded_release) struct loaded loaded = load_name(cases[i].name);

        assert_int_equal(loaded.problems.count, 1);
        assert_problem(&loaded, cases[i].name, directory, 0, cases[i].problem);
    }
}

TEST(config_load_empty_file_names_every_required_group)
{
    static const char *const groups[] = {"portal", "database", "roster", "policy"};
    CLEANUP(loaded_release) struct loaded loaded = load_text("");

    assert_int_equal(loaded.problems.count, COUNT_OF(groups));
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        CLEANUP(mem_cleanup) char *text = NULL;
        struct text problem = TEXT_INIT;

        text_addf(&problem, "'%s' is missing", groups[i]);
        text = text_take(&problem);
        assert_problem(&loaded, "empty", "test.conf", 0, text);
    }
}

TEST(config_load_without_err_and_problems_says_no)
{
    CLEANUP(mem_cleanup) char *path = in_directory("missing.conf");
    struct arena arena = ARENA_INIT;
    struct config config;

    assert_int_equal(config_load(&arena, path, &config, NULL, NULL), -1);
    arena_release(&arena);
}

/* --- what it becomes --- */

TEST(config_load_small_file_takes_documented_defaults)
{
    CLEANUP(loaded_release) struct loaded loaded = load_text(text_cstr(&small));
    const struct config *config = &loaded.config;

    assert_loads(&loaded);
    assert_true(config->portal.requests_per_second == 10.0);
    assert_int_equal(config->portal.requests_per_window, 4500);
    assert_true(config->portal.silence_after_429 == 310.0);
    assert_int_equal(config->portal.page_size, 500);
    assert_int_equal(config->portal.connections, 8);
    assert_true(config->portal.login_events);
    assert_string_equal(config->portal.include_inactive, "true");
    assert_int_equal(config->portal.timeout, 60);
    assert_null(config->portal.proxy);
    assert_null(config->database.os_user);
    assert_int_equal(config->roster.format, ROSTER_FORMAT_CSV);
    assert_int_equal(config->roster.delimiter, ',');
    assert_string_equal(config->roster.encoding, "UTF-8");
    assert_string_equal(config->roster.date_format, "%Y-%m-%d");
    assert_true(config->limits.max_age_hours == 48.0);
    assert_int_equal(config->limits.min_people, 1);
    assert_true(config->limits.max_shrink_percent == 10.0);
    assert_true(config->limits.max_rejected_percent == 1.0);
    assert_true(config->limits.min_matched_percent == 50.0);
    assert_true(config->matching.min_matched_percent == 50.0);
    assert_int_equal(config->limits.of[ACTION_SUSPEND].count, 50);
    assert_true(config->limits.of[ACTION_SUSPEND].percent == 5.0);
    assert_int_equal(config->limits.of[ACTION_SUSPEND].rolling_days, 30);
    assert_int_equal(config->limits.of[ACTION_SUSPEND].rolling_count, 200);
    assert_int_equal(config->limits.of[ACTION_DEPROVISION].count, 10);
    assert_true(config->limits.of[ACTION_DEPROVISION].percent == 1.0);
    assert_int_equal(config->limits.of[ACTION_DEPROVISION].rolling_days, 30);
    assert_int_equal(config->limits.of[ACTION_DEPROVISION].rolling_count, 40);
    assert_int_equal(config->limits.min_admins, 2);
    assert_int_equal(config->limits.admin_role_count, 1);
    assert_string_equal(config->limits.admin_role[0], "USERMANAGEMENT");
    assert_false(config->policy.enforce);
    assert_int_equal(config->policy.suspended_days_floor, 30);
    assert_string_equal(config->time_zone, "UTC");
    assert_non_null(config->policy.zone);
    assert_int_equal(config->approval.of[ACTION_SUSPEND], 1);
    assert_int_equal(config->approval.of[ACTION_DEPROVISION], 2);
    assert_int_equal(config->approval.expires_hours, 72);
    assert_true(config->report.text && config->report.json && config->report.csv &&
                config->report.html);
    assert_null(config->report.directory);
    assert_null(config->metrics_textfile);
}

TEST(config_load_small_file_takes_default_keys_and_rule)
{
    CLEANUP(loaded_release) struct loaded loaded = load_text(text_cstr(&small));
    const struct matching *matching = &loaded.config.matching;
    const struct rule *rule;

    assert_loads(&loaded);
    assert_int_equal(matching->key_count, 3);
    assert_int_equal(matching->key[0], MATCH_BY_EMPLOYEE_NUMBER);
    assert_int_equal(matching->key[1], MATCH_BY_EMAIL);
    assert_int_equal(matching->key[2], MATCH_BY_USERNAME);
    assert_false(matching->roster_has_username);
    assert_int_equal(loaded.config.policy.rule_count, 1);
    rule = &loaded.config.policy.rule[0];
    assert_string_equal(rule->name, "gone");
    assert_int_equal(rule->line, 17);
    assert_int_equal(rule->action, ACTION_SUSPEND);
    assert_int_equal(rule->when.person, 1U << PERSON_DEPARTED);
    assert_int_equal(rule->when.account, 0);
    assert_int_equal(rule->when.idle_days_min, -1);
    assert_false(rule->has_unless);
    assert_int_equal(rule->unless.idle_days_min, -1);
    assert_int_equal(rule->grace_days, 0);
}

TEST(config_load_relative_paths_start_at_the_file)
{
    unsigned line;
    CLEANUP(mem_cleanup)
    char *text = change(
        "policy:",
        "report: { directory = \"out\"; };\nmetrics: { textfile = \"/m.prom\"; };\npolicy:", &line);
    CLEANUP(loaded_release) struct loaded loaded = load_text(text);
    CLEANUP(mem_cleanup) char *absolute = realpath(directory, NULL);
    CLEANUP(mem_cleanup) char *out = file_join(absolute, "out");
    CLEANUP(mem_cleanup) char *pg = file_join(absolute, "pg");
    CLEANUP(mem_cleanup) char *roster = file_join(absolute, "roster.csv");

    assert_loads(&loaded);
    assert_string_equal(loaded.config.report.directory, out);
    assert_string_equal(loaded.config.database.embedded, pg);
    assert_string_equal(loaded.config.metrics_textfile, "/m.prom");
    assert_string_equal(loaded.config.roster.source, roster);
}

TEST(config_load_roster_source_in_each_form)
{
    static const struct {
        const char *written, *becomes;
    } cases[] = {
        {"source = \"/srv/hr/a b%20.csv\";", "/srv/hr/a b%20.csv"},
        {"source = \"file:///srv/hr/roster.csv\";", "file:///srv/hr/roster.csv"},
        {"source = \"file:/srv/hr/roster.csv\";", "file:///srv/hr/roster.csv"},
        {"source = \"FILE://localhost/srv/hr/roster.csv\";", "file:///srv/hr/roster.csv"},
        {"source = \"https://hr.example/roster.csv?a=b\";", "https://hr.example/roster.csv?a=b"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned line;
        CLEANUP(mem_cleanup) char *text = change(SOURCE, cases[i].written, &line);
        CLEANUP(loaded_release) struct loaded loaded = load_text(text);

        assert_loads(&loaded);
        assert_string_equal(loaded.config.roster.source, cases[i].becomes);
    }
}

TEST(config_load_portal_url_is_normalised_and_loopback_told)
{
    static const struct {
        const char *written, *becomes;
        bool loopback;
    } cases[] = {
        {"    url = \"HTTPS://acme.bynder.com/\";\n", "https://acme.bynder.com", false},
        {"    url = \"https://acme.bynder.com:8443\";\n", "https://acme.bynder.com:8443", false},
        {"    url = \"http://127.1:80\";\n", "http://127.0.0.1:80", true},
        {"    url = \"https://localhost\";\n", "https://localhost", true},
        {"    url = \"http://[::1]:9/\";\n", "http://[::1]:9", true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned line;
        CLEANUP(mem_cleanup) char *text = change(URL_LINE, cases[i].written, &line);
        CLEANUP(loaded_release) struct loaded loaded = load_text(text);

        assert_loads(&loaded);
        assert_string_equal(loaded.config.portal.url, cases[i].becomes);
        assert_int_equal(loaded.config.portal.loopback, cases[i].loopback);
    }
}

TEST(config_load_conditions_become_masks_days_and_folded_patterns)
{
    unsigned line;
    CLEANUP(mem_cleanup)
    char *text = change(
        "when = { person = \"departed\"; };",
        "when = { account = [ \"active\", \"inactive\" ]; login = \"never\"; idle_days_min = "
        "0; email = \"*@ACME.example\"; }; unless = { group = ( \"Board\", \"IT\" ); }; "
        "grace_days = 14;",
        &line);
    CLEANUP(loaded_release) struct loaded loaded = load_text(text);
    const struct rule *rule;

    assert_loads(&loaded);
    rule = &loaded.config.policy.rule[0];
    assert_int_equal(rule->when.account, 1U << ACCOUNT_ACTIVE | 1U << ACCOUNT_INACTIVE);
    assert_int_equal(rule->when.person, 0);
    assert_int_equal(rule->when.login, 1U << LOGIN_NEVER);
    assert_int_equal(rule->when.idle_days_min, 0);
    assert_int_equal(rule->when.known_days_min, -1);
    assert_int_equal(rule->when.email.count, 1);
    assert_string_equal(rule->when.email.item[0], "*@acme.example");
    assert_true(rule->has_unless);
    assert_int_equal(rule->unless.group.count, 2);
    assert_string_equal(rule->unless.group.item[1], "it");
    assert_int_equal(rule->grace_days, 14);
}

TEST(config_load_early_deprovision_needs_the_words)
{
    unsigned line;
    CLEANUP(mem_cleanup)
    char *text =
        change("    rules = (",
               "    allow_early_deprovision = \"yes, before 30 days\";\n    rules = (", &line);
    CLEANUP(loaded_release) struct loaded loaded = load_text(text);

    assert_loads(&loaded);
    assert_int_equal(loaded.config.policy.suspended_days_floor, 0);
}

TEST(config_load_byte_order_mark_is_skipped)
{
    struct text text = TEXT_INIT;
    CLEANUP(mem_cleanup) char *marked = NULL;
    struct loaded loaded;

    text_add(&text, "\xEF\xBB\xBF");
    text_add(&text, text_cstr(&small));
    marked = text_take(&text);
    loaded = load_text(marked);
    assert_loads(&loaded);
    loaded_release(&loaded);
}

TEST(config_load_interface_sample_reads_every_value)
{
    CLEANUP(text_release) struct text text = get_source("tests/fixtures/config/interface.conf");
    struct loaded loaded;
    const struct config *config = &loaded.config;

    put_text("links.csv", "account,employee_number\n");
    loaded = load_text(text_cstr(&text));
    assert_loads(&loaded);
    assert_int_equal(config->policy.rule_count, 6);
    assert_int_equal(config->policy.rule[3].action, ACTION_DEPROVISION);
    assert_int_equal(config->policy.rule[3].when.suspended_days_min, 30);
    assert_int_equal(config->policy.protected_count, 1);
    assert_string_equal(config->policy.protected_entry[0].who, "boss@acme.example");
    assert_int_equal(config->matching.alias_count, 1);
    assert_string_equal(config->matching.alias[0].to, "new.example");
    assert_int_equal(config->roster.status.departed.count, 2);
    assert_int_equal(config->roster.column.name.count, 1);
    assert_int_equal(config->approval.approver_count, 1);
    assert_string_equal(config->approval.approver[0].email, "anna@acme.example");
    loaded_release(&loaded);
}

/* --- the links file --- */

static const char links_setting[] = ROSTER_END "matching: { links_file = \"links.csv\"; };\n";

TEST(config_load_links_file_becomes_links)
{
    unsigned line;
    CLEANUP(mem_cleanup) char *text = change(ROSTER_END, links_setting, &line);
    struct loaded loaded;
    const struct matching *matching = &loaded.config.matching;

    put_text("links.csv", "\xEF\xBB\xBF"
                          "account,employee_number,reason\r\n"
                          " Anna@acme.example , 0042,\"married,\nrenamed\"\r\n"
                          "\r\n"
                          "press,-,\r\n"
                          "last,7");
    loaded = load_text(text);
    assert_loads(&loaded);
    assert_int_equal(matching->link_count, 3);
    assert_string_equal(matching->link[0].account, "Anna@acme.example");
    assert_string_equal(matching->link[0].employee_number, "0042");
    assert_int_equal(matching->link[0].line, 2);
    assert_string_equal(matching->link[1].employee_number, "-");
    assert_int_equal(matching->link[1].line, 5);
    assert_string_equal(matching->link[2].employee_number, "7");
    assert_int_equal(matching->link[2].line, 6);
    loaded_release(&loaded);
}

TEST(config_load_flawed_links_file_names_file_and_line)
{
    static const struct {
        const char *content;
        unsigned line;
        const char *problem;
    } cases[] = {
        {"", 0, "the file is empty"},
        {"account;employee_number\na;1\n", 1, "must begin with 'account,employee_number'"},
        {"a,1\n", 1, "must begin with 'account,employee_number'"},
        {"account,employee_number\na\n", 2, "account 'a' has no employee number"},
        {"account,employee_number\na,1\nb, \n", 3, "account 'b' has no employee number"},
        {"account,employee_number\n,1\n", 2, "the account is empty"},
        {"account,employee_number\nAnna,1\n\nanna,2\n", 4,
         "account 'anna' is there twice, in line 2"},
        {"account,employee_number\n\"a,1\nb,2\n", 2, "a quote '\"' is opened here and not closed"},
        {"account,employee_number\na\"b,1\n", 2, "a quote '\"' is out of place"},
        {"account,employee_number\n\xFF,1\n", 0, "the file is not text in UTF-8"},
    };
    unsigned line;
    CLEANUP(mem_cleanup) char *text = change(ROSTER_END, links_setting, &line);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct loaded loaded;

        put_text("links.csv", cases[i].content);
        loaded = load_text(text);
        assert_problem(&loaded, cases[i].content, "links.csv", cases[i].line, cases[i].problem);
        loaded_release(&loaded);
    }
}

/* --- secrets --- */

TEST(config_read_secret_from_each_source)
{
    CLEANUP(mem_cleanup) char *file = in_directory("client-secret");
    CLEANUP(secret_release) struct secret secret = SECRET_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct secret_source by_file = {.file = file};
    const struct secret_source by_credential = {.credential = "credential"};
    const struct secret_source by_nothing = {.file = NULL};

    assert_int_equal(config_read_secret(&by_file, &secret, &err), 0);
    assert_string_equal(secret_reveal(&secret), "hunter2");
    secret_release(&secret);
    assert_int_equal(config_read_secret(&by_credential, &secret, &err), -1);
    assert_non_null(strstr(err.text, "LoadCredential=credential:PATH"));
    assert_int_equal(config_read_secret(&by_nothing, &secret, &err), -1);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", directory, 1), 0);
    assert_int_equal(config_read_secret(&by_credential, &secret, &err), 0);
    assert_string_equal(secret_reveal(&secret), "hunter2");
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

TEST(config_load_under_a_unit_judges_credentials)
{
    unsigned line;
    CLEANUP(mem_cleanup)
    char *missing = change(SECRET, "    client_secret_credential = \"none\";\n", &line);
    CLEANUP(mem_cleanup)
    char *there = change(SECRET, "    client_secret_credential = \"client-secret\";\n", &line);
    struct loaded refused, taken;

    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", directory, 1), 0);
    refused = load_text(missing);
    taken = load_text(there);
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    assert_problem(&refused, "none", "test.conf", line,
                   "'portal.client_secret_credential': cannot");
    assert_loads(&taken);
    loaded_release(&refused);
    loaded_release(&taken);
}

/* --- what is printed --- */

static struct text print(void (*printer)(FILE *))
{
    struct text text = TEXT_INIT;
    char *data = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&data, &length);

    assert_non_null(stream);
    printer(stream);
    assert_int_equal(fclose(stream), 0);
    text_add_bytes(&text, data, length);
    free(data);
    return text;
}

TEST(config_print_sample_is_the_file_and_loads)
{
    CLEANUP(text_release) struct text printed = print(config_print_sample);
    CLEANUP(text_release) struct text file = get_source("etc/bynder-reconcile.conf");
    CLEANUP(loaded_release) struct loaded loaded = load_text(text_cstr(&printed));

    assert_string_equal(text_cstr(&printed), text_cstr(&file));
    assert_loads(&loaded);
    assert_int_equal(loaded.config.policy.rule_count, 6);
}

/* Every setting in it is live after this, and must be taken for what it is. */
TEST(config_print_sample_without_comment_marks_has_known_settings_only)
{
    CLEANUP(text_release) struct text printed = print(config_print_sample);
    struct text text = TEXT_INIT;
    CLEANUP(mem_cleanup) char *live = NULL;
    struct loaded loaded;

    for (char *line = printed.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        const char *mark = line + strspn(line, " ");

        *end = '\0';
        if (text_starts(mark, "# ") && strstr(mark, " = ") && strchr(mark, ';') == end - 1)
            mark += 2;
        else if (text_starts(mark, "# ") && strstr(mark, " = ( {"))
            mark += 2;
        text_addf(&text, "%s\n", mark);
    }
    live = text_take(&text);
    assert_non_null(strstr(live, "\nproxy = "));
    assert_non_null(strstr(live, "\nemail_aliases = "));
    loaded = load_text(live);
    assert_int_equal(loaded.result, -1);
    for (size_t i = 0; i < loaded.problems.count; i++) {
        assert_null(strstr(loaded.problems.item[i].text, "unknown"));
        assert_null(strstr(loaded.problems.item[i].text, "syntax"));
        assert_null(strstr(loaded.problems.item[i].text, "must be"));
    }
    loaded_release(&loaded);
}

TEST(config_print_manual_is_the_file)
{
    CLEANUP(text_release) struct text printed = print(config_print_manual);
    CLEANUP(text_release) struct text file = get_source("docs/man/bynder-reconcile.conf.5");

    assert_string_equal(text_cstr(&printed), text_cstr(&file));
}

TEST(config_load_examples_load)
{
    CLEANUP(mem_cleanup) char *path = file_join(SOURCE_DIR, "etc/examples/hr-dataset.conf");
    CLEANUP(loaded_release) struct loaded loaded = load_path(path);
    CLEANUP(text_release) struct text links = get_source("etc/examples/links.csv");
    unsigned line;
    CLEANUP(mem_cleanup) char *text = change(ROSTER_END, links_setting, &line);
    struct loaded linked;

    assert_loads(&loaded);
    assert_int_equal(loaded.config.roster.delimiter, ';');
    assert_int_equal(loaded.config.roster.column.name.count, 2);
    assert_string_equal(loaded.config.roster.column.name.item[0], "Last_Name");
    put_text("links.csv", text_cstr(&links));
    linked = load_text(text);
    assert_loads(&linked);
    assert_int_equal(linked.config.matching.link_count, 2);
    loaded_release(&linked);
}

/* --- anything at all --- */

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

/* A few bytes of a valid file changed, left out, doubled or moved. */
static void mutate(char *bytes, size_t length, char **ret_bytes, size_t *ret_length)
{
    struct text text = TEXT_INIT;
    size_t at = random_below((uint32_t)length), size = random_below(20) + 1;

    size = size < length - at ? size : length - at;
    text_add_bytes(&text, bytes, at);
    switch (random_below(4)) {
    case 0:
        for (size_t i = 0; i < size; i++)
            text_add_char(&text, (char)random_below(256));
        break;
    case 1:
        text_add_bytes(&text, bytes + at, size);
        text_add_bytes(&text, bytes + at, size);
        break;
    case 2:
        text_add_bytes(&text, bytes + random_below((uint32_t)(length - size)), size);
        break;
    default:
        break;
    }
    text_add_bytes(&text, bytes + at + size, length - at - size);
    *ret_length = text.length;
    *ret_bytes = text_take(&text);
}

TEST(config_load_mutated_files_are_judged_without_a_crash)
{
    static const char *const sources[] = {"tests/fixtures/config/interface.conf",
                                          "tests/fixtures/config/broken.conf"};
    size_t refused = 0;

    random_state = 20261122;
    put_text("links.csv", "account,employee_number\n");
    for (size_t s = 0; s < COUNT_OF(sources); s++) {
        CLEANUP(text_release) struct text text = get_source(sources[s]);

        for (int round = 0; round < 400; round++) {
            CLEANUP(mem_cleanup) char *bytes = mem_strdup(text_cstr(&text));
            size_t length = text.length;

            for (uint32_t times = random_below(3) + 1; times > 0; times--) {
                char *changed;

                mutate(bytes, length, &changed, &length);
                free(bytes);
                bytes = changed;
            }
            put("test.conf", 0600, bytes, length);
            struct loaded loaded = load_name("test.conf");
            refused += loaded.result != 0;
            loaded_release(&loaded);
        }
    }
    assert_in_range(refused, 500, 800);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    (void)unsetenv("CREDENTIALS_DIRECTORY");
    small = get_source("tests/fixtures/config/small.conf");
    put_text("client-secret", "hunter2\n");
    put_text("webhook-https", "https://hooks.example/hunter2\n");
    put_text("webhook-http", "http://hooks.example/hunter2\n");
    put_text("webhook-loopback", "http://127.0.0.1:8080/hunter2\n");
    put_text("empty", "");
    put("open-secret", 0644, "hunter2\n", 8);
    put("credential", 0440, "hunter2\n", 8); /* as systemd gives it to a group */
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {
        "webhook-https", "webhook-http", "webhook-loopback", "client-secret", "credential", "empty",
        "open-secret",   "test.conf",    "links.csv",        "huge.conf",     "fifo"};

    (void)state;
    text_release(&small);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(mem_cleanup) char *path = in_directory(names[i]);

        (void)unlink(path);
    }
    return rmdir(directory);
}

TEST_GROUP(set_up, tear_down);
