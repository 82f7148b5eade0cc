//! What a small panel is looked through for.

/// Something that must not be possible, and is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Harm {
    /// Somebody stands above themselves.
    Circle,
    /// A right that neither one's role nor a role below has.
    Gain,
    /// Reset, lock, unlock or revoke of somebody who is not below.
    Overreach,
    /// Both steps that are kept apart.
    Duties,
    /// Found by searching, filtering or sorting what is hidden.
    Oracle,
    /// Read in a label what is hidden.
    Label,
    /// Changed, deleted, exported or acted on what is hidden.
    Blind,
    /// A secret is shown, compared or exported.
    Secret,
    /// A sensitive field leaves, and nobody says why.
    Travel,
    /// A row deleted with another one that one may not delete.
    Cascade,
    /// A field emptied by a deletion that one may not edit.
    Emptied,
    /// A row brought within one's own reach.
    Scope,
    /// What is guarded done without the guard.
    Guard,
    /// What is forbidden done.
    Forbidden,
    /// Nobody can help, or look.
    Stuck,
    /// Somebody has no way back.
    Lost,
}

/// What is found, with who and how for the reader.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) harm: Harm,
    pub(super) how: String,
}
