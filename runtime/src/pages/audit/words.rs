//! Events in words, and how loud they are shown.

/// An event id in words; one that this build does not know stands as it is.
pub(in crate::pages) fn in_words(event: &str) -> &str {
    match event {
        "row.created" => "created",
        "row.updated" => "changed",
        "row.deleted" => "deleted",
        "row.restored" => "restored",
        "row.action" => "action",
        "rows.seeded" => "rows loaded",
        "export.started" => "export begun",
        "rows.exported" => "rows exported",
        "export.throttled" => "export held off",
        "job.started" => "job started",
        "job.cancelled" => "job called off",
        "job.ended" => "job over",
        "upload.kept" => "file sent in",
        "form.refused" => "form refused",
        "right.refused" => "right refused",
        "rule.excepted" => "exception used",
        "session.started" => "signed in",
        "session.ended" => "session ended",
        "session.proved" => "identity proved",
        "proof.failed" => "identity not proved",
        "proof.throttled" => "proof held off",
        "factor.enrolled" => "second factor set up",
        "factor.removed" => "second factor removed",
        "factor.proved" => "second factor proved",
        "factor.failed" => "wrong code",
        "factor.throttled" => "code held off",
        "passkey.added" => "passkey added",
        "passkey.renamed" => "passkey renamed",
        "passkey.removed" => "passkey removed",
        "passkey.used" => "passkey used",
        "passkey.refused" => "passkey refused",
        "codes.issued" => "recovery codes made",
        "code.used" => "recovery code used",
        "token.made" => "API token made",
        "token.ended" => "API token ended",
        "token.refused" => "API token refused",
        "token.throttled" => "API held off",
        "signin.failed" => "sign-in failed",
        "signin.throttled" => "sign-in held off",
        "person.created" => "person added",
        "person.updated" => "person changed",
        "person.deleted" => "person removed",
        "person.assigned" => "role given",
        "person.locked" => "locked",
        "person.unlocked" => "unlocked",
        "password.set" => "password set",
        "password.cleared" => "password taken away",
        "link.issued" => "link made",
        "link.used" => "link used",
        "grant.lent" => "right lent",
        "grant.renewed" => "loan renewed",
        "grant.ended" => "loan ended",
        "grant.expired" => "loan over",
        "group.created" => "group added",
        "group.joined" => "into a group",
        "group.left" => "out of a group",
        "break_glass.used" => "command line used",
        "recovery.asked" => "way back asked for",
        "recovery.throttled" => "way back held off",
        "mail.given_up" => "mail given up",
        "form.forged" => "form not believed",
        "audit.exported" => "log written out",
        "audit.pruned" => "old entries removed",
        "schema.migrated" => "schema changed",
        other => other,
    }
}

pub(in crate::pages) fn tone(event: &str) -> &'static str {
    match event {
        "row.created" | "person.created" => "t2",
        "row.updated" | "person.updated" | "person.assigned" => "t1",
        "row.deleted" | "person.deleted" => "t3",
        "form.refused" | "form.forged" | "right.refused" | "signin.failed" | "signin.throttled" | "person.locked"
        | "proof.failed" | "proof.throttled" | "factor.failed" | "factor.throttled" | "factor.removed"
        | "token.refused" | "token.throttled" | "passkey.refused" | "passkey.removed" | "break_glass.used" => "bad",
        "row.action" | "row.restored" => "t4",
        _ => "t0",
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use crate::audit::EventId;

    #[test]
    fn every_event_has_words() {
        for id in EventId::ALL {
            assert_ne!(in_words(id.text()), id.text(), "a reader would meet the id alone");
        }
    }
}
