-- Schema 4. What went over the wire of an attempt, sealed and without secrets, and which attempt an entry of the activity is
-- about: the evidence of a write can be opened from where it is told.
ALTER TABLE attempt ADD COLUMN exchanges BLOB;
ALTER TABLE activity ADD COLUMN attempt_id BLOB;
