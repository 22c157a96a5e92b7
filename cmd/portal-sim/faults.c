/*
 * One table says of every fault what value it takes and what it does; parsing, help and the control
 * request all read it. Chance is drawn from (seed, fault, count of fitting requests), never from
 * the clock.
 */
#include "faults.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/words.h"

#include "world/random.h"

enum value_kind { VALUE_NONE = 0, VALUE_NUMBER, VALUE_WORD };

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct fault_spec {
    const char *name;
    enum value_kind kind;
    int64_t minimum, maximum, fallback; /* of a number, or of a word's place */
    const char *const *words;
    const char *help;
} specs[FAULT_COUNT] = {
    [FAULT_LATENCY] = {"latency", VALUE_NUMBER, 0, 600000, 100, NULL,
                       "every answer comes so many milliseconds late"},
    [FAULT_HOLD] = {"hold", VALUE_NONE, 0, 0, 0, NULL,
                    "do what was asked, and answer when no hold is set any more"},
    [FAULT_ERROR] = {"error", VALUE_NUMBER, 400, 599, 503, NULL,
                     "answer with this status; may be given several times"},
    [FAULT_RESET] = {"reset", VALUE_NONE, 0, 0, 0, NULL,
                     "reset the connection instead of doing and answering anything"},
    [FAULT_LOST_ANSWER] = {"lost-answer", VALUE_NONE, 0, 0, 0, NULL,
                           "do what was asked, then reset the connection instead of answering"},
    [FAULT_CUT] = {"cut", VALUE_WORD, 0, 2, CUT_LENGTH, WORDS("length", "chunked", "close"),
                   "cut the body in the middle: with Content-Length, chunked, or with neither"},
    [FAULT_WRONG_TYPE] = {"wrong-type", VALUE_NONE, 0, 0, 0, NULL,
                          "200 with an HTML login page instead of the answer"},
    [FAULT_CLAMP_LIMIT] = {"clamp-limit", VALUE_NUMBER, 1, 100000, 50, NULL,
                           "pages hold at most so many users, whatever was asked for"},
    [FAULT_REPEAT_LAST_PAGE] = {"repeat-last-page", VALUE_NONE, 0, 0, 0, NULL,
                                "a page past the end is the last page again"},
    [FAULT_DRIFT] = {"drift", VALUE_WORD, 0, 2, DRIFT_BOTH, WORDS("both", "remove", "add"),
                     "users come and go between pages"},
    [FAULT_NO_PAGING_HEADERS] = {"no-paging-headers", VALUE_NONE, 0, 0, 0, NULL,
                                 "no X-Pagination headers"},
    [FAULT_WRONG_TOTAL] = {"wrong-total", VALUE_NUMBER, -1000000, 1000000, 1, NULL,
                           "X-Pagination-TotalRecords is off by so many"},
    [FAULT_LAST_LOGIN_FORM] = {"last-login-form", VALUE_WORD, 0, LOGIN_ALL, LOGIN_RFC3339_MS,
                               WORDS("rfc3339-ms", "rfc3339", "zulu", "no-zone", "words",
                                     "epoch-ms", "epoch-ms-text", "null", "missing", "empty",
                                     "garbage", "future", "mixed", "all"),
                               "how lastLogin is written"},
    [FAULT_NEVER_FORM] = {"never-form", VALUE_WORD, 0, 2, 0, WORDS("missing", "null", "empty"),
                          "how lastLogin is written for who never logged in"},
    [FAULT_ACTIVE_FORM] = {"active-form", VALUE_WORD, 0, ACTIVE_MISSING, ACTIVE_GARBAGE,
                           WORDS("int", "bool", "string", "quoted-bool", "garbage", "missing"),
                           "how active is written, in the list and in the single user"},
    [FAULT_REDIRECT_SLASH] = {"redirect-slash", VALUE_NONE, 0, 0, 0, NULL,
                              "301 to the same path with a slash behind it"},
    [FAULT_TOKEN_EXPIRY] = {"token-expiry", VALUE_NUMBER, 1, INT64_C(1000000000), 10, NULL,
                            "a token dies after so many uses"},
    [FAULT_DELAY_202] = {"delay-202", VALUE_NUMBER, 1, INT64_C(86400000), 1000, NULL,
                         "a change is visible so many milliseconds after its 202"},
    [FAULT_DELAY_202_READS] = {"delay-202-reads", VALUE_NUMBER, 1, 1000000, 2, NULL,
                               "a change is visible after so many single reads of that user"},
    [FAULT_NEVER_202] = {"never-202", VALUE_NONE, 0, 0, 0, NULL, "202, and nothing changes"},
    [FAULT_DEFAULT_OMITTED] = {"default-omitted", VALUE_NONE, 0, 0, 0, NULL,
                               "a change resets what it omits: active=1, isSSOOnly=false"},
    [FAULT_EMPTY_OMITTED] = {"empty-omitted", VALUE_WORD, 0, EMPTY_ALL, EMPTY_ALL,
                             WORDS("language", "firstname", "infix", "lastname", "phoneNumber",
                                   "companyName", "department", "job", "costCenter", "all"),
                             "a change empties a text that it omits, or all of them"},
    [FAULT_DUPLICATE_IDS] = {"duplicate-ids", VALUE_NONE, 0, 0, 0, NULL,
                             "the second user of a page is the first one again"},
    [FAULT_BAD_ITEM] = {"bad-item", VALUE_WORD, 0, BAD_ID_FORM, BAD_STRING,
                        WORDS("string", "null", "number", "no-id", "id-number", "id-form"),
                        "the middle user of a page is unreadable"},
    [FAULT_TRAILING_GARBAGE] = {"trailing-garbage", VALUE_NONE, 0, 0, 0, NULL,
                                "something follows the JSON document"},
    [FAULT_DEEP_JSON] = {"deep-json", VALUE_NUMBER, 1, 1000000, 10000, NULL,
                         "the answer holds arrays nested so deep"},
    [FAULT_HUGE_BODY] = {"huge-body", VALUE_NUMBER, 1, 100000, 80, NULL,
                         "the answer is swollen by so many megabytes of blanks"},
    [FAULT_GATEWAY_404] = {"gateway-404", VALUE_NONE, 0, 0, 0, NULL,
                           "the gateway knows no route to a single user"},
    [FAULT_NO_SUCH_USER] = {"no-such-user", VALUE_NONE, 0, 0, 0, NULL, "no single user is found"},
    [FAULT_ROLE_MISSING] = {"role-missing", VALUE_NONE, 0, 0, 0, NULL,
                            "403 on users and profiles although the scope is held"},
    [FAULT_EVENTS_403] = {"events-403", VALUE_NONE, 0, 0, 0, NULL, "403 on login events"},
    [FAULT_EVENTS_404] = {"events-404", VALUE_NONE, 0, 0, 0, NULL,
                          "the gateway knows no route to login events"},
    [FAULT_EVENTS_LATE] = {"events-late", VALUE_NUMBER, 1, 8760, 24, NULL,
                           "events of the last so many hours are not told yet"},
    [FAULT_EVENTS_SHIFT] = {"events-shift", VALUE_NONE, 0, 0, 0, NULL,
                            "a page of events begins with the last one of the page before"},
    [FAULT_BAD_EVENT] = {"bad-event", VALUE_WORD, 0, BAD_EVENT_NOBODY, BAD_EVENT_STRING,
                         WORDS("string", "time", "user", "nobody"),
                         "the first event of a page is unreadable, or its time, or its user; or "
                         "none of a page names a user"},
    [FAULT_EMPTY_PAGE] = {"empty-page", VALUE_NONE, 0, 0, 0, NULL,
                          "a page of events is empty, and names itself as the next one"},
    [FAULT_CURSOR_ALWAYS] = {"cursor-always", VALUE_NONE, 0, 0, 0, NULL,
                             "the last page of login events names a next one, which is empty"},
    [FAULT_CURSOR_LOOP] = {"cursor-loop", VALUE_NONE, 0, 0, 0, NULL,
                           "the last page of login events names the first one as its next"},
    [FAULT_CURSOR_NEW] = {"cursor-new", VALUE_NONE, 0, 0, 0, NULL,
                          "behind the last page of login events come ever new ones of one event"},
    [FAULT_SLOW_BODY] = {"slow-body", VALUE_NUMBER, 1, 1000000, 5, NULL,
                         "the body comes at so many bytes a second"},
    [FAULT_HANG] = {"hang", VALUE_NONE, 0, 0, 0, NULL, "never answer"},
};

