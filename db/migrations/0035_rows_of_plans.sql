-- A row of a plan no longer asks, each for itself, whether its plan is there: that was a fourth of what storing
-- a plan costs. Rows come in the transaction that stores their plan, what else hangs on a plan (its guards, its
-- idle accounts, what it exposed) keeps it, and 'audit verify' tells of rows that have none.

set local search_path = reconcile, pg_catalog;

do $$
begin
    alter table plan_row drop constraint if exists plan_row_portal_id_plan_id_fkey;
end $$;
