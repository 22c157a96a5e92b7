/*
 * story: a small company, its portal, and the nights and desks of some weeks, told a line at a
 * time. Everybody has one name, which is their account's username; HR's file has them all, and a
 * newcomer every day, so that no two files are the same. Each night at two is a `run`, and what it
 * leaves is the newest plan. The program lives in the story's time; nothing waits.
 *
 * The rules suspend who left, and who has not been in for 90 days (after 14 days of grace); limits,
 * approval and times are the program's own defaults, in mode "enforce".
 */
#ifndef END_STORY_H
#define END_STORY_H

#include "base/day.h"
#include "end.h"

#define STORY_DEPARTED                                                                             \
    "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\"; };"              \
    "  do = \"suspend\"; }"
#define STORY_IDLE                                                                                 \
    "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; };"                     \
    "  do = \"suspend\"; grace_days = 14; }"
#define STORY_DOMAIN "old.example"

struct story_person {
    char *name, *id, *number, *email, *department; /* as HR has them */
    bool unlisted;                                 /* HR's file has no row of them */
    bool left;
    struct day last_day; /* where they left */
};

struct story {
    struct end end;
    struct day today;
    int second; /* of the day, when the next command is called */
    struct story_person *person;
    size_t count, capacity;
    int newcomers;
    bool stuck;       /* HR's file says what it said the night before, in other bytes */
    const char *more; /* lines that are in HR's file as they stand here, or NULL */
    int ahead_s;      /* the program's clock is so much ahead of the portal's */
    int64_t plan;     /* the newest one of a night or a look, and its digest */
    char *digest;
};

/* So many people who work and log in, and nobody else. It is a Monday morning. */
void story_begin(struct story *story, size_t staff);
void story_finish(struct story *story);
#define STORY(name, staff)                                                                         \
    CLEANUP(story_finish) struct story name;                                                       \
    story_begin(&name, staff)

/* Another one of them. */
struct story_person *story_joins(struct story *story, const char *name);
/* Another one who was last in so many days ago. */
void story_idles(struct story *story, const char *name, int days);
struct story_person *story_find(struct story *story, const char *name);
/* HR enters that yesterday was their last day; that it was a mistake. */
void story_leaves(struct story *story, const char *name);
void story_stays(struct story *story, const char *name);
/* In the portal: they log in, or something else about the account changes (a form). */
void story_logs_in(struct story *story, const char *name);
void story_changes(struct story *story, const char *name, const char *form);

/* A line of HR's file: employed when there is no last day. Static until the next one is made. */
const char *story_line(const char *number, const char *email, const char *name, const char *hired,
                       const char *last_day);

/* Pieces of the configuration. */
void story_rules(struct story *story, const char *rules);
void story_approval(struct story *story, const char *approval, const char *apply);

/* Days on which no run is. */
void story_passes(struct story *story, int days);
/* From now on it is so late on this day. */
void story_clock(struct story *story, int hour, int minute);
/* The next night: the run must end so. */
void story_night(struct story *story, int code);
void story_nights(struct story *story, int count);
/* Who sits at the desk, by the uid (NULL: who runs the test). */
void story_sits(const char *uid);
/* A command at this moment, which must end so; what it must say, or NULL. */
void story_says(struct story *story, int code, const char *says, const char *const *words);
#define SAYS(story, code, says, ...)                                                               \
    story_says(story, code, says, (const char *const[]){__VA_ARGS__, NULL})
/* The same with the newest plan and its digest behind the verb. */
void story_decides(struct story *story, int code, const char *says, const char *const *words);
#define DECIDES(story, code, says, ...)                                                            \
    story_decides(story, code, says, (const char *const[]){__VA_ARGS__, NULL})
/* All of the newest plan. */
void story_approves(struct story *story);
/* A file with this name in it, for --only and --except; the caller's to free. */
char *story_names(struct story *story, const char *name);
/* A plan that somebody looks at. */
void story_looks(struct story *story);

/* What must be so in the portal, and in the record. */
void story_is_active(struct story *story, const char *name);
void story_is_suspended(struct story *story, const char *name);
/* How many of those whose names begin so are suspended. */
size_t story_count_suspended(struct story *story, const char *prefix);
/* The newest decision of this kind about them: how it ended, "stands" when it did not. */
void story_ended(struct story *story, const char *kind, const char *name, const char *end);
/* The clause that the newest plan gives for them, and the action: "suspend R10". */
void story_is_planned(struct story *story, const char *name, const char *action);
size_t story_writes(struct story *story);

#endif
