/*
 * The seats as `check` shows them: by configuration or as a guess, what fits nothing, and settings
 * that can be pasted and mean what the table says.
 */
#include "config_case.h"
#include "core/seats.h"
#include "report/seats.h"
#include "test.h"

static const char *const manages[] = {"MEDIAUPLOAD", "USERMANAGEMENT"};
static const char *const uploads[] = {"MEDIAUPLOAD"};

static struct profile profiles[] = {
    {.id = "P-1", .name = "Viewer \"all\" \\ *"},
    {.id = "P-2", .name = "Editor", .role = uploads, .role_count = 1},
    {.id = "P-3", .name = "Admin", .role = manages, .role_count = 2},
    {.id = "P-4", .name = "editor", .role = uploads, .role_count = 1},
    {.id = "P-5", .name = "Café — 日本", .role = uploads, .role_count = 1},
    {.id = "P-6"},
};
static struct account accounts[] = {
    {.id = "A",
     .alike = &(const struct account_alike){.profile_id = "P-1"},
     .status = ACCOUNT_ACTIVE},
    {.id = "B",
     .alike = &(const struct account_alike){.profile_id = "P-1"},
     .status = ACCOUNT_INACTIVE},
    {.id = "C",
     .alike = &(const struct account_alike){.profile_id = "P-2"},
     .status = ACCOUNT_ACTIVE},
    {.id = "D",
     .alike = &(const struct account_alike){.profile_id = "P-2"},
     .status = ACCOUNT_ACTIVE},
    {.id = "E",
     .alike = &(const struct account_alike){.profile_id = "P-3"},
     .status = ACCOUNT_ACTIVE},
    {.id = "F",
     .alike = &(const struct account_alike){.profile_id = "P-9"},
     .status = ACCOUNT_ACTIVE},
    {.id = "G", .status = ACCOUNT_ACTIVE},
};
static const struct snapshot reading = {.account = accounts,
                                        .count = COUNT_OF(accounts),
                                        .profile = profiles,
                                        .profile_count = COUNT_OF(profiles)};

static void assert_says(const struct text *text, const char *says)
{
    if (!strstr(text_cstr(text), says))
        fail_msg("no '%s' in\n%s", says, text_cstr(text));
}

#define COMPARE "compare this with Advanced settings > Users & Storage in Bynder"

TEST(seats_report_without_classes_guesses_and_sums)
{
    const struct seats none = {.count = 0};
    CLEANUP(text_release) struct text text = TEXT_INIT;

    seats_report(&none, &reading, &text);
    assert_true(text_starts(text_cstr(&text), "        active  class (a guess by roles)  profile\n"
                                              "             1  Heavy                     Admin\n"
                                              "             0  Regular                   Café"));
    assert_says(&text, "             2  Regular                   Editor\n");
    assert_says(&text, "             1  Light                     Viewer \"all\" \\ *\n");
    assert_says(&text, "             2  (no class)                (no profile)\n");
    assert_says(&text, "      together\n             1  Heavy\n             2  Regular\n"
                       "             1  Light\n             2  (no class)\n      " COMPARE);
}

/* What is pasted says of every profile what the table said. */
TEST(seats_report_ends_in_settings_that_load_and_say_the_same)
{
    static const char *const class_of[] = {"Light",   "Regular", "Heavy",
                                           "Regular", "Regular", "Light"};
    const struct seats none = {.count = 0};
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(text_release) struct text file = TEXT_INIT;
    unsigned line;

    seats_report(&none, &reading, &text);
    const char *block = strstr(text_cstr(&text), "\nseats:\n");
    assert_non_null(block);
    text_addf(&file, "%s\npolicy:", block);
    CLEANUP(mem_cleanup) char *whole = change("policy:", text_cstr(&file), &line);
    CLEANUP(loaded_release) struct loaded loaded = load_text(whole);
    assert_loads(&loaded);
    for (size_t i = 0; i < COUNT_OF(profiles); i++) {
        const struct seat_class *is = seats_class_of(&loaded.config.seats, &profiles[i]);
        assert_non_null(is);
        assert_string_equal(is->name, class_of[i]);
    }
}

static const char *const editors[] = {"editor", "nobody*"}, *const admins[] = {"p-3"};
static struct seat_class classes[] = {
    {.name = "Big", .profile = {.item = admins, .count = 1}, .contracted = 1, .price = -1},
    {.name = "Middle", .profile = {.item = editors, .count = 2}, .contracted = -1, .price = -1},
};
static const struct seats contract = {.seat_class = classes, .count = COUNT_OF(classes)};

TEST(seats_report_by_configuration_names_what_fits_nothing)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    seats_report(&contract, &reading, &text);
    assert_true(text_starts(text_cstr(&text),
                            "        active  class                     profile\n"
                            "             1  Big                       Admin\n"
                            "             2  Middle                    Editor\n"
                            "             0  Middle                    editor\n"));
    assert_says(&text, "  (no class)                Café — 日本 (by its roles perhaps Regular)\n");
    assert_says(&text, "  (no class)                P-6 (by its roles perhaps Light)\n");
    assert_says(&text, "      together\n             1  Big, of 1 that the contract has\n"
                       "             2  Middle\n             3  (no class)\n      " COMPARE);
    assert_says(&text, "note  seats     no class fits profile 'Café — 日本' (0 active)\n");
    assert_says(&text, "note  seats     no class fits profile 'P-6' (0 active)\n");
    assert_says(&text, "note  seats     pattern 'nobody*' of class 'Middle' fits no profile\n");
    assert_null(strstr(text_cstr(&text), "pattern 'editor'"));
    assert_null(strstr(text_cstr(&text), "seats:\n"));
    assert_null(strstr(text_cstr(&text), "profile 'Admin'"));
}

TEST(seats_report_of_a_portal_without_profiles_has_nothing_to_paste)
{
    const struct seats none = {.count = 0};
    const struct snapshot bare = {.count = 0};
    CLEANUP(text_release) struct text text = TEXT_INIT;

    seats_report(&none, &bare, &text);
    assert_null(strstr(text_cstr(&text), "seats:"));
    assert_null(strstr(text_cstr(&text), "(no class)"));
}
TEST_GROUP(set_up, tear_down);
