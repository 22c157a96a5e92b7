/*
 * signer: who among the approvers decided, by the signature beside a file (host/signature).
 */
#ifndef JOB_SIGNER_H
#define JOB_SIGNER_H

#include "job/job.h"

struct signer {
    const char *who; /* approval.approvers.user */
    const char *key; /* its fingerprint */
};

/* ERR_USAGE, a sentence, when it is nobody's who decides; any other error says nothing about the
 * file. Arena of the job. */
int signer_find(struct job *job, const struct text *content, const struct text *signature,
                struct signer *ret_signer, struct err *err) __attribute__((warn_unused_result));

#endif
