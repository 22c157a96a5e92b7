-- Accounts that this snapshot shows with a seat and whose last clear state was to have none: when they
-- became active is a fact of their own life, thinning the versions does not change it. Only one that changed
-- can be among them.
update account a set became_active_at = $2::timestamptz
from (select distinct on (v.account_no) v.account_no, v.status
      from stage_account s
      join account_version v on v.portal_id = $1::bigint and v.account_no = s.account_no
          and v.status in ('active', 'inactive')
      where s.status = 'active'
      order by v.account_no, v.valid_from desc) b
where a.portal_id = $1::bigint and a.account_no = b.account_no and b.status = 'inactive'
