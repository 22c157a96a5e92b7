#!/bin/sh
# What can be told of units, manual pages and completion without booting a system.
#   packaging.sh VARIANT_DIRECTORY
# One line a check; closes with "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/../.."
bin=$(cd "$1" && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
passed=0 failed=0 skipped=0

check() { # $1 what, rest a command that says nothing and succeeds
    what=$1
    shift
    if "$@" >"$stage/said" 2>&1 && [ ! -s "$stage/said" ]; then
        passed=$((passed + 1))
        printf '  ok    %s\n' "$what"
    else
        failed=$((failed + 1))
        printf '  FAIL  %s\n' "$what"
        sed 's/^/          /' "$stage/said"
    fi
}
have() { # $1 program, $2 package
    command -v "$1" >/dev/null && return 0
    skipped=$((skipped + 1))
    printf '  SKIPPED, NOT PASSED: %s is missing; install the package %s (make deps)\n' "$1" "$2"
    return 1
}

make --no-print-directory install-data DESTDIR="$stage/root" prefix=/usr unitdir=/lib/systemd/system \
    >/dev/null || exit 1
units=$stage/root/lib/systemd/system

# --- files ----------------------------------------------------------------------------------------

# What make installs is in a package, or said to be put there in another way: else dh_missing refuses
# the package, and only `make deb` would show it.
every_file_is_packaged() {
    (cd "$stage/root" && find . -type f | sed 's|^\./||') | while read -r file; do
        for pattern in $(cat debian/*.install debian/not-installed); do
            # shellcheck disable=SC2254
            case $file in $pattern | $pattern/*) continue 2 ;; esac
        done
        echo "$file is in no debian/*.install and not in debian/not-installed"
    done
}
check "every file that make installs is packaged" every_file_is_packaged

# Purging is root's, in directories that others own: what stands in the place of a file of ours stays,
# and is no reason to fail; files of ours go, and the history stays. In /var and /etc of its own.
purge_goes_on_over_what_is_not_ours() {
    sed 's/#DEBHELPER#//' debian/bynder-reconcile.postrm >"$stage/postrm"
    unshare -m sh -eu -c '
        mount --make-rprivate /
        mount -t tmpfs none /var
        mount -t tmpfs none /etc
        figures=/var/lib/prometheus/node-exporter stamps=/var/lib/systemd/timers
        history=/var/lib/bynder-reconcile wants=/etc/systemd/system/timers.target.wants
        mkdir -p "$figures/bynder-reconcile-acme.prom/kept" "$stamps" "$history/acme/theirs" \
            "$wants/bynder-reconcile@acme.timer" /var/elsewhere
        echo kept >/var/elsewhere/file
        ln -s /var/elsewhere/file "$figures/bynder-reconcile-link.prom"
        : >"$figures/bynder-reconcile-b.prom"
        : >"$stamps/stamp-bynder-reconcile@b.timer"
        chown -R 1:1 "$figures" "$history/acme"
        chown 2:2 "$history/acme/theirs"
        sh "$1" purge 2>/var/said
        grep -q "kept in $history" /var/said
        [ -d "$history/acme/theirs" ] && [ -d "$figures/bynder-reconcile-acme.prom/kept" ]
        [ "$(cat /var/elsewhere/file)" = kept ] && [ ! -L "$figures/bynder-reconcile-link.prom" ]
        [ ! -e "$figures/bynder-reconcile-b.prom" ]
        [ ! -e "$stamps/stamp-bynder-reconcile@b.timer" ]
    ' sh "$stage/postrm"
}
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    check "a purge goes on over what is not the package's" purge_goes_on_over_what_is_not_ours
else
    skipped=$((skipped + 1))
    printf '  SKIPPED, NOT PASSED: a purge can be tried by root alone\n'
fi

# --- units ----------------------------------------------------------------------------------------

# As installed, but with the programs where they are now. The pages are looked at below.
verify() {
    mkdir -p "$stage/units"
    for unit in "$units"/*; do
        sed -e "s|/usr/bin/bynder-reconcile|$bin/bynder-reconcile|" \
            -e "s|/usr/lib/bynder-reconcile|$stage/root/usr/lib/bynder-reconcile|" \
            "$unit" > "$stage/units/${unit##*/}"
    done
    systemd-analyze verify --man=no "$stage"/units/*
}

exposure() { # $1 unit, $2 the highest allowed, in tenths
    systemd-analyze security --offline=true --threshold="$2" "$units/$1" >"$stage/exposure" 2>&1 ||
        { tail -n 1 "$stage/exposure"; return 1; }
}

# Everything but what the unit is for and how it says so.
settings() {
    grep -E '^[A-Z][A-Za-z]*=' "$units/$1" | grep -vE '^(Description|Documentation|ExecStart)='
}
same_settings() {
    settings bynder-reconcile@.service | grep -v '^SuccessExitStatus=75 130$' > "$stage/run"
    settings bynder-reconcile-plan@.service | grep -v '^SuccessExitStatus=20 75 130$' > "$stage/plan"
    diff "$stage/run" "$stage/plan"
}
same_sandbox() { # user, secrets and sandbox: what a check says must hold for the run
    for unit in bynder-reconcile@.service bynder-reconcile-check@.service; do
        settings $unit | grep -vE '^(OnFailure|SuccessExitStatus|TimeoutStartSec|StandardOutput)=' \
            > "$stage/$unit"
    done
    diff "$stage/bynder-reconcile@.service" "$stage/bynder-reconcile-check@.service"
}
same_sandbox_at_the_desk() { # all but what lets it see who is there, and the secrets it does not need
    for unit in bynder-reconcile@.service bynder-reconcile-desk@.service; do
        settings $unit |
            grep -vE '^(OnFailure|Type|SuccessExitStatus|TimeoutStartSec|TasksMax|PrivateUsers|LoadCredential|ReadWritePaths|Wants)=' \
            > "$stage/$unit"
    done
    diff "$stage/bynder-reconcile@.service" "$stage/bynder-reconcile-desk@.service"
}
desk_has_no_token() {
    settings bynder-reconcile-desk@.service | grep LoadCredential= |
        grep -vx 'LoadCredential=database-password:bynder-reconcile.%i.database-password'
    settings bynder-reconcile-desk@.service | grep -x 'PrivateUsers=yes' # everybody would be nobody
    grep -qx 'SocketMode=0660' "$units/bynder-reconcile-desk@.socket" &&
        grep -qx 'SocketGroup=bynder-reconcile-review' "$units/bynder-reconcile-desk@.socket"
}
dry_run_never_runs() {
    grep -x 'ExecStart=/usr/bin/bynder-reconcile --config /etc/bynder-reconcile/%i.conf plan' \
        "$units/bynder-reconcile-plan@.service" >/dev/null
}

if have systemd-analyze systemd; then
    check "systemd-analyze verify is silent" verify
    check "exposure of bynder-reconcile@.service is at most 1.2" exposure bynder-reconcile@.service 12
    check "exposure of bynder-reconcile-plan@.service is at most 1.2" \
        exposure bynder-reconcile-plan@.service 12
    check "exposure of bynder-reconcile-check@.service is at most 1.2" \
        exposure bynder-reconcile-check@.service 12
    check "exposure of bynder-reconcile-desk@.service is at most 1.5" \
        exposure bynder-reconcile-desk@.service 15
    check "exposure of bynder-reconcile-failed@.service is at most 0.5" \
        exposure bynder-reconcile-failed@.service 5
fi
check "the dry run's unit differs in its command, and in what a held plan means" same_settings
check "the check's unit sees what the run's sees" same_sandbox
check "the desk's unit is in the run's sandbox" same_sandbox_at_the_desk
check "the desk is for its group, has no token, and sees who is there" desk_has_no_token
asked_to_end_is_no_failure() { # nobody is called for `systemctl stop`
    for unit in bynder-reconcile@ bynder-reconcile-plan@ bynder-reconcile-check@; do
        grep -qE '^SuccessExitStatus=(.* )?130$' "$units/$unit.service" || return 1
    done
    ! grep -qE '^SuccessExitStatus=(.* )?(21|69|70)( |$)' "$units"/*.service
}
check "the dry run's unit plans, and nothing else" dry_run_never_runs
check "a unit that is asked to end has not failed" asked_to_end_is_no_failure

# --- the timer's hour ---

# systemd's own word on the nights of two years, in zones that set their clocks at every hour at which
# that is done; tests/unit/test_timer.c looks at all of tzdata.
nights_of() { # $1 an hour of the day, rest zones; the zones that do not have it once every night
    hour=$1
    shift
    for zone in "$@"; do
        TZ=$zone systemd-analyze calendar --base-time='2026-12-31 12:00' --iterations=731 "$hour" |
            sed -n 's/^.*\(Next elapse\|Iter\. #[0-9]*\): [A-Z][a-z]* \([-0-9]*\) .*/\2/p' |
            grep -E '^202[78]' | sort -u | wc -l | grep -qx 731 || echo "$zone has not every night"
    done
}
zones_of_every_kind='Africa/Cairo Africa/Casablanca America/Havana America/New_York America/Nuuk
    America/Santiago Antarctica/Troll Asia/Beirut Asia/Gaza Atlantic/Azores Australia/Lord_Howe
    Europe/Athens Europe/Berlin Europe/Helsinki Europe/Lisbon Pacific/Chatham Pacific/Easter UTC'
timer_has_every_night() {
    # shellcheck disable=SC2086
    nights_of "$(sed -n 's/^OnCalendar=//p' "$units/bynder-reconcile@.timer")" $zones_of_every_kind
}
an_hour_that_is_missing_is_found() {
    # shellcheck disable=SC2086
    [ "$(nights_of '*-*-* 03:00:00' $zones_of_every_kind | wc -l)" -ge 2 ] || echo "03:00 is always there"
}
if have systemd-analyze systemd; then
    check "the timer's hour is there every night" timer_has_every_night
    check "an hour that is left out one night is found" an_hour_that_is_missing_is_found
fi

# --- the line about a failure ---------------------------------------------------------------------

# Every exit code of the documentation but those that are no failure has a sentence of its own.
told() { # $1 result, $2 status; the journal's fields on standard output
    mkdir -p "$stage/fake"
    printf '#!/bin/sh\n[ "$1" = --journald ] && cat\n' > "$stage/fake/logger"
    chmod +x "$stage/fake/logger"
    MONITOR_SERVICE_RESULT=$1 MONITOR_EXIT_STATUS=$2 \
        PATH="$stage/fake:$PATH" sh systemd/run-failed bynder-reconcile@acme
}
every_exit_code_is_told() {
    codes=$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9][0-9]*\)$/\1/p' \
        docs/man/bynder-reconcile.1 | grep -vxE '0|10|75|130')
    [ "$(echo "$codes" | wc -l)" -ge 8 ] || echo "the manual page lists only: $codes"
    for code in $codes; do
        told exit-code "$code" | grep -q '^MESSAGE=.*: see the lines of the run;' &&
            echo "exit status $code has no sentence in systemd/run-failed"
        told exit-code "$code" | grep -q "^BYNDER_EXIT_STATUS=$code\$" || echo "no field for $code"
    done
    for result in timeout oom-kill "signal KILL" "core-dump ABRT"; do
        set -- $result
        told "$1" "${2:-TERM}" | grep -q "^MESSAGE=bynder-reconcile@acme.service failed: .*asks what became" ||
            echo "result $result: $(told "$1" "${2:-TERM}")"
    done
    told timeout TERM | grep -qx 'PRIORITY=3' || echo "not of priority err"
    told timeout TERM | grep -qx 'BYNDER_INSTANCE=acme' || echo "no field for the instance"
}
check "every way to fail has a line that says what to do" every_exit_code_is_told

