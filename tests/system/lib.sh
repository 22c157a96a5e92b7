# What the parts of the system test share: how to check, to ask systemd and its journal, to play a
# portal, to be a person.
client_secret=canary-client-secret-$RANDOM$RANDOM
token=canary-token-$RANDOM$RANDOM
database_password=canary-database-$RANDOM$RANDOM
mail_password=canary-mail-$RANDOM$RANDOM
webhook_path=canary-webhook-$RANDOM$RANDOM
passed=0 failed=0 moment=

part() { printf '== %s (%s s)\n' "$1" "$SECONDS"; }
ok() { passed=$((passed + 1)); printf '  ok    %s\n' "$1"; }
fail() { failed=$((failed + 1)); printf '  FAIL  %s\n' "$1"; [ -z "${2:-}" ] || sed 's/^/          /' <<<"$2"; }
is() { # $1 what, $2 expected, $3 actual, $4 (optional) more to see when it is not
    if [ "$2" = "$3" ]; then ok "$1"; else fail "$1" "expected '$2', got '$3'${4:+
$4}"; fi
}
holds() { # $1 what, rest a command
    local what=$1 said
    shift
    if said=$("$@" 2>&1); then ok "$what"; else fail "$what" "$said"; return 1; fi
}
says() { # $1 what, $2 pattern, $3 text
    if grep -qE -- "$2" <<<"$3"; then ok "$1"; else fail "$1" "nothing like '$2' in: $3"; fi
}
says_not() { if grep -qE -- "$2" <<<"$3"; then fail "$1" "$(grep -E -- "$2" <<<"$3" | head -n 3)"; else ok "$1"; fi; }
wait_for() { # $1 seconds at most, rest a condition
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.2
    done
}
journal() { journalctl --no-pager -q -o cat "$@"; }
mark() { date '+%F %T.%6N'; } # no cursor: --after-cursor with a filter drops a line in systemd 252
since() { journal --since "$moment" "$@"; }

# Starts a unit and waits for its end; the exit status of its program. Callers set moment before.
start() { # $1 unit
    systemctl reset-failed "$1" 2>/dev/null
    systemctl start "$1" 2>/dev/null
    # systemd forgets a unit that ended well; the journal does not, once it has all lines.
    journalctl --sync
    if since -u "$1" | grep -qE '^(Finished|Failed to start) '; then
        systemctl show -P ExecMainStatus "$1"
    else
        echo "it did not start"
    fi
}
result() { systemctl show -P Result "$1"; }
# What runs as the service's user, but for the desks, which wait for reviewers.
of_service() { pgrep -a -u bynder-reconcile | grep -v ' desk$'; }
main_pid() { systemctl show -P MainPID "$1"; }
# The line of the failed unit is written by a job of its own.
told() { since PRIORITY=3 BYNDER_INSTANCE="$1" | grep -q '\.service failed: '; }
told_line() { wait_for 20 told "$1"; since PRIORITY=3 BYNDER_INSTANCE="$1" | grep '\.service failed: '; }
sim() { # $1 portal, $2 path, rest of curl
    local port
    port=$(cat "/run/sim-$1.port")
    local path=$2
    shift 2
    curl -sS --cacert /share/ca.pem "$@" "https://localhost:$port/_sim/$path"
}
writes() { sim "$1" stats | tr ',{' '\n\n' | sed -n 's/^ *"writes": *\([0-9]*\).*/\1/p' | head -n 1; }
as() { # $1 person, rest arguments of the program: at the desk, by sudo or as the service's user
    local who=$1
    shift
    case " $* " in
    *' psql '*) runuser -u bynder-reconcile -- bynder-reconcile "$@" 2>&1 ;;
    *' roster '*) runuser -u "$who" -- sudo -n bynder-reconcile "$@" 2>&1 ;;
    *) runuser -u "$who" -- bynder-reconcile "$@" 2>&1 ;;
    esac
}
hang() { sim "$1" faults -d 'hang=' >/dev/null; }
unhang() { sim "$1" faults -d 'clear=1' >/dev/null; }
configure() { # $1 portal, $2 mode, $3 count, $4 secret setting, $5 database setting
    sed -e "s|@NAME@|$1|g" -e "s|@MODE@|$2|" -e "s|@COUNT@|$3|" -e "s|@SECRET@|$4|" -e "s|@DATABASE@|$5|" \
        -e "s|@PORT@|$(cat "/run/sim-$1.port")|" /share/portal.conf > "/etc/bynder-reconcile/$1.conf"
}
# So many accounts that no country is so small that two who left are a fifth of it (G10), and that
# somebody logged in on any two days (G5).
start_sim() { # $1 portal, rest options
    local name=$1
    shift
    rm -f "/run/sim-$name.port"
    systemd-run --quiet --collect --unit="sim-$name" /usr/bin/portal-sim --users 1500 --rate-limit 0 \
        --port-file "/run/sim-$name.port" --roster "/srv/hr/$name.csv" --client-secret "$client_secret" \
        --token "$token" --tls-cert /share/portal.pem --tls-key /share/portal.key "$@"
    wait_for 20 test -s "/run/sim-$name.port"
}
share_rosters() { # HR's files are for the service to read
    chgrp -R bynder-reconcile /srv/hr
    chmod -R g+rX,o= /srv/hr
}

