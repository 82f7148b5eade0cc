//! Tables of links that were there before, and those that were not.

bailiwick::admin! {
    panel Music { public_url "http://127.0.0.1:8000"; proxies none; }
    model Track { table "Track" adopted key "TrackId"; name: String label column "Name"; }
    model List {
        table "List" adopted key "ListId";
        name: String label column "Name";
        tracks: many Track;
        others: many Track through "ListTrack" ("ListId", "ListId");
        more: many Track through "MoreTrack";
    }
    model Note { name: String label; tracks: many Track through "NoteTrack" ("NoteId", "TrackId"); }

    role Owner { all *; assign *, Owner; reset *; lock *; unlock *; revoke *; view Audit; }
}

fn main() {}
