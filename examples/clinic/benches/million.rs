//! What pages cost over a million patients: by the processor, of this process and, where there is one, of the
//! database's server. `cargo bench -p clinic --bench million`, with a number of patients behind `--` or in
//! `CLINIC_PATIENTS`; on PostgreSQL as `./test with-postgres cargo bench -p clinic --bench million`. With `CLINIC_KEEP`
//! the file stays in that directory and is taken when it is there; `CLINIC_SEEDED` is the URL of a database that
//! `clinic seed` has filled already.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use bailiwick::Service;
use bailiwick::panel::Sort;
use bailiwick::store::Key;
use bailiwick::token::Token;
use bailiwick::value::Value;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use tower_service::Service as _;

mod measured;
#[path = "../../../runtime/src/testing/place.rs"]
mod place;

use measured::{Server, median, signed_in, signed_in_with, worked_ms};

#[path = "../src/main.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the panel is served from here; `main`, commands and demo data are the binary's"
)]
mod clinic;

const ROUNDS: usize = 3;
/// Of each round, and how many pages at least.
const LONG_ENOUGH: Duration = Duration::from_millis(60);
const AT_LEAST: u32 = 5;

fn main() {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads");
    threads.block_on(measure());
}

async fn measure() {
    let asked = std::env::args().skip(1).find(|argument| argument.parse::<u64>().is_ok());
    let patients = asked.or_else(|| std::env::var("CLINIC_PATIENTS").ok()).unwrap_or_else(|| "1000000".to_owned());
    let kept = std::env::var_os("CLINIC_KEEP").map(PathBuf::from);
    let seeded = std::env::var("CLINIC_SEEDED").ok();
    let made = tempfile::tempdir().expect("a directory");
    let directory = kept.as_deref().unwrap_or(made.path());
    let is_there = seeded.is_some() || directory.join("clinic.db").exists();
    let url = seeded.unwrap_or_else(|| place::url(directory));
    if !is_there {
        let started = Instant::now();
        let seeded = Command::new(env!("CARGO_BIN_EXE_clinic"))
            .args(["seed", "--patients", &patients, "--database", &url])
            .output()
            .expect("the clinic runs");
        assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
        println!("seed of {patients} patients: {:.1} s", started.elapsed().as_secs_f64());
    }
    let service = clinic::Clinic::builder().public_url("http://127.0.0.1:8000").service(&url).await.expect("a panel");
    println!("{}", service.app().store.version().await.expect("a version"));
    let server = if url.starts_with("postgres") { Some(Server::behind(&url).await) } else { None };

    let everybody = signed_in(&service, "Auditor").await;
    let mut panel = Panel { server, plain: None, token: everybody, service };
    let middle = panel.middle(patients.parse().expect("a number")).await;
    println!("\nwho sees all of them (Auditor):");
    panel.ask("list, first page", "/patients").await;
    panel.ask("list, last page", "/patients?at=last").await;
    panel.ask("list, a page in the middle", &format!("/patients?after={middle}")).await;
    panel.ask("list by name, first page", "/patients?sort=name").await;
    panel.ask("list by name, last page", "/patients?sort=name&at=last").await;
    panel.ask("list by birthday, without an index", "/patients?sort=born").await;
    panel.ask("of one doctor", "/patients?f.doctor=3").await;
    panel.ask("of one doctor, last page", "/patients?f.doctor=3&at=last").await;
    panel.ask("of two doctors", "/patients?f.doctor=3&f.doctor=5").await;
    panel.ask("of the last 30 days", "/patients?f.created_at=last-30-days").await;
    panel.ask("visits that are booked", "/visits?f.state=Booked").await;
    panel.ask("visits, missed, of one doctor", "/visits?f.state=Missed&f.doctor=2").await;
    panel.ask("choices counted", "/visits?counts=1").await;
    panel.ask("choices counted of what is found", "/patients?counts=1&q=anna").await;
    panel.searches().await;
    panel.ask("one patient", &format!("/patients/{}", 500)).await;
    panel.ask("home", "/").await;
    panel.ask("candidates of a picker", "/visits/pick/patient").await;
    panel.ask("candidates of a picker, anna", "/visits/pick/patient?q=anna").await;
    panel.ask("candidates of a picker, an", "/visits/pick/patient?q=an").await;

    let attributes = "{\"doctor\":3}".to_owned();
    panel.token = signed_in_with(&panel.service, "Clinician", attributes).await;
    panel.plain = None;
    println!("\na doctor, who sees a twelfth of them (Clinician):");
    panel.ask("list, first page", "/patients").await;
    panel.ask("list, last page", "/patients?at=last").await;
    panel.ask("list by name, first page", "/patients?sort=name").await;
    panel.ask("of the last 30 days", "/patients?f.created_at=last-30-days").await;
    panel.ask("visits that are booked", "/visits?f.state=Booked").await;
    panel.searches().await;
}

