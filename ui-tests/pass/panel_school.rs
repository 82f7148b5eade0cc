//! A school: marks are the teachers', records of health the nurse's.

bailiwick::admin! {
    panel School {
        database env "DATABASE_URL" or "sqlite:school.db";
        public_url env "PUBLIC_URL" or "https://school.example.org";
        proxies none;
        mail env "SMTP_URL" or "file:outbox";
    }

    actor { teacher: Option<Teacher>; }

    choice Grade { A, B, C, D, F }
    choice Kind { Illness, Late, Excused }

    model Teacher { name: String len 1..=80 label search; room: Option<String>; list name, room; sort name; }
    model Form { name: String len 1..=10 label; lead: Option<Teacher> set_null; list name, lead; }
    model Pupil {
        name: String len 1..=120 label search;
        form: Form restrict;
        born: Date personal past;
        address: Text personal default "";
        list name, form;
        filter form;
        sort name;
    }
    model Guardian {
        pupil: Pupil cascade;
        name: String len 1..=120 label personal;
        phone: Option<String> personal;
        list pupil, name;
    }
    model Subject { name: String len 1..=60 label; list name; }
    model Lesson { subject: Subject restrict; form: Form restrict; teacher: Teacher restrict; list subject, form, teacher; }
    model Mark {
        pupil: Pupil restrict;
        subject: Subject restrict;
        teacher: Teacher restrict;
        grade: Grade;
        given_on: Date;
        list pupil, subject, grade, given_on;
        filter subject;
        sort given_on desc;
    }
    model Absence { pupil: Pupil restrict; day: Date; kind: Kind; words: Text sensitive default ""; list pupil, day, kind; sort day desc; }
    model HealthNote { pupil: Pupil restrict; words: Text sensitive; author: Actor author; list pupil, author; }

    role Head {
        all *; all Absence, HealthNote;
        export Mark;
        export Pupil { name, form } reveal "lists for excursions";
        assign *, Head; reset *; lock *; unlock *; revoke *;
        view Audit, People;
        factor required;
        keep 1;
    }
    role Office under Head {
        view Teacher, Form, Subject, Lesson;
        all Pupil, Guardian;
        all Absence;
        view Mark, HealthNote;
        assign, reset, lock, unlock, revoke Caretaker;
    }
    role TeacherRole under Head {
        view Teacher, Form, Subject, Lesson;
        view Pupil { name, form };
        view, create, delete Mark when teacher == me.teacher;
        edit Mark { grade, given_on } when teacher == me.teacher;
        view, create Absence;
    }
    role Nurse under Head {
        view Form { name };
        view Pupil { name, form, born };
        view, create HealthNote;
        edit HealthNote { words } when author == me;
        view Absence;
        factor required;
    }
    role Caretaker under Office { view Teacher, Form; view Lesson; view Subject; }

    forbid Office, TeacherRole, Caretaker edit, delete HealthNote;
    forbid Nurse view Mark;
    forbid * export Absence, HealthNote;

    password min 15, min_with_factor 8;
    session idle 30min, absolute 12h, reauth 10min;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by email for 30min; link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset;
}
