-- Rulings that end, as long as they stand. In the order of their numbers, which is that of their events.
with ended as (
    update ruling r
    set ended_at = $5::timestamptz, end_word = x.word, end_reason = x.reason, ended_by = $6
    from unnest($2::bigint[], $3::text[], $4::text[]) x(ruling_id, word, reason)
    where r.portal_id = $1::bigint and r.ruling_id = x.ruling_id and r.ended_at is null
    returning r.ruling_id, r.account_id, r.end_word, r.end_reason)
select ruling_id, account_id, end_word, end_reason from ended order by ruling_id
