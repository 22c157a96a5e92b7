-- Fills the stage.
copy stage_profile_class from stdin
