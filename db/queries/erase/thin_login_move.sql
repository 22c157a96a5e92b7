-- The others are known from one that is kept, the newest as well.
with moved as (
    update login_past l set valid_from = f.kept_id
    from thinning f
    where l.portal_id = $1::bigint and l.valid_from = f.snapshot_id)
update account a set login_from = f.kept_id
from thinning f
where a.portal_id = $1::bigint and a.login_from = f.snapshot_id
