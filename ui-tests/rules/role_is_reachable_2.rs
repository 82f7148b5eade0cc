//! Only a role that nobody can hold may assign it: the cause is told, not its consequence.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Owner, Buyer; reset *; lock *; unlock *; revoke *; view Audit; }
    role Buyer under Owner { view Product; }
    role Manager beside Buyer { view Product; assign Clerk; }
    role Clerk under Manager { view Product; }
}

fn main() {}
