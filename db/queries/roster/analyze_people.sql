-- After much was added: an embedded server rarely runs long enough to gather figures by itself.
analyze person_version
