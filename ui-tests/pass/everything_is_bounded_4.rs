//! Texts as long as an index takes, a line that does not say how long it is, and long texts without an index.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product {
        name: String label unique;
        page: Option<Url> unique len ..=600;
        summary: String len ..=2_000;
        story: Text;
        filter page;
        sort name;
    }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}
