-- Schema 7. Which Sealpost can open the file, for an earlier one that can't and shall say so. In clear, and believed by nobody
-- beyond that sentence.
ALTER TABLE vault ADD COLUMN needs TEXT;
