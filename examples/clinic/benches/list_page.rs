//! What a list page of 50 of 100,000 patients costs, signed in, against a floor that does nothing but the work: a
//! hand-written handler with the same statements that renders as many bytes. Both in one run on one machine, so that
//! the ratio means something anywhere. `cargo bench -p clinic --bench list_page`

use std::process::Command;
use std::time::Instant;

use bailiwick::token::Token;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use minijinja::{Environment, context};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Row as _};
use tower_service::Service as _;

mod measured;

use measured::{cpu_ms, median, signed_in};

#[path = "../src/main.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the panel is served from here; `main`, commands and demo data are the binary's"
)]
mod clinic;

const PATIENTS: &str = "100000";
const PAGES: u32 = 600;
const ROUNDS: usize = 5;

fn main() {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("threads");
    threads.block_on(measure());
}

async fn measure() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("clinic.db");
    let url = format!("sqlite:{}", path.display());
    let started = Instant::now();
    let seeded = Command::new(env!("CARGO_BIN_EXE_clinic"))
        .args(["seed", "--patients", PATIENTS, "--database", &url])
        .output()
        .expect("the clinic runs");
    assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
    println!("seed of {PATIENTS} patients with their visits and invoices: {:.1} s", started.elapsed().as_secs_f64());

    let panel = clinic::Clinic::builder().public_url("http://127.0.0.1:8000").service(&url).await.expect("a panel");
    let token = signed_in(&panel, "Auditor").await;
    let page = ask_panel(&panel, &token).await;
    let mut floor = Floor::open(&path, page.len()).await;
    let same = floor.answer(&token).await;
    println!("bytes a page: panel {}, floor {}", page.len(), same.len());
    assert_eq!(same.matches("<tr>").count(), page.matches("<tr>").count(), "as many rows");

    let (mut panels, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let before = cpu_ms();
        for _ in 0..PAGES {
            ask_panel(&panel, &token).await;
        }
        let between = cpu_ms();
        for _ in 0..PAGES {
            floor.answer(&token).await;
        }
        panels.push((between - before) / f64::from(PAGES));
        floors.push((cpu_ms() - between) / f64::from(PAGES));
    }
    let (panel, floor) = (median(panels), median(floors));
    println!("CPU a page, median of {ROUNDS} rounds of {PAGES}: panel {panel:.2} ms, floor {floor:.2} ms");
    println!("the panel serves {:.2} of the floor's pages for the same CPU", floor / panel);
    searches(&panel_of(&url).await, &token, panel).await;
}

async fn panel_of(url: &str) -> bailiwick::Service {
    clinic::Clinic::builder().public_url("http://127.0.0.1:8000").service(url).await.expect("a panel")
}

/// What a page of what was found costs, of a text that many rows hold, of one that few hold, and of one that none does.
async fn searches(service: &bailiwick::Service, token: &Token, plain: f64) {
    const SEARCHES: u32 = 200;
    for text in ["ann", "anna+b", "zzzq"] {
        let path = format!("/patients?q={text}");
        let page = ask(service, token, &path).await;
        let rows = page.matches("<tr>").count().saturating_sub(1);
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let before = cpu_ms();
            for _ in 0..SEARCHES {
                ask(service, token, &path).await;
            }
            times.push((cpu_ms() - before) / f64::from(SEARCHES));
        }
        let time = median(times);
        println!("search {text}: {rows} rows on the page, {time:.2} ms, {:.1} times a plain page", time / plain);
    }
}

async fn ask_panel(panel: &bailiwick::Service, token: &Token) -> String {
    ask(panel, token, "/patients").await
}

async fn ask(panel: &bailiwick::Service, token: &Token, path: &str) -> String {
    let request = Request::get(path).header(header::COOKIE, format!("bw={}", token.text()));
    let request = request.body(Full::<Bytes>::default()).expect("a request");
    let Ok(answer) = panel.clone().call(request).await;
    assert_eq!(answer.status(), StatusCode::OK);
    text(answer).await
}

async fn text(answer: Response<bailiwick::response::Body>) -> String {
    let body = answer.into_body().collect().await.expect("a whole page");
    String::from_utf8(body.to_bytes().to_vec()).expect("UTF-8")
}

/// The work alone: who asks, one page of rows with the doctor's name, the bounded count, a template.
struct Floor {
    connection: SqliteConnection,
    pages: Environment<'static>,
    rest: String,
}

const FLOOR_PAGE: &str = "<!doctype html><title>Patients</title>{{ rest|safe }}<p>{{ who }}: {{ count }}</p>\
     <table class=\"grid\"><thead><tr><th>Name<th>Doctor<th>Born<th>Created at</tr></thead><tbody>{% for row in rows %}\n\
     <tr><th scope=\"row\"><a href=\"/patients/{{ row.id }}\">{{ row.name }}</a></th><td data-l=\"Doctor\"><a \
     href=\"/doctors/{{ row.doctor_id }}\">{{ row.doctor }}</a></td><td data-l=\"Born\">{{ row.born }}</td><td \
     data-l=\"Created at\" class=\"when\" title=\"{{ row.created_at }}\"><time datetime=\"{{ row.created_at }}\">{{ \
     row.created_at }}</time></td></tr>{% endfor %}</tbody></table>";

impl Floor {
    async fn open(path: &std::path::Path, bytes: usize) -> Self {
        let options = SqliteConnectOptions::new().filename(path).read_only(true).disable_statement_logging();
        let connection = options.connect().await.expect("the database");
        let mut pages = Environment::new();
        pages.add_template("list.html", FLOOR_PAGE).expect("a template");
        let mut floor = Self { connection, pages, rest: String::new() };
        let bare = floor.render("", 10_000, Vec::new()).len() + 50 * 330;
        // The frame around the table, so that as many bytes are moved.
        floor.rest = " ".repeat(bytes.saturating_sub(bare));
        floor
    }

    async fn answer(&mut self, token: &Token) -> String {
        let who: String = sqlx::query_scalar(
            "SELECT p.email FROM bw_sessions s JOIN bw_people p ON p.id = s.person WHERE s.token_hash = $1",
        )
        .bind(token.hash().as_slice())
        .fetch_one(&mut self.connection)
        .await
        .expect("a statement");
        let found = sqlx::query(
            "SELECT p.id, p.name, d.id, d.name, p.born, p.created_at FROM patient p LEFT JOIN doctor d ON d.id = p.doctor \
             ORDER BY p.created_at DESC, p.id DESC LIMIT 51",
        )
        .fetch_all(&mut self.connection)
        .await
        .expect("a statement");
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM (SELECT 1 FROM patient LIMIT 10001)")
            .fetch_one(&mut self.connection)
            .await
            .expect("a statement");
        let rows = found
            .iter()
            .take(50)
            .map(|row| {
                context! {
                    id => row.get::<i64, _>(0),
                    name => row.get::<String, _>(1),
                    doctor_id => row.get::<i64, _>(2),
                    doctor => row.get::<String, _>(3),
                    born => row.get::<String, _>(4),
                    created_at => row.get::<String, _>(5),
                }
            })
            .collect();
        let page = self.render(&who, count, rows);
        text(Response::new(Bytes::from(page).into())).await
    }

    fn render(&self, who: &str, count: i64, rows: Vec<minijinja::Value>) -> String {
        let page = self.pages.get_template("list.html").expect("a template");
        page.render(context! { rest => self.rest.as_str(), who, count, rows }).expect("a page")
    }
}
