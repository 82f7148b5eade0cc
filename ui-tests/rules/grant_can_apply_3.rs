//! There is no whole number between 4 and 5.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Invoice { number: String label; lines: i32; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Invoice; delete Invoice when lines > 4 and lines < 5; }
}

fn main() {}
