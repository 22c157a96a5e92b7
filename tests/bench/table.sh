#!/bin/sh
# The lines FIGURE KEY VALUE LIMIT TEXT of a bench as a table for people and as JSON for programs,
# with the machine they come from. `sh tests/bench/table.sh FIGURES JSON`
set -eu
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
memory=$(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo)
machine="$(nproc) processors ($cpu), $memory"
awk -v machine="$machine" -v json="$2" '
    /^FIGURE / {
        key = $2; value = $3; limit = $4
        text = $0; sub(/^FIGURE [^ ]+ [^ ]+ [^ ]+ /, "", text)
        over = limit != "-" && value + 0 > limit + 0 ? "over" : ""
        printf "%12s  %8s  %-4s  %s\n", value, limit == "-" ? "" : "<= " limit, over, text
        line[++n] = sprintf("    { \"key\": \"%s\", \"value\": %s, \"limit\": %s, \"text\": \"%s\" }",
                            key, value, limit == "-" ? "null" : limit, text)
    }
    END {
        print "on " machine
        print "{ \"machine\": \"" machine "\",\n  \"figures\": [" > json
        for (i = 1; i <= n; i++) print line[i] (i < n ? "," : "") > json
        print "  ] }" > json
    }' "$1"
