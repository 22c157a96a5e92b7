-- Whoever is missing from a complete snapshot is gone: a fact of its own, with what was last known.
-- The digest cannot be that of an account that is there, so a return is seen as a change.
with closed as (
    update account_version v set valid_to = $2::bigint
    where v.portal_id = $1::bigint and v.valid_to is null and v.status <> 'gone'
      and not exists (select from stage_account s where s.account_id = v.account_id)
    returning v.*)
insert into account_version (portal_id, account_id, valid_from, status, username, email, email2,
                             name, employee_number, profile_id, country, department, groups,
                             groups_unreadable, sso_only, flaw, digest)
select portal_id, account_id, $2::bigint, 'gone', username, email, email2, name, employee_number,
       profile_id, country, department, groups, groups_unreadable, sso_only, flaw,
       sha256('gone'::bytea || digest)
from closed
