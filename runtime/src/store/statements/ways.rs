//! By which ways the rows of a page are come by. Each is tried for so many rows; the first that fills the page will do,
//! and the last one finds whatever there is.

use super::finding::{self, Hits};
use super::near;
use super::select::Columns;
use super::walk::{Walk, Way};
use super::wanted::{bounded, push_count, within};
use crate::condition::Condition;
use crate::error::Error;
use crate::panel::FieldSet;
use crate::store::answer::Answer;
use crate::store::indexes::is_order;
use crate::store::pool::Reading;
use crate::store::query::{Count, LARGEST_PAGE, ListQuery, Search};
use crate::store::sql::Sql;

/// So many entries of an index are passed by for less than a row costs that is gathered from anywhere and sorted: 0.17 µs
/// against 2, of a million rows on PostgreSQL 15.
const PASSED_FOR_ONE: u64 = 5;

/// A page that is asked for.
pub(super) struct Asked<'a> {
    pub(super) walk: &'a Walk<'a>,
    pub(super) columns: &'a Columns<'a>,
    pub(super) query: &'a ListQuery<'a>,
    /// Rows: one more than the page has, which tells whether there are more.
    pub(super) limit: usize,
    /// Rows of the largest page that whoever asks may ask for.
    pub(super) largest: u32,
}

/// How many rows there are.
pub(super) enum Counted {
    /// Known by the way to the page.
    Already(Count),
    /// To be counted: rows of which this is asked.
    NotYet(Condition),
}

