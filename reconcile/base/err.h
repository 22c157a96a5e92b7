/*
 * err: why something did not work, as a code that becomes the exit status and a text for a person.
 *
 * A function that can fail returns 0 or -1 and fills the `struct err *` it was given as its last
 * argument. Who knows more adds context in front on the way up (err_prefix). Texts are lower case,
 * without a full stop, the subject in single quotes; a hint is a second sentence: `; hint: …`.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* The values are the exit codes of the program (docs: bynder-reconcile(1)). */
enum err_code {
    ERR_NONE = 0,
    ERR_HELD = 20,         /* a guard holds, or an approval is missing, expired or stale;
                              nothing was written */
    ERR_PARTIAL = 21,      /* some steps failed, are unknown or were held; the rest is done */
    ERR_RECORD = 22,       /* the record does not verify: it was changed, or is not whole */
    ERR_USAGE = 64,        /* wrong words on the command line */
    ERR_ROSTER = 65,       /* the roster, or an export, is refused as a whole */
    ERR_UNREACHABLE = 69,  /* portal or database not reachable, or not answering as documented */
    ERR_INTERNAL = 70,     /* our own mistake, or the machine's: disk full, no such directory */
    ERR_LOCKED = 75,       /* another run holds the portal's lock */
    ERR_SCOPE = 77,        /* the token lacks a scope or a role */
    ERR_CONFIG = 78,       /* the configuration is wrong */
    ERR_INTERRUPTED = 130, /* SIGINT or SIGTERM before it was done: nothing is lost */
};

struct err {
    enum err_code code;
    char *text; /* NULL while code is ERR_NONE; owned */
};

#define ERR_INIT                                                                                   \
    (struct err)                                                                                   \
    {                                                                                              \
        .code = ERR_NONE, .text = NULL                                                             \
    }

/* Sets code and text (any earlier text is released) and returns -1, for `return err_set(err, …);`.
 * err may be NULL: the reason is dropped, the -1 stays. */
int err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set, with `: ` and strerror(saved_errno) behind the text. */
int err_set_errno(struct err *err, enum err_code code, int saved_errno, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts context and `: ` in front of the text of an error that is set; returns -1. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Moves *from into *to (either may be NULL), leaving *from empty; returns -1. */
int err_move(struct err *to, struct err *from);

/* Back to ERR_NONE; the text is freed. Fits CLEANUP(err_release). */
void err_release(struct err *err);

#endif
