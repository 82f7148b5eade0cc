//! Places that ask for one value, and get a set of links.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Tag { name: String label; }
    model Maker { name: String label; inline Product name, tags in form; }
    model Product {
        name: String label;
        maker: Maker cascade;
        tags: many Tag;
        sort tags;
        check "something" tags is not null;
    }
    model ProductTags { name: String label; table "product_tags"; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Clerk under Owner { view Tag, Maker; view Product when tags == 3; }
}

fn main() {}
