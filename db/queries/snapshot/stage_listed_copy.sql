-- Fills the stage.
copy stage_listed from stdin (format binary)
