-- Rows of old plans that nobody decided on and nothing was done of; an erasure may have marked such a
-- plan before, with the rows of others still in it.
with old as (
    update plan p set redacted_at = coalesce(p.redacted_at, $3::timestamptz)
    where p.portal_id = $1::bigint and p.created_at < $2::timestamptz
      and p.state in ('empty', 'expired', 'rejected')
      and exists (select 1 from plan_row r
                  where r.portal_id = $1::bigint and r.plan_id = p.plan_id)
      and not exists (select 1 from approval a
                      where a.portal_id = $1::bigint and a.plan_id = p.plan_id
                        and a.kind = 'approve')
      and not exists (select 1 from ruling g
                      where g.portal_id = $1::bigint and g.plan_id = p.plan_id)
      and not exists (select 1 from step s
                      where s.portal_id = $1::bigint and s.plan_id = p.plan_id)
    returning p.portal_id, p.plan_id),
dropped as (
    delete from plan_row r using old o
    where r.portal_id = $1::bigint and r.plan_id = o.plan_id
    returning r.plan_id)
select plan_id, count(*) as rows from dropped group by plan_id order by plan_id
