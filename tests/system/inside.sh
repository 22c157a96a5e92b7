#!/bin/bash
# Inside the machine that run.sh has booted: what an administrator, two approvers, the timer and bad
# luck do, in the order of a life: install, first night, approval, troubles, upgrade, purge.
# Three portals go through all of it: acme with the embedded database, beta with Debian's server over
# its socket, gamma with the same over TCP and TLS; parts add others. Each portal is a portal-sim
# with TLS on loopback.
set -u
: > /share/booted
cd /
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
. /share/lib.sh

parts="install readme portals dry_run held approved calendar hosts stop inbox act people troubles watched fifty
    secrets fifty_end upgrade purge"
[ ! -f /share/only ] || parts=$(cat /share/only)
for name in $parts; do
    . "/share/parts/$name.sh"
    [ "$name" != install ] || [ $failed -eq 0 ] || break # nothing else would make sense
done

printf '%s s inside\n' $SECONDS
[ $failed -eq 0 ] || journalctl --no-pager -q -o short-precise > /share/journal
echo "$passed passed, $failed failed, 0 skipped" > /share/counts
