/*
 * Every *.scenario file of this folder is a test; docs/scenarios.md says how to write one.
 *
 * A file is named after what it proves: `R4-idle.scenario` has a case in which R4 decides and a
 * twin in which the same account is decided otherwise. Each row and each guard has such a file.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "scenario.h"
#include "test.h"

#define FOLDER         SOURCE_DIR "/tests/scenario"
#define SCENARIO_BYTES 1048576

/* --- reading a file --- */

struct lines {
    struct arena arena;
    struct line *item;
    size_t count, capacity;
};

static void lines_release(struct lines *lines)
{
    free(lines->item);
    arena_release(&lines->arena);
}

static int lines_cut(struct lines *lines, const char *file, const char *text, struct err *err)
{
    unsigned number = 0;

    while (*text) {
        size_t length = strcspn(text, "\n");
        const char *one = arena_strndup(&lines->arena, text, length);
        struct line line;

        text += length + (text[length] == '\n');
        if (line_cut(&lines->arena, one, ++number, &line, err) < 0)
            return err_prefix(err, "%s:%u", file, number);
        if (!line.verb)
            continue;
        lines->item = mem_grow(lines->item, lines->count, &lines->capacity, sizeof(lines->item[0]));
        lines->item[lines->count++] = line;
    }
    return 0;
}

static const char *case_name(struct arena *arena, const struct line *line)
{
    struct text name = TEXT_INIT;

    for (size_t i = 0; i < line->count; i++)
        text_addf(&name, "%s%s%s%s", i ? " " : "", line->word[i].key ? line->word[i].key : "",
                  line->word[i].key ? "=" : "", line->word[i].value);
    const char *copy = arena_strdup(arena, text_cstr(&name));
    text_release(&name);
    return copy;
}

/* One case: the lines before the first `case` [0, common), then its own [from, to). */
static int run_case(const struct lines *lines, const char *file, size_t common, size_t from,
                    size_t to, struct coverage *coverage, struct text *problems, struct err *err)
{
    struct scenario scenario;
    int result = 0;

    scenario_init(&scenario, file);
    if (from > common)
        scenario.name = case_name(&scenario.arena, &lines->item[from - 1]);
    for (size_t i = 0; result == 0 && i < common; i++)
        result = scenario_read(&scenario, &lines->item[i], err);
    for (size_t i = from; result == 0 && i < to; i++)
        result = scenario_read(&scenario, &lines->item[i], err);
    if (result == 0)
        result = scenario_finish(&scenario, err);
    if (result == 0)
        scenario_run(&scenario, coverage, problems);
    scenario_release(&scenario);
    return result;
}

static size_t next_case(const struct lines *lines, size_t from)
{
    while (from < lines->count && !text_equal(lines->item[from].verb, "case"))
        from++;
    return from;
}

static int run_text(const char *file, const char *text, struct coverage *coverage,
                    struct text *problems, struct err *err)
{
    struct lines lines = {.arena = ARENA_INIT};
    int result = lines_cut(&lines, file, text, err);
    size_t common = next_case(&lines, 0);

    if (result == 0 && common == lines.count)
        result = run_case(&lines, file, common, common, common, coverage, problems, err);
    for (size_t at = common; result == 0 && at < lines.count;) {
        size_t end = next_case(&lines, at + 1);
        result = run_case(&lines, file, common, at + 1, end, coverage, problems, err);
        at = end;
    }
    lines_release(&lines);
    return result;
}

/* --- the files of the folder --- */

static const char *const ids[] = {
    "P1", "P2", "P3", "P4", "P5", "P6",  "P7",  "P8",  "P9",  "R1",  "R2",     "R3", "R4",
    "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "G1",     "G2", "G3",
    "G4", "G5", "G6", "G7", "G8", "G9",  "G10", "G11", "G12", "G13", "policy",
};

/* The id in front of a file's name, NULL when it has none. */
static const char *id_of_file(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        size_t length = strlen(ids[i]);
        if (strncmp(name, ids[i], length) == 0 && name[length] == '-')
            return ids[i];
    }
    return NULL;
}

