//! A column knows its type and its model.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Office {
        database "sqlite:office.db";
        public_url "http://127.0.0.1:8000";
        proxies none;
    }

    model Room {
        name: String len 1..=80 label;
        seats: i32 min 1;
        list name, seats;
    }

    model Desk {
        room: Room restrict;
        number: i32 min 1;
        list room, number;
    }

    role Owner {
        all *;
        view Audit;
        assign *, Owner; reset *; lock *; unlock *; revoke *;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    throttle reauth 5 per 10min by session;
    throttle factor 5 per 10min by session;
    recovery { break_glass cli; }
}

fn main() {
    let _ = Desk::query().filter(Desk::ROOM.eq(DeskId(3)));
    let _ = Desk::query().filter(Room::SEATS.gt(4));
}
