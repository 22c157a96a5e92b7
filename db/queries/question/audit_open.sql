-- The portal's number for who may see the views and nothing else.
select portal_id from audit.portal where portal = $1