/* Guards of amount are asked of what is approved and due, G11 of each row: no plan is held by one.
 */
static bool may_hold(const char *id)
{
    static const char *const never[] = {"G7", "G8", "G9", "G10", "G11"};

    for (size_t i = 0; i < COUNT_OF(never); i++) {
        if (text_equal(id, never[i]))
            return false;
    }
    return true;
}

/* Some account had this row in one case and another outcome in another one: the row decided. */
static bool has_twins(const struct coverage *coverage, const char *id)
{
    struct text wanted = TEXT_INIT, hold = TEXT_INIT, pass = TEXT_INIT;
    const char *rows = text_cstr(&coverage->rows);
    bool found = false;

    text_addf(&wanted, "=%s/", id);
    text_addf(&hold, " %s=hold", id);
    text_addf(&pass, " %s=pass", id);
    if (id[0] == 'G' || text_equal(id, "policy"))
        found = strstr(rows, text_cstr(&pass)) && (strstr(rows, text_cstr(&hold)) || !may_hold(id));
    for (const char *at = strstr(rows, text_cstr(&wanted)); at && !found;
         at = strstr(at + 1, text_cstr(&wanted))) {
        const char *start = at;
        while (start > rows && start[-1] != ' ')
            start--;
        struct text label = TEXT_INIT;
        text_add(&label, " ");
        text_add_bytes(&label, start, (size_t)(at - start) + 1);
        for (const char *other = strstr(rows, text_cstr(&label)); other && !found;
             other = strstr(other + 1, text_cstr(&label)))
            found = strncmp(other + label.length, at + 1, strlen(id) + 1) != 0;
        text_release(&label);
    }
    text_release(&wanted);
    text_release(&hold);
    text_release(&pass);
    return found;
}

static int is_scenario(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name), ending = strlen(".scenario");

    return length > ending && text_equal(entry->d_name + length - ending, ".scenario");
}

TEST(decision_table_every_row_and_guard_has_a_file)
{
    struct dirent **entry = NULL;
    int count = scandir(FOLDER, &entry, is_scenario, versionsort);
    bool all = true;

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        bool found = false;
        for (int k = 0; k < count; k++)
            found |= text_equal(id_of_file(entry[k]->d_name), ids[i]);
        if (!found)
            print_error("no scenario file is named %s-….scenario\n", ids[i]);
        all &= found;
    }
    for (int k = 0; k < count; k++)
        free(entry[k]);
    free(entry);
    assert_true(all);
}

/* --- the language itself: what is not understood, and what is not expected, is an error --- */

