-- Whoever is missing from a complete snapshot is gone: a fact of its own, with what was last known.
-- The digest cannot be that of an account that is there, so a return is seen as a change.
with closed as (
    update account_version v set valid_to = $2::integer
    from unnest($3::integer[]) d (account_no)
    where v.portal_id = $1::bigint and v.account_no = d.account_no and v.valid_to is null
    returning v.*)
insert into account_version (portal_id, account_no, valid_from, status, username, email, email2,
                             name, employee_number, profile_id, country, department, groups,
                             groups_unreadable, sso_only, flaw, digest)
select portal_id, account_no, $2::integer, 'gone', username, email, email2, name, employee_number,
       profile_id, country, department, groups, groups_unreadable, sso_only, flaw,
       sha256('gone'::bytea || digest)
from closed
