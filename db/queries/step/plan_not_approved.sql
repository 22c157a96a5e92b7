-- The first of the given rows of a plan that has too few people, is rejected, is held, or needs another
-- number of people than it was made with: none may become a step. An approval counts for just the subject
-- of the row, while it stands.
select x.position, x.account_id, x.made_with, x.needed, x.people, x.held_by
from (select r.position, r.account_id, w.needed as made_with, coalesce(r.approvals, 1) as needed,
             (select count(distinct a.who) from ruling a
              where a.portal_id = $1::bigint and a.account_id = r.account_id
                and a.kind = 'approve' and a.subject = r.subject and a.ended_at is null) as people,
             coalesce(r.held_by,
                      (select 'a rejection by ' || j.who from ruling j
                       where j.portal_id = $1::bigint and j.account_id = r.account_id
                         and j.kind = 'reject' and j.action = r.action and j.rule = r.rule
                         and j.ended_at is null and j.until >= p.today
                       order by j.ruling_id limit 1)) as held_by
      from unnest($3::bigint[], $4::bigint[]) w (position, needed)
      join plan_row r on r.portal_id = $1::bigint and r.plan_id = $2::bigint and r.position = w.position
      join plan p on p.portal_id = $1::bigint and p.plan_id = r.plan_id) x
where x.people < x.needed or x.held_by is not null or x.needed <> x.made_with
order by x.position
limit 1
