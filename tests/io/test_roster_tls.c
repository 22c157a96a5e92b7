/*
 * The oldest TLS by which a roster is fetched, with a server of OpenSSL's that speaks one version
 * alone. What Debian's configuration of OpenSSL forbids is allowed here, to both: it is the program
 * that refuses.
 */
#include "roster_case.h"
#include "test.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/parse.h"
#include "end.h"
#include "roster/source.h"
#include "sink.h"

static const char old_too[] = "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\n"
                              "system_default = any\n[any]\nMinProtocol = TLSv1\n"
                              "CipherString = DEFAULT:@SECLEVEL=0\n";
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 24\r\n"
                             "Connection: close\r\n\r\nEmpID,Mail,Name\n1,,Anna\n";

static struct {
    struct probe probe; /* its directory alone */
    char *certificate;
    bool trusted;
} world;

/* The certificate becomes the only authority of this machine, for this process. */
static bool trust(const char *certificate)
{
    const char *bundle = curl_version_info(CURLVERSION_NOW)->cainfo;

    return bundle && geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount(certificate, bundle, NULL, MS_BIND, NULL) == 0;
}

static void put(const char *name, const char *text)
{
    CLEANUP(mem_cleanup) char *path = probe_path(&world.probe, name);

    assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), 0);
}

static int begin(void **state)
{
    (void)state;
    probe_prepare(&world.probe);
    world.certificate = sink_certificate(world.probe.directory);
    put("roster.csv", answer);
    put("openssl.cnf", old_too);
    CLEANUP(mem_cleanup) char *path = probe_path(&world.probe, "openssl.cnf");
    world.trusted = trust(world.certificate);
    return setenv("OPENSSL_CONF", path, 1);
}

static int finish(void **state)
{
    (void)state;
    free(world.certificate);
    (void)probe_stop(&world.probe);
    return 0;
}

TEST_GROUP(begin, finish);

static void become_server(const char *version, int said)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (chdir(world.probe.directory) == 0 && dup2(nothing, 0) == 0 && dup2(said, 1) == 1 &&
        dup2(nothing, 2) == 2)
        execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "sink-both.pem",
               "-HTTP", version, NULL);
    _exit(127);
}

static pid_t serve(const char *version, unsigned *ret_port)
{
    int said[2] = {-1, -1};
    char line[200];

    assert_int_equal(pipe2(said, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        become_server(version, said[1]);
    (void)close(said[1]);
    FILE *lines = fdopen(said[0], "r");
    assert_non_null(lines);
    *ret_port = 0;
    while (*ret_port == 0 && fgets(line, sizeof(line), lines)) {
        int64_t port;
        const char *colon = strrchr(line, ':');
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "ACCEPT ", 7) == 0 && colon && parse_int(colon + 1, 1, 65535, &port))
            *ret_port = (unsigned)port;
    }
    (void)fclose(lines);
    if (*ret_port == 0)
        fail_msg("openssl s_server does not listen with %s", version);
    return pid;
}

/* Somebody who takes any version gets the roster from there. */
static void check_speaks(unsigned port)
{
    CLEANUP(text_release) struct text command = TEXT_INIT, out = TEXT_INIT;

    text_addf(&command,
              "printf 'GET /roster.csv HTTP/1.1\\r\\n\\r\\n' | openssl s_client -quiet -connect "
              "127.0.0.1:%u",
              port);
    end_tool(world.probe.directory, (const char *const[]){"sh", "-c", text_cstr(&command), NULL},
             &out);
    assert_mentions(text_cstr(&out), "EmpID,Mail,Name");
}

TEST(roster_read_over_tls_takes_1_2_and_nothing_older)
{
    static const struct {
        const char *version, *refused;
    } cases[] = {
        {"-tls1", "protocol version"},
        {"-tls1_1", "protocol version"},
        {"-tls1_2", NULL},
        {"-tls1_3", NULL},
    };

    if (!world.trusted)
        skip();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text source = TEXT_INIT;
        CLEANUP(case_release) struct roster_case c = {.result = -1, .roster.id = 4711};
        struct config_roster config = case_small_config();
        unsigned port = 0;
        pid_t pid = serve(cases[i].version, &port);

        check_speaks(port);
        text_addf(&source, "https://localhost:%u/roster.csv", port);
        config.source = text_cstr(&source);
        c.result = roster_read(&c.arena, &config, NULL, CASE_NOW, &c.roster, &c.err);
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        if (cases[i].refused)
            assert_refused(&c, cases[i].refused);
        else
            assert_read(&c);
    }
}
