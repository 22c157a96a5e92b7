# Fifty portals on one machine: their timers are spread, each keeps its minute, and when all of them
# start at once all the same, against one database and behind one address, each ends well.
part "fifty timers"
instances=$(seq -f 'p%02g' 1 50)
for i in 1 2 3; do
    start_sim "many$i" --seed "4$i" --users 200 --log "/run/many$i.log"
done
share_rosters
runuser -u postgres -- createdb --owner bynder-reconcile many
number=0
for instance in $instances; do
    number=$((number + 1))
    many=many$((number % 3 + 1))
    configure $many report 1000 'client_id = "demo"; client_secret_credential = "client-secret";' 'conninfo = "host=/var/run/postgresql dbname=many";'
    # Nobody is to go, so that no guard has a word in it. The pace is the default, that of Bynder; loopback portals count together when they are told to.
    sed -e "s/name = \"$many\"/name = \"$instance\"/" -e "s|reports/$many|reports/$instance|" -e '/requests_per_/d' \
        -e 's/person = "departed"/username = "nobody-*"/' \
        -e 's|^  timeout = 5;|  address_group = "one";\n  timeout = 5;|' \
        "/etc/bynder-reconcile/$many.conf" > "/etc/bynder-reconcile/$instance.conf"
    cp -p /etc/credstore/bynder-reconcile.acme.client-secret "/etc/credstore/bynder-reconcile.$instance.client-secret"
done
rm /etc/bynder-reconcile/many?.conf
holds "one migrate is for all of them" runuser -u bynder-reconcile -- bynder-reconcile --config /etc/bynder-reconcile/p01.conf migrate
# shellcheck disable=SC2086,SC2046
systemctl enable --now --quiet $(printf 'bynder-reconcile@%s.timer ' $instances)
nexts() { # instance and time, in order of instance
    for instance in $instances; do
        echo "$instance $(systemctl show -P NextElapseUSecRealtime "bynder-reconcile@$instance.timer")"
    done
}
elapses=$(nexts)
is "fifty wait" 50 "$(systemctl list-timers --no-legend 'bynder-reconcile@p*.timer' | wc -l)"
most=$(while read -r _ at; do date -d "$at" '+%F %H:%M'; done <<<"$elapses" | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }')
holds "at most six in one minute (there are $most)" test "$most" -le 6
outside=$(while read -r _ at; do date -d "$at" '+%H%M'; done <<<"$elapses" | awk '$1 + 0 < 400 || $1 + 0 > 530')
is "all of them between 04:00 and 05:30" "" "$outside"
systemctl daemon-reexec
# shellcheck disable=SC2086,SC2046
systemctl restart $(printf 'bynder-reconcile@%s.timer ' $instances)
is "each keeps its minute" "$elapses" "$(nexts)"
# shellcheck disable=SC2086,SC2046
systemctl disable --now --quiet $(printf 'bynder-reconcile@%s.timer ' $instances)

part "fifty runs at once"
moment=$(mark)
at=$SECONDS
# shellcheck disable=SC2086,SC2046
systemctl start $(printf 'bynder-reconcile@%s.service ' $instances) 2>/dev/null
took=$((SECONDS - at))
ended=$(since -u 'bynder-reconcile@p*' | grep -E '^(Finished|Failed to start) ' | cut -d ' ' -f 1 | sort | uniq -c | tr -s ' ')
is "all end well ($took s)" " 50 Finished" "$ended" "$(since -u 'bynder-reconcile@p*' | grep -vE '^(Starting|Finished)' | sort | uniq -c | sort -rn | head -n 8)"
is "each with a run of its own" 50 "$(runuser -u postgres -- psql -Atqc 'select count(*) from reconcile.run where exit_code = 0' many)"
asked=$(cat /run/many?.log | wc -l)
holds "they asked the portals for something ($asked requests)" test "$asked" -gt 200
counted=$(runuser -u postgres -- psql -Atqc 'select sum(requests) from reconcile.run' many)
is "and each request is on record" "$asked" "$counted"
said=$(runuser -u postgres -- bynder-reconcile status --database 'host=/var/run/postgresql dbname=many' 2>&1)
is "status without a configuration shows them all" 50 "$(grep -oE '\bp[0-9][0-9]\b' <<<"$said" | sort -u | wc -l)" "$said"

part "fifty runs at once, with one limit for all of them"
# The same once more, but so few requests in any 300 s that the second round has to wait until those
# of the first are old. It waits in the background; fifty_end.sh looks at it.
limit=$((asked + asked / 5))
sed -i "s|^  timeout = 5;|  requests_per_window = $limit;\n  timeout = 5;|" /etc/bynder-reconcile/p??.conf
# shellcheck disable=SC2086,SC2046
systemctl start --no-block $(printf 'bynder-reconcile@%s.service ' $instances)
