-- Fills the stage.
copy stage_person from stdin