# --- manual pages ---------------------------------------------------------------------------------

lint_page() { # what mandoc cannot know is which pages this machine has
    mandoc -T lint -W style "$1" 2>&1 | grep -vE 'referenced manual not found|outdated mandoc.db|lacks .* entry'
    LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null
    true
}
references() { # pages of ours that other pages name
    sed -n 's/^\.Xr \(bynder-[a-z.-]*\|portal-sim\) \([0-9]\).*/\1.\2/p' docs/man/* | sort -u |
        while read -r page; do
            [ -f "docs/man/$page" ] || echo "there is no page $page"
        done
}
# Every verb and option of the help; the page writes "--" as "\-".
documented() { # $1 program, $2 page, rest verbs
    program=$1 page=$2
    shift 2
    for verb in "" "$@"; do
        [ -z "$verb" ] || grep -qE "^(\.It )?\.?(Cm|It Cm) $verb( |\$)" "$page" ||
            echo "$page does not list the verb $verb"
        [ "$verb" = psql ] && continue # passes its options on
        "$program" $verb --help | sed -n 's/^  --\([a-z0-9-]*\).*/\1/p' | while read -r option; do
            grep -qF -- "Fl \\-$option" "$page" || echo "$page does not list --$option of '$verb'"
        done
    done
}
verbs=$("$bin/bynder-reconcile" --help | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p')
if have mandoc mandoc && have man man-db; then
    for page in docs/man/*; do
        check "${page##*/} is without warnings" lint_page "$page"
    done
