//! A user without a password; the file of SQLite has no user at all.

bailiwick::admin! {
    panel Shop {
        database env "DATABASE_URL" or "sqlite:shop.db";
        public_url "http://127.0.0.1:8000";
        proxies none;
        mail "smtp://shop@mail.example.org";
    }
    model Product { name: String label; }
    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}
