#!/bin/sh
# What a reader would find first: layers that point the wrong way, names that nobody calls, banned
# calls, unfinished words, and what cppcheck sees. Asks the objects in build/debug, which are built.
set -u
cd "$(dirname "$0")/../.."
complaints=$(mktemp)
trap 'rm -f "$complaints"' EXIT
complain() { # $1 heading, standard input the findings; a file, because pipes end in subshells
    findings=$(cat)
    [ -z "$findings" ] || printf '%s\n%s\n' "$1" "$findings" >> "$complaints"
}

product=$(find cmd reconcile -name '*.c' | sort)
product_all=$(find cmd reconcile -name '*.[ch]' | sort)
tests_all=$(find tests -name '*.[ch]' | sort)
tests=$(find tests -name 'test_*.c' | grep -v '^tests/support/' | sort)

# The folder is the layer: a row names it, then what it may use beside itself. The order is the
# Makefile's LAYERS.
layers='base
facts base
core base facts
host base
format base host
net base host
config base facts core host
database base config host
bynder base facts core host format net config
roster base facts core host format config
store base facts core host format config database
audit base facts core host format config database store
report base facts core host format config store audit
notify base facts core host format config store audit report
job base facts core host format net config database bynder roster store audit report notify'
[ "$(echo "$layers" | cut -d ' ' -f 1 | paste -s -d ' ')" = "$(sed -n 's/^LAYERS := //p' Makefile)" ] ||
    echo "tests/support/lint.sh" | complain "the layers are not the Makefile's LAYERS:"
echo "$layers" | while read -r layer below; do
    grep -nE '^#include "' reconcile/"$layer"/*.[ch] | grep -vE "#include \"(($(echo "$layer $below" | tr ' ' '|'))/|sql\.h)" |
        complain "layer '$layer' includes what it must not:"
done
libraries=$(echo "$layers" | sed 's|^\([a-z]*\).*|build/debug/lib\1.a|')
# An include may be of a type alone, and a declaration may be written by hand: what a library takes
# is what its symbols say, lines as `build/debug/libcore.a[plan.o]: plan_digest T 0 5d`.
{ echo "$layers"; nm -P -A -g $libraries; } | awk '
    !/:/ { for (i = 1; i <= NF; i++) may[$1, $i] = 1; next }
    { library = $1; sub(/.*\/lib/, "", library); sub(/\.a\[.*/, "", library) }
    $3 == "U" { taker[library, $2] = $1; next }
    { home[$2] = library }
    END { for (key in taker) { split(key, part, SUBSEP); of = home[part[2]]
        if (of && !((part[1], of) in may)) print taker[key] " takes " part[2] " of " of } }' |
    sort | complain "a library takes what it may not use:"
