-- Where the links and the open versions differ, found in one pass over both. Unchanged links leave
-- no row.
create temporary table stage_link_difference on commit drop as
select coalesce(s.account_no, v.account_no) as account_no, s.account_no is null as missing
from stage_link s
full join (select account_no, kind, matched_by, person_key from link_version
           where portal_id = $1::bigint and valid_to is null) v on v.account_no = s.account_no
where (v.kind, v.matched_by, v.person_key) is distinct from (s.kind, s.matched_by, s.person_key)
