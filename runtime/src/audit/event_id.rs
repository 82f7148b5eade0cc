//! What can happen: one id for each event, whose text never changes once released.

macro_rules! event_ids {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),* $(,)?) => {
        /// What happened. The text of an id never changes once released.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum EventId { $($(#[$doc])* $variant),* }

        impl EventId {
            /// Every id, in declared order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its stable text.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The id of this text.
            #[must_use]
            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

event_ids! {
    /// A row was inserted.
    RowCreated = "row.created",
    /// A row was changed.
    RowUpdated = "row.updated",
    /// A row was removed, by itself or along with another.
    RowDeleted = "row.deleted",
    /// A row got back values of an earlier version; the change itself stands beside it.
    RowRestored = "row.restored",
    /// A declared action ran on a row.
    RowActed = "row.action",
    /// Rows were loaded from the command line.
    RowsSeeded = "rows.seeded",
    /// An export begins; the rows follow.
    ExportStarted = "export.started",
    /// Rows were taken away in bulk: how many, and whether all of them arrived.
    RowsExported = "rows.exported",
    /// A job was asked for.
    JobStarted = "job.started",
    /// The end of a job was asked for.
    JobCancelled = "job.cancelled",
    /// A job was over.
    JobEnded = "job.ended",
    /// A file to be imported was uploaded.
    UploadKept = "upload.kept",
    /// An export was refused because of too many before.
    ExportThrottled = "export.throttled",
    /// A form held fields that the page did not offer, or that lie outside the terms.
    FormRefused = "form.refused",
    /// A page or verb was asked for without the right.
    RightRefused = "right.refused",
    /// An exception that the block accepts from a rule was made use of.
    RuleExcepted = "rule.excepted",
    /// Somebody signed in.
    SessionStarted = "session.started",
    /// A session ended, by sign-out, time, or somebody's hand.
    SessionEnded = "session.ended",
    /// Identity was proved anew within a session.
    SessionProved = "session.proved",
    /// A fresh proof of identity failed.
    ProofFailed = "proof.failed",
    /// A fresh proof was refused because of too many tries before.
    ProofThrottled = "proof.throttled",
    /// A second factor was enrolled.
    FactorEnrolled = "factor.enrolled",
    /// A second factor was removed.
    FactorRemoved = "factor.removed",
    /// The second factor was proved; the session's trust rose.
    FactorProved = "factor.proved",
    /// A code of the second factor was wrong, or was used before.
    FactorFailed = "factor.failed",
    /// A code was not even looked at, because of too many before.
    FactorThrottled = "factor.throttled",
    /// A passkey was added.
    PasskeyAdded = "passkey.added",
    /// A passkey got another name.
    PasskeyRenamed = "passkey.renamed",
    /// A passkey was removed.
    PasskeyRemoved = "passkey.removed",
    /// A passkey proved whose it is; what for stands beside it.
    PasskeyUsed = "passkey.used",
    /// The answer of a passkey was not good.
    PasskeyRefused = "passkey.refused",
    /// Recovery codes were made; those before them are no longer good.
    CodesIssued = "codes.issued",
    /// A recovery code was used.
    CodeUsed = "code.used",
    /// An API token was made.
    TokenMade = "token.made",
    /// An API token ended before its time.
    TokenEnded = "token.ended",
    /// A request came with an API token that is none, or is none any more.
    TokenRefused = "token.refused",
    /// A request with an API token was refused because of too many before.
    TokenThrottled = "token.throttled",
    /// A sign-in failed.
    SigninFailed = "signin.failed",
    /// A try was refused because of too many before.
    SigninThrottled = "signin.throttled",
    /// A person was added.
    PersonCreated = "person.created",
    /// A person was changed.
    PersonUpdated = "person.updated",
    /// A person was removed; their trail stays.
    PersonDeleted = "person.deleted",
    /// A person got another role.
    PersonAssigned = "person.assigned",
    /// A person was locked.
    PersonLocked = "person.locked",
    /// A person was unlocked.
    PersonUnlocked = "person.unlocked",
    /// A password was set or changed.
    PasswordSet = "password.set",
    /// A one-use link was made.
    LinkIssued = "link.issued",
    /// A one-use link was used.
    LinkUsed = "link.used",
    /// A right that the block declares `may` was lent.
    GrantLent = "grant.lent",
    /// A loan was continued.
    GrantRenewed = "grant.renewed",
    /// A loan was ended before its time.
    GrantEnded = "grant.ended",
    /// A loan's time was over.
    GrantExpired = "grant.expired",
    /// A group was added.
    GroupCreated = "group.created",
    /// A person came into a group.
    GroupJoined = "group.joined",
    /// A person left a group.
    GroupLeft = "group.left",
    /// A password was taken away: the old one no longer works, and there is no new one yet.
    PasswordCleared = "password.cleared",
    /// Whoever runs the panel let somebody in again from the command line; what was done stands beside it.
    BreakGlassUsed = "break_glass.used",
    /// Somebody asked for a way back in.
    RecoveryAsked = "recovery.asked",
    /// A request for a way back in was refused because of too many before.
    RecoveryThrottled = "recovery.throttled",
    /// A mail could not be sent in time.
    MailGivenUp = "mail.given_up",
    /// A form was not believed: sent from another site, or without the token of its session.
    FormForged = "form.forged",
    /// The audit log was written out.
    AuditExported = "audit.exported",
    /// The oldest entries of the audit log were removed, as retention says.
    AuditPruned = "audit.pruned",
    /// The schema was changed.
    SchemaMigrated = "schema.migrated",
}
