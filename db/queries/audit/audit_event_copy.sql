-- Many events at the end of the chain; the trigger checks each.
copy audit_event (portal_id, sequence, version, at, kind, run_id, plan_id, position, account_id, word,
                  fact, sealed, previous, hash)
from stdin
