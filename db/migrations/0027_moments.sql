-- The portal at a moment of which nothing is known yet: where a history is spread over servers, a
-- question that compares with nothing is refused, so no portal, no reading and no roster have the
-- number that none has.

set local search_path = reconcile, pg_catalog;

do $$
declare
    old text := pg_get_functiondef('audit.account_at(text, timestamptz)'::regprocedure);
    new text := replace(
        old, E'\n    return query\n',
        E'\n    portal := coalesce(portal, 0);\n    shot := coalesce(shot, 0);\n'
        '    hr := coalesce(hr, 0);\n    return query\n');
begin
    if new = old then
        raise exception 'audit.account_at is not the one that 0008, 0022 and 0026 made';
    end if;
    execute new;
end $$;
