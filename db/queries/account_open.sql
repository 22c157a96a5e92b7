-- Opens a version for every account that has none open: new, changed or back again.
insert into account_version (portal_id, account_id, valid_from, status, username, email, email2,
                             name, employee_number, profile_id, country, department, groups,
                             groups_unreadable, sso_only, flaw, digest)
select $1::bigint, s.account_id, $2::bigint, s.status, s.username, s.email, s.email2, s.name,
       s.employee_number, s.profile_id, s.country, s.department, s.groups, s.groups_unreadable,
       s.sso_only, s.flaw, s.digest
from stage_account s
where not exists (select from account_version v
                  where v.portal_id = $1::bigint and v.account_id = s.account_id
                    and v.valid_to is null)
