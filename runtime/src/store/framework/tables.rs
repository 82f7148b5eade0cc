//! The tables of the framework, as they are made in an empty database.

/// Name and statement of each table, in the order in which they are made.
pub(super) const TABLES: &[(&str, &str)] = &[
    // `email` in lower case, Unicode NFC: the only form that is stored and looked up.
    (
        "bw_people",
        "CREATE TABLE bw_people (
  id {id},
  email {text} NOT NULL UNIQUE,
  role {text} NOT NULL,
  password_hash {text},
  must_change {bool} NOT NULL DEFAULT FALSE,
  inactive {bool} NOT NULL DEFAULT FALSE,
  locked_until {moment},
  created_at {moment} NOT NULL,
  attributes {json} NOT NULL DEFAULT '{}'
) {table}",
    ),
    (
        "bw_sessions",
        "CREATE TABLE bw_sessions (
  id {id},
  token_hash {bytes} NOT NULL UNIQUE,
  person {whole} NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  trust {text} NOT NULL,
  created_at {moment} NOT NULL,
  seen_at {moment} NOT NULL,
  expires_at {moment} NOT NULL,
  proved_at {moment},
  revoked_at {moment},
  reason {text},
  address {text} NOT NULL DEFAULT '',
  agent {text} NOT NULL DEFAULT ''
) {table}",
    ),
    (
        "bw_tokens",
        "CREATE TABLE bw_tokens (
  id {id},
  token_hash {bytes} NOT NULL UNIQUE,
  purpose {text} NOT NULL,
  person {whole} REFERENCES bw_people (id) ON DELETE CASCADE,
  email {text},
  role {text},
  created_at {moment} NOT NULL,
  expires_at {moment} NOT NULL,
  used_at {moment}
) {table}",
    ),
    // What programs sign in with, kept as a hash. `ended_at` is written once, and the row stays.
    (
        "bw_api_tokens",
        "CREATE TABLE bw_api_tokens (
  id {id},
  token_hash {bytes} NOT NULL UNIQUE,
  person {whole} NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  name {text} NOT NULL,
  reads_only {bool} NOT NULL,
  created_at {moment} NOT NULL,
  expires_at {moment} NOT NULL,
  used_at {moment},
  used_from {text} NOT NULL DEFAULT '',
  ended_at {moment},
  ended_why {text},
  CHECK ((ended_at IS NULL) = (ended_why IS NULL))
) {table}",
    ),
    // A removed factor's row stays, without its secret: ids are never used again, and the next secret is made of the
    // newest.
    (
        "bw_factors",
        "CREATE TABLE bw_factors (
  id {id},
  person {whole} NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  kind {text} NOT NULL,
  sealed {bytes} NOT NULL,
  last_step {whole} NOT NULL,
  created_at {moment} NOT NULL,
  removed_at {moment}
) {table}",
    ),
    (
        "bw_recovery_codes",
        "CREATE TABLE bw_recovery_codes (
  id {id},
  person {whole} NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  mark {text} NOT NULL,
  code_hash {text} NOT NULL,
  created_at {moment} NOT NULL,
  used_at {moment}
) {table}",
    ),
    // Nothing of a row signs anybody in: `public_key` verifies signatures and makes none.
    (
        "bw_passkeys",
        "CREATE TABLE bw_passkeys (
  id {id},
  person {whole} NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  credential {bytes} NOT NULL UNIQUE,
  handle {bytes} NOT NULL,
  public_key {text} NOT NULL,
  counter {whole} NOT NULL DEFAULT 0,
  name {text} NOT NULL,
  transports {text} NOT NULL DEFAULT '',
  synced {bool} NOT NULL DEFAULT FALSE,
  created_at {moment} NOT NULL,
  used_at {moment}
) {table}",
    ),
    // What passkeys are to sign, each once. `bound` is a hash of the session or browser, and of what it is for.
    (
        "bw_challenges",
        "CREATE TABLE bw_challenges (
  bound {bytes} PRIMARY KEY,
  state {text} NOT NULL,
  expires_at {moment} NOT NULL
) {keyed}",
    ),
    (
        "bw_throttle",
        "CREATE TABLE bw_throttle (
  key {text} PRIMARY KEY,
  window_start {moment} NOT NULL,
  count {whole} NOT NULL DEFAULT 0,
  failures {whole} NOT NULL DEFAULT 0,
  blocked_until {moment}
) {keyed}",
    ),
    // Browsers in which somebody signed in before: a stranger's guessing does not hold them back.
    (
        "bw_devices",
        "CREATE TABLE bw_devices (
  id {id},
  token_hash {bytes} NOT NULL,
  person {whole} NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  created_at {moment} NOT NULL,
  seen_at {moment} NOT NULL,
  UNIQUE (token_hash, person)
) {table}",
    ),
    // `name_key` is the name in lower case.
    (
        "bw_groups",
        "CREATE TABLE bw_groups (
  id {id},
  name {text} NOT NULL,
  name_key {text} NOT NULL UNIQUE,
  created_at {moment} NOT NULL
) {table}",
    ),
    (
        "bw_memberships",
        "CREATE TABLE bw_memberships (
  id {id},
  group_id {whole} NOT NULL REFERENCES bw_groups (id),
  person {whole} NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  joined_at {moment} NOT NULL,
  left_at {moment}
) {table}",
    ),
    // A row is written once, and its end once.
    (
        "bw_loans",
        "CREATE TABLE bw_loans (
  id {id},
  person {whole} REFERENCES bw_people (id) ON DELETE CASCADE,
  group_id {whole} REFERENCES bw_groups (id),
  role {text} NOT NULL,
  verb {text} NOT NULL,
  subject {text} NOT NULL,
  clauses {text} NOT NULL,
  lent_until {moment} NOT NULL,
  why {text} NOT NULL,
  lent_at {moment} NOT NULL,
  lent_by {text},
  renews {whole},
  ended_at {moment},
  ended_by {text},
  ended_why {text},
  CHECK ((person IS NULL) <> (group_id IS NULL)),
  CHECK ((ended_at IS NULL) = (ended_why IS NULL))
) {table}",
    ),
    // What is to be told to whom. A link is minted when its mail is sent: no row holds a token.
    (
        "bw_mail",
        "CREATE TABLE bw_mail (
  id {id},
  person {whole} REFERENCES bw_people (id) ON DELETE CASCADE,
  notice {text} NOT NULL,
  detail {text} NOT NULL DEFAULT '',
  state {text} NOT NULL,
  created_at {moment} NOT NULL,
  due_at {moment} NOT NULL,
  give_up_at {moment} NOT NULL,
  tries {whole} NOT NULL DEFAULT 0,
  claim {text},
  claimed_until {moment},
  done_at {moment},
  fault {text} NOT NULL DEFAULT '',
  request_id {text},
  address {text}
) {table}",
    ),
    // A job belongs to whoever holds its lease. `place` is how far it came, in the worker's own words.
    (
        "bw_jobs",
        "CREATE TABLE bw_jobs (
  id {id},
  person {whole} NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  session {whole} NOT NULL,
  request_id {text} NOT NULL,
  kind {text} NOT NULL,
  model {text} NOT NULL,
  params {text} NOT NULL,
  state {text} NOT NULL,
  created_at {moment} NOT NULL,
  ended_at {moment},
  total {whole},
  seen {whole} NOT NULL DEFAULT 0,
  done {whole} NOT NULL DEFAULT 0,
  failed {whole} NOT NULL DEFAULT 0,
  place {text} NOT NULL DEFAULT '',
  cancel {bool} NOT NULL DEFAULT FALSE,
  note {text} NOT NULL DEFAULT '',
  address {text},
  lease_owner {text},
  lease_until {moment}
) {table}",
    ),
    (
        "bw_job_faults",
        "CREATE TABLE bw_job_faults (
  id {id},
  job {whole} NOT NULL REFERENCES bw_jobs (id) ON DELETE CASCADE,
  line {whole} NOT NULL,
  field {text} NOT NULL,
  message {text} NOT NULL
) {table}",
    ),
    (
        "bw_uploads",
        "CREATE TABLE bw_uploads (
  id {id},
  person {whole} NOT NULL REFERENCES bw_people (id) ON DELETE CASCADE,
  session {whole} NOT NULL,
  model {text} NOT NULL,
  name {text} NOT NULL,
  format {text} NOT NULL,
  columns {text} NOT NULL,
  row_count {whole} NOT NULL DEFAULT 0,
  ready {bool} NOT NULL DEFAULT FALSE,
  created_at {moment} NOT NULL,
  expires_at {moment} NOT NULL
) {table}",
    ),
    (
        "bw_upload_parts",
        "CREATE TABLE bw_upload_parts (
  id {id},
  upload {whole} NOT NULL REFERENCES bw_uploads (id) ON DELETE CASCADE,
  first_row {whole} NOT NULL,
  content {text} NOT NULL
) {table}",
    ),
    // `row_key`: of a row that is known by something else than a number, which `row_id` is made of.
    // No foreign keys: the trail outlives the person, the session and the row.
    (
        "bw_audit",
        "CREATE TABLE bw_audit (
  seq {id},
  at {moment} NOT NULL,
  request_id {uuid} NOT NULL,
  actor {whole},
  actor_email {text},
  session {whole},
  address {text},
  event {text} NOT NULL,
  model {text},
  row_id {whole},
  row_key {text},
  changes {verbatim} NOT NULL,
  prev_hash {bytes} NOT NULL,
  hash {bytes} NOT NULL
) {table}",
    ),
    // Who did what to which row, of entries that retention removed from the log: two people for one thing stay two.
    (
        "bw_hands",
        "CREATE TABLE bw_hands (
  model {text} NOT NULL,
  row_id {whole} NOT NULL,
  person {whole} NOT NULL,
  event {text} NOT NULL,
  changes {text} NOT NULL,
  PRIMARY KEY (model, row_id, person, event, changes)
) {keyed}",
    ),
    (
        "bw_audit_head",
        "CREATE TABLE bw_audit_head (
  one {whole} PRIMARY KEY CHECK (one = 1),
  seq {whole} NOT NULL,
  hash {bytes} NOT NULL
) {table}",
    ),
    // Where the chain starts once retention removed entries.
    (
        "bw_audit_anchor",
        "CREATE TABLE bw_audit_anchor (
  one {whole} PRIMARY KEY CHECK (one = 1),
  seq {whole} NOT NULL,
  hash {bytes} NOT NULL,
  removed_at {moment} NOT NULL
) {table}",
    ),
    // Migration files that were applied, as they were.
    (
        "bw_migration_files",
        "CREATE TABLE bw_migration_files (
  name {text} PRIMARY KEY,
  hash {text} NOT NULL,
  at {moment} NOT NULL
) {keyed}",
    ),
    // Secret: with `version_key` the versions of rows of adopted tables are made, with `cursor_key` places in lists are
    // sealed.
    (
        "bw_settings",
        "CREATE TABLE bw_settings (
  name {text} PRIMARY KEY,
  value {text} NOT NULL
) {keyed}",
    ),
    (
        "bw_migrations",
        "CREATE TABLE bw_migrations (
  id {id},
  at {moment} NOT NULL,
  hash {text} NOT NULL,
  sql {text} NOT NULL
) {table}",
    ),
];
