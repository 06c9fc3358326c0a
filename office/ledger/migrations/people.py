"""Schema of the people of the office, their ways in, and their devices."""

from office.ledger.migrations.steps import Migration

PEOPLE = Migration(
    "people",
    (
        """CREATE TABLE people (
            id TEXT PRIMARY KEY,
            role TEXT NOT NULL CHECK (role IN ('farmer', 'officer', 'staff', 'guarantor', 'bank', 'admin')),
            name TEXT NOT NULL,
            phone TEXT NOT NULL,
            is_active BOOLEAN NOT NULL,
            successor TEXT,
            chat TEXT UNIQUE,
            added_by TEXT NOT NULL,
            added_at BIGINT NOT NULL,
            left_at BIGINT
        )""",
        """CREATE TABLE person_villages (
            village TEXT NOT NULL,
            person TEXT NOT NULL,
            PRIMARY KEY (village, person)
        )""",
        "CREATE INDEX person_villages_person ON person_villages (person)",
        """CREATE TABLE sign_in_tickets (
            digest TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('link', 'code', 'bot', 'first')),
            person TEXT NOT NULL,
            issued_by TEXT NOT NULL,
            issued_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            used_at BIGINT
        )""",
        "CREATE INDEX sign_in_tickets_person ON sign_in_tickets (person)",
        """CREATE TABLE devices (
            digest TEXT PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            person TEXT NOT NULL,
            label TEXT NOT NULL,
            began_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            ended_at BIGINT
        )""",
        "CREATE INDEX devices_person ON devices (person)",
    ),
)
