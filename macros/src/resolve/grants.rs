//! Grants: every verb, model, field and role that a clause reaches, stars spelled out. Whether a grant is wise is for
//! the rules.

use std::collections::HashSet;
use std::rc::Rc;

use proc_macro2::Ident;

use super::names::{Names, plain, unknown, unknown_in};
use super::predicates::Conditions;
use crate::ast;
use crate::diag::Diags;
use crate::panel::{
    Cell, FieldSet, Framework, FrameworkCell, Grant, GrantId, Model, ModelId, PeopleCell, PeopleVerb, Place, Predicate,
    Role, RoleId, Sensitivity, Verb,
};
use crate::ranks::Ranks;

const VERBS: [(&str, &[Verb]); 7] = [
    ("view", &[Verb::View]),
    ("create", &[Verb::Create]),
    ("edit", &[Verb::Edit]),
    ("delete", &[Verb::Delete]),
    ("export", &[Verb::Export]),
    ("import", &[Verb::Import]),
    ("all", &[Verb::View, Verb::Create, Verb::Edit, Verb::Delete]),
];

const PEOPLE: [(&str, PeopleVerb); 5] = [
    ("assign", PeopleVerb::Assign),
    ("reset", PeopleVerb::Reset),
    ("lock", PeopleVerb::Lock),
    ("unlock", PeopleVerb::Unlock),
    ("revoke", PeopleVerb::Revoke),
];

const FRAMEWORK: [(&str, Framework); 2] = [("Audit", Framework::Audit), ("People", Framework::People)];

/// What a word in the place of a verb means.
pub(crate) enum VerbWord {
    OnModels(&'static [Verb]),
    OnPeople(PeopleVerb),
    /// Some model declares it.
    Action,
}

/// Reports a word that is neither.
pub(crate) fn verb(names: &Names<'_>, word: &Ident, diags: &mut Diags) -> Option<VerbWord> {
    if let Some((_, verbs)) = VERBS.iter().find(|(name, _)| word == name) {
        return Some(VerbWord::OnModels(verbs));
    }
    if let Some((_, verb)) = PEOPLE.iter().find(|(name, _)| word == name) {
        return Some(VerbWord::OnPeople(*verb));
    }
    if !names.actions_named(word).is_empty() {
        return Some(VerbWord::Action);
    }
    let verbs = VERBS.iter().map(|(name, _)| *name).chain(PEOPLE.iter().map(|(name, _)| *name));
    unknown(word, "verb or action", "verbs", verbs.map(str::to_owned).chain(names.all_actions()), diags);
    None
}

pub(crate) struct Reach<'a> {
    pub(crate) names: &'a Names<'a>,
    pub(crate) models: &'a [Model],
    pub(crate) ranks: &'a Ranks,
}

/// One model of a clause, reached by name or by star.
pub(super) struct Reached<'w> {
    pub(super) model: ModelId,
    pub(super) by_star: bool,
    target: &'w ast::Target,
}

