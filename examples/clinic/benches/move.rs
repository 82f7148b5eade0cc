//! What it takes to move many rows: 100,000 patients out as CSV, 100,000 in, tried and brought in, and one by one, each
//! with its entry in the audit log: by the store, by form, and by a floor that does nothing but the statements. In
//! process, over the panel's own service and jobs. `cargo bench -p clinic --bench move`, or of its parts
//! (`… -- create export import`) only some.

use std::process::Command;

use bailiwick::Service;
use bailiwick::audit::{Context, Origin};
use bailiwick::forgery;
use bailiwick::token::Token;
use bailiwick::value::Value;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use tower_service::Service as _;

mod floor;
mod measured;

use measured::{Clock, memory, signed_in_with_factor};

#[path = "../src/main.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the panel is served from here; `main`, commands and demo data are the binary's"
)]
mod clinic;

const ROWS: u32 = 100_000;
/// Patients that are made one by one.
const SINGLES: u32 = 6_400;
/// How many at once.
const AT_ONCE: [u32; 3] = [1, 4, 32];

fn main() {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
    threads.block_on(measure());
}

async fn measure() {
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite:{}", directory.path().join("clinic.db").display());
    let seeded = Command::new(env!("CARGO_BIN_EXE_clinic"))
        .args(["seed", "--patients", &ROWS.to_string(), "--database", &url])
        .output()
        .expect("the clinic runs");
    assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
    let service = clinic::Clinic::builder().public_url("http://127.0.0.1:8000").service(&url).await.expect("a panel");
    let token = signed_in_with_factor(&service, "Owner", &url).await;
    let panel = Panel { service, csrf: forgery::form_token(&token, None), token };
    let parts: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|word| word == part);
    if wanted("create") {
        floor::create(&url, SINGLES).await;
        for at_once in AT_ONCE {
            panel.store(at_once).await;
        }
        for at_once in AT_ONCE {
            panel.create(at_once).await;
        }
        let whole = panel.service.app().store.verify_audit().await.expect("a chain");
        println!("the audit log: {whole:?}");
    }
    if wanted("export") {
        panel.export().await;
    }
    if wanted("import") {
        panel.import().await;
    }
}

#[derive(Clone)]
struct Panel {
    service: Service,
    token: Token,
    csrf: String,
}