void faults_init(struct faults *faults, uint64_t seed)
{
    *faults = (struct faults){.seed = seed};
}

static void fault_release(struct fault *fault)
{
    free(fault->text);
    free(fault->where);
}

void faults_clear(struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        fault_release(&faults->fault[i]);
    faults->count = 0;
}

void faults_release(struct faults *faults)
{
    faults_clear(faults);
    free(faults->fault);
    *faults = (struct faults){.count = 0};
}

static void remove_named(struct faults *faults, enum fault_id id)
{
    size_t kept = 0;
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->fault[i].id == id)
            fault_release(&faults->fault[i]);
        else
            faults->fault[kept++] = faults->fault[i];
    }
    faults->count = kept;
}

bool faults_have(const struct faults *faults, enum fault_id id)
{
    size_t i = 0;
    while (i < faults->count && faults->fault[i].id != id)
        i++;
    return i < faults->count;
}

const char *fault_name(enum fault_id id)
{
    return specs[id].name;
}

static int find_spec(const char *name, enum fault_id *ret_id, struct err *err)
{
    const char *names[FAULT_COUNT];
    if (WORD_FIND(specs, name, ret_id))
        return 0;
    for (unsigned i = 0; i < FAULT_COUNT; i++)
        names[i] = specs[i].name;
    const char *near = text_nearest(name, names, FAULT_COUNT);
    return err_set(err, ERR_USAGE, "unknown fault '%s'; hint: %s%s", name,
                   near ? "did you mean " : "'portal-sim --help' lists them", near ? near : "");
}

