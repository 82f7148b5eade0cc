//! The indexes of the framework's tables.

/// Name and statement of each index.
pub(super) const INDEXES: &[(&str, &str)] = &[
    ("bw_sessions_person", "CREATE INDEX bw_sessions_person ON bw_sessions (person)"),
    ("bw_sessions_expires", "CREATE INDEX bw_sessions_expires ON bw_sessions (expires_at)"),
    ("bw_tokens_person", "CREATE INDEX bw_tokens_person ON bw_tokens (person)"),
    ("bw_api_tokens_person", "CREATE INDEX bw_api_tokens_person ON bw_api_tokens (person)"),
    ("bw_devices_person", "CREATE INDEX bw_devices_person ON bw_devices (person)"),
    ("bw_memberships_person", "CREATE INDEX bw_memberships_person ON bw_memberships (person)"),
    ("bw_memberships_group", "CREATE INDEX bw_memberships_group ON bw_memberships (group_id)"),
    ("bw_loans_person", "CREATE INDEX bw_loans_person ON bw_loans (person)"),
    ("bw_loans_group", "CREATE INDEX bw_loans_group ON bw_loans (group_id)"),
    ("bw_mail_due", "CREATE INDEX bw_mail_due ON bw_mail (state, due_at)"),
    ("bw_mail_person", "CREATE INDEX bw_mail_person ON bw_mail (person)"),
    ("bw_factors_live", "CREATE UNIQUE INDEX bw_factors_live ON bw_factors (person) WHERE removed_at IS NULL"),
    ("bw_recovery_codes_mark", "CREATE UNIQUE INDEX bw_recovery_codes_mark ON bw_recovery_codes (person, mark)"),
    ("bw_passkeys_person", "CREATE INDEX bw_passkeys_person ON bw_passkeys (person)"),
    ("bw_jobs_person", "CREATE INDEX bw_jobs_person ON bw_jobs (person)"),
    ("bw_jobs_state", "CREATE INDEX bw_jobs_state ON bw_jobs (state)"),
    ("bw_job_faults_job", "CREATE INDEX bw_job_faults_job ON bw_job_faults (job)"),
    ("bw_uploads_expires", "CREATE INDEX bw_uploads_expires ON bw_uploads (expires_at)"),
    ("bw_upload_parts_upload", "CREATE INDEX bw_upload_parts_upload ON bw_upload_parts (upload, first_row)"),
    ("bw_audit_actor", "CREATE INDEX bw_audit_actor ON bw_audit (actor)"),
    ("bw_audit_event", "CREATE INDEX bw_audit_event ON bw_audit (event)"),
    ("bw_audit_subject", "CREATE INDEX bw_audit_subject ON bw_audit (model, row_id)"),
    ("bw_audit_at", "CREATE INDEX bw_audit_at ON bw_audit (at)"),
];