impl Asked<'_> {
    /// The rows, and how many there are.
    pub(super) async fn page(&self, lane: &mut Reading) -> Result<(Vec<Answer>, Counted), Error> {
        if let Some(search) = self.by_index() {
            let (rows, count) = self.hits(lane, search).await?;
            return Ok((rows, Counted::Already(count)));
        }
        let query = self.query;
        let model = query.terms.model();
        let wanted = within(query.terms, &query.filter, query.search, query.sort);
        if !query.count || !self.walk.could_pass_by(model, &wanted) {
            let rows = self.by(lane, &Way::by(wanted.clone())).await?;
            return Ok((rows, Counted::NotYet(wanted)));
        }
        let mut sql = Sql::new("SELECT (");
        push_count(&mut sql, model, &wanted);
        sql.push("), ");
        finding::push_size(&mut sql, model);
        let answer = lane.row(sql).await?;
        let count = answer.as_ref().map_or(Ok(0), |answer| answer.count(0))?;
        let size = finding::size(answer.as_ref(), 1)?;
        let rows = self.by(lane, &Way { passing_by: count > finding::few(size), ..Way::by(wanted) }).await?;
        Ok((rows, Counted::Already(bounded(count))))
    }

    /// What is found by an index of parts.
    async fn hits(&self, lane: &mut Reading, search: Search<'_>) -> Result<(Vec<Answer>, Count), Error> {
        let (query, model) = (self.query, self.query.terms.model());
        let scope = within(query.terms, &query.filter, None, query.sort);
        let ordered = is_order(model, query.sort);
        let usual = ordered && self.walk.is_usual(model);
        if usual && !lane.is_sqlite() && !finding::is_long(search.text) {
            // The index of parts is a table of its own on SQLite alone, which tells its first hits without the others.
            // Elsewhere a frequent text is met on the way sooner than the index has gathered what it finds.
            let glance = finding::glance(self.limit);
            let mut rows = self.by(lane, &self.passing(&scope, search, glance)).await?;
            let met = rows.len() as u64;
            if rows.len() < self.limit && 2 * rows.len() >= self.limit {
                // Who met half a page has the other half not far ahead.
                let further = glance.saturating_mul(self.limit as u64) / met * 3 / 2;
                rows = self.by(lane, &self.passing(&scope, search, further)).await?;
            }
            if let Some(count) = self.at_least(&rows) {
                return Ok((rows, count));
            }
        }
        if usual
            && lane.is_sqlite()
            && let Some((fields, seen)) = finding::behind_a_scope(query.terms, &scope, search)
        {
            // To count within a scope is to look at each row that is found until there are enough.
            match finding::look_anywhere(lane, model, fields, search).await? {
                Hits::These(ids) => {
                    let ids = if ids.is_empty() { ids } else { finding::of_these(lane, model, &ids, &seen).await? };
                    return self.of_these(lane, ids, scope).await;
                }
                Hits::Many { about, rows } => {
                    for way in self.on_the_way(lane, &scope, search, (about, rows)) {
                        let rows = self.by(lane, &way).await?;
                        if let Some(count) = self.at_least(&rows) {
                            return Ok((rows, count));
                        }
                    }
                    if finding::is_small(lane, model, &seen, finding::reach(rows, self.limit)).await? {
                        // Fewer than were passed by on the way: what is found among all is no help.
                        return self.among_few(lane, finding::looking(query.terms, scope, search)).await;
                    }
                }
            }
        }
        let (about, rows) = match finding::look(lane, query.terms, &scope, search, finding::bound()).await? {
            Hits::These(ids) => return self.of_these(lane, ids, scope).await,
            Hits::Many { about, rows } => (about, rows),
        };
        let many = Count::MoreThan(finding::bound());
        let ways = if ordered { self.on_the_way(lane, &scope, search, (about, rows)) } else { Vec::new() };
        for way in &ways {
            let found = self.by(lane, way).await?;
            if found.len() >= self.limit {
                return Ok((found, many));
            }
        }
        let (wanted, passing_by) = finding::way(query.terms, scope.clone(), search, query.sort, (about, rows));
        if passing_by {
            // Neither met soon nor few among the first numbers: they may all stand there, a whole table away.
            let few = finding::few(rows);
            if let Hits::These(ids) = finding::look(lane, query.terms, &scope, search, few).await? {
                return self.of_these(lane, ids, scope).await;
            }
        }
        Ok((self.by(lane, &Way { passing_by, ..Way::by(wanted) }).await?, many))
    }

    /// The rows, where few are looked at at all.
    async fn among_few(&self, lane: &mut Reading, wanted: Condition) -> Result<(Vec<Answer>, Count), Error> {
        let mut sql = Sql::default();
        push_count(&mut sql, self.query.terms.model(), &wanted);
        let count = lane.row(sql).await?.map_or(Ok(0), |answer| answer.count(0))?;
        Ok((self.by(lane, &Way::by(wanted)).await?, bounded(count)))
    }

    /// These rows alone.
    async fn of_these(
        &self,
        lane: &mut Reading,
        ids: Vec<i64>,
        scope: Condition,
    ) -> Result<(Vec<Answer>, Count), Error> {
        let count = Count::Exactly(ids.len() as u64);
        if ids.is_empty() {
            return Ok((Vec::new(), count));
        }
        Ok((self.by(lane, &Way { only: Some(ids), ..Way::by(scope) }).await?, count))
    }

    /// The ways to what is met on the way through the list in its order, if `about` rows of `rows` are found.
    fn on_the_way(&self, lane: &Reading, scope: &Condition, search: Search<'_>, (about, rows): (u64, u64)) -> Vec<Way> {
        let (on_the_way, _) = self.split(scope);
        let near = near::way(self.walk, self.query, (scope, on_the_way), search, (about, rows, self.limit));
        let near = near.filter(|_| lane.is_sqlite());
        let mut reach = finding::reach(rows, self.limit);
        if !lane.is_sqlite() && self.is_within_the_order(scope, search) {
            // An index holds all that is looked at: passing by costs a tenth of fetching what is found.
            reach = reach.max(about.saturating_mul(PASSED_FOR_ONE));
        }
        let passing = self.passing(scope, search, reach);
        near.into_iter().chain([passing]).collect()
    }

    /// The way through the list past so many rows.
    fn passing(&self, scope: &Condition, search: Search<'_>, rows: u64) -> Way {
        let (on_the_way, looked_at) = self.split(scope);
        let passed = (rows, finding::looking(self.query.terms, looked_at, search));
        Way { within: Some(passed), ..Way::by(on_the_way) }
    }

    /// Of the scope, what an index leads through in this order, and what is looked at in the rows on the way: of that the
    /// bound of a way holds, however few rows it leaves.
    fn split(&self, scope: &Condition) -> (Condition, Condition) {
        let leads = self.walk.is_usual(self.query.terms.model()) && self.walk.leads_through(scope);
        if leads { (scope.clone(), Condition::Always) } else { (Condition::Always, scope.clone()) }
    }

    /// Whether nothing else is looked at on the way than what the list is ordered by.
    fn is_within_the_order(&self, scope: &Condition, search: Search<'_>) -> bool {
        let (_, looked_at) = self.split(scope);
        let read = finding::looking(self.query.terms, looked_at, search).reads();
        self.query.sort.is_some_and(|sort| FieldSet::NONE.with(sort.field) == read)
    }

    /// What a full page tells of the count; nothing, where it is not full.
    fn at_least(&self, rows: &[Answer]) -> Option<Count> {
        (rows.len() >= self.limit).then(|| Count::MoreThan(self.limit.saturating_sub(1) as u64))
    }

    /// The rows by one way, as many as are asked for at most.
    async fn by(&self, lane: &mut Reading, way: &Way) -> Result<Vec<Answer>, Error> {
        let model = self.query.terms.model();
        // Of many rows it costs less to ask for one stretch after the other than to put them in order again.
        let in_turn = if self.largest > LARGEST_PAGE { self.walk.in_turn(model, way) } else { Vec::new() };
        if in_turn.is_empty() {
            return Ok(lane.rows(self.walk.page(self.columns, model, way, self.limit)).await?);
        }
        let mut answers = Vec::new();
        for range in in_turn {
            if answers.len() < self.limit {
                let limit = self.limit - answers.len();
                answers.extend(lane.rows(self.walk.stretch(self.columns, model, (way, &range), limit)).await?);
            }
        }
        Ok(answers)
    }

    /// The search of this query, if an index is to be asked first: it also says how many there are.
    fn by_index(&self) -> Option<Search<'_>> {
        let (query, model) = (self.query, self.query.terms.model());
        query.search.filter(|search| query.count && finding::is_indexed(model, search.fields, search.text.trim()))
    }
}
