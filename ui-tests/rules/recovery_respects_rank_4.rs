//! A reset of a role that stands beside one's own: equals are not below.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Seller under Owner { view Product; }
    role Buyer beside Seller { view Product; reset Seller; }
}

fn main() {}
