-- What the roster says, side by side with the versions while they are merged.
create temporary table stage_person (
    person_key text not null, ordinal integer not null, employee_number text, email text,
    username text, name text, department text, country text, word text not null, hire_date date,
    last_day date, rejected text, key_unreadable boolean not null, digest bytea not null
) on commit drop
