//! A word that begins like a key, and an address without a password.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Hook { name: String label; target: Url help "Such as https://example.org/in?token="; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Robot under Owner { view Hook when name == "ghp_short" or name == "eyJ.a.b"; }
}
