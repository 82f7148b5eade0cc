//! Everybody is helped by the owner, and nobody helps the owner.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Product; }

    recovery { link by administrator for 24h; }
}

fn main() {}
