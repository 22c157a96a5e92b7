# The end: what apt removes, and what it says is left.
part "purge"
said=$(apt-get purge -q -y bynder-reconcile 2>&1)
is "apt purges" 0 $? "$said"
says "and says where the history is" 'kept in /var/lib/bynder-reconcile' "$said"
says "and which files are the administrator's" '/etc/bynder-reconcile/acme.conf' "$said"
says "secrets too" '/etc/credstore/bynder-reconcile.acme.client-secret' "$said"
is "no timer is left" "" "$(systemctl list-timers --no-legend 'bynder-*')"
is "no unit file is left" "" "$(systemctl list-unit-files --no-legend 'bynder-*')"
holds "the history is there" test -s /var/lib/bynder-reconcile/acme/data/PG_VERSION
left=$(find / -xdev -name '*bynder-reconcile*' -not -path '/proc/*' -not -path '/packages/*' -not -path '/share/*' \
    -not -path '/var/cache/apt/*' -not -path '/run/*' 2>/dev/null | while read -r path; do
    case $said in *"$path"*) ;; *) echo "$path" ;; esac
done | grep -vE '^/etc/(bynder-reconcile|credstore.*|systemd/system/bynder-reconcile[^/]*)/|^/var/lib/bynder-reconcile(/|$)')
is "nothing is left that nobody was told of" "" "$left"
