-- How far the sealed trail was shipped to each place; see docs/decisions/0023
CREATE TABLE audit_relay (
    place TEXT NOT NULL,
    batch INTEGER NOT NULL,
    digest TEXT NOT NULL,
    shipped_at TEXT NOT NULL,
    CONSTRAINT pk_audit_relay PRIMARY KEY (place)
)
/
