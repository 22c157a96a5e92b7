-- Closes the classes that changed, and those that there are no more.
update seat_class_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and v.class in (
      select o.class
      from (select class, position, contracted, price, currency from seat_class_version
            where portal_id = $1::bigint and valid_to is null) o
      left join stage_seat_class s on s.class = o.class
      where (s.class, s.position, s.contracted, s.price, s.currency)
            is distinct from (o.class, o.position, o.contracted, o.price, o.currency))
