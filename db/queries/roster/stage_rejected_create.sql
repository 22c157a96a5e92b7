-- The rejected rows of the roster while they are merged.
create temporary table stage_rejected (
    row_number bigint not null, reason text not null, employee_number text, email text,
    username text
) on commit drop
