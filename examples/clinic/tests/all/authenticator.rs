//! An authenticator app with the one secret that everybody of the test clinic has, where their role requires a factor.

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret};

use crate::visitor::{Answer, Form, Visitor};

/// Twenty bytes, as every secret.
pub(crate) const SECRET: [u8; 20] = *b"sparrows don't count";

/// Roles whose holders have a factor from the start.
pub(crate) const WITH_FACTOR: [&str; 2] = ["Owner", "Manager"];

/// What the app shows at this moment.
pub(crate) fn code_of(secret: &[u8], now: DateTime<Utc>) -> String {
    let totp = Builder::new().with_secret(Secret::new(secret.into())).build().expect("a secret of the right length");
    totp.generate(u64::try_from(now.timestamp()).expect("after 1970")).to_string()
}

impl Visitor {
    /// Signs in at the page of this path, with the password and then with a code; what comes back is the answer to
    /// that.
    pub(crate) async fn sign_in_with_code(
        &mut self,
        door: &str,
        email: &str,
        password: &str,
        now: DateTime<Utc>,
    ) -> Answer {
        let answer = self.sign_in(door, email, password).await.expect(303);
        let step = self.get(answer.location()).await.expect(303);
        let mut form = Form::of(&self.get(step.location()).await.expect(200), "form.stack");
        form.set("code", &code_of(&SECRET, now));
        self.submit(&form).await
    }
}