impl Reach<'_> {
    /// Fills in the cells of one role.
    pub(crate) fn role(&self, role: &mut Role, id: RoleId, written: &[ast::Grant], diags: &mut Diags) {
        for (index, clause) in written.iter().enumerate() {
            role.grants.push(Grant {
                text: clause.text.clone(),
                reveal: clause.reveal.as_ref().map(|text| (text.value.clone(), text.place)),
                place: clause.place,
            });
            self.grant(role, id, GrantId(index), clause, diags);
        }
    }

    fn grant(&self, role: &mut Role, id: RoleId, grant: GrantId, clause: &ast::Grant, diags: &mut Diags) {
        // Half typed, and reported so: the verb may not be a whole word yet either.
        if clause.targets.is_empty() {
            return;
        }
        let before = diags.iter().count();
        let words: Vec<(&Ident, VerbWord)> =
            clause.verbs.iter().filter_map(|word| Some((word, verb(self.names, word, diags)?))).collect();
        for (word, verb) in &words {
            if let VerbWord::OnPeople(verb) = verb {
                self.people(role, id, grant, clause, *verb, diags);
            } else {
                framework(role, grant, clause, word, verb, diags);
            }
        }
        let on_models: Vec<&(&Ident, VerbWord)> =
            words.iter().filter(|(_, verb)| !matches!(verb, VerbWord::OnPeople(_))).collect();
        if on_models.is_empty() {
            return;
        }
        // Several targets may reach a model again; one alone names it once, and only its verbs can be there twice.
        let mut known: HashSet<(Verb, ModelId, FieldSet)> = HashSet::new();
        let again = clause.targets.len() > 1;
        for reached in self.reached(&clause.targets, diags) {
            let when = self.condition(clause.when.as_ref(), reached.model, diags);
            let named = self.named_fields(&reached, diags);
            let start = role.cells.len();
            for (word, verb) in &on_models {
                for verb in self.verbs_on(word, verb, &reached, diags) {
                    let cell = Cell {
                        verb,
                        model: reached.model,
                        fields: self.fields_of(verb, &reached, named),
                        when: when.clone(),
                        lendable: clause.may.is_some(),
                        by_star: reached.by_star,
                        grant,
                        verb_place: Place::from(*word),
                        model_place: reached.target.place,
                        fields_place: reached.target.fields.as_ref().map(|fields| fields.place),
                    };
                    let is_new = if again {
                        known.insert((verb, cell.model, cell.fields))
                    } else {
                        role.cells[start..].iter().all(|one| (one.verb, one.fields) != (verb, cell.fields))
                    };
                    if is_new {
                        role.cells.push(cell);
                    }
                }
            }
        }
        check_fields(&words, clause, diags.iter().count() > before, diags);
    }

    fn people(
        &self,
        role: &mut Role,
        id: RoleId,
        grant: GrantId,
        clause: &ast::Grant,
        verb: PeopleVerb,
        diags: &mut Diags,
    ) {
        for target in &clause.targets {
            let reached = match &target.name {
                None => self.below(id),
                Some(name) => self.names.role(name, diags).into_iter().collect(),
            };
            for reached in reached {
                if role.people.iter().any(|cell| (cell.grant, cell.verb, cell.target) == (grant, verb, reached)) {
                    continue;
                }
                role.people.push(PeopleCell {
                    verb,
                    target: reached,
                    by_star: target.name.is_none(),
                    lendable: clause.may.is_some(),
                    grant,
                    place: target.place,
                });
            }
        }
        if clause.when.is_some() {
            diags
                .syntax(clause.place, "authority over people depends on their role alone: `when` has no meaning here")
                .help("take the condition out");
        }
    }

    /// What a star over people reaches; in a circle of ranks still not oneself.
    fn below(&self, role: RoleId) -> Vec<RoleId> {
        let others = (0..self.names.roles.len()).map(RoleId).filter(|other| *other != role);
        others.filter(|other| self.ranks.is_below(*other, role)).collect()
    }

    /// The models that the targets name, a star being all of them.
    pub(super) fn reached<'w>(&self, targets: &'w [ast::Target], diags: &mut Diags) -> Vec<Reached<'w>> {
        let mut reached = Vec::new();
        for target in targets {
            match &target.name {
                None => {
                    let all = (0..self.models.len()).map(ModelId);
                    reached.extend(all.map(|model| Reached { model, by_star: true, target }));
                    if let Some(fields) = &target.fields {
                        diags.syntax(fields.place, "fields are named behind a model, not behind `*`");
                    }
                }
                Some(name) if framework_name(name).is_some() => {}
                Some(name) => {
                    reached.extend(self.names.model(name, diags).map(|model| Reached {
                        model,
                        by_star: false,
                        target,
                    }));
                }
            }
        }
        reached
    }

    /// What a verb's word does on one model; an action that the model lacks is reported where it was named.
    fn verbs_on(&self, word: &Ident, verb: &VerbWord, reached: &Reached<'_>, diags: &mut Diags) -> Vec<Verb> {
        match verb {
            VerbWord::OnModels(verbs) => verbs.to_vec(),
            VerbWord::OnPeople(_) => Vec::new(),
            VerbWord::Action => {
                let action = self.names.action(reached.model, word);
                if action.is_none() && !reached.by_star {
                    self.no_such_action(word, reached.model, diags);
                }
                action.map(Verb::Act).into_iter().collect()
            }
        }
    }

    pub(super) fn no_such_action(&self, word: &Ident, model: ModelId, diags: &mut Diags) {
        let owners = self.names.actions_named(word);
        let owners: Vec<String> =
            owners.iter().map(|(model, _)| format!("`{}`", self.names.model_name(*model))).collect();
        let (word_text, model) = (plain(word), self.names.model_name(model));
        diags
            .error("unknown_name", word, format!("there is no action `{word_text}` in `{model}`"))
            .help(format!("it is an action of {}", owners.join(", ")));
    }

    pub(super) fn condition(
        &self,
        when: Option<&ast::Predicate>,
        model: ModelId,
        diags: &mut Diags,
    ) -> Option<Rc<Predicate>> {
        let conditions = Conditions { names: self.names, model, fields: &self.models[model.0].fields };
        when.map(|when| Rc::new(conditions.resolve(when, diags)))
    }

    pub(super) fn named_fields(&self, reached: &Reached<'_>, diags: &mut Diags) -> Option<FieldSet> {
        let named = reached.target.fields.as_ref().filter(|_| !reached.by_star)?;
        if named.names.is_empty() {
            diags.syntax(named.place, "no field is named").help("take the empty brackets out, or name a field");
        }
        let fields = named.names.iter().filter_map(|name| self.names.field(reached.model, name, diags));
        Some(fields.collect())
    }

    /// The fields of a cell: the named ones, else all that the verb and the star reach.
    fn fields_of(&self, verb: Verb, reached: &Reached<'_>, named: Option<FieldSet>) -> FieldSet {
        let model = &self.models[reached.model.0];
        let writes = matches!(verb, Verb::Create | Verb::Edit | Verb::Import);
        let reads = matches!(verb, Verb::View | Verb::Export);
        model
            .field_ids()
            .filter(|id| {
                let field = model.field(*id);
                if !reads && !writes {
                    return true;
                }
                let asked = match named {
                    Some(named) => named.contains(*id),
                    None if reached.by_star => field.sensitivity < Sensitivity::Sensitive,
                    None => !(reads && field.sensitivity == Sensitivity::Secret),
                };
                asked && !(writes && (field.is_automatic() || field.readonly))
            })
            .collect()
    }
}

