/*
 * HR's file is written before each night, dated the evening before; the portal's clock goes along
 * with the program's. Only the portal and the database are believed.
 */
#include "story.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/text.h"
#include "test.h"

enum { NIGHT_S = 2 * 3600, EXPORT_S = 23 * 3600, WORDS_MAX = 20, TEAM = 4 };

#define FORM "application/x-www-form-urlencoded"

/* Of every portal-sim. */
#define PROFILE_REGULAR "E5B8290F-7C14-4D6A-9E03A1F7D4C26B80"

/* --- time --- */

static struct instant at(struct day day, int second)
{
    struct day epoch = DAY_NONE;

    (void)day_from_civil(1970, 1, 1, &epoch);
    return (struct instant){.us = ((int64_t)day_between(epoch, day) * 86400 + second) * SECOND_US};
}

/* Each command comes a minute after the one before, and the portal's clock with it. */
static void move_clocks(struct story *story)
{
    char moment[24], text[INSTANT_TEXT_SIZE];
    CLEANUP(text_release) struct text form = TEXT_INIT;
    struct instant now = at(story->today, story->second);

    story->second += 60;
    (void)snprintf(moment, sizeof(moment), "%lld",
                   (long long)(now.us / SECOND_US + story->ahead_s));
    assert_int_equal(setenv("MOMENT", moment, 1), 0);
    assert_int_equal(setenv("LD_PRELOAD", MOMENT_PRELOAD, 1), 0);
    text_addf(&form, "at=%s", instant_format(now, text));
    probe_control(&story->end.probe, "/_sim/clock", text_cstr(&form));
}

static struct end_result call(struct story *story, const char *const *words)
{
    move_clocks(story);
    struct end_result result = end_run(&story->end, words);
    (void)unsetenv("LD_PRELOAD");
    (void)unsetenv("MOMENT");
    return result;
}

void story_clock(struct story *story, int hour, int minute)
{
    int second = hour * 3600 + minute * 60;

    assert_true(second >= story->second);
    story->second = second;
}

void story_passes(struct story *story, int days)
{
    story->today = day_add(story->today, days);
    story->second = 0;
}

/* --- people --- */

struct story_person *story_find(struct story *story, const char *name)
{
    for (size_t i = 0; i < story->count; i++) {
        if (text_equal(story->person[i].name, name))
            return &story->person[i];
    }
    fail_msg("nobody is called %s", name);
    return NULL;
}

static char *format(const char *words, ...) __attribute__((format(printf, 1, 2)));
static char *format(const char *words, ...)
{
    struct text text = TEXT_INIT;
    va_list args;

    va_start(args, words);
    text_addv(&text, words, args);
    va_end(args);
    return text_take(&text);
}

static char *add_account(struct story *story, const struct story_person *person,
                         struct instant login)
{
    char text[INSTANT_TEXT_SIZE];
    CLEANUP(mem_cleanup)
    char *form = format("username=%s&email=%s&employeeNumber=%s&firstname=%s&lastname=%sson&"
                        "department=%s&created=2015-01-05&lastLogin=%s&email2=&infix=&habit=0&"
                        "profileId=" PROFILE_REGULAR,
                        person->name, person->email, person->number, person->name, person->name,
                        person->department, instant_format(login, text));
    CLEANUP(reply_release)
    struct reply reply = probe_ask(&story->end.probe, "POST", "/_sim/users", NULL, FORM, form);

    assert_int_equal(reply.status, 200);
    CLEANUP(end_put) struct json_object *json = reply_json(&reply);
    return mem_strdup(end_text_at(json, "id"));
}

static struct story_person *join(struct story *story, const char *name, struct instant login)
{
    story->person =
        mem_grow(story->person, story->count, &story->capacity, sizeof(story->person[0]));
    struct story_person *person = &story->person[story->count];

    *person = (struct story_person){.name = mem_strdup(name),
                                    .number = format("%zu", 1000 + story->count),
                                    .email = format("%s@" STORY_DOMAIN, name)};
    person->department = format("Team%zu", story->count / TEAM);
    person->id = add_account(story, person, login);
    story->count++;
    return person;
}

struct story_person *story_joins(struct story *story, const char *name)
{
    return join(story, name, at(day_add(story->today, -3), 9 * 3600));
}

