//! The limits that hold without a word count by address too.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
