//! Over two steps: the first one is accepted, and the second one leads further up.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
    role Manager under Owner { view, edit Product; assign Owner; }
    role Clerk under Manager {
        view Product;
        assign Manager;
        accept no_upward_path "there are two of us" until "2099-12-31";
        accept giver_holds_what_it_gives "there are two of us" until "2099-12-31";
    }
}

fn main() {}
