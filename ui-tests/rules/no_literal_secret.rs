//! The fallback is meant for a laptop, and holds the real password.

bailiwick::admin! {
    panel Shop {
        database env "DATABASE_URL" or "postgres://shop:hunter2@db.example.org/shop";
        public_url "http://127.0.0.1:8000";
        proxies none;
    }
    model Product { name: String label; }
    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
