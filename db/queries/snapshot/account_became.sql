-- When they became active is a fact of their own life: thinning the versions does not change it.
update account a set became_active_at = $2::timestamptz
from stage_became b
where a.portal_id = $1::bigint and a.account_no = b.account_no
