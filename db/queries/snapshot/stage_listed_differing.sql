-- Those of the stage whose open version is another one: accounts to open anew, of which all that the
-- snapshot says is needed. Unchanged accounts leave no row.
select s.account_no
from stage_listed s
left join account_version v
    on v.portal_id = $1::bigint and v.account_no = s.account_no and v.valid_to is null
where v.digest is distinct from s.digest
order by s.account_no
