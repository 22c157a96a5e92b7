/*
 * Every command that the program prints is pasted into a shell: collected from plans, pages, mails
 * and errors, and run as it stands, in another directory. Whatever comes of it, it is no mistake on
 * the command line, no program that is not there and no other configuration.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/file.h"
#include "test.h"
#include "told.h"

#define PROGRAM "bynder-reconcile "

/* --- a shell --- */

struct shell {
    struct end *end;
    char *directory; /* where its commands run, with a bin/ that is first in PATH */
    char **command;  /* pasted so far */
    size_t count, capacity;
};

static void open_shell(struct shell *shell, struct end *end)
{
    char here[4096];

    *shell = (struct shell){.end = end, .directory = probe_path(&end->probe, "shell")};
    CLEANUP(mem_cleanup) char *bin = file_join(shell->directory, "bin");
    CLEANUP(mem_cleanup) char *program = file_join(bin, "bynder-reconcile");
    CLEANUP(mem_cleanup) char *sudo = file_join(bin, "sudo");
    assert_int_equal(mkdir(shell->directory, 0700), 0);
    assert_int_equal(mkdir(bin, 0700), 0);
    assert_non_null(realpath(PROGRAM_PATH, here));
    assert_int_equal(symlink(here, program), 0);
    assert_int_equal(file_write(sudo, 0700, "#!/bin/sh\nexec \"$@\"\n", 20, NULL), 0);
}

static void close_shell(struct shell *shell)
{
    for (size_t i = 0; i < shell->count; i++)
        free(shell->command[i]);
    free(shell->command);
    free(shell->directory);
}

#define SHELL(name, end)                                                                           \
    CLEANUP(close_shell) struct shell name;                                                        \
    open_shell(&name, end)

static bool was_pasted(const struct shell *shell, const char *command)
{
    for (size_t i = 0; i < shell->count; i++) {
        if (text_equal(shell->command[i], command))
            return true;
    }
    return false;
}

/* Runs it as it stands. */
static void paste(struct shell *shell, const char *command, const char *named)
{
    CLEANUP(text_release) struct text line = TEXT_INIT, said = TEXT_INIT;

    if (was_pasted(shell, command))
        return;
    if (!strstr(command, named))
        fail_msg("it does not name its configuration: %s", command);
    shell->command =
        mem_grow(shell->command, shell->count, &shell->capacity, sizeof(shell->command[0]));
    shell->command[shell->count++] = mem_strdup(command);
    text_addf(&line, "PATH=\"$PWD/bin:$PATH\"\n%s\ncode=$?\necho\necho \"ended with $code\"\n",
              command);
    const char *const words[] = {"sh", "-c", text_cstr(&line), NULL};
    end_tool(shell->directory, words, &said);
    static const char *const wrong[] = {
        "ended with 70\n", "ended with 126\n", "ended with 127\n",    "cannot open '/etc",
        "error: unknown ", "needs a value",    "unexpected argument", "takes no value",
        " needs --",       "which plan?",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (strstr(text_cstr(&said), wrong[i]))
            fail_msg("%s: %s", command, text_cstr(&said));
    }
}

/* --- what is printed --- */

static void add_decoded(struct text *out, const char *html, size_t length)
{
    static const char *const entity[][2] = {
        {"&#39;", "'"}, {"&quot;", "\""}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};

    for (size_t i = 0; i < length;) {
        size_t k = 0;
        while (k < COUNT_OF(entity) && !text_starts(html + i, entity[k][0]))
            k++;
        if (k < COUNT_OF(entity)) {
            text_add(out, entity[k][1]);
            i += strlen(entity[k][0]);
        } else {
            text_add_char(out, html[i++]);
        }
    }
}

/* Where a shell that reads a command in a hint's quotes would see the quote that is not its own. */
static size_t length_in_quotes(const char *begin)
{
    bool quoted = false;
    const char *at = begin;

    for (; *at && *at != '\n'; at++) {
        if (!quoted && text_starts(at, "\\'"))
            at++;
        else if (*at == '\'' && !quoted && at[-1] != ' ' && !text_starts(at - 2, "\\'"))
            break;
        else if (*at == '\'')
            quoted = !quoted;
    }
    return (size_t)(at - begin);
}

