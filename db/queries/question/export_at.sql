-- Accounts with the columns of Bynder's own export; gone ones are not in it.
select case when name ~ ' ' then regexp_replace(name, ' [^ ]*$', '') else name end
           as first_name,
       case when name ~ ' ' then substring(name from '[^ ]*$') end as last_name,
       account_id as user_id, username, email,
       to_char(last_login at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_login,
       case status when 'active' then 'Active' when 'inactive' then 'Inactive' else '' end
           as status,
       country, department, coalesce(profile, profile_id) as profile,
       (select string_agg(g ->> 'name', ', ' order by g ->> 'name')
        from jsonb_array_elements("groups") g) as groups,
       to_char(created at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as created,
       case when status = 'inactive'
            then to_char(deactivated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
       end as deactivated,
       case when sso_only then 'Yes' else 'No' end as sso_only
from account_at($1, $2::timestamptz)
where status <> 'gone'
order by account_id collate "C"
