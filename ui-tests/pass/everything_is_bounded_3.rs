//! The largest file, and exports bounded by session.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Scan { name: String label; page: Bytes len ..=8_388_608; }

    role Owner { all *; export Scan; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }

    throttle export 10 per 1h by session;
}
