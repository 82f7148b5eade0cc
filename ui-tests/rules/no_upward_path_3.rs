//! Two roles without an order: neither is under the other.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Buyer, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Buyer under Owner { view Product; assign Seller; }
    role Seller { view Product; }
}

fn main() {}
