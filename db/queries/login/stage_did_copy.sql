-- Fills the stage.
copy stage_did from stdin
