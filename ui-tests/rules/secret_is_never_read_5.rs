//! A page of another model shows it.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Person { name: String label; inline Card number, pin; }
    model Card { number: String label; person: Person cascade; pin: Secret; }

    role Owner { all *; all Card; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
