-- Closes the classes that changed, and those that there are no more.
update seat_class_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and not exists (select from stage_seat_class s
                  where s.class = v.class
                    and (s.position, s.contracted, s.price, s.currency)
                        is not distinct from (v.position, v.contracted, v.price, v.currency))
