-- The digest of a plan covers all that is believed of its rows.

set local search_path = reconcile, pg_catalog;

comment on column plan.version is 'of the form of its digest: 2 covers the subjects of its rows, 3 the profiles they give, 4 all that is believed of them';
comment on column plan_row.about is 'what a decision about this row is about, in words: those that subject is the digest of, so no other digest covers them; NULL: erased, or a plan of before';
comment on column plan_row.matched_row is 'row of the roster; no digest covers it';
