-- Before the newest moment from which both histories are whole nobody can tell who became active.
with other as materialized (
    select states_whole_from from portal where portal_id = $2::bigint)
update portal p set states_whole_from = greatest(p.states_whole_from, o.states_whole_from)
from other o
where p.portal_id = $1::bigint
