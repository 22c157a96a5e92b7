/*
 * inbox: a world whose program takes decisions from a directory; files are put there as the users
 * of a machine do, and what the newest run made of each is looked at.
 */
#ifndef END_INBOX_CASE_H
#define END_INBOX_CASE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "test.h"

enum { DAEMON = 1, BIN = 2, NOBODY = 65534 };

#define LISTED                                                                                     \
    "approvers = ( { user = \"daemon\"; }, { user = \"bin\"; }, { user = \"nobody\"; } );"

#define WITH_ROOT                                                                                  \
    "approvers = ( { user = \"root\"; }, { user = \"daemon\"; }, { user = \"bin\"; } );"

struct inbox {
    struct acts acts;
    char *path;
};

static inline void configure(struct inbox *inbox, const char *approval)
{
    end_set(&inbox->acts.end, END_REST,
            "approval: { suspend = 1; deprovision = 1; %s }; review: { inbox = \"inbox\"; };"
            "apply: { settle_seconds = 1; canary_minutes = 0; };",
            approval);
}

static inline void begin(struct inbox *inbox, size_t leavers)
{
    acts_begin(&inbox->acts, leavers, 4, NULL);
    acts_only_suspend(&inbox->acts);
    acts_plan(&inbox->acts, 0);
    inbox->path = probe_path(&inbox->acts.end.probe, "inbox");
    assert_int_equal(mkdir(inbox->path, 0700), 0);
    assert_int_equal(chmod(inbox->path, 01770), 0);
    configure(inbox, LISTED);
}

static inline void finish(struct inbox *inbox)
{
    free(inbox->path);
    acts_finish(&inbox->acts);
}

#define INBOX(name, leavers)                                                                       \
    CLEANUP(finish) struct inbox name;                                                             \
    if (geteuid() != 0)                                                                            \
        skip();                                                                                    \
    begin(&name, leavers)

/* All rows stand approved, by root at the terminal, and are due. */
static inline void begin_approved(struct inbox *inbox, size_t leavers)
{
    begin(inbox, leavers);
    configure(inbox, WITH_ROOT);
    acts_approve(&inbox->acts);
}

#define APPROVED(name, leavers)                                                                    \
    CLEANUP(finish) struct inbox name;                                                             \
    if (geteuid() != 0)                                                                            \
        skip();                                                                                    \
    begin_approved(&name, leavers)

/* --- files --- */

#define HEADER "account_id;subject;decision;until;reason\r\n"

/* A line about a row of the newest plan. */
static inline void add(struct inbox *inbox, struct text *sheet, const char *id,
                       const char *decision, const char *until, const char *reason)
{
    CLEANUP(mem_cleanup)
    char *subject = acts_ask(&inbox->acts,
                             "select encode(subject, 'hex') from reconcile.plan_row where plan_id ="
                             " (select max(plan_id) from reconcile.plan) and account_id = '%s'",
                             id);

    text_addf(sheet, "%s;%s;%s;%s;%s\r\n", id, subject, decision, until, reason);
}

/* As written so long ago, in the time that the program lives in. */
static inline void age(const char *path, int seconds)
{
    const char *days = getenv("CLOCK_DAYS");
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += (days ? strtol(days, NULL, 10) * 86400 : 0) - seconds;
    const struct timespec times[2] = {now, now};
    assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

/* Put there by a user; its path is the caller's to free. */
static inline char *put(struct inbox *inbox, const char *name, unsigned uid, const char *content)
{
    char *path = file_join(inbox->path, name);

    assert_int_equal(file_write(path, 0644, content, strlen(content), NULL), 0);
    assert_int_equal(chown(path, uid, uid), 0);
    age(path, 3600);
    return path;
}
#define PUT(inbox, name, uid, content) free(put(inbox, name, uid, content))

/* An approval of this row, and nothing else. */
static inline char *approval_of(struct inbox *inbox, size_t row)
{
    struct text sheet = TEXT_INIT;

    text_add(&sheet, HEADER);
    add(inbox, &sheet, inbox->acts.row[row].id, "approve", "", "");
    return text_take(&sheet);
}

static inline int64_t newest_run(struct inbox *inbox)
{
    return end_count(&inbox->acts.end, "select max(run_id) from reconcile.run");
}

/* A name that the newest run gave. */
static inline char *made(struct inbox *inbox, const char *name, const char *mark)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_addf(&text, "%s.%s-%lld%s", name, mark, (long long)newest_run(inbox),
              text_equal(mark, "answer") ? ".txt" : "");
    return file_join(inbox->path, text_cstr(&text));
}

static inline bool is_there(struct inbox *inbox, const char *name)
{
    CLEANUP(mem_cleanup) char *path = file_join(inbox->path, name);
    struct stat status;

    return lstat(path, &status) == 0;
}

/* What the newest run did with it, and what its answer says. */
static inline void assert_became(struct inbox *inbox, const char *name, const char *mark,
                                 const char *says)
{
    CLEANUP(mem_cleanup) char *aside = made(inbox, name, mark);
    CLEANUP(mem_cleanup) char *beside = made(inbox, name, "answer");
    struct stat status;

    if (is_there(inbox, name) || lstat(aside, &status) < 0)
        fail_msg("'%s' was not %s", name, mark);
    CLEANUP(mem_cleanup) char *answer = end_read(beside);
    if (!strstr(answer, says))
        fail_msg("'%s' is not said of '%s': %s", says, name, answer);
}

static inline int64_t rulings(struct inbox *inbox)
{
    return end_count(&inbox->acts.end, "select count(*) from reconcile.ruling");
}

static inline void run_ends(struct inbox *inbox, int code)
{
    RUN(result, &inbox->acts.end, "run");
    end_assert_code(&result, code);
}

#endif
