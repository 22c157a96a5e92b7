-- Opens a version for every class that has none open.
insert into seat_class_version (portal_id, class, valid_from, position, contracted, price, currency)
select $1::bigint, s.class, $2::bigint, s.position, s.contracted, s.price, s.currency
from stage_seat_class s
left join (select class from seat_class_version
           where portal_id = $1::bigint and valid_to is null) v on v.class = s.class
where v.class is null
