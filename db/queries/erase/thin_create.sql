-- Snapshots that are not kept, and the next one that is.
create temporary table thinning (snapshot_id bigint primary key, kept_id bigint not null)
    on commit drop