# A public name is there for another file of the programs, but for these:
alone='
main: a program begins there
clock_clear_interrupt: a test goes on where a program ends
clock_set_patience: a test waits less than half a minute
migrate_check_list: tests bring migrations of their own
migrate_run_list: likewise'
# The two programs have names in common, so theirs are asked with the folder in front.
{ echo "$alone"; nm -P -A -g $libraries $(find cmd -name '*.c' | sed 's|\(.*\)c$|build/debug/obj/\1o|'); } | awk '
    !/\.o/ { sub(/:.*/, ""); if ($0) alone[$0] = 1; next }
    { folder = ""; if (match($1, /obj\/cmd\/[^\/]*\//)) folder = substr($1, RSTART, RLENGTH) }
    $3 == "U" { called[folder $2] = called[$2] = 1; next }
    { home[folder $2] = $1; name[folder $2] = $2 }
    END { for (key in home) if (!(key in called)) { needed[name[key]] = 1
            if (!(name[key] in alone)) print home[key] " " name[key] }
        for (one in alone) if (!(one in needed)) print "tests/support/lint.sh: " one " needs no excuse" }' |
    sort | complain "a public name that no other file of the programs calls:"
grep -nE '^#include "sql\.h"' reconcile/*/*.[ch] | grep -vE '^reconcile/(store|audit)/' |
    complain "SQL is the history's:"
grep -nE '#include <(curl|libpq|json-c|libconfig|microhttpd|csv)' reconcile/base/*.[ch] reconcile/facts/*.[ch] reconcile/core/*.[ch] |
    complain "base, facts and core know nothing of curl, PostgreSQL, JSON, libconfig and CSV:"
grep -nE '\blog_(error|warning|info|debug)\(' $(ls reconcile/*/*.c | grep -vE '^reconcile/(host|job)/') |
    complain "job and cmd log, nobody below:"
grep -nE '\b(time|clock_gettime|gettimeofday)\(' reconcile/facts/*.c reconcile/core/*.c | complain "facts and core take the time as an argument:"

grep -nE '\b(atoi|atol|atoll|atof|strtok|strtok_r|sprintf|vsprintf|strcpy|strcat|strncpy|strncat|sscanf|gets|alloca|system|popen|localtime|gmtime|asctime|ctime|tmpnam|mktemp|rand|srand|signal)[[:space:]]*\(' \
    $product $(echo "$tests_all" | grep 'c$') | complain "banned functions:"
grep -nE '\b(localtime_r|gmtime_r|tzset|mktime)[[:space:]]*\(' $product | grep -v '^reconcile/host/zone.c:' |
    complain "only host/zone asks the C library for local time:"
# The rest of the program's files are opened where no link of somebody else leads: host/file, over
# host/place. Elsewhere stand the machine's own (programs, /proc, /dev/null) and what a child does as
# its user already.
grep -nE '\b(open|openat|fopen|creat|mkostemp|mkstemp|mkdtemp|rename|renameat|renameat2|link|symlink|unlink|unlinkat|mkdir|mkdirat|rmdir|chmod|chown|lchown|truncate)[[:space:]]*\(' \
    $(ls reconcile/*/*.c cmd/bynder-reconcile/*.c | grep -vE '^reconcile/host/(file|place)\.c$') |
    grep -vE '"/dev/null"|^reconcile/host/child\.c:.*open\(log,|^reconcile/database/server\.c:.*open\(text_cstr\(&path\), O_RDONLY' |
    grep -vE ':[[:space:]]*(/?\*|")' | complain "only host/file and host/place touch files:"
# TEST registers what it defines; whatever else looks like a test is run by nobody. (A setup returns
# int.)
{
    grep -nE '^(static )?void [a-z0-9_]+\(void \*\*[a-z_]*\)' $tests_all | grep -v '^tests/support/test\.h:'
    grep -nE '\bcmocka_unit_test|\bCMUnitTest\b|cmocka_run_group_tests|#include <cmocka\.h>|^int main\(' $tests
    grep -LE '^TEST(_WITH|_SERIES)?\(' $tests
} | complain "a test that does not register itself (tests/support/test.h):"
# A matrix that names a test which is not there says what nobody tries.
grep -oE '`[a-z]+(_[a-z0-9]+){3,}`' docs/security.md | tr -d '`' | sort -u | while read -r name; do
    grep -qE "^TEST(_WITH)?\($name[,)]" $tests || echo "docs/security.md: no test is called $name"
done | complain "tests of the matrix that are not there:"
grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $product_all db/*/*.sql db/*/*/*.sql Makefile |
    complain "unfinished words:"
grep -nE '(/\*|^ \*) *(---|===|###)|(---|===|###) *\*/' $product_all $tests_all |
    grep -vE ': */\* --- [^ -].*[^ -] --- \*/$' | complain "a heading is '/* --- words --- */' on a line:"
for f in $product; do
    awk -v f="$f" '/^\{/ {start = NR} /^\}/ && start {n = NR - start; if (n > 65) printf "%s:%d: %d lines\n", f, start, n; start = 0}' "$f"
done | complain "functions of more than 65 lines:"

sh tests/support/queries.sh |
    complain "a statement that cannot be sent to the server of its portal:"
# Up to 0024 a history was spread only when it had them.
ls db/migrations/*.sql | awk -F/ '$3 > "0025"' |
    xargs grep -inE '^(create|drop)[a-z ]* index|^reindex|^alter table' /dev/null |
    complain "an upgrade of a history that is spread alters tables and indexes in a do block (0025, 0026):"

cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr \
    --suppress=missingIncludeSystem --suppress=uninitvar:tests/* --error-exitcode=1 -j 2 -D_GNU_SOURCE \
    -D__attribute__\(x\)= -DCLEANUP\(x\)= -Ireconcile -I. cmd reconcile 2>&1 | complain "cppcheck:"
if [ -s "$complaints" ]; then
    cat "$complaints"
    exit 1
fi
echo "lint: nothing to say"
