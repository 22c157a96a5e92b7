-- Fills the stage.
copy stage_link from stdin
