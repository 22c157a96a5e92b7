-- Every history of this portal: its own first, then what it wrote under names that it lost and was set
-- aside for it. No configuration leads to those any more, and they are about the same people.
select portal_id from portal
where portal_id = $1::bigint or goes_on_in = $1::bigint
order by portal_id <> $1::bigint, portal_id