void story_idles(struct story *story, const char *name, int days)
{
    (void)join(story, name, at(day_add(story->today, -days), 9 * 3600));
}

void story_leaves(struct story *story, const char *name)
{
    struct story_person *person = story_find(story, name);

    person->left = true;
    person->last_day = day_add(story->today, -1);
}

void story_stays(struct story *story, const char *name)
{
    story_find(story, name)->left = false;
}

void story_changes(struct story *story, const char *name, const char *form)
{
    end_change_user(&story->end, story_find(story, name)->id, form);
}

void story_logs_in(struct story *story, const char *name)
{
    char text[INSTANT_TEXT_SIZE];
    CLEANUP(mem_cleanup)
    char *form = format("lastLogin=%s", instant_format(at(story->today, story->second), text));

    story_changes(story, name, form);
}

/* --- the company --- */

void story_rules(struct story *story, const char *rules)
{
    end_set(&story->end, END_RULES, "%s", rules);
}

void story_approval(struct story *story, const char *approval, const char *apply)
{
    end_set(&story->end, END_REST, "approval: { %s }; apply: { settle_seconds = 1; %s };", approval,
            apply);
}

void story_begin(struct story *story, size_t staff)
{
    static const char *const options[] = {"--users", "1", "--today", "2025-09-01", NULL};

    *story = (struct story){.plan = 0};
    assert_true(day_from_civil(2025, 9, 1, &story->today));
    end_begin(&story->end, options);
    end_set(&story->end, END_SUSPEND, " ");
    end_set(&story->end, END_POLICY, "mode = \"enforce\";");
    story_rules(story, STORY_DEPARTED "," STORY_IDLE);
    story_approval(story, "", "");
    story_clock(story, 9, 0);
    for (size_t i = 0; i < staff; i++) {
        CLEANUP(mem_cleanup) char *name = format("staff%zu", i);
        (void)story_joins(story, name);
    }
}

void story_finish(struct story *story)
{
    for (size_t i = 0; i < story->count; i++) {
        free(story->person[i].name);
        free(story->person[i].id);
        free(story->person[i].number);
        free(story->person[i].email);
        free(story->person[i].department);
    }
    free(story->person);
    free(story->digest);
    end_finish(&story->end);
}

/* --- nights --- */

const char *story_line(const char *number, const char *email, const char *name, const char *hired,
                       const char *last_day)
{
    static char line[512];

    (void)snprintf(line, sizeof(line), "%s,%s,%s,%s,%s,%s,,\n", number, email, name,
                   *last_day ? "Voluntarily Terminated" : "Active", hired, last_day);
    return line;
}

/* The last column is not mapped: it makes the bytes of every night other ones. */
static void write_roster(struct story *story)
{
    struct instant when = at(day_add(story->today, -1), EXPORT_S);
    const struct timespec times[2] = {{.tv_sec = when.us / SECOND_US},
                                      {.tv_sec = when.us / SECOND_US}};
    CLEANUP(text_release) struct text csv = TEXT_INIT;
    char day[DAY_TEXT_SIZE];

    text_addf(&csv,
              "EmpID,Work Email,Name,EmploymentStatus,DateofHire,DateofTermination,"
              "Department,Made on %s\n",
              day_format(story->today, day));
    for (size_t i = 0; i < story->count; i++) {
        const struct story_person *person = &story->person[i];
        if (!person->unlisted)
            text_addf(&csv, "%s,%s,%s %sson,%s,2015-01-05,%s,%s,\n", person->number, person->email,
                      person->name, person->name,
                      person->left ? "Voluntarily Terminated" : "Active",
                      person->left ? day_format(person->last_day, day) : "", person->department);
    }
    if (story->more)
        text_add(&csv, story->more);
    story->newcomers += !story->stuck;
    for (int i = 0; i < story->newcomers; i++)
        text_addf(&csv, "%d,new%d@new.example,Fresh%d Newcomer%d,Active,2025-08-01,,,\n", 50000 + i,
                  i, i, i);
    free(end_file(&story->end, "roster.csv", csv.data, csv.length));
    assert_int_equal(utimensat(AT_FDCWD, story->end.roster_path, times, 0), 0);
}