static bool parse_value(const struct fault_spec *spec, const char *part, int64_t *ret_number)
{
    if (spec->kind == VALUE_NUMBER)
        return parse_int(*part == '+' ? part + 1 : part, spec->minimum, spec->maximum, ret_number);
    for (int64_t i = 0; spec->kind == VALUE_WORD && spec->words[i]; i++)
        if (text_equal(spec->words[i], part)) {
            *ret_number = i;
            return true;
        }
    return false;
}

static bool parse_count(const char *part, const char *prefix, unsigned *ret_count)
{
    int64_t number = 0;
    if (!text_starts(part, prefix) || !parse_int(part + strlen(prefix), 1, 1000000000, &number))
        return false;
    *ret_count = (unsigned)number;
    return true;
}

/* CHANCE or WHERE. */
static bool parse_condition(struct fault *fault, const char *part)
{
    int64_t percent = 0;
    size_t digits = strspn(part, "0123456789");
    if (*part == '/' || isupper((unsigned char)*part)) {
        free(fault->where);
        fault->where = mem_strdup(part);
        return true;
    }
    if (parse_count(part, "every=", &fault->every) || parse_count(part, "nth=", &fault->nth))
        return true;
    if (digits == 0 || strlen(part) - digits > 1 || (part[digits] && part[digits] != '%') ||
        !parse_digits(part, digits, 100, &percent))
        return false;
    fault->percent = (unsigned)percent;
    return true;
}

