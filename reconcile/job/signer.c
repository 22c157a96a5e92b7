/*
 * A principal is an approver when it is their user or their address, so whoever decides at a
 * terminal and by a key has one voice. A key that stands for several of them is nobody's.
 */
#include "job/signer.h"

#include "base/cleanup.h"
#include "base/fold.h"
#include "host/signature.h"

static const char *user_of(struct job *job, const char *principal)
{
    const struct config *config = job->config;
    const char *folded = fold_text(job->arena, principal);

    for (size_t i = 0; i < config->approval.approver_count; i++) {
        const struct config_approver *one = &config->approval.approver[i];
        if (text_equal(one->user, principal) ||
            (!text_is_empty(one->email) && text_equal(fold_text(job->arena, one->email), folded)))
            return one->user;
    }
    return NULL;
}

static int refuse_shared(const char *user, const char *other, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "its key stands for '%s' and for '%s' in the signers' file: whose word it is "
                   "nobody knows",
                   user, other);
}

static int choose(struct job *job, const char *const *principal, size_t count,
                  const char **ret_principal, const char **ret_user, struct err *err)
{
    const char *user = NULL;

    for (size_t i = 0; i < count; i++) {
        const char *one = user_of(job, principal[i]);
        if (one && user && !text_equal(one, user))
            return refuse_shared(user, one, err);
        if (one && !user) {
            user = one;
            *ret_principal = principal[i];
        }
    }
    if (!user)
        return err_set(err, ERR_USAGE,
                       "it is signed by '%s', who is not among the configured approvers",
                       count > 0 ? principal[0] : "nobody");
    *ret_user = user;
    return 0;
}

/* ssh-keygen tells the first line of a key alone, so each other approver is asked for as well. */
static int check_alone(struct job *job, const struct signature *given, const char *user,
                       struct err *err)
{
    for (size_t i = 0; i < job->config->approval.approver_count; i++) {
        const struct config_approver *one = &job->config->approval.approver[i];
        const char *const name[] = {one->user, one->email};
        for (size_t k = 0; k < COUNT_OF(name) && !text_equal(one->user, user); k++) {
            CLEANUP(err_release) struct err own = ERR_INIT;
            const char *key = NULL;
            if (text_is_empty(name[k]))
                continue;
            if (signature_verify(job->arena, given, name[k], &key, &own) == 0)
                return refuse_shared(user, one->user, err);
            if (own.code != ERR_USAGE)
                return err_move(err, &own);
        }
    }
    return 0;
}

int signer_find(struct job *job, const struct text *content, const struct text *signature,
                struct signer *ret_signer, struct err *err)
{
    CLEANUP(text_release) struct text signers = TEXT_INIT;
    const struct signature given = {
        .signers = &signers, .signature = signature, .content = content, .now = job->now};
    const char *const *principal = NULL;
    const char *chosen = NULL;
    struct signer signer = {.who = NULL};
    size_t count = 0;

    if (signature_read_signers(job->config->approval.allowed_signers, &signers, err) < 0 ||
        signature_find(job->arena, &given, &principal, &count, err) < 0 ||
        choose(job, principal, count, &chosen, &signer.who, err) < 0 ||
        signature_verify(job->arena, &given, chosen, &signer.key, err) < 0 ||
        check_alone(job, &given, signer.who, err) < 0)
        return -1;
    *ret_signer = signer;
    return 0;
}
