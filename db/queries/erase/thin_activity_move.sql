-- The rest is known from one that is kept, in the list of the newest as well.
with moved as (
    update activity l set valid_from = f.kept_id
    from thinning f
    where l.portal_id = $1::bigint and l.valid_from = f.snapshot_id
    returning l.account_no, f.snapshot_id, f.kept_id)
update activity_known k set valid_from = m.kept_id
from moved m
where k.portal_id = $1::bigint and k.account_no = m.account_no and k.valid_from = m.snapshot_id
