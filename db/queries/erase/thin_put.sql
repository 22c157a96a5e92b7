-- The newest snapshot is always kept, so there is a next one.
insert into thinning (snapshot_id, kept_id)
select s.snapshot_id,
       (select min(k.snapshot_id) from snapshot k
        where k.portal_id = $1::bigint and k.snapshot_id > s.snapshot_id and k.thinned_at is null)
from snapshot s
where s.portal_id = $1::bigint and s.thinned_at is not null
