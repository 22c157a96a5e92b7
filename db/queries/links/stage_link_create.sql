-- Who was matched to whom and was not before, while it is merged.
create temporary table stage_link (
    account_no integer not null, kind text not null, matched_by text not null, person_key text
) on commit drop
