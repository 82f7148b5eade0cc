//! What is said of an adopted table is said of none that the panel makes; a column stands in one field.

bailiwick::admin! {
    panel Shop {
        database "sqlite:shop.db";
        public_url "http://127.0.0.1:8000";
        proxies none;
    }

    model Product {
        name: String column "Name";
    }

    model Album {
        table "order" adopted key "AlbumId";
        title: String column "Title";
        also: String column "title";
        number: i64 column "AlbumId";
    }

    role Owner {
        all *;
        assign *, Owner; reset *; lock *; unlock *; revoke *;
        view Audit;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
}

fn main() {}
