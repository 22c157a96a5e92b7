-- What Bynder's export told of accounts the history has. Of two created dates the later one stays:
-- rule R5 counts from it, so it accuses less. Of two deactivations the later one is the last.
update account a
set created = greatest(a.created, s.created), deactivated = greatest(a.deactivated, s.deactivated)
from stage_dates s
where a.portal_id = $1::bigint and a.account_id = s.account_id
  and (a.created, a.deactivated) is distinct from
      (greatest(a.created, s.created), greatest(a.deactivated, s.deactivated))
