/* A piece is what breaks one kind of sink; most break several. What they do where nobody encodes
 * them stands beside each group. */
#include "hostile.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "random.h"

enum { ROW_MOST = 4, LONG_EVERY = 40, LONG_BYTES = 3000 };

static const char *const pieces[] = {
    /* CSV: other rows, other cells */
    "Mallory\"\nuser0@acme.example,x,\"",
    "\"",
    "\"\"",
    "a\",\"b",
    "x\r\ny",
    "x\ry",
    "x\ny",
    "a,b;c\td|e",
    "\",\n\"",
    "account_id",
    "sep=;",
    /* spreadsheets: formulas, at any separator */
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "|calc",
    "%x",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "x,=1+1",
    "x;=1+1",
    "x\t=1+1",
    "x|=1+1",
    "x:=1+1",
    ":\"=1+1",
    " =1+1",
    "x =1+1",
    "x~=1+1^-1",
    "a;\"=1+1",
    "a,\"=1+1",
    "a; \"=1+1",
    "' =1+1",
    "'=1+1",
    "\xEF\xBC\x9D"
    "1+1",
    "\xE2\x88\x92"
    "1",
    "\xC2\xA0=1+1",
    "\xE2\x80\x8B=1+1",
    "007",
    "1E5",
    "3/4",
    "TRUE",
    /* HTML, and what it stands in */
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</td></tr></table><h1>",
    "</title></style></script>-->",
    "<!--",
    "&amp;&lt;&#x3c;&colon;",
    "javascript:alert(1)",
    "<bdi>",
    "]]>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    /* terminals: colours, clipboard, title, another line, back to the start */
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;cm0gLXJmIC8K\x07",
    "\x1b]0;title\x1b\\",
    "\x1b[2J\x1b[1;1H",
    "\x1bP+q\x1b\\",
    "\xC2\x9B"
    "31m",
    "\xC2\x9D"
    "0;t\xC2\x9C",
    "x\b\b\by",
    "x\x07\x0B\x0C\x0E\x0F",
    "\x7f",
    "\x01\x1f",
    "\\x1b[31m",
    /* what turns around, hides, joins */
    "\xE2\x80\xAEtxt.exe",
    "\xE2\x81\xA6x\xE2\x81\xA9",
    "A\xE2\x80\x8Dn\xE2\x80\x8Dn\xE2\x80\x8D"
    "a",
    "a\xE2\x80\x8B"
    "b\xEF\xBB\xBF"
    "c\xE2\x81\xA0"
    "d\xC2\xAD"
    "e",
    "\xF3\xA0\x81\xA9\xF3\xA0\x81\xB3",
    "\xE2\x80\xA8x\xE2\x80\xA9y\xC2\x85z",
    "محمد بن موسى",
    "א\xE2\x80\x8F\xE2\x80\x8E",
    "Z\xCC\xB4\xCC\xB5\xCC\xB6\xCC\xB7\xCC\xB8\xCD\x9C\xCD\x9D",
    "👩\xE2\x80\x8D👩\xE2\x80\x8D👧🏽🇳🇱\xE2\x9D\xA4\xEF\xB8\x8F",
    "\xE3\x85\xA4",
    /* edges of UTF-8 */
    "\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBD\xEE\x80\x80",
    "\xF0\x90\x80\x80\xF4\x8F\xBF\xBD",
    "\xEF\xB7\x90\xEF\xBF\xBE",
    "İıſßŒ\xEF\xAC\x81",
    "e\xCC\x81\xC3\xA9",
    "李小龍",
    "김민준",
    /* JSON, labels of metrics, SQL, shells, format strings, mail */
    "\\\",\"admin\":true,\"x\":\"",
    "\\u0000\\",
    "\\",
    "x\"} 1\nbynder_reconcile_seats{portal=\"x",
    "{a=\"b\"}",
    "'; drop table reconcile.plan_row; --",
    "\\.\n\\N\t",
    "$$x$$ $1 %s%n%x",
    "`id` $(id) ; id",
    "x\r\nBcc: all@acme.example\r\n\r\nbody",
    "=?utf-8?q?x?=",
    "x\n.\nQUIT",
    "<a@b.example>,\"c\" <d@e.example>",
    "MESSAGE=x\nPRIORITY=0",
    "NULL",
    "nan",
    "-",
    "--only",
    "../../etc/passwd",
    "C:\\x",
    "*bold* _x_ [a](http://b) <@U1> <!channel>",
};

size_t hostile_pieces(void)
{
    return COUNT_OF(pieces);
}

char *hostile_value(struct arena *arena, uint64_t *state, size_t number)
{
    CLEANUP(text_release) struct text value = TEXT_INIT;
    size_t left = number < COUNT_OF(pieces) ? 0 : 1 + next_random(state) % ROW_MOST;

    if (left == 0)
        text_add(&value, pieces[number]);
    for (; left > 0; left--) {
        text_add(&value, value.length && next_random(state) % 2 ? " " : "");
        text_add(&value, pieces[next_random(state) % COUNT_OF(pieces)]);
    }
    while (number % LONG_EVERY == LONG_EVERY - 1 && value.length < LONG_BYTES)
        text_add(&value, pieces[next_random(state) % COUNT_OF(pieces)]);
    const char *start = text_cstr(&value);
    size_t length = value.length;
    text_trim(&start, &length);
    return arena_strndup(arena, start, length);
}
