//! The first rows of the framework's own tables.

/// What a table starts with: its name, the step in words, and the statement on SQLite and on PostgreSQL.
pub(super) const FIRST: &[(&str, &str, [&str; 2])] = &[
    (
        "bw_audit_head",
        "start the audit log",
        [
            "INSERT INTO bw_audit_head (one, seq, hash) VALUES (1, 0, zeroblob(32))",
            "INSERT INTO bw_audit_head (one, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'))",
        ],
    ),
    // 256 and 244 random bits.
    (
        "bw_settings",
        "make the keys of versions and of cursors",
        [
            "INSERT INTO bw_settings (name, value) VALUES ('version_key', lower(hex(randomblob(32)))), \
             ('cursor_key', lower(hex(randomblob(32))))",
            "INSERT INTO bw_settings (name, value) VALUES ('version_key', gen_random_uuid()::text || \
             gen_random_uuid()::text), ('cursor_key', gen_random_uuid()::text || gen_random_uuid()::text)",
        ],
    ),
];
