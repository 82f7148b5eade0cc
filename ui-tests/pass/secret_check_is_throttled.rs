//! Both keys, and one of session or account behind the sign-in.

bailiwick::admin! {
    panel Shop { public_url "http://127.0.0.1:8000"; proxies none; }
    model Product { name: String label; }

    role Owner { all *; assign Owner; view Audit; factor required; }

    throttle login 5 per 15min by account, 20 per 10min by address;
    throttle factor 5 per 10min by account;
    throttle reauth 5 per 10min by session;
    reauth assign, delete;
}
