//! The framework's own tables, as fixed text. A change of them raises [`VERSION`]; an older program then refuses the
//! file.

/// Kept in the file's `user_version`.
pub(super) const VERSION: i64 = 2;

/// Name and statement of each table, in the order in which they are made.
pub(super) const TABLES: &[(&str, &str)] = &[
    // `email` in lower case, Unicode NFC: the only form that is stored and looked up.
    (
        "bw_people",
        "CREATE TABLE bw_people (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  password_hash TEXT,
  must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
  inactive INTEGER NOT NULL DEFAULT 0 CHECK (inactive IN (0, 1)),
  locked_until TEXT,
  created_at TEXT NOT NULL,
  attributes TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(attributes))
) STRICT",
    ),
    (
        "bw_sessions",
        "CREATE TABLE bw_sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL UNIQUE,
  person INTEGER NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  trust TEXT NOT NULL,
  created_at TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  proved_at TEXT,
  revoked_at TEXT,
  reason TEXT,
  address TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT ''
) STRICT",
    ),
    (
        "bw_tokens",
        "CREATE TABLE bw_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL UNIQUE,
  purpose TEXT NOT NULL,
  person INTEGER REFERENCES bw_people (id) ON DELETE CASCADE,
  email TEXT,
  role TEXT,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT
) STRICT",
    ),
    (
        "bw_throttle",
        "CREATE TABLE bw_throttle (
  key TEXT PRIMARY KEY,
  window_start TEXT NOT NULL,
  count INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  blocked_until TEXT
) STRICT, WITHOUT ROWID",
    ),
    // `name_key` is the name in lower case.
    (
        "bw_groups",
        "CREATE TABLE bw_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL
) STRICT",
    ),
    (
        "bw_memberships",
        "CREATE TABLE bw_memberships (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES bw_groups (id),
  person INTEGER NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  joined_at TEXT NOT NULL,
  left_at TEXT
) STRICT",
    ),
    // A row is written once, and its end once.
    (
        "bw_loans",
        "CREATE TABLE bw_loans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  person INTEGER REFERENCES bw_people (id) ON DELETE CASCADE,
  group_id INTEGER REFERENCES bw_groups (id),
  role TEXT NOT NULL,
  verb TEXT NOT NULL,
  subject TEXT NOT NULL,
  clauses TEXT NOT NULL,
  lent_until TEXT NOT NULL,
  why TEXT NOT NULL,
  lent_at TEXT NOT NULL,
  lent_by TEXT,
  renews INTEGER,
  ended_at TEXT,
  ended_by TEXT,
  ended_why TEXT,
  CHECK ((person IS NULL) <> (group_id IS NULL)),
  CHECK ((ended_at IS NULL) = (ended_why IS NULL))
) STRICT",
    ),
    // No foreign keys: the trail outlives the person, the session and the row.
    (
        "bw_audit",
        "CREATE TABLE bw_audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  request_id TEXT NOT NULL,
  actor INTEGER,
  actor_email TEXT,
  session INTEGER,
  event TEXT NOT NULL,
  model TEXT,
  row_id INTEGER,
  changes TEXT NOT NULL CHECK (json_valid(changes)),
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT",
    ),
    (
        "bw_audit_head",
        "CREATE TABLE bw_audit_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT",
    ),
    (
        "bw_migrations",
        "CREATE TABLE bw_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  hash TEXT NOT NULL,
  sql TEXT NOT NULL
) STRICT",
    ),
];

/// Name and statement of each index.
pub(super) const INDEXES: &[(&str, &str)] = &[
    ("bw_sessions_person", "CREATE INDEX bw_sessions_person ON bw_sessions (person)"),
    ("bw_sessions_expires", "CREATE INDEX bw_sessions_expires ON bw_sessions (expires_at)"),
    ("bw_tokens_person", "CREATE INDEX bw_tokens_person ON bw_tokens (person)"),
    ("bw_memberships_person", "CREATE INDEX bw_memberships_person ON bw_memberships (person)"),
    ("bw_memberships_group", "CREATE INDEX bw_memberships_group ON bw_memberships (group_id)"),
    ("bw_loans_person", "CREATE INDEX bw_loans_person ON bw_loans (person)"),
    ("bw_loans_group", "CREATE INDEX bw_loans_group ON bw_loans (group_id)"),
    ("bw_audit_actor", "CREATE INDEX bw_audit_actor ON bw_audit (actor)"),
    ("bw_audit_event", "CREATE INDEX bw_audit_event ON bw_audit (event)"),
    ("bw_audit_subject", "CREATE INDEX bw_audit_subject ON bw_audit (model, row_id)"),
    ("bw_audit_at", "CREATE INDEX bw_audit_at ON bw_audit (at)"),
];
