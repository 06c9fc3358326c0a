"""Schema of codes, what happened to them, the cards printed with them, and who came through them."""

from office.ledger.migrations.steps import Migration

CODES = Migration(
    "codes",
    (
        """CREATE TABLE code_batches (
            id TEXT PRIMARY KEY,
            officer TEXT NOT NULL,
            note TEXT NOT NULL,
            made_by TEXT NOT NULL,
            made_at BIGINT NOT NULL
        )""",
        """CREATE TABLE codes (
            code TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('policy', 'loan')),
            entry TEXT NOT NULL,
            officer TEXT NOT NULL,
            village TEXT NOT NULL,
            batch TEXT NOT NULL REFERENCES code_batches (id),
            valid_from BIGINT NOT NULL,
            valid_to BIGINT,
            made_at BIGINT NOT NULL,
            withdrawn_at BIGINT,
            withdrawn_why TEXT
        )""",
        "CREATE INDEX codes_batch ON codes (batch)",
        "CREATE INDEX codes_officer ON codes (officer)",
        """CREATE TABLE code_changes (
            id <SERIAL>,
            code TEXT NOT NULL REFERENCES codes (code),
            what TEXT NOT NULL CHECK (what IN ('target', 'withdrawal', 'validity')),
            before TEXT NOT NULL,
            after TEXT NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL,
            at BIGINT NOT NULL
        )""",
        "CREATE INDEX code_changes_code ON code_changes (code)",
        """CREATE TABLE code_prints (
            id <SERIAL>,
            code TEXT NOT NULL REFERENCES codes (code),
            layout TEXT NOT NULL,
            copies INTEGER NOT NULL CHECK (copies > 0),
            entry TEXT NOT NULL,
            facts TEXT NOT NULL,
            publication TEXT NOT NULL,
            printed_by TEXT NOT NULL,
            printed_at BIGINT NOT NULL,
            settled TEXT CHECK (settled IN ('collected', 'replaced')),
            settled_by TEXT,
            settled_at BIGINT
        )""",
        "CREATE INDEX code_prints_out ON code_prints (code) WHERE settled IS NULL",
    ),
)

SCANS = Migration(
    "scans",
    (
        """CREATE TABLE scans (
            id <SERIAL>,
            code TEXT NOT NULL REFERENCES codes (code),
            way TEXT NOT NULL CHECK (way IN ('scanned', 'typed')),
            visitor TEXT,
            at BIGINT NOT NULL
        )""",
        "CREATE INDEX scans_code ON scans (code, at)",
        "CREATE INDEX scans_visitor ON scans (at) WHERE visitor IS NOT NULL",
        """CREATE TABLE scans_left_out (
            code TEXT NOT NULL,
            day TEXT NOT NULL,
            why TEXT NOT NULL CHECK (why IN ('preview', 'crawler', 'head', 'repeat', 'staff', 'flood')),
            hits INTEGER NOT NULL,
            PRIMARY KEY (code, day, why)
        )""",
        """CREATE TABLE orphan_codes (
            code TEXT PRIMARY KEY,
            hits INTEGER NOT NULL,
            first_at BIGINT NOT NULL,
            last_at BIGINT NOT NULL
        )""",
    ),
)
