//! Two choices have a variant of the same name.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice Size { Small, Large }
    choice Color { Red, Blue }
    model Product { name: String label; size: Size default Small; check "no large ones" size != Color::Blue; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
