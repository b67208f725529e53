-- By which the server knows what it recorded itself; see docs/decisions/0021
ALTER TABLE audit_record ADD mac VARCHAR2(44 CHAR)
/
