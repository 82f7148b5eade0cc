//! An admin panel over tables that were there before it. Written once by `adopt`, and from then on to be edited.
// table seals is left out: its key number may be longer (character varying(255)) than a text by which a panel knows
// rows: 64 bytes

bailiwick::admin! {
    panel Parcels {
        database env "DATABASE_URL";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
    }

    model Carrier {
        table "carriers" adopted key code;
        // rows whose code has more than 64 bytes are not served: the table sets no bound

        code: String len ..=64;
        name: String len ..=40 label search;

        list name, code;
        sort code;
        inline Parcel via carrier_code;
    }

    model Depot {
        table "depots" adopted key "id" Uuid;

        name: String len ..=60 label search;
        opened: Option<Date>;

        list name, opened;
        inline Parcel via depot;
    }

    model Parcel {
        table "parcels" adopted key "id" Uuid;

        depot: Depot cascade column "depot_id";
        carrier_code: Option<Carrier> set_null;
        label: String len ..=40 label search;

        list label, depot, carrier_code;
        filter depot, carrier_code;
    }

    /// To start from: whoever is first holds it. Narrower roles are yours to write.
    role Administrator {
        all Carrier, Depot, Parcel;
        assign *, Administrator; reset *; lock *; unlock *; revoke *;
        view Audit;
        keep 1;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
}

fn main() -> std::process::ExitCode {
    Parcels::main()
}
