-- Accounts with the columns of Bynder's own export; gone ones are not in it.
select case when name ~ ' ' then regexp_replace(name, ' [^ ]*$', '') else name end,
       case when name ~ ' ' then substring(name from '[^ ]*$') end,
       account_id, username, email,
       to_char(last_login at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       case status when 'active' then 'Active' when 'inactive' then 'Inactive' else '' end,
       country, department, coalesce(profile, profile_id),
       (select string_agg(g ->> 'name', ', ' order by g ->> 'name')
        from jsonb_array_elements("groups") g),
       to_char(created at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       case when status = 'inactive'
            then to_char(deactivated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end,
       case when sso_only then 'Yes' else 'No' end
from account_at($1, $2::timestamptz)
where status <> 'gone'
order by account_id collate "C"
