//! What must never be true: the roles, verbs, models and fields that a `forbid` speaks of, and the steps that no one
//! person may do. Whether the grants keep to them is for the rules.

use super::grants::{Reach, VerbWord, framework_name, verb};
use super::names::plain;
use crate::ast;
use crate::diag::Diags;
use crate::panel::{Forbid, OnePerson, Place, RoleId, Verb};

impl Reach<'_> {
    /// A forbid as one entry for all models, or one a model where fields or a condition tie it to that model.
    pub(crate) fn forbid(&self, clause: &ast::Forbid, into: &mut Vec<Forbid>, diags: &mut Diags) {
        let roles: Vec<RoleId> = match &clause.roles {
            None => (0..self.names.roles.len()).map(RoleId).collect(),
            Some(roles) => roles.iter().filter_map(|role| self.names.role(role, diags)).collect(),
        };
        let mut verbs = Vec::new();
        let mut acts = Vec::new();
        for word in &clause.verbs {
            match verb(self.names, word, diags) {
                Some(VerbWord::OnModels(more)) => {
                    for verb in more {
                        if !verbs.contains(verb) {
                            verbs.push(*verb);
                        }
                    }
                }
                Some(VerbWord::OnPeople(_)) => {
                    diags
                        .syntax(word, format!("a forbid is about models, and `{}` is about people", plain(word)))
                        .help("authority over people ends where no role grants it");
                }
                Some(VerbWord::Action) => acts.push(word),
                None => {}
            }
        }
        for target in &clause.targets {
            if let Some(name) = target.name.as_ref().filter(|name| framework_name(name).is_some()) {
                diags
                    .syntax(name, format!("a forbid is about models, and `{}` is the framework's", plain(name)))
                    .help("no star reaches it: it is granted by name only");
            }
        }
        let mut whole = Forbid {
            text: clause.text.clone(),
            roles,
            verbs,
            models: Vec::new(),
            actions: Vec::new(),
            fields: None,
            when: None,
            place: clause.place,
        };
        for reached in self.reached(&clause.targets, diags) {
            let mut actions = Vec::new();
            for word in &acts {
                match self.names.action(reached.model, word) {
                    Some(action) => actions.push((reached.model, action)),
                    None if reached.by_star => {}
                    None => self.no_such_action(word, reached.model, diags),
                }
            }
            let fields = self.named_fields(&reached, diags);
            let when = self.condition(clause.when.as_ref(), reached.model, diags);
            if fields.is_none() && when.is_none() {
                whole.models.push(reached.model);
                whole.actions.extend(actions);
                continue;
            }
            into.push(Forbid {
                text: whole.text.clone(),
                roles: whole.roles.clone(),
                verbs: whole.verbs.clone(),
                models: vec![reached.model],
                actions,
                fields,
                when,
                place: clause.place,
            });
        }
        if !whole.models.is_empty() {
            into.push(whole);
        }
    }

    pub(crate) fn one_person(&self, clause: &ast::OnePerson, diags: &mut Diags) -> OnePerson {
        let mut steps = Vec::new();
        for (word, name) in &clause.steps {
            let Some(model) = self.names.model(name, diags) else { continue };
            let place = Place::from(word).to(Place::from(name));
            match verb(self.names, word, diags) {
                Some(VerbWord::OnModels([verb])) => steps.push((*verb, model, place)),
                Some(VerbWord::Action) => match self.names.action(model, word) {
                    Some(action) => steps.push((Verb::Act(action), model, place)),
                    None => self.no_such_action(word, model, diags),
                },
                Some(_) => {
                    diags.syntax(word, format!("`{}` is not one step on a model", plain(word)));
                }
                None => {}
            }
        }
        if clause.steps.len() == 1 {
            diags.syntax(clause.place, "one step alone cannot be kept apart from another").help("name a second step");
        }
        OnePerson { text: clause.text.clone(), steps, place: clause.place }
    }
}
