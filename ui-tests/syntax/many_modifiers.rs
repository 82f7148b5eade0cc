//! Words behind a set of links that mean something for a value only.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Tag { name: String label; }
    model Product {
        name: String label;
        a: many Tag unique;
        b: many Tag default 3;
        c: many Tag label search;
        d: many Tag index cascade;
        e: many Tag len 1..=3;
        f: many Tag len ..=9_999;
        g: many Tag transfers;
    }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
