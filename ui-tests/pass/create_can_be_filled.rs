//! What has a default, may be empty or is written by the panel can be left out.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product {
        name: String label;
        price: i64 default 0;
        color: Option<String>;
        made_at: Timestamp created;
        made_by: Actor author;
    }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; create Product { name }; }
}
