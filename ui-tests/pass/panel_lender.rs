//! Small loans: who writes one does not decide on it.

use bailiwick::prelude::*;

bailiwick::admin! {
    panel Lender {
        database env "DATABASE_URL" or "sqlite:lender.db";
        public_url env "PUBLIC_URL" or "https://lender.example.org";
        proxies "10.0.0.0/8";
        mail env "SMTP_URL" or "file:outbox";
    }

    actor { branch: Option<Branch>; }

    choice LoanState { Applied, Approved, Refused, PaidOut, Settled }
    choice Risk { Low, Medium, High }

    model Branch { name: String len 1..=80 label search; town: String; list name, town; sort name; }
    model Borrower {
        name: String len 1..=120 label search;
        branch: Branch restrict;
        email: Option<Email> personal;
        iban: Option<String> sensitive;
        born: Date personal past;
        risk: Risk default Medium sensitive;
        list name, branch;
        filter branch;
    }
    model Product { name: String len 1..=80 label; rate: Decimal(5, 2) min 0; longest: i32 min 1; list name, rate, longest; }
    model Loan {
        number: String len 1..=20 label unique search;
        borrower: Borrower restrict;
        product: Product restrict;
        branch: Branch restrict;
        amount: Decimal(12, 2) min 0;
        state: LoanState default Applied readonly;
        author: Actor author;
        list number, borrower, amount, state;
        filter state, branch;
        action approve writes state;
        action refuse writes state;
        action disburse writes state;
    }
    model Collateral { loan: Loan cascade; what: String len 1..=200 label; worth: Decimal(12, 2) min 0; list loan, what, worth; }
    model Payment { loan: Loan restrict; amount: Decimal(12, 2); received_on: Date; list loan, amount, received_on; sort received_on desc; }
    model Dunning { loan: Loan restrict; level: i32 min 1 max 3 default 1; sent_on: Option<Date>; list loan, level, sent_on; }
    model Remark { loan: Loan cascade; words: Text sensitive default ""; author: Actor author; list loan, author; }
    model Holiday { day: Date; name: String label; list day, name; }

    role Director {
        all *; all Borrower, Remark;
        approve, refuse, disburse Loan;
        export Loan, Payment, Dunning;
        assign *, Director; reset *; lock *; unlock *; revoke *;
        view Audit, People; export Audit;
        factor required;
        keep 2;
        accept one_person "the directors sign together, on paper" until "2099-12-31";
    }
    role Underwriter under Director {
        view Branch, Product, Collateral, Payment, Dunning;
        view Borrower { name, branch, risk };
        view Loan, Remark;
        approve, refuse Loan when state == Applied;
        create Remark;
        factor required;
    }
    role Cashier under Director {
        view Branch, Product, Payment;
        view Borrower { name, branch, iban };
        view Loan;
        create Payment;
        disburse Loan when state == Approved;
        factor required;
    }
    role BranchLead under Director {
        view Branch, Product, Holiday;
        view, create, edit Borrower { name, branch, email, born };
        view Loan when branch == me.branch;
        create Loan when branch == me.branch;
        view Collateral, Payment, Dunning;
        lock, unlock, revoke Advisor;
    }
    role Advisor under BranchLead {
        view Branch, Product;
        view Borrower { name, branch, email };
        view Loan { number, borrower, product, branch, amount, state } when branch == me.branch;
        view Collateral;
    }
    role Reviser beside Underwriter { view *; view Audit; export Audit; factor required; }

    forbid Advisor, BranchLead view Borrower { iban, risk };
    forbid Reviser create, edit, delete, export, import *;
    forbid Underwriter, Cashier, BranchLead, Advisor delete *;
    forbid one_person create Loan, approve Loan;

    password min 15, min_with_factor 8;
    session idle 20min, absolute 8h, reauth 10min, at_most 2;
    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by session;
    throttle reauth 5 per 10min by session;
    throttle recovery 3 per 1h by account, 5 per 15min by address;
    recovery { link by administrator for 24h; codes 10; break_glass cli; }
    reauth delete, export, assign, reset, approve, disburse;
}

impl LoanActions for Lender {
    async fn approve(_: Loan, _: &mut ActionCx<'_>, _: May<Approve, Loan>) -> ActionResult {
        ActionResult::done("Approved")
    }
    async fn refuse(_: Loan, _: &mut ActionCx<'_>, _: May<Refuse, Loan>) -> ActionResult {
        ActionResult::done("Refused")
    }
    async fn disburse(_: Loan, _: &mut ActionCx<'_>, _: May<Disburse, Loan>) -> ActionResult {
        ActionResult::done("Paid out")
    }
}
