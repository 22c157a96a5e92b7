-- Fills the stage in the fastest way there is.
copy stage_account from stdin
