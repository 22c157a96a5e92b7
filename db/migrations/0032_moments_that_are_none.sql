-- The end of time is no moment: who reads a time is told that there is none, where the whole statement failed.

set local search_path = reconcile, pg_catalog;

create or replace function us(moment timestamptz) returns bigint
    language sql stable parallel safe
    return case when isfinite(moment) then (extract(epoch from moment) * 1000000)::bigint end;
comment on function us(timestamptz) is
    'microseconds since 1970-01-01 UTC, exact: how the program reads a time; NULL: none, or an infinite one';