/* Where the command that begins there ends: an element, a hint's quote, else the line. */
static size_t length_of(const char *text, const char *begin)
{
    if (begin > text && begin[-1] == '>')
        return strcspn(begin, "<");
    if (begin > text && begin[-1] == '\'')
        return length_in_quotes(begin);
    return strcspn(begin, "\n");
}

/* Pastes what is in a text, down to a page's script; `named` is how each names its configuration.
 * Returns how many. */
static size_t paste_all(struct shell *shell, const char *text, const char *named)
{
    const char *script = strstr(text, "<script>");
    size_t count = 0;

    for (const char *at = text; (at = strstr(at, PROGRAM)) && (!script || at < script);) {
        CLEANUP(text_release) struct text command = TEXT_INIT;
        const char *begin = at - text >= 5 && memcmp(at - 5, "sudo ", 5) == 0 ? at - 5 : at;
        const char before = begin > text ? begin[-1] : '\n';
        at += strlen(PROGRAM);
        bool is_word = text_starts(at, "version") || strchr("/.", before) ||
                       text_starts(begin, "bynder-reconcile 0") || before == '[';
        if (is_word || !strchr("\n '>", before))
            continue;
        add_decoded(&command, begin, length_of(text, begin));
        paste(shell, text_cstr(&command), named);
        count++;
    }
    return count;
}

/* The footer of a page names the program and its version. */
static void paste_file(struct shell *shell, const char *directory, const char *name,
                       const char *named)
{
    CLEANUP(mem_cleanup) char *path = file_join(directory, name);
    CLEANUP(mem_cleanup) char *text = end_read(path);

    if (paste_all(shell, text, named) == 0)
        fail_msg("no command in '%s'", name);
}

static void paste_mails(struct shell *shell, struct told *told, size_t from, const char *named)
{
    static const char *const types[] = {"text/plain", "text/html"};

    assert_true(sink_count(&told->mail) >= from);
    for (size_t i = from; i <= sink_count(&told->mail); i++) {
        JSON(mail, sink_taken(&told->mail, i));
        for (size_t k = 0; k < COUNT_OF(types); k++)
            (void)paste_all(shell, end_text_at(sink_part(mail, types[k]), "content"), named);
    }
}

static size_t count_verb(const struct shell *shell, const char *verb)
{
    CLEANUP(text_release) struct text word = TEXT_INIT;
    size_t count = 0;

    text_addf(&word, " %s", verb);
    for (size_t i = 0; i < shell->count; i++)
        count += strstr(shell->command[i], text_cstr(&word)) != NULL;
    return count;
}

/* --- pasting --- */

/* How the world's commands name their configuration. */
static char *name_of(const struct end *end)
{
    CLEANUP(text_release) struct text named = TEXT_INIT;

    text_addf(&named, "--config %s ", end->config_path);
    return text_take(&named);
}

static void say(struct shell *shell, const char *named, const char *const *words)
{
    CLEANUP(end_result_release) struct end_result result = end_run(shell->end, words);

    (void)paste_all(shell, text_cstr(&result.out), named);
    (void)paste_all(shell, text_cstr(&result.err), named);
}
#define SAY(shell, named, ...) say(shell, named, (const char *const[]){__VA_ARGS__, NULL})

TEST(command_of_a_plan_its_pages_and_its_mail_works_when_it_is_pasted)
{
    static const char *const wanted[] = {"show", "approve", "apply", "reject"};
    TOLD(told, 3, 4);
    SHELL(shell, &told.acts.end);

    told.more = "report: { directory = \"reports\"; formats = [ \"text\", \"html\" ]; };";
    told_configure(&told);
    CLEANUP(mem_cleanup) char *named = name_of(shell.end);
    CLEANUP(mem_cleanup) char *reports = probe_path(&shell.end->probe, "reports");
    told_run(&told, 0);
    paste_file(&shell, reports, "end-plan-1.html", named);
    paste_file(&shell, reports, "end-plan-1.txt", named);
    paste_mails(&shell, &told, 1, named);
    SAY(&shell, named, "plan");
    SAY(&shell, named, "show");
    SAY(&shell, named, "show", "1", "--format", "html");
    SAY(&shell, named, "status");
    SAY(&shell, named, "run");
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        if (count_verb(&shell, wanted[i]) == 0)
            fail_msg("no '%s' among %zu commands", wanted[i], shell.count);
}

