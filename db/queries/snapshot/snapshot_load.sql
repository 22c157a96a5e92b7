-- The row of one snapshot, and how many versions held in it.
select checked_us(s.taken_at) as taken_at, s.complete, s.incomplete_reason, s.own_id, s.requests, s.logins_read,
       encode(s.digest, 'hex') as digest, checked_us(s.activity_since) as activity_since, s.activity_note,
       (select count(*) from account_version v
        where v.portal_id = $1::bigint and v.valid_from <= s.snapshot_id
          and (v.valid_to is null or v.valid_to > s.snapshot_id)
          and (v.status <> 'gone' or v.valid_from = s.snapshot_id)) as versions
from snapshot s
where s.portal_id = $1::bigint and s.snapshot_id = $2::bigint
