-- Opens a version for every known account that changed or is back again.
insert into account_version (portal_id, account_no, valid_from, status, username, email, email2,
                             name, employee_number, profile_id, country, department, groups,
                             groups_unreadable, sso_only, flaw, digest)
select $1::bigint, s.account_no, $2::integer, s.status, s.username, s.email, s.email2, s.name,
       s.employee_number, s.profile_id, s.country, s.department, s.groups, s.groups_unreadable,
       s.sso_only, s.flaw, s.digest
from stage_account s
order by s.account_no
