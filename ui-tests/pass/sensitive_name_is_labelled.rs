//! Labelled, or kept as a secret, or meant.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Employee { name: String label; iban: Option<String> sensitive; dob: Date personal; token: Option<Secret>; ssn: i64 public; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}
