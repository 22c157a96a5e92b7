# The dry run under the units, in their sandbox: plans, and not one write.
part "the dry run"
mkdir -p /run/systemd/system/bynder-reconcile-plan@acme.service.d
cat > /run/systemd/system/bynder-reconcile-plan@acme.service.d/touch.conf <<'EOF'
[Service]
ExecStartPost=/usr/bin/touch /var/lib/prometheus/node-exporter/acme.prom
ExecStartPost=-/usr/bin/touch /srv/loose/no /etc/loose/no /tmp/no /var/tmp/no /var/lib/prometheus/no
EOF
mkdir /srv/loose /etc/loose
chmod o+w /srv/loose /etc/loose /var/lib/prometheus # so that only the sandbox says no
systemctl daemon-reload
moment=$(mark)
is "the plan of acme ends well" 0 "$(start bynder-reconcile-plan@acme)" "$(since -u bynder-reconcile-plan@acme)"
holds "the sandbox lets the metrics out" test -f /var/lib/prometheus/node-exporter/acme.prom
is "and nothing else" "" "$(ls /srv/loose/no /etc/loose/no /tmp/no /var/tmp/no /var/lib/prometheus/no 2>/dev/null)"
chmod o-w /var/lib/prometheus
rm -r /run/systemd/system/bynder-reconcile-plan@acme.service.d
systemctl daemon-reload
moment=$(mark)
is "the plan of beta, database over the socket, secret encrypted" 0 "$(start bynder-reconcile-plan@beta)" "$(since -u bynder-reconcile-plan@beta)"
moment=$(mark)
is "the run of beta in mode report" 0 "$(start bynder-reconcile@beta)" "$(since -u bynder-reconcile@beta)"
moment=$(mark)
is "the run of gamma, database over TCP, token from systemd" 0 "$(start bynder-reconcile@gamma)" "$(since -u bynder-reconcile@gamma)"
is "nothing was written to any portal" "0 0 0" "$(writes acme) $(writes beta) $(writes gamma)"
says "anna sees the plan" '"state": "proposed"' "$(as anna --config /etc/bynder-reconcile/acme.conf --log-level error show --format json)"
