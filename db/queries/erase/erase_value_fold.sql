-- And the same as they are compared: keys and sentences may hold them so.
insert into erasing_value (value, is_folded)
select distinct v, true from unnest($1::text[]) v
where v <> ''
on conflict (value) do nothing
