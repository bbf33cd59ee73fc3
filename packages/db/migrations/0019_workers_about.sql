-- What a process that reads pages says of itself, for operators: its version, its models, where they run. Nothing is decided by it.
ALTER TABLE workers ADD COLUMN about jsonb NOT NULL DEFAULT '{}';
