/*
 * limits: every maximum for what comes from outside, in one place, each with its reason.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define LIMIT_ACCOUNTS 2000000 /* accounts of one portal: twice the largest bench */
#define LIMIT_PEOPLE   2000000 /* rows of one roster */
#define LIMIT_FIELD    4096    /* bytes of one value we keep from outside (name, e-mail, …) */
#define LIMIT_CSV_FIELD                                                                            \
    1048576 /* bytes of one CSV field, mapped or not: beyond it the file is refused */
#define LIMIT_CSV_COLUMNS   1024        /* columns of one row */
#define LIMIT_ROSTER_BYTES  2147483647L /* bytes of one roster file, all its pages together */
#define LIMIT_ROSTER_PAGES  20000       /* answers that make a roster: 100 people on each */
#define LIMIT_HTTP_BODY     67108864    /* bytes of one answer: 10,000 login events are 2 MB */
#define LIMIT_YEAR_BYTES    INT64_C(4000000000) /* bytes of one file of the events of a year */
#define LIMIT_YEAR_ROWS     100000000           /* rows of it: 274,000 a day */
#define LIMIT_YEAR_S        7200                /* seconds that it may take to come */
#define LIMIT_HTTP_HEADERS  262144              /* bytes of the header lines of one answer */
#define LIMIT_RETRY_AFTER_S 1800                /* seconds an answer may ask us to wait */
#define LIMIT_WAITED_S      3600                /* the same of all answers of one run together */
#define LIMIT_JSON_DEPTH    16 /* nesting of an answer: the deepest documented one is 4 */
#define LIMIT_JSON_VALUES                                                                          \
    100000 /* values in one element of an answer or document, some 800 bytes each: an account with \
              LIMIT_GROUPS groups has 30,000 */
#define LIMIT_GROUPS         10000  /* groups of one account */
#define LIMIT_PROFILES       10000  /* permission profiles of one portal */
#define LIMIT_PAGES          100000 /* list pages of one snapshot: the hard cap of API.md "Paging" */
#define LIMIT_SECRET         16384  /* bytes of a token or client secret */
#define LIMIT_CONFIG_BYTES   4194304  /* bytes of a configuration file */
#define LIMIT_RULES          1000     /* rules of one policy */
#define LIMIT_LIST           100000   /* entries of one list in the configuration or links file */
#define LIMIT_MAIL_BYTES     10485760 /* bytes of a plan attached to a mail */
#define LIMIT_REJECTED_SHOWN 1000     /* rejected rows kept with their reason; all are counted */

#endif
