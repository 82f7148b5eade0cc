//! Spoiled panels: of what an operator makes unsafe nearly all must be told, and of what means the same as before
//! nothing. The test prints the table that stands in docs/security.md.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRng, TestRunner};

use super::access::Access;
use super::clean;
use super::operators::OPERATORS;
use super::play::harms;
use super::random;
use super::small::{Model, Role, Small};
use super::tests::{missed, said, said_of};
use crate::diag::Level;

/// How many clean panels are looked for among the random ones, and among how many.
const BY_CHANCE: usize = 8;
const LOOKED_AT: usize = 400;

/// What became of the mutants of one operator.
#[derive(Default)]
struct Line {
    mutants: usize,
    harmful: usize,
    told: usize,
    same: usize,
    idle: usize,
    told_wrongly: usize,
}

fn bases() -> Vec<Small> {
    let mut all = clean::panels();
    for (at, panel) in all.iter().enumerate() {
        assert_eq!(said(panel), [], "clean panel {at}:\n{}", panel.written());
        let found = harms(panel);
        assert!(found.is_empty(), "clean panel {at}: {found:?}\n{}", panel.written());
    }
    let config = Config { failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let written = all.len() + BY_CHANCE;
    for _ in 0..LOOKED_AT {
        let Ok(tree) = random::panels().new_tree(&mut runner) else { continue };
        let panel = tree.current();
        let is_rich = panel.roles.len() > 1 && panel.roles.iter().all(|role| !role.grants.is_empty());
        if all.len() == written {
            break;
        }
        if is_rich && said(&panel).is_empty() && harms(&panel).is_empty() {
            all.push(panel);
        }
    }
    all
}

/// Whether a clause stands there for nothing: without it all is the same, or its condition holds of every row or of
/// none. Rules about order tell that, and rightly.
fn is_idle(small: &Small) -> bool {
    let access = Access::of(small);
    (0..small.roles.len()).any(|role| {
        let of = &small.roles[role];
        let same = |change: &dyn Fn(&mut Role)| {
            let mut other = small.clone();
            change(&mut other.roles[role]);
            access.is_same_of(role, &other)
        };
        (0..of.people.len()).any(|at| same(&|role| drop(role.people.remove(at))))
            || (0..of.grants.len()).any(|at| {
                same(&|role| drop(role.grants.remove(at)))
                    || of.grants[at].when.is_some() && same(&|role| role.grants[at].when = None)
            })
    })
}

/// What a rule may say of a clause that stands there for nothing.
const OF_IDLE: [&str; 4] = ["grant_adds_something", "grant_can_apply", "predicate_restricts", "roles_differ"];

/// Whether everything anybody can do, and is asked for, is the same; how it is written may differ.
fn is_same(a: &Small, b: &Small) -> bool {
    let of_model = |model: &Model| {
        let mut model = model.clone();
        model.actions.iter_mut().for_each(|writes| writes.sort_unstable());
        for list in [&mut model.search, &mut model.filter, &mut model.sort] {
            list.sort_unstable();
        }
        model
    };
    let models = |small: &Small| small.models.iter().map(of_model).collect::<Vec<_>>();
    let roles = |small: &Small| small.roles.iter().map(|r| (r.beside, r.log, r.factor)).collect::<Vec<_>>();
    models(a) == models(b)
        && roles(a) == roles(b)
        && (&a.apart, &a.reauth, &a.recovery) == (&b.apart, &b.reauth, &b.recovery)
        && a.roles.len() == b.roles.len()
        && Access::of(a).is_same(&Access::of(b))
}

#[test]
fn what_is_spoiled_is_told_and_what_is_the_same_is_not() {
    assert!(OPERATORS.len() >= 40);
    let bases = bases();
    println!("{} clean panels, {} of them written by hand\n", bases.len(), clean::panels().len());
    println!("| operator | mutants | unsafe | told | the same | told | an idle clause |");
    println!("|---|---|---|---|---|---|---|");
    let mut whole = Line::default();
    let mut spoil = 0;
    let (mut untold, mut wrong) = (Vec::new(), Vec::new());
    for operator in OPERATORS {
        let mut line = Line::default();
        for base in &bases {
            for mutant in (operator.mutants)(base) {
                // What does not resolve is no policy.
                let Some(said) = said_of(&mutant) else { continue };
                line.mutants += 1;
                let found = harms(&mutant);
                if !found.is_empty() {
                    line.harmful += 1;
                    match missed(&mutant, &found, &said) {
                        None => line.told += 1,
                        Some(missed) => untold.push(format!("{}: {missed}", operator.name)),
                    }
                } else if is_same(base, &mutant) {
                    if said.iter().any(|said| OF_IDLE.contains(&said.rule)) && is_idle(&mutant) {
                        line.idle += 1;
                        continue;
                    }
                    line.same += 1;
                    // A warning stops nothing.
                    if let Some(said) = said.iter().find(|said| said.level == Level::Error) {
                        line.told_wrongly += 1;
                        wrong.push(format!("{}: {}\n{}", operator.name, said.text, mutant.written()));
                    }
                }
            }
        }
        print(operator.name, &line);
        assert!(line.mutants > 0, "{}: no panel can be spoiled so", operator.name);
        spoil += usize::from(line.harmful > 0);
        whole.mutants += line.mutants;
        whole.harmful += line.harmful;
        whole.told += line.told;
        whole.same += line.same;
        whole.idle += line.idle;
        whole.told_wrongly += line.told_wrongly;
    }
    print("in all", &whole);
    println!("\n{} operators, {spoil} of them with unsafe mutants", OPERATORS.len());
    assert!(spoil >= 40, "{spoil} operators spoil anything");
    assert_eq!(whole.told_wrongly, 0, "{}", wrong.join("\n"));
    assert!(whole.told * 100 >= whole.harmful * 98, "{}", untold.join("\n"));
    println!("\nnot told: {}", if untold.is_empty() { "none".to_owned() } else { untold.join("\n") });
}

fn print(name: &str, line: &Line) {
    println!(
        "| {name} | {} | {} | {} | {} | {} | {} |",
        line.mutants, line.harmful, line.told, line.same, line.told_wrongly, line.idle
    );
}
