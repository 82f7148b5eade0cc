//! The clinic: a small practice, its patients, visits and invoices. The block is the whole panel.

mod demo;
mod people;

use bailiwick::prelude::*;

bailiwick::admin! {
    /// Bookings and records of a small clinic.
    panel Clinic {
        brand "#0b6e4f";                                        // contrast is checked while compiling (WCAG 2.2 AA)
        database env "DATABASE_URL" or "sqlite:clinic.db";      // sqlite: or postgres: — the same binary runs on both
        public_url env "PUBLIC_URL" or "http://127.0.0.1:8000"; // mailed links never come from the Host header
        proxies none;                                           // whose X-Forwarded-For is believed
        mail env "SMTP_URL" or "file:outbox";
    }

    /// What the panel knows of the person signed in, beyond email, role and factors; `me` in a predicate.
    actor {
        doctor: Option<Doctor>;
    }

    choice Speciality { General, Heart, Skin "Skin and hair" }
    choice VisitState { Booked, Arrived, Done, Missed "Did not come" }
    choice InvoiceState { Draft, Approved, Paid }

    /// A doctor of the practice.
    model Doctor {
        name: String len 1..=80 label search;
        speciality: Speciality default General;
        active: bool default true;
        languages: many Language;                               // any number of rows, linked by a table of their own

        list name, speciality, languages, active;
        filter speciality, languages, active;
        sort name;
    }

    /// One person in care.
    model Patient {
        /// As in the passport.
        name: String len 1..=120 label search;
        email: Option<Email> personal unique;
        phone: Option<String> personal pattern r"\+?[0-9 ]{6,20}" help "Digits and blanks, 6 to 20, with or without a +";
        born: Date personal past;
        doctor: Doctor restrict transfers;                      // a foreign key; who is scoped by it may hand the row on
        languages: many Language len ..=20;
        notes: Text sensitive len ..=20_000 default "";
        created_at: Timestamp created;

        list name, doctor, born, created_at;
        filter doctor, languages, created_at;
        sort created_at desc;
        form "Person" name, email, phone, born, languages;
        form "Care" doctor, notes;
        inline Visit at, doctor, state;
    }

    model Visit {
        patient: Patient cascade;
        doctor: Doctor restrict transfers;
        at: Timestamp;
        state: VisitState default Booked;
        note: Option<Text> sensitive;

        list at, patient, doctor, state;
        filter state, doctor, at;
        sort at desc;
        check "a visit in the future is not done" not (state == Done and at > now);
    }

    model Invoice {
        patient: Patient restrict;
        amount: Decimal(10, 2) min 0;
        state: InvoiceState default Draft readonly;
        author: Actor author;                                   // filled with whoever creates the row
        created_at: Timestamp created;

        list created_at, patient, amount, state, author;
        filter state, created_at;
        /// Makes the invoice payable.
        action approve writes state;                            // the body is a trait method that `cargo build` asks for
    }

    /// What one can be spoken with.
    model Language {
        name: String len 1..=40 label search unique;

        list name;
        sort name;
    }

    // ---- who may do what: a role reads as a job description -------------------------------------------------

    /// Runs the practice.
    role Owner {
        all *;                                                  // every model of the block, but no sensitive field:
        all Patient, Visit;                                     // those come only by naming the model
        approve Invoice;
        export Doctor, Invoice;
        import Doctor, Patient, Visit;
        export Visit { at, patient, doctor, state };
        export Patient { name, email, phone, doctor, created_at } reveal "the yearly letter to patients";
        assign *, Owner; reset *; lock *; unlock *; revoke *;   // over people, a star is every role below
        view Audit; export Audit;
        factor required;
        keep 1;                                                 // the last one can't be removed, by any path
        accept one_person "a two-person practice" until "2027-06-30";
    }

    role Manager under Owner {
        all Language, Doctor, Patient, Visit;
        view Invoice;
        create, edit Invoice when state == Draft;
        approve Invoice when author != me;
        export Patient { name, doctor, created_at };
        export Visit { at, patient, doctor, state };
        export Invoice;
        import Doctor, Patient, Visit;
        assign Clinician, Reception; reset Clinician, Reception;
        lock Clinician, Reception; unlock Clinician, Reception; revoke Clinician, Reception;
        factor required;
    }

    role Clinician under Manager {
        view Language, Doctor;
        view, edit Patient when doctor == me.doctor;
        view, create, edit Visit when doctor == me.doctor;
        may export Patient { name, doctor } when doctor == me.doctor;   // not held, but may be lent, until a date
    }

    role Reception under Manager {
        view Language, Doctor;
        view Patient { name, phone, email, born, languages, doctor };   // notes stay hidden: column, form, search, sort, export, audit
        create Patient { name, phone, email, born, languages, doctor };
        edit Patient { phone, email, languages };
        view, create, edit Visit { patient, doctor, at, state };
    }

    /// Reads everything but the sensitive, changes nothing. `beside`: as high as Manager over people, compared with nobody in grants.
    role Auditor beside Manager {
        view *; view Audit; export Audit;
    }

    // ---- what must never be true, whoever edits the grants --------------------------------------------------

    forbid Auditor create, edit, delete, export *;
    forbid Reception delete *;
    forbid one_person create Invoice, approve Invoice;          // separation of duties, also through a second account

    // ---- how people get in, stay in and get back in ---------------------------------------------------------

    password min 15, min_with_factor 8, blocklist common;
    session idle 30min, absolute 12h, reauth 10min, at_most 5;

    factor totp, passkey alone;                                 // an app or passkeys; a passkey also by itself, without a password

    throttle login    5 per 15min by account, 20 per 10min by address, wait 1s to 15min, cap 100;
    throttle factor   5 per 10min by session;
    throttle reauth   5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    throttle export   10 per 1h by actor;
    throttle token    120 per 1min by token, 20 per 10min by address; // with this clause there is an API, and tokens for it

    recovery {
        link by email for 30min;                                // self-service; the answer is the same for every address
        link by administrator for 24h;                          // whoever holds `reset` over the role; never chooses the password
        codes 10;
        break_glass cli;
    }

    reauth delete, export, assign, reset, approve;              // needs a proof of identity younger than session.reauth

    dashboard {
        count Patient;
        count Visit when state == Booked and at > now;
        chart Visit by day of at for 30d;
        latest Patient 5;
    }
}

/// `cargo build` asks for each declared action; the method can only be reached with the permission in hand.
impl InvoiceActions for Clinic {
    async fn approve(invoice: Invoice, cx: &mut ActionCx<'_>, _may: May<Approve, Invoice>) -> ActionResult {
        cx.update(invoice.id, InvoiceChange { state: Some(InvoiceState::Approved), ..Default::default() }).await?;
        ActionResult::done("Approved")
    }
}

fn main() -> std::process::ExitCode {
    let patients = clap::Arg::new("patients")
        .long("patients")
        .value_name("N")
        .default_value("1000")
        .value_parser(clap::value_parser!(u64).range(1..=10_000_000))
        .help("How many");
    let seed = clap::Command::new("seed").about("Invent patients, visits and invoices").arg(patients);
    Clinic::builder()
        .demo(demo::load)
        .command(seed, |store, given| async move {
            let patients = given.get_one::<u64>("patients").copied().unwrap_or_default();
            demo::fill(&store, patients, true).await
        })
        .main()
}
