/*
 * What the database could not take comes back whole, in order, once; and nothing else does.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "host/file.h"
#include "store/outcome_file.h"
#include "test.h"

/* A state directory of one's own, and what was taken out of it. */
struct folder {
    char directory[sizeof("/tmp/test_outcome_XXXXXX")];
    struct config config;
    struct text taken; /* a line for each */
    int answer;        /* of take */
};

static void begin(struct folder *place)
{
    *place = (struct folder){.directory = "/tmp/test_outcome_XXXXXX", .taken = TEXT_INIT};
    assert_non_null(mkdtemp(place->directory));
    place->config = (struct config){.portal.name = "acme", .directory = "/nonexistent"};
    place->config.apply.state_directory = place->directory;
}

static void finish(struct folder *place)
{
    DIR *directory = opendir(place->directory);

    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        CLEANUP(mem_cleanup) char *path = file_join(place->directory, entry->d_name);
        (void)unlink(path);
    }
    if (directory)
        (void)closedir(directory);
    (void)rmdir(place->directory);
    text_release(&place->taken);
}

/* Only the one test that says so is under a unit. */
static int leave_unit(void **state)
{
    (void)state;
    return unsetenv("STATE_DIRECTORY");
}

TEST_GROUP(leave_unit, NULL);

#define PLACE(name)                                                                                \
    CLEANUP(finish) struct folder name;                                                            \
    begin(&name)

static int take(void *context, const struct store_outcome *outcome, struct instant at,
                struct err *err)
{
    struct folder *place = context;

    if (place->answer < 0)
        return err_set(err, ERR_UNREACHABLE, "the database is still away");
    text_addf(&place->taken, "%lld/%lld %s %ld %lld %s\n", (long long)outcome->plan_id,
              (long long)outcome->position, step_state_name(outcome->state), outcome->status,
              (long long)at.us, outcome->reason ? outcome->reason : "(none)");
    return place->answer;
}

/* Keeps an outcome; what is told of it, malloc'ed. */
static char *keep(struct folder *place, int64_t plan, int64_t position, enum step_state state,
                  const char *reason)
{
    const struct store_step step = {.plan_id = plan,
                                    .position = position,
                                    .account_id = "1A84D758-2B3A-141F-8F07D71AA1F223BD",
                                    .aim.action = ACTION_SUSPEND};
    const struct store_outcome outcome = {
        .plan_id = plan, .position = position, .state = state, .reason = reason, .status = 202};
    CLEANUP(err_release) struct err err = ERR_INIT;

    (void)err_set(&err, ERR_UNREACHABLE, "the database is away");
    outcome_file_keep(&place->config, &step, &outcome, (struct instant){.us = 77}, &err);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_non_null(strstr(err.text, "the database is away"));
    assert_non_null(strstr(err.text, step.account_id));
    assert_non_null(strstr(err.text, step_state_name(state)));
    return mem_strdup(err.text);
}

static void keep_quietly(struct folder *place, int64_t plan, int64_t position,
                         enum step_state state, const char *reason)
{
    free(keep(place, plan, position, state, reason));
}

static int take_all(struct folder *place, struct err *err)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    text_clear(&place->taken);
    return outcome_file_each(&arena, &place->config, take, place, err);
}

static void check_taken(struct folder *place, const char *wanted)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (take_all(place, &err))
        fail_msg("%s", err.text);
    assert_string_equal(text_cstr(&place->taken), wanted);
}

static size_t count_files(const struct folder *place)
{
    DIR *directory = opendir(place->directory);
    size_t count = 0;

    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));)
        count += entry->d_name[0] != '.';
    (void)closedir(directory);
    return count;
}

static void put(struct folder *place, const char *name, const char *text)
{
    CLEANUP(mem_cleanup) char *path = file_join(place->directory, name);

    assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), 0);
}

TEST(outcome_file_kept_comes_back_once)
{
    PLACE(place);

    check_taken(&place, "");
    CLEANUP(mem_cleanup) char *told = keep(&place, 3, 12, STEP_DONE, "a \"reading\" shows it\n");
    assert_non_null(strstr(told, place.directory));
    keep_quietly(&place, 3, 2, STEP_UNKNOWN, NULL);
    assert_int_equal(count_files(&place), 2);
    check_taken(&place, "3/12 done 202 77 a \"reading\" shows it\n\n3/2 unknown 202 77 (none)\n");
    assert_int_equal(count_files(&place), 0);
    check_taken(&place, "");
}

TEST(outcome_file_kept_again_replaces_the_first)
{
    PLACE(place);

    keep_quietly(&place, 1, 1, STEP_UNKNOWN, "first");
    keep_quietly(&place, 1, 1, STEP_DONE, "second");
    check_taken(&place, "1/1 done 202 77 second\n");
}

