-- Those that are made of words of ours, and those that something else is called.
update erasing_value v set is_common = true
where v.value = any ($2::text[])
   or lower(v.value) in
      (select lower(f.value)
       from plan_row r, unnest(array[r.rule, r.department, r.profile, r.roles]) f (value)
       where r.portal_id = $1::bigint)
