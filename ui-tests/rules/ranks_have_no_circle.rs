//! Two roles that each stand under the other.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Buyer under Seller { view Product; }
    role Seller under Buyer, Owner { view Product; }
}

fn main() {}
