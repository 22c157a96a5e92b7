/*
 * Whom to tell. A mail server takes names of people and a password, a webhook's address is a
 * secret: neither goes over a network in clear text. The webhook's address is never repeated in a
 * problem, for it came from a secret file.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "config/loader.h"
#include "host/secret.h"

bool config_has_webhook(const struct config *config)
{
    return config->notify.webhook.url.file || config->notify.webhook.url.credential;
}

bool config_is_mail_address(const char *address)
{
    static const char marks[] = "!#$%&'*+-/=?^_`{|}~.";
    const char *at = address ? strchr(address, '@') : NULL;

    if (!at || at == address || at - address > 64 || strlen(address) > 254)
        return false;
    for (const char *c = address; c < at; c++) {
        if (!isalnum((unsigned char)*c) && !strchr(marks, *c))
            return false;
    }
    if (!isalnum((unsigned char)at[1]))
        return false;
    for (const char *c = at + 1; *c; c++) {
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '.')
            return false;
    }
    return true;
}

static void check_address(struct config_loader *loader, const char *path, const char *address)
{
    if (address && !config_is_mail_address(address))
        config_problem_add(loader, config_line(loader, path),
                           "'%s' is '%s', which is no plain mail address; hint: write it like "
                           "it@acme.example",
                           path, address);
}

static void check_server(struct config_loader *loader)
{
    static const char path[] = "notify.mail.server";
    const struct config_mail *mail = &loader->config->notify.mail;
    unsigned line = config_line(loader, path);
    struct config_address address;

    if (!mail->server)
        return;
    if (!config_take_apart(loader->arena, mail->server, &address))
        config_problem_add(loader, line,
                           "'%s' is no address; hint: write it like smtp://mail.acme.example:587",
                           path);
    else if (address.user || address.password)
        config_problem_add(loader, line,
                           "'%s' has a user or password in it, secrets are never values; hint: use "
                           "'notify.mail.user' and 'notify.mail.password_file'",
                           path);
    else if (strcasecmp(address.scheme, "smtp") != 0 && strcasecmp(address.scheme, "smtps") != 0)
        config_problem_add(loader, line, "'%s' begins with '%s:', it must be smtp: or smtps:", path,
                           address.scheme);
    else if (!text_is_empty(address.path) && !text_equal(address.path, "/"))
        config_problem_add(loader, line, "'%s' has something behind the host", path);
    else if (mail->security == MAIL_CLEAR_TEXT && strcasecmp(address.scheme, "smtp") == 0 &&
             !config_is_loopback(address.host))
        config_problem_add(loader, config_line(loader, "notify.mail.starttls"),
                           "'notify.mail.starttls' is \"none\", but '%s' is not a loopback "
                           "address; hint: mail with names of people in it is encrypted on the way",
                           address.host);
}

/* What one setting of mail needs of the others. */
static void check_mail(struct config_loader *loader)
{
    const struct config_mail *mail = &loader->config->notify.mail;
    unsigned line = config_line(loader, "notify.mail");
    bool password = mail->password.file || mail->password.credential;

    config_check_secret(loader, "notify.mail.password", &mail->password);
    check_server(loader);
    check_address(loader, "notify.mail.from", mail->from);
    check_address(loader, "notify.mail.contact", mail->contact);
    for (size_t i = 0; i < mail->to.count; i++)
        check_address(loader, "notify.mail.to", mail->to.item[i]);
    if (config_given(loader, "notify.mail.server")) {
        if (!config_given(loader, "notify.mail.from"))
            config_problem_add(loader, line, "'notify.mail.from' is missing beside the server");
        if (!config_given(loader, "notify.mail.to"))
            config_problem_add(loader, line, "'notify.mail.to' is missing beside the server");
    } else if (config_given(loader, "notify.mail.from") || config_given(loader, "notify.mail.to") ||
               mail->announce) {
        config_problem_add(loader, line,
                           "'notify.mail.server' is missing, so no mail would be sent");
    }
    if ((mail->user != NULL) != password)
        config_problem_add(loader, line, "'notify.mail' has a %s without a %s",
                           password ? "password" : "user", password ? "user" : "password");
    if (mail->announce && !config_given(loader, "notify.mail.contact"))
        config_problem_add(loader, line,
                           "'notify.mail.contact' is missing; hint: with announce = \"yes\" people "
                           "are written to, and must know whom to ask");
}

/* The address as the secret has it; an unreadable one was told by config_check_secret. */
static void check_webhook(struct config_loader *loader)
{
    static const char path[] = "notify.webhook.url";
    const struct config_webhook *webhook = &loader->config->notify.webhook;
    CLEANUP(secret_release) struct secret url = SECRET_INIT;
    unsigned line = config_line(loader, "notify.webhook.url_file");
    struct config_address address;

    config_check_secret(loader, path, &webhook->url);
    if (!webhook->url.file || config_read_secret(&webhook->url, &url, NULL) < 0)
        return;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    if (!config_take_apart(&scratch, secret_reveal(&url), &address))
        config_problem_add(loader, line, "what is in '%s_file' is no address", path);
    else if (strcasecmp(address.scheme, "https") != 0 &&
             (strcasecmp(address.scheme, "http") != 0 || !config_is_loopback(address.host)))
        config_problem_add(loader, line,
                           "the address in '%s_file' must begin with https:// (http:// is taken "
                           "for a loopback address only)",
                           path);
}

void config_check_notify(struct config_loader *loader)
{
    check_mail(loader);
    check_webhook(loader);
}
