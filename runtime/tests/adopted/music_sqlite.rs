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
        table "Albums" adopted key "AlbumId";

        /// As printed on the sleeve
        title: String len ..=160 label search column "Title";
        artist: Artist restrict column "ArtistId";

        list title, artist;
        filter artist;
        inline Track via album;
    }

    model Artist {
        table "Artists" adopted key "ArtistId";

        name: Option<String> len ..=120 label search column "Name";

        list name;
        inline Album via artist;
    }

    model Customer {
        table "Customers" adopted key "CustomerId";

        first_name: String len ..=40 label search column "FirstName";
        last_name: String len ..=20 label search column "LastName";
        city: Option<String> len ..=40 column "City";
        email: String len ..=60 personal column "Email";
        support_rep: Option<Employee> restrict column "SupportRepId";

        list first_name, last_name, city, support_rep;
        filter support_rep;
        inline Invoice via customer;
    }

    model Employee {
        table "Employees" adopted key "EmployeeId";
        // column PasswordHash is left out: its name says that it is a secret, which no page shall show

        last_name: String len ..=20 label search column "LastName";
        first_name: String len ..=20 label search column "FirstName";
        title: Option<String> len ..=30 column "Title";
        reports_to: Option<Employee> restrict column "ReportsTo";
        birth_date: Option<Timestamp> personal column "BirthDate";
        hire_date: Option<Timestamp> column "HireDate";
        email: Option<String> len ..=60 personal column "Email";

        list last_name, first_name, title, reports_to, hire_date;
        filter reports_to;
        inline Customer via support_rep;
        inline Employee via reports_to;
    }

    model Genre {
        table "Genres" adopted key "GenreId";

        name: Option<String> len ..=120 unique label search column "Name";

        list name;
        inline Track via genre;
    }

    model InvoiceLine {
        table "InvoiceLines" adopted key "InvoiceLineId";

        invoice: Invoice cascade column "InvoiceId";
        track: Track restrict column "TrackId";
        unit_price: Decimal(10, 2) column "UnitPrice";
        quantity: i64 min 1 max 99 default 1 column "Quantity";

        list invoice, track, unit_price, quantity;
        filter invoice, track;
    }

    model Invoice {
        table "Invoices" adopted key "InvoiceId";

        customer: Customer restrict column "CustomerId";
        invoice_date: Timestamp column "InvoiceDate";
        state: InvoiceState default Open column "State";
        total: Decimal(10, 2) column "Total";

        list customer, invoice_date, state, total;
        filter customer, state;
        inline InvoiceLine via invoice;
    }

    model MediaType {
        table "MediaTypes" adopted key "MediaTypeId";

        name: Option<String> len ..=120 label search column "Name";

        list name;
        inline Track via media_type;
    }

    model Playlist {
        table "Playlists" adopted key "PlaylistId";

        name: Option<String> len ..=120 label search column "Name";
        tracks: many Track through "PlaylistTrack" ("PlaylistId", "TrackId");

        list name;
    }

    model Track {
        table "Tracks" adopted key "TrackId";

        name: String len ..=200 label search column "Name";
        album: Option<Album> cascade column "AlbumId";
        media_type: MediaType restrict column "MediaTypeId";
        genre: Option<Genre> set_null column "GenreId";
        composer: Option<String> len ..=220 column "Composer";
        milliseconds: i64 min 1 column "Milliseconds";
        bytes: Option<i64> column "Bytes";
        unit_price: Decimal(10, 2) min 0 default 0.99 column "UnitPrice";

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
