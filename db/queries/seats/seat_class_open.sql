-- Opens a version for every class that has none open.
insert into seat_class_version (portal_id, class, valid_from, position, contracted, price, currency)
select $1::bigint, s.class, $2::bigint, s.position, s.contracted, s.price, s.currency
from stage_seat_class s
where not exists (select from seat_class_version v
                  where v.portal_id = $1::bigint and v.class = s.class and v.valid_to is null)
