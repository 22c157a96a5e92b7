#!/bin/sh
# What a reader would find first: layers that point the wrong way, banned calls, unfinished words,
# and what cppcheck sees.
set -u
cd "$(dirname "$0")/../.."
complaints=$(mktemp)
trap 'rm -f "$complaints"' EXIT
complain() { # $1 heading, standard input the findings; a file, because pipes end in subshells
    findings=$(cat)
    [ -z "$findings" ] || printf '%s\n%s\n' "$1" "$findings" >> "$complaints"
}

# The folder is the layer: a row names it, then what it may include beside itself. The order is the
# Makefile's LAYERS.
while read -r layer below; do
    grep -nE '^#include "' reconcile/"$layer"/*.[ch] | grep -vE "#include \"(($(echo "$layer $below" | tr ' ' '|'))/|sql\.h)" |
        complain "layer '$layer' includes what it must not:"
done <<'EOT'
base
core base
host base
format base host
net base host
config base core host
database base config host
bynder base core host format net config
roster base core host format config
store base core host format config database
audit base core host format config database store
report base core host format config store audit
notify base core host format config store audit report
job base core host format net config database bynder roster store audit report notify
EOT
grep -nE '^#include "sql\.h"' reconcile/*/*.[ch] | grep -vE '^reconcile/(store|audit)/' |
    complain "SQL is the history's:"
grep -nE '#include <(curl|libpq|json-c|libconfig|microhttpd|csv)' reconcile/base/*.[ch] reconcile/core/*.[ch] |
    complain "base and core know nothing of curl, PostgreSQL, JSON, libconfig and CSV:"
grep -nE '\blog_(error|warning|info|debug)\(' $(ls reconcile/*/*.c | grep -vE '^reconcile/(host|job)/') |
    complain "job and cmd log, nobody below:"
grep -nE '\b(time|clock_gettime|gettimeofday)\(' reconcile/core/*.c | complain "core takes the time as an argument:"

grep -nE '\b(atoi|atol|atoll|atof|strtok|strtok_r|sprintf|vsprintf|strcpy|strcat|strncpy|strncat|sscanf|gets|alloca|system|popen|localtime|gmtime|asctime|ctime|tmpnam|mktemp|rand|srand|signal)[[:space:]]*\(' \
    cmd/*/*.c reconcile/*/*.c tests/*/*.c | complain "banned functions:"
grep -nE '\b(localtime_r|gmtime_r|tzset|mktime)[[:space:]]*\(' cmd/*/*.c reconcile/*/*.c | grep -v '^reconcile/host/zone.c:' |
    complain "only host/zone asks the C library for local time:"
# TEST registers what it defines; whatever else looks like a test is run by nobody. (A setup returns
# int.)
tests=$(ls tests/*/test_*.c | grep -v '^tests/support/')
{
    grep -nE '^(static )?void [a-z0-9_]+\(void \*\*[a-z_]*\)' tests/*/*.[ch] | grep -v '^tests/support/test\.h:'
    grep -nE '\bcmocka_unit_test|\bCMUnitTest\b|cmocka_run_group_tests|#include <cmocka\.h>|^int main\(' $tests
    grep -LE '^TEST(_WITH|_SERIES)?\(' $tests
} | complain "a test that does not register itself (tests/support/test.h):"
grep -nE '\b(TODO|FIXME|XXX|HACK)\b' cmd/*/*.[ch] reconcile/*/*.[ch] db/*/*.sql db/*/*/*.sql Makefile |
    complain "unfinished words:"
for f in cmd/*/*.c reconcile/*/*.c; do
    awk -v f="$f" '/^\{/ {start = NR} /^\}/ && start {n = NR - start; if (n > 65) printf "%s:%d: %d lines\n", f, start, n; start = 0}' "$f"
done | complain "functions of more than 65 lines:"

cppcheck --quiet --std=c11 --enable=warning,portability,performance --inline-suppr \
    --suppress=missingIncludeSystem --suppress=uninitvar:tests/* --error-exitcode=1 -j 2 -D_GNU_SOURCE \
    -D__attribute__\(x\)= -DCLEANUP\(x\)= -Ireconcile -I. cmd reconcile 2>&1 | complain "cppcheck:"
if [ -s "$complaints" ]; then
    cat "$complaints"
    exit 1
fi
echo "lint: nothing to say"
