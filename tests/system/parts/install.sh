# The package, as apt installs it: what is there, and that nothing runs before somebody says so.
part "install"
mkdir -p /var/lib/prometheus/node-exporter # as the node exporter's package has it
holds "apt installs the package and what it needs" \
    apt-get install -q -y /share/packages/bynder-reconcile_*.deb /share/packages/bynder-portal-sim_*_*.deb
holds "the user is there" id bynder-reconcile
is "the state directory is the user's" "bynder-reconcile 750" "$(stat -c '%U %a' /var/lib/bynder-reconcile)"
is "secrets have a place of root's own" "root 700" "$(stat -c '%U %a' /etc/credstore)"
holds "metrics can be written where the node exporter reads" \
    runuser -u bynder-reconcile -- test -w /var/lib/prometheus/node-exporter
is "no timer runs before somebody enables one" "" "$(systemctl list-timers --all --no-legend 'bynder-*')"
holds "Debian's PostgreSQL runs" pg_isready -q -h /var/run/postgresql
verify=$(systemd-analyze verify --man=no bynder-reconcile@acme.timer bynder-reconcile@acme.service \
    bynder-reconcile-plan@acme.service bynder-reconcile-check@acme.service bynder-reconcile-failed@acme.service 2>&1)
is "systemd-analyze verify is silent" "" "$verify"