pub(super) fn framework_name(name: &Ident) -> Option<Framework> {
    FRAMEWORK.iter().find(|(word, _)| name == word).map(|(_, framework)| *framework)
}

/// `delete` and actions take a row as a whole: fields behind them would promise what is not kept.
fn check_fields(words: &[(&Ident, VerbWord)], clause: &ast::Grant, reported: bool, diags: &mut Diags) {
    let whole = |verb: &VerbWord| match verb {
        VerbWord::OnModels(verbs) => verbs.iter().all(|verb| *verb == Verb::Delete),
        VerbWord::OnPeople(_) | VerbWord::Action => true,
    };
    if let Some((word, _)) = words.iter().find(|(_, verb)| whole(verb))
        && let Some(fields) = clause.targets.iter().find_map(|target| target.fields.as_ref())
        && !reported
    {
        diags
            .syntax(fields.place, format!("`{}` takes a row as a whole", plain(word)))
            .help("take the fields out, or give the verb a clause of its own");
    }
}

fn framework(role: &mut Role, grant: GrantId, clause: &ast::Grant, word: &Ident, verb: &VerbWord, diags: &mut Diags) {
    for target in &clause.targets {
        let Some(subject) = target.name.as_ref().and_then(framework_name) else { continue };
        let verb = match verb {
            VerbWord::OnModels([Verb::View]) => Verb::View,
            VerbWord::OnModels([Verb::Export]) if subject == Framework::Audit => Verb::Export,
            _ => {
                let known: &[&str] = if subject == Framework::Audit { &["view", "export"] } else { &["view"] };
                let name = target.name.as_ref().map(plain).unwrap_or_default();
                let known = known.iter().map(|word| (*word).to_owned());
                unknown_in(word, "verb", &format!("verbs of `{name}`"), Some(&name), known, diags);
                continue;
            }
        };
        if clause.when.is_some() || target.fields.is_some() {
            diags.syntax(clause.place, "the framework's own pages are granted as a whole");
        }
        role.framework.push(FrameworkCell { verb, subject, grant, place: target.place });
    }
}
