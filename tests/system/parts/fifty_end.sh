# What became of the second round of fifty.sh.
part "the fifty have waited for each other"
fifty_ended() { [ -z "$(systemctl list-units --no-legend --state=activating 'bynder-reconcile@p*')" ]; }
holds "they end" wait_for 400 fifty_ended
is "all end well" "100 0" "$(runuser -u postgres -- psql -Atqc 'select count(*) filter (where exit_code = 0), count(*) filter (where exit_code > 0) from reconcile.run' many | tr '|' ' ')" \
    "$(journal -u 'bynder-reconcile@p*' | grep -E 'held|status=' | sort | uniq -c | sort -rn | head)"
holds "and more was asked than the limit allows at once" test "$(cat /run/many?.log | wc -l)" -gt "$limit"
most=$(python3 - /run/many?.log <<'EOF'
import json, sys
from datetime import datetime
times = sorted(datetime.fromisoformat(json.loads(line)["time"].replace("Z", "+00:00")).timestamp()
               for name in sys.argv[1:] for line in open(name))
print(max(sum(1 for t in times if start <= t < start + 300) for start in times))
EOF
)
holds "the portals never saw more than $limit requests in 300 s (but $most)" test "$most" -le "$limit"
