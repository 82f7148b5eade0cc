//! A property manager: tenants, leases, and who has which key.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Property {
        database env "DATABASE_URL" or "sqlite:houses.db";
        public_url env "PUBLIC_URL" or "https://houses.example.org";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    choice Stage { Reported, Ordered, Done }

    model Landlord { name: String len 1..=120 label search; email: Option<Email> personal; iban: Option<String> sensitive; list name; }
    model House { name: String len 1..=120 label search; landlord: Landlord restrict; town: String; list name, landlord, town; filter landlord; }
    model Flat { name: String len 1..=40 label search; house: House cascade; rooms: i32 min 1; list name, house, rooms; filter house; }
    model Tenant { name: String len 1..=120 label search; email: Option<Email> personal; phone: Option<String> personal; remarks: Text sensitive default ""; list name; }
    model Lease { flat: Flat restrict; tenant: Tenant restrict; rent: Decimal(10, 2) min 0; starts: Date; ends: Option<Date>; list flat, tenant, rent, starts, ends; }
    model Rent { lease: Lease restrict; amount: Decimal(10, 2); received_on: Date; list lease, amount, received_on; sort received_on desc; }
    model Repair {
        title: String len 1..=200 label search;
        flat: Flat restrict;
        stage: Stage default Reported readonly;
        cost: Decimal(10, 2) min 0 default 0;
        author: Actor author;
        list title, flat, stage;
        filter stage;
        action order_work writes stage;
        action finish writes stage;
    }
    model Craftsman { name: String len 1..=120 label search; phone: Option<String>; list name, phone; }
    model DoorKey { number: String label unique; flat: Flat restrict; holder: Option<Tenant> set_null; code: Option<Secret>; list number, flat, holder; }

    role Principal {
        all *; all Landlord, Tenant, DoorKey;
        order_work, finish Repair;
        export Rent, Repair;
        assign *, Principal; reset *; lock *; unlock *; revoke *;
        view Audit, People;
        factor required;
        keep 1;
    }
    role Manager under Principal {
        view Landlord { name, email };
        view, edit House, Flat;
        view Tenant; create Tenant; edit Tenant { phone, email, remarks };
        view, create, edit Lease;
        view Rent;
        view, create Repair; edit Repair { title, flat, cost } when stage == Reported;
        order_work, finish Repair;
        view Craftsman;
        view DoorKey { number, flat, holder }; edit DoorKey { holder };
        export Repair;
        assign, reset, lock, unlock, revoke Caretaker;
    }
    role Accountant under Principal {
        view Landlord; view House, Flat; view Tenant { name };
        view Lease; view, create Rent; export Rent;
        factor required;
    }
    role Caretaker under Manager {
        view House { name, town }; view Flat;
        view Tenant { name, phone };
        view, create Repair { title, flat, stage };
        finish Repair when stage == Ordered;
        view Craftsman;
        view DoorKey { number, flat };
    }
    role Owner beside Manager { view House, Flat; view Landlord { name }; view Repair { title, flat, stage }; }

    forbid Manager, Caretaker, Owner view Landlord { iban };
    forbid Caretaker, Owner view Tenant { remarks };
    forbid Manager, Accountant, Caretaker delete *;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset;
}

impl RepairActions for Property {
    async fn order_work(_: Repair, _: &mut ActionCx<'_>, _: May<OrderWork, Repair>) -> ActionResult {
        ActionResult::done("Ordered")
    }
    async fn finish(_: Repair, _: &mut ActionCx<'_>, _: May<Finish, Repair>) -> ActionResult {
        ActionResult::done("Done")
    }
}
