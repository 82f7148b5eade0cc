//! `many` of what is no model, or said of what can't be many.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    actor { seen: many Tag; }
    choice Colour { Red, Blue }
    model Tag { name: String label; }
    model Product {
        name: String label;
        tags: many Tga;
        colours: many Colour;
        sizes: many i32;
        other: many Option<Tag>;
        more: Option<many Tag>;
        most: many many Tag;
    }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