TEST(outcome_file_is_readable_by_its_owner_alone)
{
    PLACE(place);
    struct stat status;

    keep_quietly(&place, 1, 2, STEP_DONE, "x");
    CLEANUP(mem_cleanup) char *path = file_join(place.directory, "outcome-acme-1-2.json");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

TEST(outcome_file_that_is_not_taken_stays)
{
    PLACE(place);
    CLEANUP(err_release) struct err err = ERR_INIT;

    keep_quietly(&place, 1, 1, STEP_DONE, "x");
    place.answer = -1;
    assert_int_equal(take_all(&place, &err), -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_non_null(strstr(err.text, "outcome-acme-1-1.json"));
    assert_int_equal(count_files(&place), 1);
    place.answer = OUTCOME_TAKEN;
    check_taken(&place, "1/1 done 202 77 x\n");
}

TEST(outcome_file_set_aside_is_kept_and_not_offered_again)
{
    PLACE(place);

    keep_quietly(&place, 1, 1, STEP_DONE, "x");
    place.answer = OUTCOME_SET_ASIDE;
    check_taken(&place, "1/1 done 202 77 x\n");
    place.answer = OUTCOME_TAKEN;
    check_taken(&place, "");
    assert_int_equal(count_files(&place), 1);
}

TEST(outcome_file_of_another_portal_or_kind_is_left_alone)
{
    PLACE(place);

    keep_quietly(&place, 1, 1, STEP_DONE, "x");
    put(&place, "outcome-acme-1-2.json.tmp", "half");
    put(&place, "outcome-acme-1-3", "no ending");
    put(&place, "notes.json", "{}");
    place.config.portal.name = "acm";
    check_taken(&place, "");
    place.config.portal.name = "acme/../..";
    keep_quietly(&place, 9, 9, STEP_DONE, "y"); /* a name is no path */
    check_taken(&place, "9/9 done 202 77 y\n");
    place.config.portal.name = "acme";
    check_taken(&place, "1/1 done 202 77 x\n");
    assert_int_equal(count_files(&place), 3);
}

TEST(outcome_file_of_a_portal_whose_name_goes_on_is_left_alone)
{
    PLACE(place);

    place.config.portal.name = "acme-uk";
    keep_quietly(&place, 1, 1, STEP_DONE, "x");
    place.config.portal.name = "acme";
    check_taken(&place, "");
    place.config.portal.name = "acme-uk";
    check_taken(&place, "1/1 done 202 77 x\n");
}

TEST(outcome_file_that_is_broken_stops_and_stays)
{
#define GOOD                                                                                       \
    "\"portal\":\"acme\",\"plan\":1,\"position\":1,\"state\":\"done\",\"status\":0,\"at_us\":5"
    static const char *const broken[] = {
        "",
        "{",
        "[]",
        "{}",
        "{" GOOD "} x",
        "{" GOOD ",\"plan\":2}",
        "{\"portal\":\"other\",\"plan\":1,\"position\":1,\"state\":\"done\",\"status\":0,"
        "\"at_us\":5}",
        "{\"portal\":\"acme\",\"plan\":0,\"position\":1,\"state\":\"done\",\"status\":0,"
        "\"at_us\":5}",
        "{\"portal\":\"acme\",\"plan\":\"1\",\"position\":1,\"state\":\"done\",\"status\":0,"
        "\"at_us\":5}",
        "{\"portal\":\"acme\",\"plan\":1,\"position\":1,\"state\":\"perhaps\",\"status\":0,"
        "\"at_us\":5}",
        "{\"portal\":\"acme\",\"plan\":1,\"position\":1,\"state\":\"done\",\"status\":0}",
    };
    PLACE(place);

    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        put(&place, "outcome-acme-1-1.json", broken[i]);
        if (take_all(&place, &err) != -1 || !err.text || !strstr(err.text, "outcome-acme-1-1.json"))
            fail_msg("case %zu is taken, or not named: %s", i, err.text ? err.text : "");
        assert_int_equal(count_files(&place), 1);
        assert_string_equal(text_cstr(&place.taken), "");
    }
    put(&place, "outcome-acme-1-1.json", "{" GOOD "}");
    check_taken(&place, "1/1 done 0 5 (none)\n");
}

TEST(outcome_file_that_cannot_be_written_is_told_in_full)
{
    PLACE(place);

    put(&place, "file", "");
    CLEANUP(mem_cleanup) char *path = file_join(place.directory, "file/state");
    place.config.apply.state_directory = path;
    CLEANUP(mem_cleanup) char *told = keep(&place, 1, 1, STEP_DONE, "x");
    assert_non_null(strstr(told, "write it down"));
}

TEST(outcome_file_directory_that_is_missing_is_made_beforehand)
{
    PLACE(place);
    CLEANUP(mem_cleanup) char *below = file_join(place.directory, "state");
    CLEANUP(err_release) struct err err = ERR_INIT;

    place.config.apply.state_directory = below;
    assert_int_equal(take_all(&place, &err), 0);
    assert_int_equal(access(below, W_OK), 0);
    assert_int_equal(rmdir(below), 0);
    put(&place, "state", "a file in its place");
    assert_int_equal(take_all(&place, &err), -1);
    assert_non_null(strstr(err.text, "apply.state_directory"));
}

TEST(outcome_file_goes_where_systemd_says_unless_configured)
{
    PLACE(place);

    place.config.apply.state_directory = NULL;
    assert_int_equal(setenv("STATE_DIRECTORY", place.directory, 1), 0);
    keep_quietly(&place, 1, 1, STEP_DONE, "x");
    assert_int_equal(count_files(&place), 1);
    assert_int_equal(unsetenv("STATE_DIRECTORY"), 0);
    place.config.directory = place.directory;
    check_taken(&place, "1/1 done 202 77 x\n");
}
