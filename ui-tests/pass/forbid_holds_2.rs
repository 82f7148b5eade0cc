//! Other fields of the same model.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; price: i64; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Reception under Owner { view Product; edit Product { name }; }

    forbid Reception edit Product { price };
    forbid Reception delete *;
}
