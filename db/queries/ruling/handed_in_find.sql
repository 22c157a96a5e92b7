-- When this very file was taken first as this person's word; where they signed it, by their signature.
select us(min(at)) as at
from handed_in
where portal_id = $1::bigint and content = decode($2, 'hex') and who = $3
  and (key is not null or not $4::boolean)
