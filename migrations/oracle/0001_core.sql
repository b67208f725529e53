-- The same for Oracle 19c and later. Grants decide who may insert into audit_log; nobody may update or delete.
-- One statement a step; a line that holds only a slash ends it.

CREATE TABLE resource_item (
    id VARCHAR2(36 CHAR) NOT NULL,
    name VARCHAR2(200 CHAR) NOT NULL,
    description VARCHAR2(2000 CHAR),
    status VARCHAR2(8 CHAR) NOT NULL,
    version NUMBER(18) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    updated_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_resource_item PRIMARY KEY (id),
    CONSTRAINT ck_resource_item_status CHECK (status IN ('active', 'archived'))
)
/
CREATE INDEX ix_resource_item_name ON resource_item (name, id)
/
CREATE INDEX ix_resource_item_status ON resource_item (status, id)
/
CREATE TABLE payoff (
    id VARCHAR2(36 CHAR) NOT NULL,
    loan_number VARCHAR2(10 CHAR) NOT NULL,
    program VARCHAR2(10 CHAR) NOT NULL,
    location_id VARCHAR2(10 CHAR) NOT NULL,
    payoff_date DATE NOT NULL,
    status VARCHAR2(9 CHAR) NOT NULL,
    reason VARCHAR2(9 CHAR) NOT NULL,
    reason_text VARCHAR2(1000 CHAR),
    payment_method VARCHAR2(7 CHAR) NOT NULL,
    requester_name VARCHAR2(200 CHAR) NOT NULL,
    requester_email VARCHAR2(254 CHAR) NOT NULL,
    requester_phone VARCHAR2(16 CHAR) NOT NULL,
    requester_role VARCHAR2(13 CHAR) NOT NULL,
    closing_agent_company VARCHAR2(200 CHAR),
    closing_agent_contact_name VARCHAR2(200 CHAR),
    closing_agent_email VARCHAR2(254 CHAR),
    closing_agent_phone VARCHAR2(16 CHAR),
    property_address_line1 VARCHAR2(200 CHAR),
    property_address_line2 VARCHAR2(200 CHAR),
    property_address_city VARCHAR2(100 CHAR),
    property_address_state VARCHAR2(2 CHAR),
    property_address_zip VARCHAR2(5 CHAR),
    property_address_zip4 VARCHAR2(4 CHAR),
    property_address_country_code VARCHAR2(2 CHAR),
    quote_principal NUMBER(15,2),
    quote_accrued_interest NUMBER(15,2),
    quote_per_diem NUMBER(15,2),
    quote_interest_rate NUMBER(7,5),
    quote_day_count VARCHAR2(10 CHAR),
    quote_fees NUMBER(15,2),
    quote_late_charges NUMBER(15,2),
    quote_prepayment_premium NUMBER(15,2),
    quote_credits NUMBER(15,2),
    quote_total NUMBER(15,2),
    quote_quoted_at TIMESTAMP(6),
    requested_by VARCHAR2(64 CHAR) NOT NULL,
    version NUMBER(18) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    updated_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_payoff PRIMARY KEY (id),
    CONSTRAINT ck_payoff_program CHECK (program IN ('7a', '504', 'disaster', 'covid_eidl')),
    CONSTRAINT ck_payoff_status CHECK (status IN ('requested', 'quoted', 'scheduled', 'paid', 'expired', 'cancelled', 'rejected')),
    CONSTRAINT ck_payoff_reason CHECK (reason IN ('refinance', 'sale', 'cash', 'maturity', 'other')),
    CONSTRAINT ck_payoff_payment_method CHECK (payment_method IN ('wire', 'ach', 'pay_gov', 'check')),
    CONSTRAINT ck_payoff_requester_role CHECK (requester_role IN ('borrower', 'lender', 'attorney', 'title_company', 'other')),
    CONSTRAINT ck_payoff_quote_day_count CHECK (quote_day_count IN ('actual_365', 'actual_360', 'thirty_360'))
)
/
CREATE INDEX ix_payoff_loan_number ON payoff (loan_number, id)
/
CREATE INDEX ix_payoff_program ON payoff (program, id)
/
CREATE INDEX ix_payoff_location_id ON payoff (location_id, id)
/
CREATE INDEX ix_payoff_payoff_date ON payoff (payoff_date, id)
/
CREATE INDEX ix_payoff_status ON payoff (status, id)
/
CREATE INDEX ix_payoff_property_address_state ON payoff (property_address_state, id)
/
CREATE TABLE location (
    id VARCHAR2(10 CHAR) NOT NULL,
    partner_id VARCHAR2(32 CHAR) NOT NULL,
    name VARCHAR2(200 CHAR) NOT NULL,
    type VARCHAR2(16 CHAR) NOT NULL,
    status VARCHAR2(8 CHAR) NOT NULL,
    address_line1 VARCHAR2(200 CHAR) NOT NULL,
    address_line2 VARCHAR2(200 CHAR),
    address_city VARCHAR2(100 CHAR) NOT NULL,
    address_state VARCHAR2(2 CHAR) NOT NULL,
    address_zip VARCHAR2(5 CHAR) NOT NULL,
    address_zip4 VARCHAR2(4 CHAR),
    address_country_code VARCHAR2(2 CHAR) NOT NULL,
    phone VARCHAR2(16 CHAR) NOT NULL,
    version NUMBER(18) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    updated_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_location PRIMARY KEY (id),
    CONSTRAINT ck_location_type CHECK (type IN ('headquarters', 'branch', 'cdc', 'servicing_center')),
    CONSTRAINT ck_location_status CHECK (status IN ('active', 'inactive'))
)
/
CREATE INDEX ix_location_partner_id ON location (partner_id, id)
/
CREATE INDEX ix_location_name ON location (name, id)
/
CREATE INDEX ix_location_type ON location (type, id)
/
CREATE INDEX ix_location_status ON location (status, id)
/
CREATE INDEX ix_location_address_state ON location (address_state, id)
/
CREATE TABLE user_account (
    id VARCHAR2(64 CHAR) NOT NULL,
    username VARCHAR2(100 CHAR) NOT NULL,
    email VARCHAR2(254 CHAR) NOT NULL,
    first_name VARCHAR2(100 CHAR) NOT NULL,
    last_name VARCHAR2(100 CHAR) NOT NULL,
    phone VARCHAR2(16 CHAR),
    user_type VARCHAR2(12 CHAR) NOT NULL,
    status VARCHAR2(8 CHAR) NOT NULL,
    memberships CLOB NOT NULL,
    version NUMBER(18) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    updated_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_user_account PRIMARY KEY (id),
    CONSTRAINT ux_user_account_username UNIQUE (username),
    CONSTRAINT ux_user_account_email UNIQUE (email),
    CONSTRAINT ck_user_account_user_type CHECK (user_type IN ('sba_employee', 'partner', 'borrower')),
    CONSTRAINT ck_user_account_status CHECK (status IN ('active', 'inactive', 'locked')),
    CONSTRAINT ck_user_account_memberships CHECK (memberships IS JSON)
)
/
CREATE INDEX ix_user_account_last_name ON user_account (last_name, id)
/
CREATE INDEX ix_user_account_status ON user_account (status, id)
/
CREATE TABLE user_account_memberships_location_id (
    value VARCHAR2(10 CHAR) NOT NULL,
    row_key VARCHAR2(64 CHAR) NOT NULL,
    CONSTRAINT pk_user_account_memberships_location_id PRIMARY KEY (value, row_key),
    CONSTRAINT fk_user_account_memberships_location_id FOREIGN KEY (row_key) REFERENCES user_account (id) ON DELETE CASCADE
)
/
CREATE INDEX ix_user_account_memberships_location_id ON user_account_memberships_location_id (row_key)
/
CREATE TABLE country (
    alpha2 VARCHAR2(2 CHAR) NOT NULL,
    alpha3 VARCHAR2(3 CHAR) NOT NULL,
    numeric VARCHAR2(3 CHAR) NOT NULL,
    name VARCHAR2(200 CHAR) NOT NULL,
    official_name VARCHAR2(300 CHAR),
    version NUMBER(18) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    updated_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_country PRIMARY KEY (alpha2),
    CONSTRAINT ux_country_alpha3 UNIQUE (alpha3),
    CONSTRAINT ux_country_numeric UNIQUE (numeric)
)
/
CREATE INDEX ix_country_name ON country (name, alpha2)
/
CREATE TABLE holiday (
    id VARCHAR2(100 CHAR) NOT NULL,
    date_ DATE NOT NULL,
    actual_date DATE NOT NULL,
    year NUMBER(18) NOT NULL,
    name VARCHAR2(200 CHAR) NOT NULL,
    observed NUMBER(1) NOT NULL,
    calendar VARCHAR2(15 CHAR) NOT NULL,
    scope VARCHAR2(8 CHAR) NOT NULL,
    version NUMBER(18) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    updated_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_holiday PRIMARY KEY (id),
    CONSTRAINT ck_holiday_observed CHECK (observed IN (0, 1)),
    CONSTRAINT ck_holiday_calendar CHECK (calendar IN ('federal', 'federal_reserve', 'executive_order')),
    CONSTRAINT ck_holiday_scope CHECK (scope IN ('national', 'dc_area'))
)
/
CREATE INDEX ix_holiday_date_ ON holiday (date_, id)
/
CREATE INDEX ix_holiday_year ON holiday (year, id)
/
CREATE INDEX ix_holiday_calendar ON holiday (calendar, id)
/
CREATE TABLE franchise (
    id VARCHAR2(64 CHAR) NOT NULL,
    code VARCHAR2(20 CHAR),
    brand VARCHAR2(200 CHAR) NOT NULL,
    brand_fold VARCHAR2(200 CHAR) NOT NULL,
    franchisor VARCHAR2(200 CHAR),
    meets_ftc_definition NUMBER(1) NOT NULL,
    addendum_needed NUMBER(1) NOT NULL,
    addendum_type VARCHAR2(100 CHAR),
    notes VARCHAR2(4000 CHAR),
    active NUMBER(1) NOT NULL,
    sample NUMBER(1) NOT NULL,
    version NUMBER(18) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    updated_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_franchise PRIMARY KEY (id),
    CONSTRAINT ck_franchise_meets_ftc_definition CHECK (meets_ftc_definition IN (0, 1)),
    CONSTRAINT ck_franchise_addendum_needed CHECK (addendum_needed IN (0, 1)),
    CONSTRAINT ck_franchise_active CHECK (active IN (0, 1)),
    CONSTRAINT ck_franchise_sample CHECK (sample IN (0, 1))
)
/
CREATE INDEX ix_franchise_code ON franchise (code, id)
/
CREATE INDEX ix_franchise_brand ON franchise (brand_fold, id)
/
CREATE INDEX ix_franchise_meets_ftc_definition ON franchise (meets_ftc_definition, id)
/
CREATE INDEX ix_franchise_active ON franchise (active, id)
/
CREATE TABLE naics_code (
    code VARCHAR2(6 CHAR) NOT NULL,
    level_ NUMBER(18) NOT NULL,
    title VARCHAR2(300 CHAR) NOT NULL,
    parent_code VARCHAR2(6 CHAR),
    sector_code VARCHAR2(6 CHAR) NOT NULL,
    size_standards CLOB NOT NULL,
    version NUMBER(18) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    updated_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_naics_code PRIMARY KEY (code),
    CONSTRAINT ck_naics_code_size_standards CHECK (size_standards IS JSON)
)
/
CREATE INDEX ix_naics_code_level_ ON naics_code (level_, code)
/
CREATE INDEX ix_naics_code_parent_code ON naics_code (parent_code, code)
/
CREATE INDEX ix_naics_code_sector_code ON naics_code (sector_code, code)
/
CREATE TABLE naics_code_title_word (
    value VARCHAR2(64 CHAR) NOT NULL,
    row_key VARCHAR2(6 CHAR) NOT NULL,
    CONSTRAINT pk_naics_code_title_word PRIMARY KEY (value, row_key),
    CONSTRAINT fk_naics_code_title_word FOREIGN KEY (row_key) REFERENCES naics_code (code) ON DELETE CASCADE
)
/
CREATE INDEX ix_naics_code_title_word ON naics_code_title_word (row_key)
/
CREATE TABLE audit_log (
    id VARCHAR2(36 CHAR) NOT NULL,
    recorded_at TIMESTAMP(6) NOT NULL,
    service VARCHAR2(100 CHAR) NOT NULL,
    key_id VARCHAR2(100 CHAR),
    user_id VARCHAR2(64 CHAR),
    user_proof VARCHAR2(20 CHAR),
    location_id VARCHAR2(10 CHAR),
    operation VARCHAR2(100 CHAR) NOT NULL,
    request_id VARCHAR2(64 CHAR),
    table_name VARCHAR2(30 CHAR) NOT NULL,
    row_id VARCHAR2(200 CHAR) NOT NULL,
    version_before NUMBER(18),
    version_after NUMBER(18),
    before_json CLOB,
    after_json CLOB,
    build VARCHAR2(40 CHAR) NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (id)
)
/
CREATE INDEX ix_audit_log_row ON audit_log (table_name, row_id, id)
/
CREATE TABLE idempotency (
    id VARCHAR2(400 CHAR) NOT NULL,
    created_at TIMESTAMP(6) NOT NULL,
    fingerprint VARCHAR2(64 CHAR) NOT NULL,
    status NUMBER(3) NOT NULL,
    etag VARCHAR2(64 CHAR),
    location VARCHAR2(400 CHAR),
    body CLOB NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (id)
)
/
CREATE INDEX ix_idempotency_created_at ON idempotency (created_at)
/
CREATE TABLE loaded_data (
    name VARCHAR2(64 CHAR) NOT NULL,
    checksum VARCHAR2(64 CHAR) NOT NULL,
    loaded_at TIMESTAMP(6) NOT NULL,
    CONSTRAINT pk_loaded_data PRIMARY KEY (name)
)
/
