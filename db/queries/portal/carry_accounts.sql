-- Accounts of history $2 that $1 has never seen and that its acts and decisions are about, with the facts
-- of their life. The next reading opens their first version.
with missing as (
    select a.*, row_number() over (order by a.account_id) as n
    from account a
    where a.portal_id = $2::bigint
      and (exists (select from act c where c.portal_id = a.portal_id and c.account_id = a.account_id)
           or exists (select from ruling r
                      where r.portal_id = a.portal_id and r.account_id = a.account_id))
      and not exists (select from account o
                      where o.portal_id = $1::bigint and o.account_id = a.account_id)),
numbered as (
    update portal set last_account_no = last_account_no + (select count(*) from missing)::integer
    where portal_id = $1::bigint
    returning last_account_no - (select count(*) from missing)::integer as before, last_snapshot_id)
insert into account (portal_id, account_id, account_no, first_snapshot_id, first_seen, created,
                     deactivated, ever_active, once_linked, missing_at, became_active_at,
                     reactivated_at, bound)
select $1::bigint, m.account_id, (t.before + m.n)::integer, t.last_snapshot_id, m.first_seen,
       m.created, m.deactivated, m.ever_active, m.once_linked, m.missing_at, m.became_active_at,
       m.reactivated_at, m.bound
from missing m
cross join numbered t
order by m.account_id