struct Panel {
    service: Service,
    token: Token,
    server: Option<Server>,
    /// What the first page of the same person cost.
    plain: Option<f64>,
}

impl Panel {
    /// A place in the middle of the list as it is ordered, as the list would give it out.
    async fn middle(&self, patients: i64) -> String {
        let app = self.service.app();
        let model = app.panel.models.iter().find(|model| model.name == "Patient").expect("a model");
        let sort: Sort = model.sort[0];
        // The seed invents first visits over the last years, evenly.
        let value = Value::Timestamp(app.clock.now() - chrono::Duration::days(700));
        let cursors = app.store.cursors().await.expect("cursors");
        cursors.encode(model, Some(sort), &Key { value, id: (patients / 2).into() }).expect("a place")
    }

    async fn searches(&mut self) {
        for (what, text) in [
            ("a common name", "anna"),
            ("three letters", "ann"),
            ("two letters", "an"),
            ("two letters that are rare", "zq"),
            ("a family name", "haddad"),
            ("a whole name", "anna+haddad"),
            ("nobody", "zzzq"),
        ] {
            self.ask(&format!("search {text} ({what})"), &format!("/patients?q={text}")).await;
        }
        self.ask("search anna, by name", "/patients?q=anna&sort=name").await;
        self.ask("search anna, last page", "/patients?q=anna&at=last").await;
        self.ask("search anna, of one doctor", "/patients?q=anna&f.doctor=3").await;
    }

    async fn ask(&mut self, what: &str, path: &str) {
        let (status, page) = self.answer(path).await;
        if status != StatusCode::OK {
            println!("{what:<44} {status}");
            return;
        }
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let (before, started) = (self.worked(), Instant::now());
            let mut pages = 0_u32;
            // Asking the system what was worked costs as much as a page: once before and once after them all.
            while pages < AT_LEAST || started.elapsed() < LONG_ENOUGH {
                self.page(path).await;
                pages += 1;
            }
            times.push((self.worked() - before) / f64::from(pages));
        }
        let time = median(times);
        let plain = *self.plain.get_or_insert(time);
        let rows = page.matches("<tr>").count().saturating_sub(1);
        let of = page.split("<p><span>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or("");
        println!("{what:<44} {time:>8.2} ms {:>7.2} × first   {of}", time / plain);
        assert!(rows <= 200, "a page");
    }

    fn worked(&self) -> f64 {
        worked_ms() + self.server.as_ref().map_or(0.0, Server::worked_ms)
    }

    async fn page(&self, path: &str) {
        let (status, _) = self.answer(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }

    async fn answer(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).header(header::COOKIE, format!("bw={}", self.token.text()));
        let request = request.body(Full::<Bytes>::default()).expect("a request");
        let Ok(answer) = self.service.clone().call(request).await;
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a whole page");
        (status, String::from_utf8(body.to_bytes().to_vec()).expect("UTF-8"))
    }
}