static void read_plan(struct story *story)
{
    story->plan = end_count(&story->end, "select max(plan_id) from reconcile.plan");
    free(story->digest);
    story->digest = end_query(&story->end, "select encode(digest, 'hex') from reconcile.plan"
                                           " order by plan_id desc limit 1");
}

void story_night(struct story *story, int code)
{
    story->today = day_add(story->today, 1);
    story->second = NIGHT_S;
    write_roster(story);
    CLEANUP(end_result_release)
    struct end_result result = call(story, (const char *const[]){"run", NULL});
    end_assert_code(&result, code);
    read_plan(story);
    story->second = 9 * 3600;
}

void story_nights(struct story *story, int count)
{
    for (int i = 0; i < count; i++)
        story_night(story, 0);
}

void story_looks(struct story *story)
{
    SAYS(story, 0, NULL, "plan");
    read_plan(story);
}

/* --- people at a desk --- */

void story_sits(const char *uid)
{
    end_sits(uid);
}

void story_says(struct story *story, int code, const char *says, const char *const *words)
{
    CLEANUP(end_result_release) struct end_result result = call(story, words);

    end_assert_code(&result, code);
    if (says)
        end_assert_says(code ? &result.err : &result.out, says);
}

void story_decides(struct story *story, int code, const char *says, const char *const *words)
{
    CLEANUP(mem_cleanup) char *plan = format("%lld", (long long)story->plan);
    const char *all[WORDS_MAX] = {words[0], plan};
    size_t count = 2;

    if (text_equal(words[0], "approve")) {
        all[count++] = "--digest";
        all[count++] = story->digest;
    }
    for (const char *const *word = words + 1; *word && count + 1 < WORDS_MAX; word++)
        all[count++] = *word;
    story_says(story, code, says, all);
}

void story_approves(struct story *story)
{
    DECIDES(story, 0, NULL, "approve");
}

char *story_names(struct story *story, const char *name)
{
    const char *id = story_find(story, name)->id;

    return end_file(&story->end, "names", id, strlen(id));
}

/* --- the witnesses --- */

static bool is_active(struct story *story, const char *name)
{
    CLEANUP(mem_cleanup) char *path = format("/_sim/users/%s", story_find(story, name)->id);
    CLEANUP(end_put) struct json_object *user = probe_control_json(&story->end.probe, path);

    return json_object_get_boolean(end_at(user, "active"));
}

void story_is_active(struct story *story, const char *name)
{
    if (!is_active(story, name))
        fail_msg("%s is suspended", name);
}

void story_is_suspended(struct story *story, const char *name)
{
    if (is_active(story, name))
        fail_msg("%s is not suspended", name);
}

size_t story_count_suspended(struct story *story, const char *prefix)
{
    size_t count = 0;

    for (size_t i = 0; i < story->count; i++) {
        if (text_starts(story->person[i].name, prefix))
            count += !is_active(story, story->person[i].name);
    }
    return count;
}

void story_ended(struct story *story, const char *kind, const char *name, const char *end)
{
    CLEANUP(mem_cleanup)
    char *sql = format("select coalesce((select concat(coalesce(end_word, 'stands'), ': ',"
                       " end_reason) from reconcile.ruling where kind = '%s' and account_id = '%s'"
                       " order by ruling_id desc limit 1), 'none')",
                       kind, story_find(story, name)->id);
    CLEANUP(mem_cleanup) char *is = end_query(&story->end, sql);

    if (!text_starts(is, end))
        fail_msg("the %s of %s is '%s', not '%s'", kind, name, is, end);
}

void story_is_planned(struct story *story, const char *name, const char *action)
{
    CLEANUP(mem_cleanup)
    char *sql =
        format("select coalesce((select concat(action, ' ', decision_row, ': ', reason) from"
               " reconcile.plan_row where plan_id = %lld and account_id = '%s'"
               " limit 1), 'nothing')",
               (long long)story->plan, story_find(story, name)->id);
    CLEANUP(mem_cleanup) char *is = end_query(&story->end, sql);

    if (!text_starts(is, action))
        fail_msg("%s is planned '%s', not '%s'", name, is, action);
}

size_t story_writes(struct story *story)
{
    CLEANUP(end_put)
    struct json_object *writes = probe_control_json(&story->end.probe, "/_sim/writes");

    return json_object_array_length(writes);
}
