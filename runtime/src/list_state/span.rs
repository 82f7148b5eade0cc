//! Spans of days by words that stay relative: whoever comes back to an address tomorrow means tomorrow's last seven
//! days. Days are those of UTC, as everywhere in the store.

use chrono::{Datelike as _, Days, Months, NaiveDate};

/// Most days that a word counts.
const MOST: u16 = 3_660;

/// A span of days around today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    Today,
    /// With today as the last of them.
    LastDays(u16),
    /// With today as the first of them.
    NextDays(u16),
    ThisMonth,
    LastMonth,
    ThisYear,
    /// Without an end.
    FromToday,
}

/// Those that a filter offers.
pub(crate) const OFFERED: [Span; 7] = [
    Span::Today,
    Span::LastDays(7),
    Span::LastDays(30),
    Span::ThisMonth,
    Span::LastMonth,
    Span::ThisYear,
    Span::FromToday,
];

impl Span {
    /// The word of an address.
    pub(crate) fn read(word: &str) -> Option<Self> {
        let days = |before: &str| {
            let number = word.strip_prefix(before)?.strip_suffix("-days")?;
            number.parse().ok().filter(|days| (1..=MOST).contains(days) && !number.starts_with(['0', '+']))
        };
        match word {
            "today" => Some(Self::Today),
            "this-month" => Some(Self::ThisMonth),
            "last-month" => Some(Self::LastMonth),
            "this-year" => Some(Self::ThisYear),
            "from-today" => Some(Self::FromToday),
            _ => days("last-").map(Self::LastDays).or_else(|| days("next-").map(Self::NextDays)),
        }
    }

    /// The word that [`Span::read`] reads.
    pub(crate) fn word(self) -> String {
        self.title().to_lowercase().replace(' ', "-")
    }

    /// What it is called on a page.
    pub(crate) fn title(self) -> String {
        match self {
            Self::Today => "Today".to_owned(),
            Self::LastDays(days) => format!("Last {days} days"),
            Self::NextDays(days) => format!("Next {days} days"),
            Self::ThisMonth => "This month".to_owned(),
            Self::LastMonth => "Last month".to_owned(),
            Self::ThisYear => "This year".to_owned(),
            Self::FromToday => "From today".to_owned(),
        }
    }

    /// First and last day, where there is one; `None`: it lies outside of what a calendar can say.
    pub(crate) fn days(self, today: NaiveDate) -> Option<(NaiveDate, Option<NaiveDate>)> {
        let month = today.with_day(1)?;
        let others = |days: u16| Days::new(u64::from(days.saturating_sub(1)));
        let (first, last) = match self {
            Self::Today => (today, today),
            Self::LastDays(days) => (today.checked_sub_days(others(days))?, today),
            Self::NextDays(days) => (today, today.checked_add_days(others(days))?),
            Self::ThisMonth => (month, month.checked_add_months(Months::new(1))?.pred_opt()?),
            Self::LastMonth => (month.checked_sub_months(Months::new(1))?, month.pred_opt()?),
            Self::ThisYear => {
                (NaiveDate::from_ymd_opt(today.year(), 1, 1)?, NaiveDate::from_ymd_opt(today.year(), 12, 31)?)
            }
            Self::FromToday => return Some((today, None)),
        };
        Some((first, Some(last)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn spans_end_where_months_and_years_do() {
        for (today, word, from, to) in [
            ("2026-11-22", "today", "2026-11-22", Some("2026-11-22")),
            ("2026-11-22", "last-7-days", "2026-11-16", Some("2026-11-22")),
            ("2026-11-22", "last-1-days", "2026-11-22", Some("2026-11-22")),
            ("2026-11-22", "next-30-days", "2026-11-22", Some("2026-12-21")),
            ("2026-11-22", "this-month", "2026-11-01", Some("2026-11-30")),
            ("2028-02-29", "this-month", "2028-02-01", Some("2028-02-29")),
            ("2026-01-31", "last-month", "2025-12-01", Some("2025-12-31")),
            ("2026-03-31", "last-month", "2026-02-01", Some("2026-02-28")),
            ("2026-12-31", "this-year", "2026-01-01", Some("2026-12-31")),
            ("2026-11-22", "from-today", "2026-11-22", None),
        ] {
            let span = Span::read(word).expect("a span");
            assert_eq!(span.days(day(today)), Some((day(from), to.map(day))), "{word} of {today}");
        }
        // At the ends of time there is none, and no panic.
        for span in OFFERED {
            for today in [NaiveDate::MAX, NaiveDate::MIN] {
                let _ = span.days(today);
            }
        }
    }

    #[test]
    fn a_span_is_known_by_its_word_and_nothing_else_is() {
        for span in OFFERED.into_iter().chain([Span::NextDays(90)]) {
            assert_eq!(Span::read(&span.word()), Some(span));
        }
        for word in [
            "Today",
            "last-0-days",
            "last-07-days",
            "last--7-days",
            "last-+7-days",
            "last-99999-days",
            "",
            "2026-11-22",
        ] {
            assert_eq!(Span::read(word), None, "{word}");
        }
    }
}
