-- The newest reading until a moment when it was thinned out since, and the one that answers instead.
select (extract(epoch from gone.taken_at) * 1000000)::bigint as gone,
       (extract(epoch from kept.taken_at) * 1000000)::bigint as kept
from (select max(s.taken_at) as taken_at from audit.snapshot s
      where s.portal_id = $1::bigint and s.taken_at <= $2::timestamptz and s.thinned_at is not null) gone,
     (select max(s.taken_at) as taken_at from audit.snapshot s
      where s.portal_id = $1::bigint and s.taken_at <= $2::timestamptz and s.thinned_at is null) kept
where gone.taken_at > kept.taken_at