impl Panel {
    async fn send(
        &self,
        method: Method,
        path: &str,
        kind: &'static str,
        body: Bytes,
    ) -> Response<bailiwick::response::Body> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, format!("bw={}", self.token.text()))
            .header(header::CONTENT_TYPE, kind)
            .body(Full::new(body))
            .expect("a request");
        let Ok(answer) = self.service.clone().call(request).await;
        answer
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response<bailiwick::response::Body> {
        let fields = fields.iter().copied().chain([("_csrf", self.csrf.as_str())]);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", Bytes::from(body)).await
    }

    /// By form, as people do it: so many at once.
    async fn create(&self, at_once: u32) {
        let clock = Clock::start();
        let senders: Vec<_> = (0..at_once)
            .map(|sender| {
                let panel = self.clone();
                tokio::spawn(async move {
                    for number in 0..SINGLES / at_once {
                        let name = format!("Patient {sender} {number}");
                        let fields = [
                            ("name", name.as_str()),
                            ("born", "1980-02-03"),
                            ("doctor", "1"),
                            ("email", ""),
                            ("phone", ""),
                        ];
                        let answer = panel.post("/patients/new", &fields).await;
                        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
                        let made = answer.headers()[header::LOCATION].to_str().expect("a path");
                        assert!(made.starts_with("/patients/"), "{made}");
                    }
                })
            })
            .collect();
        for sender in senders {
            sender.await.expect("all are created");
        }
        report("by form, with session and redirection", at_once, &clock);
    }

    /// By the store, as the body of an action or a command does it: a transaction each, so many at once.
    async fn store(&self, at_once: u32) {
        let clock = Clock::start();
        let writers: Vec<_> = (0..at_once)
            .map(|writer| {
                let panel = self.clone();
                tokio::spawn(async move {
                    for number in 0..SINGLES / at_once {
                        panel.add(&format!("Patient {writer} {number}")).await;
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.expect("all are created");
        }
        report("by the store, a transaction and an audit entry each", at_once, &clock);
    }

    async fn add(&self, name: &str) {
        let app = self.service.app();
        let model = &app.panel.models[1];
        let field = |name: &str| model.field_by_name(name).expect("a field").index;
        let context = Context::of_nobody(Origin::own(), app.clock.now());
        let mut write = app.store.write(context).await.expect("a transaction");
        let values = vec![
            (field("name"), Value::Text(name.to_owned())),
            (field("born"), Value::Date("1980-02-03".parse().expect("a day"))),
            (field("doctor"), Value::Int(1)),
        ];
        let (_, recorded) = write.seed(model, vec![values]).await.expect("a row");
        write.commit(recorded).await.expect("a commit");
    }

    async fn export(&self) {
        let columns = ["id", "name", "email", "phone", "doctor", "doctor.label", "created_at"];
        for format in ["csv", "jsonl", "xlsx"] {
            let fields: Vec<(&str, &str)> =
                columns.iter().map(|column| ("column", *column)).chain([("format", format)]).collect();
            let (before, clock) = (memory(std::process::id(), "VmRSS:"), Clock::start());
            let answer = self.post("/patients/export", &fields).await;
            assert_eq!(answer.status(), StatusCode::OK);
            let (mut body, mut bytes, mut most) = (answer.into_body(), 0, before);
            while let Some(frame) = body.frame().await {
                bytes += frame.expect("whole").into_data().map_or(0, |data| data.len());
                most = most.max(memory(std::process::id(), "VmRSS:"));
            }
            println!(
                "export of {ROWS} patients as {format}: {}, {:.0} rows/s of CPU, {bytes} bytes, {} MiB more memory at most",
                clock.read(),
                f64::from(ROWS) / clock.cpu(),
                (most - before) / 1024
            );
        }
    }

    async fn import(&self) {
        let rows = (0..ROWS).map(|number| format!("Incoming {number},1980-02-03,1,030 {number:07}\n"));
        let file = std::iter::once("name,born,doctor,phone\n".to_owned()).chain(rows).collect::<Vec<_>>().concat();
        let body = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{}\r\n--cut\r\nContent-Disposition: form-data; \
             name=\"file\"; filename=\"patients.csv\"\r\n\r\n{file}\r\n--cut--\r\n",
            self.csrf
        );
        let clock = Clock::start();
        let kept =
            self.send(Method::POST, "/patients/import", "multipart/form-data; boundary=cut", Bytes::from(body)).await;
        assert_eq!(kept.status(), StatusCode::SEE_OTHER);
        println!("upload of {ROWS} rows: {}", clock.read());
        let path = kept.headers()[header::LOCATION].to_str().expect("a path").to_owned();
        for (step, what) in [("check", "dry run"), ("go", "commit, all or nothing")] {
            let fields =
                [("m.0", "name"), ("m.1", "born"), ("m.2", "doctor"), ("m.3", "phone"), ("how", "one"), ("step", step)];
            let (before, clock) = (memory(std::process::id(), "VmRSS:"), Clock::start());
            let mut most = before;
            let job = self.post(&path, &fields).await;
            assert_eq!(job.status(), StatusCode::SEE_OTHER);
            let job = job.headers()[header::LOCATION].to_str().expect("a path").to_owned();
            loop {
                let page = self.send(Method::GET, &job, "text/html", Bytes::new()).await;
                let page = page.into_body().collect().await.expect("a whole page").to_bytes();
                let page = String::from_utf8_lossy(&page).into_owned();
                if !page.contains("data-poll") {
                    assert!(page.contains("0 failed"), "{page}");
                    break;
                }
                most = most.max(memory(std::process::id(), "VmRSS:"));
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            println!(
                "import of {ROWS} rows, {what}: {}, {} MiB more memory at most",
                clock.read(),
                most.saturating_sub(before) / 1024
            );
        }
    }
}

fn report(how: &str, at_once: u32, clock: &Clock) {
    println!(
        "{SINGLES} patients {how}, {at_once} at once: {}, {:.0}/s of CPU, {:.0}/s by the clock",
        clock.read(),
        f64::from(SINGLES) / clock.cpu(),
        f64::from(SINGLES) / clock.wall()
    );
}
