-- A file of decisions that is taken now.
insert into handed_in (portal_id, handed_in_id, content, name, who, at, key, signature)
values ($1::bigint, $2::bigint, decode($3, 'hex'), $4, $5, $6::timestamptz, $7, $8)
