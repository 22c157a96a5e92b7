-- What the snapshot says of profiles, while it is merged.
create temporary table stage_profile (
    profile_id text not null, name text, roles jsonb not null, digest bytea not null
) on commit drop
