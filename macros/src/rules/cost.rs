//! What compiling a panel costs, by its size: reading it, resolving it, each rule, writing it out. It prints figures
//! for docs/performance.md and fails on none of them: time is the machine's, agreement is the test's.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{Policy, RULES, judge};
use crate::diag::Diags;
use crate::panel::Panel;
use crate::resolve::resolve;
use crate::{expand, parse};

/// Roles × models × fields.
const SIZES: [(usize, usize, usize); 3] = [(4, 10, 10), (16, 100, 20), (64, 500, 20)];
/// The largest is run once: it takes its time.
const RUNS: [usize; 3] = [5, 5, 1];

/// A ladder of roles, each with its own rows of every model and fewer fields to edit; models that point at each other,
/// with lists, filters, searches, checks and stars.
fn block(roles: usize, models: usize, fields: usize) -> String {
    let mut text =
        "panel Large { public_url \"http://127.0.0.1:8000\"; proxies none; } choice State { New, Done }".to_owned();
    for model in 0..models {
        let key = if model == 0 { "f2: i64;".to_owned() } else { format!("f2: M{} restrict;", model - 1) };
        let numbers: Vec<String> = (5..fields).map(|field| format!("f{field}: i64;")).collect();
        let _ = write!(
            text,
            "model M{model} {{ name: String label search; f1: i64; {key} f3: State default New; f4: Option<Date>; {} \
             list name, f1, f2, f3; filter f2, f3; sort f1 desc; check \"in order\" not (f3 == Done and f1 < 0); }}",
            numbers.join(" ")
        );
    }
    text.push_str("role Owner { all *; export *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }");
    for role in 1..roles {
        let above = if role == 1 { "Owner".to_owned() } else { format!("R{}", role - 1) };
        let mut grants = "assign *; reset *;".to_owned();
        for model in 0..models {
            let _ = write!(grants, "view M{model} when f1 > {role}; edit M{model} {{ name, f3 }} when f1 > {role};");
        }
        let _ = write!(text, "role R{role} under {above} {{ {grants} }}");
    }
    text.push_str("forbid R1 delete *; reauth delete, export, assign, reset;");
    text
}

/// What this thread has worked so far, where the system says so: whatever else runs on the machine is not counted.
fn worked(start: Instant) -> Duration {
    // The system brings its count up to date when the thread gives way.
    std::thread::yield_now();
    let count = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = count.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// The shortest of some runs: the others waited for something.
fn shortest<T>(runs: usize, mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut timed = || {
        let start = Instant::now();
        let before = worked(start);
        let out = run();
        (worked(start).saturating_sub(before), out)
    };
    let first = timed();
    (1..runs).map(|_| timed()).fold(first, |best, next| if next.0 < best.0 { next } else { best })
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

fn print_rules(panel: &Panel, runs: usize) {
    let (prepared, policy) = shortest(runs, || Policy::new(panel));
    println!("    {:<32} {:>10}", "(what the rules share)", ms(prepared));
    let mut spent: Vec<(Duration, &str)> = Vec::new();
    for rule in RULES {
        spent.push((shortest(runs, || (rule.check)(&policy, &mut Diags::new())).0, rule.name));
    }
    spent.sort_unstable();
    for (time, rule) in spent.iter().rev().filter(|(time, _)| time.as_micros() >= 100) {
        println!("    {rule:<32} {:>10}", ms(*time));
    }
}

/// `cargo test -p bailiwick-macros --lib what_a_panel_costs -- --nocapture`; with `BAILIWICK_COST` set, the largest
/// too.
#[test]
fn what_a_panel_costs_to_compile() {
    let sizes = if std::env::var_os("BAILIWICK_COST").is_some() { 3 } else { 2 };
    for ((roles, models, fields), runs) in SIZES.into_iter().zip(RUNS).take(sizes) {
        let text = block(roles, models, fields);
        let tokens: proc_macro2::TokenStream = text.parse().expect("the text lexes");
        let (read, block) = shortest(runs, || parse::parse(tokens.clone(), &mut Diags::new()));
        let (resolved, (panel, diags)) = shortest(runs, || {
            let mut diags = Diags::new();
            (resolve(&block, &mut diags), diags)
        });
        assert_eq!(diags.list(), []);
        let (judged, diags) = shortest(runs, || {
            let mut diags = Diags::new();
            judge(&panel, &mut diags);
            diags
        });
        assert_eq!(diags.list(), []);
        let (written, _) = shortest(runs, || expand::expand(&panel, Diags::new()));
        println!(
            "{roles} × {models} × {fields}: read {}, resolved {}, judged {}, written {}",
            ms(read),
            ms(resolved),
            ms(judged),
            ms(written)
        );
        print_rules(&panel, runs);
    }
}
