//! Paths as types: `Route::Patient(At::Edit(id))` prints `/patients/17/edit` and is parsed from it. How a path is
//! spelled is [`crate::route`]'s business; here a number gets the type of its model.

use std::fmt;

use super::RowId;
use crate::panel::Panel;
use crate::route::{Page, Route};

/// Pages that every panel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fixed {
    /// `/`
    Home,
    /// `/sign-in`
    SignIn,
    /// `/sign-out`
    SignOut,
    /// `/audit`
    Audit,
    /// `/policy`
    Policy,
}

/// Pages of one model, whose rows are numbered by `Id` and know the actions `A`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum At<Id, A = NoAction> {
    /// All rows.
    List,
    /// A new row.
    New,
    /// One row.
    Row(Id),
    /// Its form.
    Edit(Id),
    /// What deleting it would take along.
    Delete(Id),
    /// Its changes.
    History(Id),
    /// An action on it.
    Act(Id, A),
}

/// For models without actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoAction {}

/// The actions of a model, by index; `admin!` writes one for each model that has any.
pub trait ActionName: Copy + PartialEq + 'static {
    /// With the index of each.
    const ALL: &'static [(Self, usize)];
}

impl ActionName for NoAction {
    const ALL: &'static [(Self, usize)] = &[];
}

impl<Id: RowId, A: ActionName> At<Id, A> {
    /// As a page of a model.
    #[must_use]
    pub fn page(self) -> Page {
        match self {
            Self::List => Page::List,
            Self::New => Page::New,
            Self::Row(id) => Page::Detail(id.key()),
            Self::Edit(id) => Page::Edit(id.key()),
            Self::Delete(id) => Page::Delete(id.key()),
            Self::History(id) => Page::History(id.key()),
            Self::Act(id, action) => {
                let index = A::ALL.iter().find(|(one, _)| *one == action).map_or(usize::MAX, |(_, index)| *index);
                Page::Act(id.key(), index)
            }
        }
    }

    /// `None` for what is not a page of its own.
    #[must_use]
    pub fn of(page: Page) -> Option<Self> {
        Some(match page {
            Page::List => Self::List,
            Page::New => Self::New,
            Page::Detail(id) => Self::Row(Id::of_key(id)?),
            Page::Edit(id) => Self::Edit(Id::of_key(id)?),
            Page::Delete(id) => Self::Delete(Id::of_key(id)?),
            Page::History(id) => Self::History(Id::of_key(id)?),
            Page::Act(id, action) => {
                let (action, _) = A::ALL.iter().find(|(_, index)| *index == action)?;
                Self::Act(Id::of_key(id)?, *action)
            }
            Page::Restore(..)
            | Page::Export
            | Page::Import
            | Page::Template
            | Page::Upload(_)
            | Page::Bulk
            | Page::Pick(_) => return None,
        })
    }
}

/// The typed routes of a panel; `admin!` writes one.
pub trait TypedRoute: Sized {
    /// Whose.
    const PANEL: &'static Panel;

    /// A page of the panel, or of the model of this index.
    fn page(self) -> Result<Fixed, (usize, Page)>;
    /// A page that every panel has.
    fn fixed(page: Fixed) -> Self;
    /// A page of the model of this index.
    fn of(model: usize, page: Page) -> Option<Self>;
}

/// Prints the path, without the base path of the public URL.
///
/// # Errors
/// Those of the formatter.
pub fn print_route<R: TypedRoute>(route: R, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let route = match route.page() {
        Ok(Fixed::Home) => Route::Home,
        Ok(Fixed::SignIn) => Route::SignIn,
        Ok(Fixed::SignOut) => Route::SignOut,
        Ok(Fixed::Audit) => Route::Audit,
        Ok(Fixed::Policy) => Route::Policy,
        Err((model, page)) => Route::Model(R::PANEL.models.get(model).ok_or(fmt::Error)?, page),
    };
    fmt::Display::fmt(&route, f)
}

/// Reads a path, base path off.
///
/// # Errors
/// When the path names no page, or one that is none of its own (a picture, a picker).
pub fn parse_route<R: TypedRoute>(path: &str) -> Result<R, UnknownPath> {
    match Route::parse(R::PANEL, path).ok_or(UnknownPath)? {
        Route::Home => Ok(R::fixed(Fixed::Home)),
        Route::SignIn => Ok(R::fixed(Fixed::SignIn)),
        Route::SignOut => Ok(R::fixed(Fixed::SignOut)),
        Route::Audit => Ok(R::fixed(Fixed::Audit)),
        Route::Policy => Ok(R::fixed(Fixed::Policy)),
        Route::Model(model, page) => R::of(model.index, page).ok_or(UnknownPath),
        Route::First
        | Route::AuditExport
        | Route::Join
        | Route::Recovery
        | Route::People(_)
        | Route::Work(_)
        | Route::Factor(_)
        | Route::Account(_)
        | Route::Api(_)
        | Route::Static(_) => Err(UnknownPath),
    }
}

/// A path that names no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPath;

impl fmt::Display for UnknownPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no page has this path")
    }
}

impl std::error::Error for UnknownPath {}
