/*
 * config_case: what the tests of the configuration share: a directory with secrets in it, and
 * small.conf, which loads; a case changes one thing in it, so that a case which finds nothing wrong
 * would be seen.
 */
#ifndef TESTS_CONFIG_CASE_H
#define TESTS_CONFIG_CASE_H

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/config.h"
#include "host/file.h"
#include "test.h"

/* Of small.conf. */
#define URL_LINE   "    url = \"https://acme.bynder.com\";\n"
#define SECRET     "    client_secret_file = \"client-secret\";\n"
#define SOURCE     "source = \"roster.csv\";"
#define COLUMNS    "columns: { employee_number = \"No\"; };"
#define ROSTER_END COLUMNS "\n};\n"

/* libconfig 1.5 leaks the text it was reading when it meets a syntax error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig";
}

static char directory[] = "/tmp/test_config_XXXXXX";
static struct text small; /* tests/fixtures/config/small.conf */

static inline char *in_directory(const char *name)
{
    return file_join(directory, name);
}

static inline void put(const char *name, mode_t mode, const void *bytes, size_t length)
{
    CLEANUP(mem_cleanup) char *path = in_directory(name);
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(file_write(path, mode, bytes, length, &err), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static inline void put_text(const char *name, const char *text)
{
    put(name, 0600, text, strlen(text));
}

static inline struct text get_source(const char *name)
{
    CLEANUP(mem_cleanup) char *path = file_join(SOURCE_DIR, name);
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct text text = TEXT_INIT;

    if (file_read(path, 1 << 24, ERR_INTERNAL, &text, NULL, &err) < 0)
        fail_msg("%s", err.text);
    return text;
}

/* One loading: its arena lives as long as the result. */
struct loaded {
    struct arena arena;
    struct config config;
    struct config_problems problems;
    struct err err;
    int result;
};

static inline void loaded_release(struct loaded *loaded)
{
    err_release(&loaded->err);
    arena_release(&loaded->arena);
}

static inline struct loaded load_path(const char *path)
{
    struct loaded loaded = {.arena = ARENA_INIT, .err = ERR_INIT};

    loaded.result = config_load(&loaded.arena, path, CONFIG_ALL_SECRETS, &loaded.config,
                                &loaded.problems, &loaded.err);
    assert_int_equal(loaded.result == 0, loaded.problems.count == 0);
    assert_int_equal(loaded.err.code, loaded.result == 0 ? ERR_NONE : ERR_CONFIG);
    return loaded;
}

static inline struct loaded load_name(const char *name)
{
    CLEANUP(mem_cleanup) char *path = in_directory(name);

    return load_path(path);
}

static inline struct loaded load_text(const char *text)
{
    put_text("test.conf", text);
    return load_name("test.conf");
}

static inline void assert_loads(const struct loaded *loaded)
{
    if (loaded->result != 0)
        fail_msg("%s", loaded->err.text);
}

static inline bool has_problem(const struct loaded *loaded, const char *file, unsigned line,
                               const char *text)
{
    for (size_t i = 0; i < loaded->problems.count; i++)
        if (loaded->problems.item[i].line == line &&
            strstr(loaded->problems.item[i].text, text) != NULL &&
            strstr(loaded->problems.item[i].file, file) != NULL)
            return true;
    return false;
}

static inline void assert_problem(const struct loaded *loaded, const char *what, const char *file,
                                  unsigned line, const char *text)
{
    if (has_problem(loaded, file, line, text))
        return;
    for (size_t i = 0; i < loaded->problems.count; i++)
        print_error("found: %s:%u: %s\n", loaded->problems.item[i].file,
                    loaded->problems.item[i].line, loaded->problems.item[i].text);
    fail_msg("%s: no problem '%s' in line %u of %s", what, text, line, file);
}

/* small.conf with `old` replaced, once. */
static inline char *change(const char *old, const char *new, unsigned *ret_line)
{
    const char *start = text_cstr(&small);
    const char *at = strstr(start, old);
    struct text text = TEXT_INIT;

    if (!at)
        fail_msg("small.conf has no '%s'", old);
    *ret_line = 1;
    for (const char *c = start; c < at; c++)
        *ret_line += *c == '\n';
    text_add_bytes(&text, start, (size_t)(at - start));
    text_add(&text, new);
    text_add(&text, at + strlen(old));
    return text_take(&text);
}

static inline int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    (void)unsetenv("CREDENTIALS_DIRECTORY");
    small = get_source("tests/fixtures/config/small.conf");
    put_text("client-secret", "hunter2\n");
    put_text("webhook-https", "https://hooks.example/hunter2\n");
    put_text("webhook-http", "http://hooks.example/hunter2\n");
    put_text("webhook-loopback", "http://127.0.0.1:8080/hunter2\n");
    put_text("empty", "");
    put("open-secret", 0644, "hunter2\n", 8);
    put("credential", 0440, "hunter2\n", 8); /* as systemd gives it to a group */
    return 0;
}

static inline int tear_down(void **state)
{
    static const char *const names[] = {
        "webhook-https", "webhook-http", "webhook-loopback", "client-secret", "credential", "empty",
        "open-secret",   "test.conf",    "links.csv",        "huge.conf",     "fifo"};

    (void)state;
    text_release(&small);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(mem_cleanup) char *path = in_directory(names[i]);

        (void)unlink(path);
    }
    return rmdir(directory);
}

#endif
