-- What the history has open, of every account that has anything open (also who is gone has), and whether
-- it was there until now: whoever a complete snapshot does not have of these is gone. Had none: when it
-- last showed whether it has a seat.
select v.account_no, v.digest as version, v.department, v.status <> 'gone' as was_there,
       coalesce(case when v.status in ('active', 'inactive') then v.status
                     else (select w.status from account_version w
                           where w.portal_id = $1::bigint and w.account_no = v.account_no
                             and w.status in ('active', 'inactive')
                           order by w.valid_from desc limit 1) end = 'inactive', false) as had_none
from account_version v
where v.portal_id = $1::bigint and v.valid_to is null
