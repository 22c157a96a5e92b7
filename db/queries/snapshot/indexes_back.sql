-- The rows are there: the indexes again, as they were.
do $$
declare
    item record;
begin
    for item in select definition from stage_index order by name loop
        execute item.definition;
    end loop;
end $$
