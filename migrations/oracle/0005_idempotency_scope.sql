-- A key was `service, user, location, operation, key`, a line each; the location is no part of it any more. Where two keys become one, the
-- second stays as it is and is forgotten after a day.
UPDATE idempotency SET id = REGEXP_REPLACE(id, '^(([^' || CHR(10) || ']*' || CHR(10) || '){2})[^' || CHR(10) || ']*' || CHR(10), '\1')
WHERE rowid IN (
    SELECT MIN(rowid) FROM idempotency
    GROUP BY REGEXP_REPLACE(id, '^(([^' || CHR(10) || ']*' || CHR(10) || '){2})[^' || CHR(10) || ']*' || CHR(10), '\1')
)
/
