-- The class of each profile of the snapshot, NULL where none fits, while it is merged.
create temporary table stage_profile_class (
    profile_id text not null, class text
) on commit drop
