-- The people they belonged to, the word that takes the place of their key, and what takes that of a digest.
create temporary table erasing_person (
    person_key text primary key, new_key text not null,
    chance bytea not null default sha256(convert_to(gen_random_uuid()::text, 'UTF8'))
) on commit drop
