//! A shop with a warehouse at the back.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Shop {
        brand "#7c2d12";
        database env "DATABASE_URL" or "sqlite:shop.db";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    choice PurchaseState { Placed, Packed, Sent, Returned }
    choice RefundState { Asked, Paid, Declined }

    model Category { name: String len 1..=60 label search; list name; sort name; }
    model Supplier {
        name: String len 1..=120 label search;
        email: Option<Email> personal;
        terms: Text sensitive default "";
        list name, email;
    }
    model Product {
        name: String len 1..=120 label search;
        category: Category restrict;
        supplier: Option<Supplier> set_null;
        price: Decimal(10, 2) min 0;
        cost: Decimal(10, 2) sensitive min 0 default 0;
        stock: i32 default 0 min 0;
        active: bool default true;
        list name, category, price, stock, active;
        filter category, active;
        sort name;
    }
    model Customer {
        name: String len 1..=120 label search;
        email: Email personal unique;
        phone: Option<String> personal pattern r"\+?[0-9 ]{6,20}";
        remarks: Text sensitive default "";
        created_at: Timestamp created;
        list name, created_at;
        sort created_at desc;
    }
    model Purchase {
        number: String len 1..=20 label unique search;
        customer: Customer restrict;
        state: PurchaseState default Placed readonly;
        created_at: Timestamp created;
        list number, customer, state, created_at;
        filter state;
        sort created_at desc;
        inline Line product, quantity, price;
        action pack writes state;
        action ship writes state;
    }
    model Line {
        purchase: Purchase cascade;
        product: Product restrict;
        quantity: i32 min 1 default 1;
        price: Decimal(10, 2) min 0;
        list purchase, product, quantity, price;
    }
    model Parcel {
        code: String len 1..=40 label search;
        purchase: Purchase restrict;
        sent_on: Option<Date>;
        list code, purchase, sent_on;
    }
    model Refund {
        purchase: Purchase restrict;
        amount: Decimal(10, 2) min 0;
        reason: Text default "";
        state: RefundState default Asked readonly;
        author: Actor author;
        list purchase, amount, state, author;
        filter state;
        action pay_out writes state;
    }
    model Review {
        product: Product cascade;
        stars: i32 min 1 max 5;
        words: Text default "";
        shown: bool default false;
        list product, stars, shown;
        filter shown;
    }

    role Owner {
        all *; all Supplier, Product, Customer;
        pack, ship Purchase; pay_out Refund when author != me;
        export Product { name, category, price, stock }, Purchase, Line, Refund;
        export Customer { name, email, created_at } reveal "the letter before Christmas";
        assign *, Owner; reset *; lock *; unlock *; revoke *;
        view Audit, People;
        factor required;
        keep 1;
    }
    role Manager under Owner {
        all Category, Product, Review;
        view Supplier;
        view, create, edit Customer;
        view, create, edit Purchase, Line, Parcel;
        pack, ship Purchase;
        view, create Refund;
        edit Refund { amount, reason } when state == Asked;
        export Product { name, category, price, stock }, Purchase, Line;
        assign, reset, lock, unlock, revoke Packer, Support;
    }
    role Bookkeeper beside Manager {
        view Customer { name };
        view Purchase, Line, Refund;
        view Product { name, category, price, cost };
        view Category;
        export Purchase, Line, Refund;
        factor required;
    }
    role Packer under Manager {
        view Product { name, category, stock, active };
        view Category;
        view Customer { name };
        view Purchase, Line, Parcel;
        edit Product { stock };
        create, edit Parcel;
        pack Purchase when state == Placed;
        ship Purchase when state == Packed;
    }
    role Support under Manager {
        view Customer { name, email, phone };
        edit Customer { phone };
        view Purchase, Line, Parcel;
        view Product { name, price, stock };
        view, create Refund;
        view Review; edit Review { shown };
    }

    forbid Packer, Support delete *;
    forbid Support, Packer view Customer { remarks };
    forbid Bookkeeper create, edit, delete *;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset, pay_out;

    dashboard { count Purchase when state == Placed; count Refund when state == Asked; latest Purchase 5; }
}

impl PurchaseActions for Shop {
    async fn pack(_: Purchase, _: &mut ActionCx<'_>, _: May<Pack, Purchase>) -> ActionResult {
        ActionResult::done("Packed")
    }
    async fn ship(_: Purchase, _: &mut ActionCx<'_>, _: May<Ship, Purchase>) -> ActionResult {
        ActionResult::done("Sent")
    }
}

impl RefundActions for Shop {
    async fn pay_out(_: Refund, _: &mut ActionCx<'_>, _: May<PayOut, Refund>) -> ActionResult {
        ActionResult::done("Paid")
    }
}
