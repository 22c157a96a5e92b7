#!/bin/sh
# Everything under tests/crash, in order: the right program must hold at every point, each wrong one
# must be caught. `sh tests/crash/run.sh BUILD_DIR [reduced]`. Closes with
# "N passed, N failed, N skipped", one for each sweep and each wrong program.
set -u
cd "$(dirname "$0")/../.."
build=$1
reduced=${2:-}
bin=$build/tests/crash
passed=0 failed=0 skipped=0
# Worlds and their database live in memory where there is a place for it: nothing of them has to last.
place=$(mktemp -d -p /dev/shm crash.XXXXXX 2>/dev/null || mktemp -d)
chmod 755 "$place"
out=$place/out
table=$place/table
trap 'rm -rf "$place"' EXIT
: >"$table"
export TMPDIR="$place"
export TEST_CLUSTER="$place/cluster" # tests/support/cluster_fixture.c

if ! strace -o /dev/null -e inject=getpid:signal=0 true 2>/dev/null && ! strace -o /dev/null true 2>/dev/null; then
    echo "strace may not trace here"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

# The right program: $1 program to run, rest its words; CRASH_* from the environment.
holds() {
    "$bin/$1" ${2:-} ${3:-} >"$out" 2>&1
    status=$?
    sed -n 's/^\(.*\): \([0-9]*\) points (\([0-9]*\) reached), \([0-9]*\) violations, \([0-9]*\) s, longest \(.*\) s$/\1|\2|\3|\4|\5|\6/p' \
        "$out" >>"$table"
    grep -E 'points|system calls|messages|exchanges|allocations' "$out"
    if [ $status -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        head -c 6000 "$out"
    fi
}

# A wrong program: $1 its name, $2 what a violation must say of it, rest the sweep and its words. Shows
# the point that caught it.
caught() {
    name=$1
    reason=$2
    shift 2
    sweep=$1
    CRASH_PROGRAM=$bin/wrong/$name CRASH_FIRST=$reason "$bin/$sweep" $2 ${3:-} >"$out" 2>&1
    if grep -q VIOLATION "$out" && grep -qF "$reason" "$out"; then
        passed=$((passed + 1))
        printf '%-26s caught by %s\n' "$name" \
            "$(grep -e VIOLATION -e "$reason" "$out" | grep -F -m1 -B1 "$reason" | sed -n '1s/: VIOLATION//p')"
        grep -m1 -F "$reason" "$out" | sed 's/^/    /'
    else
        failed=$((failed + 1))
        printf '%-26s NOT CAUGHT\n' "$name"
        tail -n 5 "$out"
    fi
}

# The servers of a history that is spread, lost one by one: $1 path, or none for all.
loses() {
    if [ -n "${RECONCILE_TEST_CITUS:-}" ]; then
        holds sweep_lost ${1:-}
    else
        echo "lost: skipped, RECONCILE_TEST_CITUS names no distributed PostgreSQL"
        skipped=$((skipped + 1))
    fi
}

began=$(date +%s)
if [ -n "$reduced" ]; then
    export CRASH_POINTS=5
    for path in suspend deprovision downgrade restore night approve; do
        holds sweep_kill $path
    done
    holds sweep_stop suspend takeover
    holds sweep_stop night decided
    for sweep in sweep_cut sweep_alloc; do
        [ ! -x "$bin/$sweep" ] || holds $sweep suspend
    done
    loses suspend
    CRASH_POINTS=120 caught journal_after_act "without a committed intent" sweep_kill suspend
    caught approval_survives_change "whose row is not the one that was approved" sweep_kill night
    CRASH_POINTS=4 caught other_profile "is not what was approved" sweep_fault downgrade
else
    # A point is work for one process after the other, and some of its time is waiting for a second
    # of the program's own patience: half as many workers again as cores.
    export CRASH_WORKERS="${CRASH_WORKERS:-$(($(nproc) * 3 / 2))}"
    for path in suspend deprovision downgrade restore night; do
        for sweep in sweep_kill sweep_stop sweep_fault; do
            holds $sweep $path
        done
        CRASH_PROGRAM=$bin/wrong/no_lock holds sweep_stop $path fence
        CRASH_PROGRAM=$bin/wrong/no_lock holds sweep_stop $path overtaken
    done
    holds sweep_kill approve
    # All paths in one process: what one had is not swept again with the next.
    holds sweep_cut
    holds sweep_alloc
    loses
    echo "wrong on purpose:"
    CRASH_POINTS=120 caught journal_after_act "without a committed intent" sweep_kill suspend
    CRASH_POINTS=120 caught blind_replay "write 2 to" sweep_kill suspend
    [ -z "${RECONCILE_TEST_CITUS:-}" ] ||
        CRASH_POINTS=50 caught journal_after_act "without a committed intent" sweep_lost suspend
    caught no_fresh_read "whose rule does not hold any more" sweep_stop suspend change
    caught retried_write "write 2 to" sweep_fault suspend
    caught any_404 "but the portal does not show it" sweep_fault deprovision
    caught budget_ignored "although the rolling limit is used up" sweep_stop suspend budget
    caught fence_ignored "overtaken by a newer one goes on writing" sweep_stop suspend overtaken
    CRASH_POINTS=10 caught approval_not_checked "whose row nobody approved" sweep_kill suspend
    CRASH_POINTS=10 caught approval_survives_change "whose row is not the one that was approved" \
        sweep_kill night
    for reason in "who was kept after" "who was rejected after" "whose approval was taken back"; do
        CRASH_POINTS=10 caught older_decision_wins "$reason" sweep_kill night
    done
    caught older_decision_wins "who was decided on otherwise since" sweep_stop suspend decided
    CRASH_POINTS=120 caught journal_after_act "without a committed intent" sweep_kill downgrade
    CRASH_POINTS=120 caught blind_replay "write 2 to" sweep_kill restore
    for path in downgrade restore; do
        caught no_fresh_read "whose rule does not hold any more" sweep_stop $path change
        CRASH_POINTS=4 caught other_profile "is not what was approved" sweep_fault $path
        CRASH_POINTS=10 caught active_omitted "is not what was approved" sweep_kill $path
        CRASH_POINTS=10 caught approval_not_checked "whose row nobody approved" sweep_kill $path
    done
    caught particulars_unread "changed something else was not the last" sweep_fault downgrade
    caught approval_wakes_up "whom a run had kept for certain" sweep_fault night
fi
awk -F'|' 'BEGIN { form = "%-28s %8s %8s %11s %7s %10s\n"
                   printf form, "sweep", "points", "reached", "violations", "s", "longest s" }
           { printf form, $1, $2, $3, $4, $5, $6; points += $2; reached += $3; bad += $4; s += $5 }
           END { printf form, "all", points, reached, bad, s, "" }' "$table"
printf '%s s\n' $(($(date +%s) - began))
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
