-- Fills the stage. As text: in binary a bare COPY of the same rows takes a tenth to a fifth less time
-- (make bench), too little for an encoder of every type.
copy stage_listed from stdin
