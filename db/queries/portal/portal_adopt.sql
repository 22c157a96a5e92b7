-- A person says that this is the portal: its user and accounts are learned anew, and other names with
-- this host do not matter any more. Readings of before may be of another portal: that they do not have
-- an account proves nothing (K4), nor does it of those that were first seen while G14 held; and its
-- events are read anew. Who it was before.
with before as (
    select host from portal where portal_id = $1::bigint for update),
unproved as (
    update account a set missing_at = null
    where a.portal_id = $1::bigint and a.missing_at is not null
      and a.first_snapshot_id in (select p.snapshot_id
                                  from plan p
                                  join plan_guard g on g.portal_id = $1::bigint
                                      and g.plan_id = p.plan_id
                                  where p.portal_id = $1::bigint and g.guard = 'G14' and g.hold)),
unread as (
    update events_read e set host = null where e.portal_id = $1::bigint)
update portal p
set host = $2, own_id = null, known_snapshot_id = null, shares_host = true,
    adopted_snapshot_id = p.last_snapshot_id
from before b
where p.portal_id = $1::bigint
returning b.host
