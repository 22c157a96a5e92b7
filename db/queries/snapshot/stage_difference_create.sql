-- Where the snapshot and the open versions differ, found in one pass over both: accounts to open
-- anew, and open ones that the snapshot does not have. Unchanged accounts leave no row.
create temporary table stage_difference on commit drop as
select coalesce(s.account_no, v.account_no) as account_no, s.account_no is null as missing
from stage_listed s
full join (select account_no, status, digest from account_version
           where portal_id = $1::bigint and valid_to is null) v on v.account_no = s.account_no
where v.digest is distinct from s.digest
  and (s.account_no is not null or v.status <> 'gone')
