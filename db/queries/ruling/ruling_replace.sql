-- What rulings behind number $2 take the place of: a keep ends the approvals of its account, a
-- rejection those of its row, and who decides anew about the same takes back their earlier word.
with ended as (
    update ruling r
    set ended_at = x.at, end_word = 'newer', end_reason = x.reason, ended_by = x.who
    from (select distinct on (o.ruling_id) o.ruling_id, n.who, n.at,
                 case when n.kind = o.kind then 'the same person decided anew'
                      when n.kind = 'keep' then 'the account is kept'
                      else 'the row was rejected' end as reason
          from ruling n
          join ruling o on o.portal_id = $1::bigint and o.account_id = n.account_id
              and o.ended_at is null and o.ruling_id < n.ruling_id
          where n.portal_id = $1::bigint and n.ruling_id > $2::bigint
            and (n.kind = 'keep' and o.kind = 'approve'
                 or n.kind = 'reject' and o.kind = 'approve' and o.action = n.action
                    and o.rule = n.rule
                 or n.kind = o.kind and n.who = o.who
                    and (n.action, n.rule) is not distinct from (o.action, o.rule))
          order by o.ruling_id, n.ruling_id) x
    where r.portal_id = $1::bigint and r.ruling_id = x.ruling_id
    returning r.ruling_id, r.account_id, r.ended_at, r.end_reason, r.ended_by)
select ruling_id, account_id, us(ended_at) as ended_at, end_reason, ended_by from ended
order by ruling_id
