//! Code for one role that wants more than the block grants it: the message shows the use, the role and the model.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Office {
        database "sqlite:office.db";
        public_url "http://127.0.0.1:8000";
        proxies none;
    }

    model User {
        table "users";
        name: String len 1..=80 label;
        list name;
    }

    role Owner {
        all User;
        view Audit;
        assign *, Owner; reset *; lock *; unlock *; revoke *;
    }

    role Viewer under Owner {
        view User;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    throttle reauth 5 per 10min by session;
    throttle factor 5 per 10min by session;
    recovery { break_glass cli; }
}

async fn rename(db: &bailiwick::Store, who: As<roles::Viewer>, id: UserId) -> Result<(), bailiwick::Error> {
    let may = User::may_edit(&who)?;
    User::update(db, &may, id, 1, UserChange { name: Some("Ada".to_owned()) }).await
}

async fn rename_with_what_is_held(db: &bailiwick::Store, who: As<roles::Viewer>) -> Result<(), bailiwick::Error> {
    let may = User::may_view(&who)?;
    User::update(db, &may, UserId(1), 1, UserChange::default()).await
}

fn main() {
    let _ = (rename, rename_with_what_is_held);
}
