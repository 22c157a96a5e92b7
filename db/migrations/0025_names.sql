-- Whose username is the part of their address before the @ is found by their address: an index less to
-- keep for them. Addresses are in the order of their bytes, whatever the database's own, so that all
-- that begin alike stand together; one address is found in it as in any other. (A username that ends in
-- a blank is left to its own index, and so is an empty one.)

set local search_path = reconcile, pg_catalog;

-- One statement to the server, which has them one by one: where a history is spread, an index is made and
-- dropped by sending on the text that it came with, and the other servers take no more than one at a time.
do $$
begin
    drop index account_version_username;
    drop index account_version_email;
    create index account_version_username on account_version (portal_id, audit.plain(username))
        where username is distinct from email
          and (right(username, 1) collate "C" > ' ' and starts_with(email, username || '@')) is not true;
    create index account_version_email on account_version
        (portal_id, audit.plain(email) text_pattern_ops);
end $$;
