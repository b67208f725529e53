-- A key was `service, user, location, operation, key`, a line each; the location is no part of it any more. Where two keys become one, the
-- second stays as it is and is forgotten after a day.
UPDATE OR IGNORE idempotency SET id = (
    WITH
        behind_service (rest) AS (SELECT substr(idempotency.id, instr(idempotency.id, char(10)) + 1)),
        behind_user (rest) AS (SELECT substr(rest, instr(rest, char(10)) + 1) FROM behind_service),
        behind_location (rest) AS (SELECT substr(rest, instr(rest, char(10)) + 1) FROM behind_user)
    SELECT substr(idempotency.id, 1, length(idempotency.id) - length(behind_user.rest)) || behind_location.rest
    FROM behind_user, behind_location
)
/
