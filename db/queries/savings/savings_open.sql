-- Whether there is an act that savings_acts would take in, or a seat that savings_returns would look for.
select exists (select 1 from act a
               where a.portal_id = $1::bigint
                 and not exists (select 1 from seat_act d
                                 where d.portal_id = $1::bigint and d.act_id = a.act_id)) as acts,
       exists (select 1 from seat_act f
               where f.portal_id = $1::bigint and f.frees and f.back_on is null) as seats
