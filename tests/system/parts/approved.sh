# Two people approve what was held; the next run applies exactly that.
part "two people approve, the next run applies"
said=$(as mallory --config /etc/bynder-reconcile/acme.conf show)
says "a stranger is told which group it takes" 'for the members of the group .bynder-reconcile-review' "$said"
said=$(runuser -u anna -- sudo -n bynder-reconcile @acme psql -c '\! id')
says_not "psql by the old line in sudoers is no shell of root's" 'uid=0' "$said"
said=$(runuser -u anna -- env SUDO_UID="$(id -u bob)" sudo -n bynder-reconcile @acme approve "$plan" --digest "$digest" 2>&1)
says "root by sudo is nobody in particular" "'root' is not among" "$said"
table=$(mktemp) && chmod 0644 "$table"
printf 'portal,plan,digest,decision\nacme,%s,%s,approve\n' "$plan" "$digest" > "$table"
said=$(as anna approve --portals "$table")
is "over portals anna is heard at the desk, whose limits hold" 20 $? "$said"
says "it says so of the portal" 'acme: its desk says why above' "$said"
says "as that portal does" 'limits.suspend' "$said"
said=$(as anna --config /etc/bynder-reconcile/acme.conf approve "$plan" --digest "$digest" --override G7 --reason "an office closed")
is "anna approves" 0 $? "$said"
as anna --config /etc/bynder-reconcile/acme.conf approve "$plan" --digest "$digest" --override G7 --reason "still closed" >/dev/null
approved() { # rows that are approved, of the plan's totals
    as anna --config /etc/bynder-reconcile/acme.conf --log-level error show "$plan" --format json |
        sed -n 's/^ *"approved": \([0-9]*\).*/\1/p' | head -n 1
}
is "anna twice is one of two" 0 "$(approved)"
said=$(as bob --config /etc/bynder-reconcile/acme.conf approve "$plan" --digest "$digest" --override G7 --reason "an office closed")
is "bob approves" 0 $? "$said"
says "anna and bob are two" '^[1-9]' "$(approved)"
moment=$(mark)
status=$(start bynder-reconcile@acme)
is "the next run ends well" 0 "$status" "$(since -u bynder-reconcile@acme)"
applied=$(since -u bynder-reconcile@acme | sed -n "s/.*plan [0-9]*: \([0-9]*\) done, 0 already, 0 skipped, 0 failed, 0 unknown.*/\1/p")
says "it did what was approved" '^[1-9]' "$applied"
is "exactly that, at the portal" "$applied" "$(writes acme)"
says "the reports are the service's" '^bynder-reconcile$' "$(stat -c %U /var/lib/bynder-reconcile/reports/acme/* | sort -u)"
moment=$(mark)
again=$(start bynder-reconcile@acme)
is "the night after has nothing to do" "0 $applied" "$again $(writes acme)" "$(since -u bynder-reconcile@acme)"
