-- Accounts that this snapshot shows with a seat and whose last clear state was to have none. Only one that
-- changed can be among them.
create temporary table stage_became on commit drop as
select account_no
from (select distinct on (v.account_no) v.account_no, v.status
      from stage_account s
      join account_version v on v.portal_id = $1::bigint and v.account_no = s.account_no
          and v.status in ('active', 'inactive')
      where s.status = 'active'
      order by v.account_no, v.valid_from desc) b
where status = 'inactive'
