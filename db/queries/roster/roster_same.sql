-- Whether the versions that are open say just what the roster says, so that there is nothing to merge: its
-- bytes are those of the one before, and the digest of its people in any order (facts/roster.h,
-- roster_content) is that of the open versions. Other bytes are not looked into any further. Of no row: no.
-- Sorted before they are put together, which costs less than meanwhile; in another order it is a no as well.
select p.content = decode($3, 'hex')
from (select digest from roster
      where portal_id = $1::bigint
      order by roster_id desc limit 1) b
cross join lateral (
    select sha256(int8send(8) || int8send(count(*)) || string_agg(v.digest, ''::bytea)) as content
    from (select digest from person_version
          where portal_id = $1::bigint and valid_to is null and b.digest = decode($2, 'hex')
          order by digest) v) p
where p.content is not null
