# Two people approve what was held; the next run applies exactly that.
part "two people approve, the next run applies"
said=$(as anna --config /etc/bynder-reconcile/acme.conf approve "$plan" --digest "$digest" --override G7 --reason "an office closed")
is "anna approves" 0 $? "$said"
as anna --config /etc/bynder-reconcile/acme.conf approve "$plan" --digest "$digest" --override G7 --reason "still closed" >/dev/null
state() { as anna --config /etc/bynder-reconcile/acme.conf --log-level error show "$plan" --format json | sed -n 's/^ *"state": "\([a-z]*\)".*/\1/p' | head -n 1; }
says_not "anna twice is one of two" approved "$(state)"
said=$(as bob --config /etc/bynder-reconcile/acme.conf approve "$plan" --digest "$digest")
is "bob approves" 0 $? "$said"
is "anna and bob are two" approved "$(state)"
moment=$(mark)
status=$(start bynder-reconcile@acme)
is "the next run ends well" 0 "$status" "$(since -u bynder-reconcile@acme)"
applied=$(since -u bynder-reconcile@acme | sed -n "s/.*plan $plan: \([0-9]*\) done, 0 already, 0 skipped, 0 failed, 0 unknown.*/\1/p")
says "it did what was approved" '^[1-9]' "$applied"
is "exactly that, at the portal" "$applied" "$(writes acme)"
says "the reports are the service's" '^bynder-reconcile$' "$(stat -c %U /var/lib/bynder-reconcile/reports/acme/* | sort -u)"
moment=$(mark)
again=$(start bynder-reconcile@acme)
is "the night after has nothing to do" "0 $applied" "$again $(writes acme)" "$(since -u bynder-reconcile@acme)"
