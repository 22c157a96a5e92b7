/*
 * A secret is named three ways, NAME_file, NAME_credential or not at all, and read in one place: at
 * loading to say what is wrong with it, and when it is needed.
 */
#include "host/secret.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "config/loader.h"
#include "host/file.h"

int config_read_secret(const struct secret_source *source, struct secret *ret_secret,
                       struct err *err)
{
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    CLEANUP(mem_cleanup) char *path = NULL;

    if (source->file)
        return secret_read(source->file, false, ret_secret, err);
    if (!source->credential)
        return err_set(err, ERR_CONFIG, "no secret is configured");
    if (text_is_empty(directory))
        return err_set(err, ERR_CONFIG,
                       "there is no systemd credential '%s' here; hint: start the program by its "
                       "systemd unit with LoadCredential=%s:PATH, or name a file instead",
                       source->credential, source->credential);
    path = file_join(directory, source->credential);
    return secret_read(path, true, ret_secret, err);
}

static void check_credential_name(struct config_loader *loader, const char *path, const char *name)
{
    if (strchr(name, '/') || name[0] == '.')
        config_problem_add(loader, config_line(loader, path),
                           "'%s' is a name for LoadCredential=, not a path", path);
}

/* A credential can be judged only where systemd has put it: under the unit, and of the desk's,
 * which is given no other, the database's. */
static bool is_given_here(const struct config_loader *loader, const struct secret_source *source)
{
    return source->credential && !text_is_empty(getenv("CREDENTIALS_DIRECTORY")) &&
           (loader->secrets == CONFIG_ALL_SECRETS || source == &loader->config->database.password);
}

/* Reads it once, to say now what a run at night would say. */
void config_check_secret(struct config_loader *loader, const char *name,
                         const struct secret_source *source)
{
    const char *file = arena_printf(loader->arena, "%s_file", name);
    const char *credential = arena_printf(loader->arena, "%s_credential", name);
    CLEANUP(secret_release) struct secret secret = SECRET_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (config_given(loader, file) && config_given(loader, credential))
        config_problem_add(loader, config_line(loader, credential),
                           "both '%s' and '%s' are given; hint: keep one of them", file,
                           credential);
    if (source->credential)
        check_credential_name(loader, credential, source->credential);
    if (!source->file && !is_given_here(loader, source))
        return;
    if (config_read_secret(source, &secret, &err) < 0)
        config_problem_from(loader, config_line(loader, source->file ? file : credential),
                            source->file ? file : credential, &err);
}

bool config_is_secret_given(const struct config_loader *loader, const char *name)
{
    return config_given(loader, name) || /* as a value: wrong, and reported */
           config_given(loader, arena_printf(loader->arena, "%s_file", name)) ||
           config_given(loader, arena_printf(loader->arena, "%s_credential", name));
}