/* An empty database, of this test alone: what is pasted makes a history in it. */
static void be_elsewhere(struct end *end)
{
    CLEANUP(mem_cleanup) char *name = end_query(end, "select current_database() || '_empty'");
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "create database %s template template0", name);
    PQclear(end_sql(end, text_cstr(&sql)));
    end_set(end, END_DATABASE, "conninfo = \"%s dbname=%s\";", end->conninfo, name);
}

TEST(command_of_a_hint_works_when_it_is_pasted)
{
    static const char *const wanted[] = {"show",       "status",  "keep --list",
                                         "audit user", "migrate", "roster check"};
    TOLD(told, 3, 4);
    SHELL(shell, &told.acts.end);
    CLEANUP(mem_cleanup) char *named = name_of(shell.end);

    SAY(&shell, named, "show");
    told_run(&told, 0);
    SAY(&shell, named, "show", "99");
    SAY(&shell, named, "approve");
    SAY(&shell, named, "approve", "1");
    SAY(&shell, named, "approve", "99", "--digest", "0");
    SAY(&shell, named, "apply", "99");
    SAY(&shell, named, "apply", "1");
    SAY(&shell, named, "audit", "plan", "99");
    SAY(&shell, named, "audit", "at", "2001-01-01");
    SAY(&shell, named, "again", "no'body $x", "--reason", "x");
    SAY(&shell, named, "keep", "--end", "Lea Aa", "--reason", "x");
    end_set(shell.end, END_SOURCE, "/nowhere/roster.csv");
    SAY(&shell, named, "check");
    be_elsewhere(shell.end);
    SAY(&shell, named, "show");
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        if (count_verb(&shell, wanted[i]) == 0)
            fail_msg("no '%s' among %zu commands", wanted[i], shell.count);
}

TEST(command_of_a_message_about_trouble_works_when_it_is_pasted)
{
    static const char *const wanted[] = {"show", "check", "status", "roster check"};
    TOLD(told, 1, 4);
    SHELL(shell, &told.acts.end);
    CLEANUP(mem_cleanup) char *named = name_of(shell.end);

    told_run(&told, 0);
    (void)acts_change(&told.acts, "insert into reconcile.stop (portal_id, stop_id, reason, who) "
                                  "select portal_id, 1, 'audit', 'anna' from reconcile.portal");
    told_run(&told, 20);
    (void)acts_change(&told.acts, "delete from reconcile.stop");
    CLEANUP(mem_cleanup) char *roster = end_read(shell.end->roster_path);
    CLEANUP(text_release) struct text worse = TEXT_INIT;
    text_addf(&worse, "%s900,Bad One,Nonsense,2015-01-05,,Team\n", roster);
    free(end_file(shell.end, "roster.csv", worse.data, worse.length));
    told_run(&told, 20);
    SAY(&shell, named, "show");
    end_fault(shell.end, "error=401:/api/");
    told_run(&told, 77);
    probe_control(&shell.end->probe, "/_sim/faults", "clear=1");
    (void)end_file(shell.end, "roster.csv", roster, strlen(roster));
    acts_plan(&told.acts, 0);
    acts_approve(&told.acts);
    end_fault(shell.end, "delay-202=3000");
    told_run(&told, 21);
    paste_mails(&shell, &told, 1, named);
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        if (count_verb(&shell, wanted[i]) == 0)
            fail_msg("no '%s' among %zu commands", wanted[i], shell.count);
}

/* --- how it is called --- */

TEST(command_names_a_file_that_a_shell_would_take_apart_in_quotes)
{
    TOLD(told, 3, 4);
    SHELL(shell, &told.acts.end);
    CLEANUP(mem_cleanup) char *text = end_read(shell.end->config_path);
    CLEANUP(mem_cleanup) char *odd = end_file(shell.end, "it's $HOME odd.conf", text, strlen(text));
    const char *const words[] = {"--config", odd, "plan", NULL};
    CLEANUP(end_result_release) struct end_result result = end_run_bare(shell.end, words);

    end_assert_code(&result, 0);
    assert_true(paste_all(&shell, text_cstr(&result.out), "it'\\''s $HOME odd.conf' ") >= 3);
}