fi
check "pages refer to pages that exist" references
check "bynder-reconcile(1) lists every verb and option" \
    documented "$bin/bynder-reconcile" docs/man/bynder-reconcile.1 $verbs
check "portal-sim(1) lists every option" documented "$bin/portal-sim" docs/man/portal-sim.1

# --- completion -----------------------------------------------------------------------------------

# The program in front, but with a history of twelve plans.
mkdir -p "$stage/history"
cat > "$stage/history/bynder-reconcile" <<EOF
#!/bin/sh
case "\$*" in
*"status --format json") printf '{\n  "plan": {\n    "id": 12,\n    "state": "held"\n  },\n  "runs": [ { "id": 40 } ]\n}\n' ;;
*) exec "$bin/bynder-reconcile" "\$@" ;;
esac
EOF
chmod +x "$stage/history/bynder-reconcile"

bash_offers() { # $1 what is expected, rest the words up to the cursor
    expected=$1
    shift
    PATH="$stage/history:$PATH" bash -c '
        . etc/completion/bynder-reconcile.bash
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _bynder_reconcile && echo "${COMPREPLY[*]}"' bash "$@" > "$stage/offered" 2>&1
    [ "$(cat "$stage/offered")" = "$expected" ] || echo "expected '$expected', got '$(cat "$stage/offered")'"
}
zsh_offers() {
    expected=$1
    shift
    PATH="$stage/history:$PATH" zsh -fc '
        compadd() { [[ $1 == -V ]] && shift 3; print -r -- "$@" }
        _describe() { print -r -- ${reply%%:*} }
        _files() { print files }
        words=("$@") CURRENT=$#
        . ./etc/completion/_bynder-reconcile' zsh "$@" > "$stage/offered" 2>&1
    [ "$(cat "$stage/offered")" = "$expected" ] || echo "expected '$expected', got '$(cat "$stage/offered")'"
}
plan_options=$("$bin/bynder-reconcile" plan --help | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p' | tr '\n' ' ')
check "bash offers every verb" bash_offers "$(echo $verbs)" bynder-reconcile ''
check "bash offers the verb that is begun" bash_offers migrate bynder-reconcile --log-level debug mi
check "bash offers the options of a verb" bash_offers "${plan_options% }" bynder-reconcile plan --
check "bash offers a verb's formats" bash_offers "text json csv html" bynder-reconcile status --format ''
check "bash offers plans, newest first" bash_offers "12 11 10 9 8 7 6 5 4 3" \
    bynder-reconcile --config /etc/x.conf approve ''
check "bash offers plans of @NAME, whole or taken apart" bash_offers "12 11 10 9 8 7 6 5 4 3" \
    bynder-reconcile @acme approve ''
check "bash takes '@' for a word" bash_offers "12 11 10 9 8 7 6 5 4 3" bynder-reconcile @ acme approve ''
check "bash offers no digest" bash_offers "" bynder-reconcile approve 12 --digest ''
if have zsh zsh; then
    check "zsh offers every verb" zsh_offers "$(echo $verbs)" bynder-reconcile ''
    check "zsh offers the options of a verb" zsh_offers "${plan_options% }" bynder-reconcile plan --
    check "zsh offers a verb's formats" zsh_offers "text json csv html" bynder-reconcile status --format ''
    check "zsh offers plans, newest first" zsh_offers "12 11 10 9 8 7 6 5 4 3" \
        bynder-reconcile --config /etc/x.conf approve ''
    check "zsh offers plans of @NAME" zsh_offers "12 11 10 9 8 7 6 5 4 3" bynder-reconcile @acme approve ''
    check "zsh offers no digest" zsh_offers "" bynder-reconcile approve 12 --digest ''
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