static int parse_fault(struct fault *fault, const char *value, struct err *err)
{
    const struct fault_spec *spec = &specs[fault->id];
    bool value_due = spec->kind != VALUE_NONE;
    for (const char *at = value; *at;) {
        size_t length = *at == '/' || isupper((unsigned char)*at) ? strlen(at) : strcspn(at, ":");
        CLEANUP(mem_cleanup) char *part = mem_strndup(at, length);
        bool good = value_due && parse_value(spec, part, &fault->number);
        value_due = false;
        if (!good && !parse_condition(fault, part))
            return err_set(err, ERR_USAGE,
                           "fault '%s': '%s' is no value, chance or path; hint: NAME[=VALUE]"
                           "[:PERCENT|:every=N|:nth=N][:/path or :METHOD /path]",
                           spec->name, part);
        at += length + (at[length] == ':' ? 1 : 0);
    }
    return 0;
}

int faults_set(struct faults *faults, const char *name, const char *value, struct err *err)
{
    struct fault fault = {.percent = 100};
    if (find_spec(name, &fault.id, err) < 0)
        return -1;
    fault.number = specs[fault.id].fallback;
    if (value && !text_equal(value, "off") && parse_fault(&fault, value, err) < 0) {
        fault_release(&fault);
        return -1;
    }
    if (fault.id != FAULT_ERROR || text_equal(value, "off"))
        remove_named(faults, fault.id);
    if (text_equal(value, "off"))
        return 0;
    CLEANUP(text_release) struct text text = TEXT_INIT;
    text_addf(&text, "%s%s%s", name, text_is_empty(value) ? "" : "=", value ? value : "");
    fault.text = text_take(&text);
    faults->fault = mem_grow(faults->fault, faults->count, &faults->capacity, sizeof(struct fault));
    faults->fault[faults->count++] = fault;
    return 0;
}

int faults_set_pair(struct faults *faults, const char *pair, struct err *err)
{
    const char *equals = strchr(pair, '=');
    size_t length = equals ? (size_t)(equals - pair) : strlen(pair);
    CLEANUP(mem_cleanup) char *name = mem_strndup(pair, length);
    return faults_set(faults, name, equals ? equals + 1 : NULL, err);
}

static bool fits(const struct fault *fault, const char *method, const char *path)
{
    if (!fault->where)
        return true;
    const char *blank = strchr(fault->where, ' ');
    if (!blank)
        return text_starts(path, fault->where) || text_equal(method, fault->where);
    size_t length = (size_t)(blank - fault->where);
    return strlen(method) == length && strncmp(method, fault->where, length) == 0 &&
           text_starts(path, blank + 1);
}

static bool draw(const struct faults *faults, const struct fault *fault)
{
    if (fault->nth > 0)
        return fault->fitting == fault->nth;
    if (fault->every > 0)
        return fault->fitting % fault->every == 0;
    return random_pair(faults->seed ^ (uint64_t)fault->id << 32, fault->fitting) % 100 <
           fault->percent;
}

const struct fault *faults_hit(struct faults *faults, enum fault_id id, const char *method,
                               const char *path)
{
    for (size_t i = 0; i < faults->count; i++) {
        struct fault *fault = &faults->fault[i];
        if (fault->id != id || !fits(fault, method, path))
            continue;
        fault->fitting++;
        if (draw(faults, fault))
            return fault;
    }
    return NULL;
}

void faults_write(const struct faults *faults, struct jsonw *json)
{
    jsonw_begin_array(json);
    for (size_t i = 0; i < faults->count; i++)
        jsonw_string(json, faults->fault[i].text);
    jsonw_end_array(json);
}

void faults_add_help(struct text *text)
{
    for (size_t i = 0; i < FAULT_COUNT; i++) {
        const struct fault_spec *spec = &specs[i];
        CLEANUP(text_release) struct text left = TEXT_INIT;
        text_add(&left, spec->name);
        if (spec->kind == VALUE_NUMBER)
            text_addf(&left, "=%lld", (long long)spec->fallback);
        if (spec->kind == VALUE_WORD)
            text_addf(&left, "=%s", spec->words[spec->fallback]);
        text_addf(text, "  %-28s %s", text_cstr(&left), spec->help);
        for (size_t w = 0; spec->kind == VALUE_WORD && spec->words[w]; w++)
            text_addf(text, "%s%s", w == 0 ? ":\n                               " : " ",
                      spec->words[w]);
        text_add_char(text, '\n');
    }
}
