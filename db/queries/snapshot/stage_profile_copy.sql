-- Fills the stage.
copy stage_profile from stdin