TEST(configuration_of_the_environment_is_asked_before_the_usual_one)
{
    TOLD(told, 1, 2);
    struct end *end = &told.acts.end;

    assert_int_equal(setenv("BYNDER_RECONCILE_CONFIG", end->config_path, 1), 0);
    CLEANUP(end_result_release)
    struct end_result by_it = end_run_bare(end, (const char *const[]){"status", NULL});
    CLEANUP(end_result_release)
    struct end_result by_word = end_run_bare(
        end, (const char *const[]){"--config", "/nowhere/x.conf", "status", "--all", NULL});
    CLEANUP(end_result_release)
    struct end_result by_name = end_run_bare(end, (const char *const[]){"@nowhere", "show", NULL});
    assert_int_equal(unsetenv("BYNDER_RECONCILE_CONFIG"), 0);
    end_assert_code(&by_it, 0);
    end_assert_says(&by_it.out, "end: no run yet");
    end_assert_code(&by_word, 78);
    end_assert_says(&by_word.err, "'bynder-reconcile --config /nowhere/x.conf init' makes one, and "
                                  "--config FILE or @NAME names another");
    end_assert_code(&by_name, 78);
    end_assert_says(&by_name.err, "/etc/bynder-reconcile/nowhere.conf");
}

TEST(configuration_that_is_named_twice_or_badly_is_refused)
{
    TOLD(told, 1, 2);
    static const char *const cases[][5] = {
        {"@acme", "--config", "/srv/x.conf", "status"},
        {"@acme", "@other", "status"},
        {"@../../tmp/x", "status"},
        {"@", "status"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(end_result_release)
        struct end_result result = end_run_bare(&told.acts.end, cases[i]);
        end_assert_code(&result, 64);
    }
}

/* An /etc of this test's own; false where none can be made. */
static bool own_etc(struct end *end)
{
    CLEANUP(text_release) struct text options = TEXT_INIT;
    CLEANUP(mem_cleanup) char *above = probe_path(&end->probe, "overlay");
    CLEANUP(mem_cleanup) char *upper = file_join(above, "upper");
    CLEANUP(mem_cleanup) char *work = file_join(above, "work");

    if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mkdir(above, 0755) < 0 ||
        mount("none", above, "tmpfs", 0, "mode=0755,size=8m") < 0)
        return false;
    assert_int_equal(mkdir(upper, 0755), 0);
    assert_int_equal(mkdir(work, 0755), 0);
    text_addf(&options, "lowerdir=/etc,upperdir=%s,workdir=%s", upper, work);
    return mount("overlay", "/etc", "overlay", 0, text_cstr(&options)) == 0 &&
           mkdir("/etc/bynder-reconcile", 0755) == 0;
}

TEST(command_of_a_configuration_of_the_package_is_short)
{
    TOLD(told, 3, 4);
    SHELL(shell, &told.acts.end);
    CLEANUP(mem_cleanup) char *text = end_read(shell.end->config_path);

    if (!own_etc(shell.end))
        skip();
    assert_int_equal(file_write("/etc/bynder-reconcile/acme.conf", 0600, text, strlen(text), NULL),
                     0);
    assert_int_equal(file_write("/etc/bynder-reconcile/client-secret", 0600, END_SECRET "\n",
                                strlen(END_SECRET "\n"), NULL),
                     0);
    const char *const words[] = {"@acme", "plan", NULL};
    CLEANUP(end_result_release) struct end_result result = end_run_bare(shell.end, words);
    end_assert_code(&result, 0);
    assert_true(paste_all(&shell, text_cstr(&result.out), "bynder-reconcile @acme ") >= 3);
    assert_int_equal(umount("/etc"), 0);
    CLEANUP(mem_cleanup) char *above = probe_path(&shell.end->probe, "overlay");
    assert_int_equal(umount(above), 0);
}
