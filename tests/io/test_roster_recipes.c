/*
 * The recipes of docs/roster.md, as somebody pastes them: each loads, and reads what its system
 * sends. The same seven people everywhere, on 2026-11-22: at work, on leave, gone, starting in
 * January, gone from February on, hired again, and on their last day.
 */
#include "config_case.h"
#include "facts/person.h"
#include "roster/reader.h"
#include "test.h"

#define NOW ((struct instant){.us = INT64_C(1795330800000000)}) /* 2026-11-22T07:00:00Z */

static const char frame[] =
    "portal: { name = \"acme\"; url = \"https://acme.bynder.com\"; client_id = \"id\";\n"
    "          client_secret_file = \"client-secret\"; };\n"
    "database: { embedded = \"pg\"; };\n"
    "policy: { time_zone = \"Europe/Berlin\";\n"
    "          rules = ( { name = \"gone\"; when = { person = \"departed\"; };\n"
    "                      do = \"suspend\"; } ); };\n"
    "roster:\n{\n";

#define ALL_TOLD "employed on_leave departed future employed employed employed"
#define NO_LEAVE "employed employed departed future employed employed employed"
/* Re-hires instead of first days. */
#define NO_START "employed on_leave departed employed employed employed employed"
/* Who is blocked: on leave, gone and not there yet. */
#define NO_WORD "employed unknown unknown unknown employed employed employed"

static const struct recipe {
    const char *title, *file, *expected;
} recipes[] = {
    {"Workday, report as a service (JSON)", "workday.json", ALL_TOLD},
    {"Workday, report as CSV", "workday.csv", ALL_TOLD},
    {"BambooHR, report as CSV", "bamboohr.csv", NO_LEAVE},
    {"Personio, API", "personio.json", ALL_TOLD},
    {"Personio, list as CSV", "personio.csv", ALL_TOLD},
    {"SAP SuccessFactors, user export", "successfactors.csv", ALL_TOLD},
    {"SAP HR / HCM, list", "sap-hr.csv", ALL_TOLD},
    {"ADP Workforce Now, CSV", "adp.csv", NO_START},
    {"Rippling, report as CSV", "rippling.csv", ALL_TOLD},
    {"HiBob, people as CSV", "hibob.csv", ALL_TOLD},
    {"UKG Pro, CSV", "ukg.csv", ALL_TOLD},
    {"Entra or another directory, by SCIM", "scim.json", NO_WORD},
    {"Entra, Microsoft Graph", "graph.json", NO_LEAVE},
    {"Entra, users downloaded from the portal (CSV)", "entra.csv", NO_WORD},
};

/* What the settings below `roster` make of the file. */
static void read_as(const struct recipe *recipe, const char *settings)
{
    CLEANUP(text_release) struct text text = TEXT_INIT, path = TEXT_INIT, states = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct roster roster;
    struct day today;

    text_addf(&text, "%s%s%s};\n", frame, strstr(settings, "source = ") ? "" : SOURCE "\n",
              settings);
    CLEANUP(loaded_release) struct loaded loaded = load_text(text_cstr(&text));
    if (loaded.result != 0)
        fail_msg("%s: %s", recipe->title, loaded.err.text);
    text_addf(&path, SOURCE_DIR "/tests/fixtures/roster/%s", recipe->file);
    if (roster_read(&loaded.arena, &loaded.config.roster, text_cstr(&path), NOW, &roster, &err) < 0)
        fail_msg("%s: %s", recipe->title, err.text);
    assert_true(day_from_civil(2026, 11, 22, &today));
    roster.written = today;
    roster_judge(&roster, today);
    for (size_t i = 0; i < roster.count; i++)
        text_addf(&states, "%s%s", i > 0 ? " " : "", person_status_name(roster.person[i].status));
    if (!text_equal(text_cstr(&states), recipe->expected))
        fail_msg("%s: %s, not %s", recipe->title, text_cstr(&states), recipe->expected);
    for (size_t i = 0; i < roster.count; i++)
        assert_true(roster.person[i].name && roster.person[i].email);
}

static const struct recipe *find_recipe(const char *title, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        if (strlen(recipes[i].title) == length && strncmp(recipes[i].title, title, length) == 0)
            return &recipes[i];
    }
    fail_msg("'%.*s' is no recipe of this test", (int)length, title);
    return NULL;
}

TEST(roster_recipes_of_the_page_read_what_their_systems_send)
{
    static const char fence[] = "\n```\n", heading[] = "\n### ";
    CLEANUP(text_release) struct text page = get_source("docs/roster.md");
    const char *at = strstr(text_cstr(&page), "\n## Recipes\n");
    bool seen[COUNT_OF(recipes)] = {false};
    const char *title;

    for (assert_non_null(at); (title = strstr(at, heading));) {
        title += strlen(heading);
        at = title;
        const char *next = strstr(title, heading), *begin = strstr(title, fence);
        if (!begin || (next && begin > next))
            continue; /* a section in words */
        begin += strlen(fence);
        const char *end = strstr(begin, fence);
        assert_non_null(end);
        CLEANUP(mem_cleanup) char *settings = mem_strndup(begin, (size_t)(end + 1 - begin));
        const struct recipe *recipe = find_recipe(title, strcspn(title, "\n"));
        seen[recipe - recipes] = true;
        read_as(recipe, settings);
        const char *another = strstr(end + 1, fence);
        assert_true(!another || (next && another > next));
    }
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        if (!seen[i])
            fail_msg("the page has no recipe '%s'", recipes[i].title);
    }
}

/* What the page warns of is so: a directory's word alone makes people departed who are not. */
TEST(roster_recipe_of_scim_without_its_status_takes_blocked_for_departed)
{
    static const struct recipe bare = {
        "SCIM alone", "scim.json",
        "employed departed departed departed employed employed employed"};

    read_as(&bare, "format = \"scim\";\n");
}

TEST_GROUP(set_up, tear_down);
