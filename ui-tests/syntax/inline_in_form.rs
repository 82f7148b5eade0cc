//! Rows that can't be filled in within another's form: nothing of them is written, their key is written by no form, or
//! they are rows of the form's own model.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Basket {
        name: String label;
        parent: Option<Basket> set_null;
        inline Line total in form;
        inline Mark note in form;
        inline Basket name in form;
    }
    model Line { basket: Basket cascade; product: String label; total: i64 default 0 readonly; list product; }
    model Mark { basket: Option<Basket> set_null readonly; note: String label; list note; }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
