//! In a sentence of help.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Hook { name: String label; target: Url help "Such as https://shop:hunter2@example.org/in"; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
