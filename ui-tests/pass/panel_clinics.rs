//! A group of clinics: a doctor sees their own patients.

bailiwick::admin! {
    panel Clinics {
        database env "DATABASE_URL" or "sqlite:clinics.db";
        public_url env "PUBLIC_URL" or "https://clinics.example.org";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    actor { doctor: Option<Doctor>; house: Option<House>; }

    choice State { Booked, Arrived, Done, Missed }

    model House { name: String len 1..=80 label search; town: String; list name, town; }
    model Doctor { name: String len 1..=80 label search; house: House restrict; active: bool default true; list name, house, active; filter house; }
    model Patient {
        name: String len 1..=120 label search;
        born: Date personal past;
        phone: Option<String> personal;
        doctor: Doctor restrict transfers;
        notes: Text sensitive default "";
        list name, doctor;
        filter doctor;
    }
    model Visit { patient: Patient restrict; doctor: Doctor restrict transfers; at: Timestamp; state: State default Booked; note: Option<Text> sensitive; list at, patient, doctor, state; filter state, doctor; sort at desc; }
    model Finding { visit: Visit restrict; words: Text sensitive; author: Actor author; list visit, author; }
    model Prescription { patient: Patient restrict; medicine: String len 1..=120 label; dose: String; author: Actor author; list patient, medicine, author; }
    model Bill { number: String len 1..=20 label unique search; patient: Patient restrict; amount: Decimal(10, 2) min 0; paid: bool default false; list number, patient, amount, paid; filter paid; }
    model Room { name: String label; house: House restrict; list name, house; }
    model Consent { patient: Patient restrict; text: Text; signed_on: Date; list patient, signed_on; }

    role Director {
        all *; all Patient, Visit, Finding;
        export Bill;
        export Visit { at, patient, doctor, state };
        assign *, Director; reset *; lock *; unlock *; revoke *;
        view Audit, People; export Audit;
        factor required;
        keep 2;
    }
    role Physician under Director {
        view House, Doctor, Room;
        view Patient; edit Patient { phone, doctor, notes } when doctor == me.doctor;
        view, create, edit Visit when doctor == me.doctor;
        view Finding; create Finding; edit Finding { words } when author == me;
        view, create Prescription;
        view, create Consent;
        factor required;
    }
    role Desk under Director {
        view House, Doctor, Room;
        view Patient { name, born, phone, doctor }; create Patient { name, born, phone, doctor }; edit Patient { phone };
        view, create, edit Visit { patient, doctor, at, state };
        view Bill; create Bill;
        view Consent;
        assign, reset, lock, unlock, revoke Trainee;
    }
    role Trainee under Desk {
        view House, Doctor;
        view Patient { name, doctor };
        view Visit { patient, doctor, at, state };
    }
    role Billing under Director {
        view House; view Doctor { name, house };
        view Patient { name, doctor };
        view, create, edit Bill; export Bill;
    }

    forbid Desk, Trainee, Billing view Patient { notes };
    forbid Desk, Trainee, Billing view Finding;
    forbid Physician, Desk, Trainee, Billing delete *;
    forbid * export Finding, Prescription;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset;
}
