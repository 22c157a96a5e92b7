-- The portal as it was known at a moment: each of its tables is asked for the portal's own rows, so that
-- what is joined is compared by what tells two rows of it apart, and not by the portal's number besides.

set local search_path = reconcile, pg_catalog;

do $$
declare
    old text := pg_get_functiondef('reconcile.account_at(text, timestamptz)'::regprocedure);
    new text := replace(old, '.portal_id = v.portal_id', '.portal_id = (select s.portal_id from shot s)');
begin
    if strpos(old, 'login_past') = 0 then
        raise exception 'reconcile.account_at is not the one that 0008 and 0026 made';
    end if;
    execute new; -- the same, where it was here before
end $$;
