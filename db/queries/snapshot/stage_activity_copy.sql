-- Fills the stage.
copy stage_activity from stdin
