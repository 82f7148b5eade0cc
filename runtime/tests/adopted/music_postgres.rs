//! An admin panel over tables that were there before it. Written once by `adopt`, and from then on to be edited.

bailiwick::admin! {
    panel Music {
        database env "DATABASE_URL";
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000";
        proxies none;
    }

    choice InvoiceState { Open stored "open", Paid stored "paid", OnHold stored "on hold" }

    /// What is sold as one piece
    model Album {
        table "albums" adopted key "album_id";

        /// As printed on the sleeve
        title: String len ..=160 label search;
        artist: Artist restrict column "artist_id";

        list title, artist;
        filter artist;
        inline Track via album;
    }

    model Artist {
        table "artists" adopted key "artist_id";

        name: Option<String> len ..=120 label search;

        list name;
        inline Album via artist;
    }

    model Customer {
        table "customers" adopted key "customer_id";

        first_name: String len ..=40 label search;
        last_name: String len ..=20 label search;
        city: Option<String> len ..=40;
        email: String len ..=60 personal;
        support_rep: Option<Employee> restrict column "support_rep_id";

        list first_name, last_name, city, support_rep;
        filter support_rep;
        inline Invoice via customer;
    }

    model Employee {
        table "employees" adopted key "employee_id";
        // column password_hash is left out: its name says that it is a secret, which no page shall show

        last_name: String len ..=20 label search;
        first_name: String len ..=20 label search;
        title: Option<String> len ..=30;
        reports_to: Option<Employee> restrict;
        birth_date: Option<Timestamp> personal;
        hire_date: Option<Timestamp>;
        email: Option<String> len ..=60 personal;

        list last_name, first_name, title, reports_to, hire_date;
        filter reports_to;
        inline Customer via support_rep;
        inline Employee via reports_to;
    }

    model Genre {
        table "genres" adopted key "genre_id";

        name: Option<String> len ..=120 unique label search;

        list name;
        inline Track via genre;
    }

    model InvoiceLine {
        table "invoice_lines" adopted key "invoice_line_id";

        invoice: Invoice cascade column "invoice_id";
        track: Track restrict column "track_id";
        unit_price: Decimal(10, 2);
        quantity: i32 min 1 max 99 default 1;

        list invoice, track, unit_price, quantity;
        filter invoice, track;
    }

    model Invoice {
        table "invoices" adopted key "invoice_id";

        customer: Customer restrict column "customer_id";
        invoice_date: Timestamp;
        state: InvoiceState default Open;
        total: Decimal(10, 2);

        list customer, invoice_date, state, total;
        filter customer, state;
        inline InvoiceLine via invoice;
    }

    model MediaType {
        table "media_types" adopted key "media_type_id";

        name: Option<String> len ..=120 label search;

        list name;
        inline Track via media_type;
    }

    model Playlist {
        table "playlists" adopted key "playlist_id";

        name: Option<String> len ..=120 label search;
        tracks: many Track through "playlist_track" ("playlist_id", "track_id");

        list name;
    }

    model Track {
        table "tracks" adopted key "track_id";

        name: String len ..=200 label search;
        album: Option<Album> cascade column "album_id";
        media_type: MediaType restrict column "media_type_id";
        genre: Option<Genre> set_null column "genre_id";
        composer: Option<String> len ..=220;
        milliseconds: i32 min 1;
        bytes: Option<i32>;
        unit_price: Decimal(10, 2) min 0 default 0.99;

        list name, album, media_type, genre, composer, milliseconds;
        filter album, media_type, genre;
        inline InvoiceLine via track;
    }

    /// To start from: whoever is first holds it. Narrower roles are yours to write.
    role Administrator {
        all Album, Artist, Customer, Employee, Genre, InvoiceLine, Invoice, MediaType, Playlist, Track;
        assign *, Administrator; reset *; lock *; unlock *; revoke *;
        view Audit;
        keep 1;
    }

    throttle login 5 per 15min by account, 20 per 10min by address;
}

fn main() -> std::process::ExitCode {
    Music::main()
}
