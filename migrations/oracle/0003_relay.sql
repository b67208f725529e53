-- How far the sealed trail was shipped to each place; see docs/decisions/0023
CREATE TABLE audit_relay (
    place VARCHAR2(600 CHAR) NOT NULL,
    batch NUMBER(18) NOT NULL,
    digest VARCHAR2(64 CHAR) NOT NULL,
    shipped_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_audit_relay PRIMARY KEY (place)
)
/
