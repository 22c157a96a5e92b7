-- Whatever decides something reads a time exactly or not at all: an act at the end of time was read as one
-- at no known time since 0032, and was in no budget. Only who checks what is stored reads on.

set local search_path = reconcile, pg_catalog;

create or replace function us(moment timestamptz) returns bigint
    language sql stable parallel safe
    return (extract(epoch from moment) * 1000000)::bigint;
comment on function us(timestamptz) is
    'microseconds since 1970-01-01 UTC, exact: how the program reads a time; of an infinite one an error';

create or replace function checked_us(moment timestamptz) returns bigint
    language sql stable parallel safe
    return case when isfinite(moment) then (extract(epoch from moment) * 1000000)::bigint end;
comment on function checked_us(timestamptz) is
    'the same where a record is checked: NULL of an infinite time, which the check then names';
