//! Words that look like a key and hold none.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Till {
        name: String label default "sk_live_";
        terms: Url default "https://example.org/terms?token=&page=2";
        host: String default "a:b@c";
    }
    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}
