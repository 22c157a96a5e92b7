/* audit: questions to the history. Asks the portal nothing, takes no lock, changes nothing. */
#include <stdio.h>

#include "cmd/bynder-reconcile/session.h"
#include "io/audit_file.h"
#include "io/store_audit.h"

const struct option_spec audit_options[] = {
    {"head", "SEQ:HASH", "verify: a head that was kept outside of the database"},
    {NULL, NULL, NULL},
};

struct question {
    const struct invocation *invocation;
    struct config config;
    struct database database;
    struct store store;
};

/* --- verify
 * ----------------------------------------------------------------------------------------- */

static void tell_finding(void *context, int64_t sequence, const char *sentence)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    (void)context;
    text_add_printable(&line, sentence);
    if (sequence)
        printf("event %lld: %s\n", (long long)sequence, text_cstr(&line));
    else
        printf("chain: %s\n", text_cstr(&line));
}

/* What was kept outside: the head given, and the one that the last run left in a file. */
static int find_anchors(const struct question *question, struct audit_head anchor[static 2],
                        size_t *ret_count, struct err *err)
{
    const char *head = invocation_option(question->invocation, "head");
    size_t count = 0;
    bool found = false;

    if (head && !audit_head_parse(head, &anchor[count++]))
        return err_set(err, ERR_USAGE,
                       "'%s' is no head; hint: a number, a colon and 64 hex digits, as in the log "
                       "of a run",
                       head);
    if (audit_file_read(&question->config, &anchor[count], &found, err))
        return -1;
    *ret_count = count + found;
    return 0;
}

static int verify(struct question *question, struct err *err)
{
    struct audit_head anchor[2], last;
    size_t count = 0, findings = 0;
    char text[AUDIT_HEAD_SIZE];

    if (find_anchors(question, anchor, &count, err) ||
        store_audit_verify(&question->store, anchor, count, tell_finding, NULL, &last, &findings,
                           err))
        return (int)err->code;
    printf("%lld events, %zu finding%s, %zu head%s from outside; head %s\n", (long long)last.count,
           findings, findings == 1 ? "" : "s", count, count == 1 ? "" : "s",
           audit_head_format(&last, text));
    if (findings == 0)
        return 0;
    (void)err_set(err, ERR_RECORD, "the record is not what was written: %zu finding%s", findings,
                  findings == 1 ? "" : "s");
    return ERR_RECORD;
}

/* --- the questions
 * ---------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    size_t arguments; /* behind the word */
    int (*answer)(struct question *question, struct err *err);
} questions[] = {
    {"verify", 0, verify},
};

int verb_audit(const struct invocation *invocation, struct err *err)
{
    struct question question = {.invocation = invocation};
    const char *word = invocation->argument_count ? invocation->argument[0] : NULL;
    size_t i = 0;

    while (i < COUNT_OF(questions) && !text_equal(questions[i].word, word))
        i++;
    if (i == COUNT_OF(questions) || invocation->argument_count != questions[i].arguments + 1) {
        (void)err_set(err, ERR_USAGE, "audit what? hint: 'audit verify'");
        return ERR_USAGE;
    }
    if (session_config(invocation, &question.config, err) ||
        session_open(&question.config, SESSION_READS, &question.database, &question.store, err))
        return (int)err->code;
    int code = questions[i].answer(&question, err);
    database_release(&question.database);
    return code;
}
