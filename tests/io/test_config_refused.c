/*
 * What is refused of a configuration, with the line it stands in, and the words for it.
 */
#include "config_case.h"
#include "test.h"

struct refusal {
    const char *old, *new; /* in small.conf */
    unsigned below;        /* lines below the place of `old` */
    const char *problem;   /* NULL: it loads */
};

#define NAME_LINE "    name = \"acme\";\n"
#define DATABASE  "database: { embedded = \"pg\"; };"
#define RULE      "{ name = \"gone\"; when = { person = \"departed\"; };\n          do = \"suspend\"; }"
#define RULES_END RULE "\n    );\n"

#define MAIL(server, more)                                                                         \
    "notify: { mail: { server = \"" server                                                         \
    "\"; from = \"a@acme.example\"; to = \"b@acme.example\"; " more " }; };\npolicy:"
#define WEBHOOK(file) "notify: { webhook: { url_file = \"" file "\"; }; };\npolicy:"

#define LAST_DAY "columns: { employee_number = \"No\"; last_day = \"L\"; };"

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
    {SECRET, "    client_secret_file = \".\";\n", 0, "is a directory"},
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
    {NAME_LINE, NAME_LINE "changes_itself = [ \"terms\", \"phonenumber\" ];\n", 1,
     "\"country\", \"terms\"; did you mean 'phoneNumber'?"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"phone\" ];\n", 1, "; did you mean 'phoneNumber'?"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"username\" ];\n", 1,
     "'portal.changes_itself' is 'username'; hint: it must be one of \"language\""},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"email\" ];\n", 1, "is 'email'"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"name\" ];\n", 1, "is 'name'"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"lastname\" ];\n", 1, "is 'lastname'"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"active\" ];\n", 1, "is 'active'"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"profileId\" ];\n", 1, "is 'profileId'"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"groups\" ];\n", 1, "is 'groups'"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"isSSOOnly\" ];\n", 1, "is 'isSSOOnly'"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"employeeNumber\" ];\n", 1, "is 'employeeNumber'"},
    {NAME_LINE, NAME_LINE "changes_itself = [ \"terms\", \"phoneNumber\" ];\n", 0, NULL},
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
    {COLUMNS,
     "columns: { email = \"M\"; status = \"S\"; };\nstatus: { employed = [ \"A\", \"\" ]; };", 0,
     NULL},
    {COLUMNS,
     "columns: { email = \"M\"; status = \"S\"; };\nstatus: { employed = \"\"; departed = [ "
     "\"B\", \"\" ]; };",
     1, "has the word '' as employed and as departed"},
    {COLUMNS,
     "columns: { email = \"M\"; status = \"S\"; last_day = \"L\"; };\nstatus: { employed = \"A\"; "
     "on_leave = \"b\"; departed = \"B\"; };",
     0, NULL},
    {COLUMNS,
     "columns: { email = \"M\"; status = \"S\"; };\nstatus: { employed = \"A\"; on_leave = \"B\"; "
     "departed = \"B\"; };",
     1, "on_leave and as departed, between which 'roster.columns.last_day' decides; hint: name it"},
    {COLUMNS,
     "columns: { email = \"M\"; status = \"S\"; last_day = \"L\"; };\nstatus: { employed = \"A\"; "
     "on_leave = \"A\"; departed = \"B\"; };",
     1, "has the word 'a' as employed and as on_leave"},
    {COLUMNS, COLUMNS "\nno_value = [ \"\" ];", 1, "'roster.no_value' is empty"},
    {COLUMNS, "columns: { email = \"M\"; status = \"active\"; };\nformat = \"scim\";", 0, NULL},
    {COLUMNS, "format = \"scim\";", 0, NULL},
    {COLUMNS, COLUMNS "\nheader_row = 0;", 1, "'roster.header_row' is 0"},
    {COLUMNS, COLUMNS "\nheader_row = 3; label_rows = 1; footer = \"Total*\";", 0, NULL},
    {COLUMNS, COLUMNS "\nformat = \"json\";\nheader_row = 3;", 2,
     "'roster.header_row' is for a CSV file, and 'roster.format' is \"json\""},
    {COLUMNS, COLUMNS "\nformat = \"jsonl\";\nlabel_rows = 1;", 2,
     "'roster.label_rows' is for a CSV"},
    {COLUMNS, COLUMNS "\nformat = \"scim\";\nfooter = \"x\";", 2,
     "'roster.footer' is for a CSV file"},
    {COLUMNS, COLUMNS "\nitems = \"/a\";", 1, "'roster.items' is for format = \"json\""},
    {COLUMNS, COLUMNS "\nformat = \"json\"; items = \"/Report_Entry\";", 0, NULL},
    {COLUMNS, COLUMNS "\nformat = \"json\";\nitems = \"Report_Entry\";", 2,
     "'roster.items' is 'Report_Entry', and a JSON pointer begins with '/'"},
    {COLUMNS, COLUMNS "\nformat = \"json\";\nitems = \"/a~2\";", 2, "'roster.items' is '/a~2'"},
    {COLUMNS, COLUMNS "\nformat = \"json\";\nnext = \"link\";", 2,
     "'roster.next' is for pages over https:"},
    {SOURCE, "source = \"https://hr.example/a\";\nformat = \"json\";\nnext = \"link\";", 0, NULL},
    {SOURCE, "source = \"https://hr.example/a\";\nformat = \"json\";\nnext = \"/next\";", 0, NULL},
    {SOURCE, "source = \"https://hr.example/a\";\nformat = \"json\";\nnext = \"next\";", 2,
     "'roster.next' is 'next', it must be \"link\" or a JSON pointer"},
    {SOURCE, "source = \"https://hr.example/a\";\nnext = \"link\";", 1,
     "'roster.next' is for format = \"json\""},
    {COLUMNS, LAST_DAY "date_formats: { last_day = \"%d/%m/%Y\"; };", 0, NULL},
    {COLUMNS, LAST_DAY "date_formats: { last_day = \"excel-serial\"; };", 0, NULL},
    {COLUMNS, LAST_DAY "\ndate_formats: { last_day = \"%d/%m\"; };", 1,
     "'roster.date_formats.last_day' is '%d/%m'"},
    {COLUMNS, LAST_DAY "\ndate_formats: { hire_date = \"%d/%m/%Y\"; };", 1,
     "'roster.columns.hire_date' names no column"},
    {COLUMNS, LAST_DAY "\ndate_formats: { last_day = \"%d/%m/%y\"; };", 1,
     "roster.two_digit_year_cutoff = 2049"},
    {COLUMNS, LAST_DAY "two_digit_year_cutoff = 2049; date_formats: { last_day = \"%d/%m/%y\"; };",
     0, NULL},
    {COLUMNS, LAST_DAY "\ntwo_digit_year_cutoff = 2049;", 1, "no date format has a year in two"},
    {COLUMNS, LAST_DAY "no_date = \"x\";", 0, NULL},
    {COLUMNS, COLUMNS "\nno_date = \"x\";", 1, "no column of dates is named"},
    {COLUMNS, COLUMNS "on_leave_column = \"A\"; on_leave_words = \"x\";", 0, NULL},
    {COLUMNS, COLUMNS "\non_leave_words = \"x\";", 1, "'roster.on_leave_column' is not"},
    {COLUMNS, COLUMNS "\nnot_on_leave_words = \"x\";", 1, "'roster.on_leave_column' is not"},
    {COLUMNS,
     COLUMNS "on_leave_column = \"A\"; on_leave_words = \"x\"; not_on_leave_words = \"z\";", 0,
     NULL},
    {COLUMNS,
     COLUMNS "on_leave_column = \"A\"; on_leave_words = \"x\";\nnot_on_leave_words = \"X\";", 1,
     "has the word 'x' as roster.on_leave_words and as roster.not_on_leave_words"},
    {COLUMNS, COLUMNS "leave_from_column = \"A\"; leave_until_column = \"B\";", 0, NULL},
    {COLUMNS, COLUMNS "\nleave_until_column = \"B\";", 1, "'roster.leave_from_column' is not"},
    {COLUMNS, COLUMNS "\nformat = \"scim\";\non_leave_column = \"B\";", 2,
     "'roster.on_leave_column' is for the other formats"},
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
    {"do = \"suspend\";", "do = \"suspend\"; approval = 0;", 0, NULL},
    {"do = \"suspend\";", "do = \"suspend\"; approval = 3;", 0,
     "'policy.rules.approval' is 3, it must be from -1 to 2"},
    {"do = \"suspend\";", "do = \"keep\"; approval = 1;", 0,
     "rule 'gone' keeps, so 'approval' means nothing"},
    {"do = \"suspend\";", "do = \"deprovision\"; approval = 1;", 0, NULL},
    {"do = \"suspend\";", "do = \"deprovision\"; approval = 0;", 0,
     "rule 'gone' deletes, and a deletion needs one person at least"},
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
    {"policy:",
     "approval: { approvers = ( { user = \"anna\"; }, { user = \"Anna\"; } ); };\npolicy:", 0,
     "'approval.approvers' has user 'Anna' twice"},
    {"policy:",
     "approval: { approvers = ( { user = \"a\"; email = \"anna@acme.example\"; },"
     " { user = \"b\"; email = \"Anna@ACME.example\"; } ); };\npolicy:",
     0,
     "'approval.approvers' has 'Anna@ACME.example' for 'a' and for 'b': one person would be two"},
    {"policy:",
     "approval: { approvers = ( { user = \"a\"; email = \"a@acme.example\"; },"
     " { user = \"b\"; email = \"b@acme.example\"; }, { user = \"c\"; },"
     " { user = \"d\"; } ); };\npolicy:",
     0, NULL},
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
        {"missing.conf", "No such file or directory; hint: '"},
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
        assert_int_equal(has_problem(&loaded, directory, 0, "bynder-reconcile init"), i == 0);
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

    assert_int_equal(config_load(&arena, path, CONFIG_ALL_SECRETS, &config, NULL, NULL), -1);
    arena_release(&arena);
}
TEST_GROUP(set_up, tear_down);