TEST(scenario_with_a_mistake_is_refused_with_its_line)
{
    static const struct {
        const char *text, *said;
    } rows[] = {
        {"today 2026-11-22\nfrobnicate A1\n", "t:2: unknown word 'frobnicate'"},
        {"today 2026-11-31\n", "t:1: 'today' needs a day"},
        {"account A1\nexpect A1 keep\n", "needs 'today' or 'now'"},
        {"today 2026-11-22\naccount A1 colour=red\n", "t:2: 'colour' is not known to 'account'"},
        {"today 2026-11-22\naccount A1 status=maybe\n", "t:2: 'status' cannot be 'maybe'"},
        {"today 2026-11-22\naccount A1 login=yesterday\n", "t:2: 'login' cannot be 'yesterday'"},
        {"today 2026-11-22\naccount A1 name=\"Jane\n", "t:2: a quotation mark is not closed"},
        {"today 2026-11-22\nrule idle suspend\n", "t:2: a rule is"},
        {"today 2026-11-22\nrule idle: suspend when idle=90\n", "t:2: 'idle' is no condition"},
        {"today 2026-11-22\nlimit suspend.number=3\n", "t:2: 'suspend.number' is not known"},
        {"today 2026-11-22\nremove account A1\n", "t:2: there is no account 'A1'"},
        {"today 2026-11-22\naccounts 3 A\n", "t:2: 'accounts' needs a number and a label"},
        {"now 2026-11-22T06:00:00Z\nzone Europe/Atlantis\n", "t:2: "},
        {"zone Pacific/Auckland\ntoday 2026-11-22\n", "noon UTC of 'today' is another day"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct coverage coverage = {.rows = TEXT_INIT};
        struct text problems = TEXT_INIT;
        struct err err = ERR_INIT;

        assert_int_equal(run_text("t", rows[i].text, &coverage, &problems, &err), -1);
        if (!strstr(err.text, rows[i].said))
            fail_msg("said '%s', not '%s'", err.text, rows[i].said);
        err_release(&err);
        text_release(&problems);
        text_release(&coverage.rows);
    }
}

#define WORLD                                                                                      \
    "today 2026-11-22\nrule idle: suspend when account=active idle_days_min=90\n"                  \
    "account A1 login=2026-01-01\n"

TEST(scenario_that_is_not_as_expected_says_so)
{
    static const struct {
        const char *text, *said;
    } rows[] = {
        {WORLD "expect A1 suspend R4\n", NULL},
        {WORLD "expect A1 keep\n", "t:4: case 'the only case': A1: expected action=keep"},
        {WORLD "expect A1 suspend R5\n", "expected row=R5, got 'R4'"},
        {WORLD "expect A1 suspend reason~\"95 days\"\n", "expected reason~95 days"},
        {WORLD "expect A1 suspend colour=red\n", "nobody knows this word"},
        {WORLD "expect A2 suspend\n", "there is no account 'A2'"},
        {WORLD "expect plan state=proposed\n", "nobody expects A1: suspend R4"},
        {WORLD "expect A1 suspend\nexpect plan suspend=2\n", "expected suspend=2, got '1'"},
        {WORLD "expect A1 suspend\nexpect plan shoes=2\n", "nobody knows this word"},
        {WORLD "expect A1 suspend\nexpect guard G7 hold\n", "expected verdict=hold, got 'pass'"},
        {WORLD "expect A1 suspend\nexpect guard G99 hold\n", "there is no guard 'G99'"},
        {WORLD "history stopped_by=x\nexpect A1 suspend\n", "nobody expects G12 to hold"},
        {"today 2026-11-22\naccount A1\n", "expects nothing"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct coverage coverage = {.rows = TEXT_INIT};
        struct text problems = TEXT_INIT;
        struct err err = ERR_INIT;

        assert_int_equal(run_text("t", rows[i].text, &coverage, &problems, &err), 0);
        if (!rows[i].said)
            assert_string_equal(text_cstr(&problems), "");
        else if (!strstr(text_cstr(&problems), rows[i].said))
            fail_msg("said '%s', not '%s'", text_cstr(&problems), rows[i].said);
        text_release(&problems);
        text_release(&coverage.rows);
    }
}

/* --- every file --- */

static const char *file_of(size_t i, void **ret_state)
{
    static struct dirent **entry; /* until the program ends: cmocka keeps the names */
    static int count;

    if (i == 0)
        count = scandir(FOLDER, &entry, is_scenario, versionsort);
    if (count < 0 || i == (size_t)count)
        return NULL;
    *ret_state = entry[i]->d_name;
    return entry[i]->d_name;
}

TEST_SERIES(scenario_file_decides_as_expected, file_of)
{
    const char *name = *state;
    struct text text = TEXT_INIT, problems = TEXT_INIT;
    struct coverage coverage = {.rows = TEXT_INIT};
    struct err err = ERR_INIT;
    char *path = file_join(FOLDER, name);
    const char *id = id_of_file(name);

    if (file_read(path, SCENARIO_BYTES, ERR_INTERNAL, &text, NULL, &err) < 0 ||
        run_text(name, text_cstr(&text), &coverage, &problems, &err) < 0)
        text_addf(&problems, "%s\n", err.text);
    else if (id && !has_twins(&coverage, id))
        text_addf(&problems, "%s: %s does not alone decide in it: a twin case is missing\n", name,
                  id);
    if (problems.length)
        print_error("%s", text_cstr(&problems));
    bool good = problems.length == 0;
    free(path);
    err_release(&err);
    text_release(&coverage.rows);
    text_release(&problems);
    text_release(&text);
    assert_true(good);
}
