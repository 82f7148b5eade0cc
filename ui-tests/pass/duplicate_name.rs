//! Fields of two models share a name, and so do variants of two choices.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    choice Size { Small, Other }
    choice Colour { Red, Other }
    model Product { name: String label; size: Size; colour: Colour; }
    model Maker { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
