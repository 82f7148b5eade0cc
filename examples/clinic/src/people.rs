//! Believable people for the demo data: the same for the same seed, on every machine. Invented; any likeness is chance.

use chrono::{Days, NaiveDate};

const GIVEN: [&str; 64] = [
    "Ada", "Amal", "Amina", "Ana", "Anders", "Anna", "Aylin", "Ben", "Bianca", "Bruno", "Carla", "Carlos", "Chen",
    "Clara", "Daria", "David", "Elif", "Elena", "Emil", "Esther", "Fatima", "Felix", "Finn", "Freya", "Greta", "Hana",
    "Hannah", "Henrik", "Ida", "Igor", "Imani", "Ines", "Ivan", "Jakob", "Jana", "Joana", "Jonas", "José", "Julia",
    "Kaya", "Kenji", "Lars", "Lea", "Leyla", "Lina", "Luca", "Maja", "Marek", "Mei", "Mila", "Nadia", "Nils", "Noor",
    "Olga", "Omar", "Paula", "Priya", "Rafael", "Rosa", "Samir", "Sofía", "Tomás", "Yara", "Zoë",
];

const FAMILY: [&str; 80] = [
    "Abadi",
    "Adeyemi",
    "Aksoy",
    "Almeida",
    "Andersson",
    "Bakker",
    "Bauer",
    "Berg",
    "Bianchi",
    "Castro",
    "Çelik",
    "Chen",
    "Costa",
    "Dahl",
    "Demir",
    "Diaz",
    "Dubois",
    "Eriksen",
    "Fernández",
    "Ferrari",
    "Fischer",
    "Friedman",
    "García",
    "Gruber",
    "Haddad",
    "Hansen",
    "Hoffmann",
    "Horvat",
    "Huang",
    "Ivanova",
    "Jansen",
    "Johansson",
    "Kaya",
    "Keller",
    "Khan",
    "Kim",
    "Kowalski",
    "Kruse",
    "Larsen",
    "Lehmann",
    "Lindqvist",
    "Lopez",
    "Maier",
    "Marino",
    "Martins",
    "Mbeki",
    "Mendes",
    "Moreau",
    "Müller",
    "Nakamura",
    "Nguyen",
    "Nielsen",
    "Novak",
    "Okafor",
    "Olsen",
    "Papadakis",
    "Park",
    "Pereira",
    "Petrov",
    "Popescu",
    "Rahman",
    "Reyes",
    "Ricci",
    "Rossi",
    "Sato",
    "Schneider",
    "Schwarz",
    "Silva",
    "Singh",
    "Sokolov",
    "Suzuki",
    "Tanaka",
    "Torres",
    "Vargas",
    "Virtanen",
    "Wagner",
    "Walsh",
    "Weber",
    "Yilmaz",
    "Zhang",
];

const NOTES: [&str; 10] = [
    "Penicillin allergy, documented 2014.",
    "Prefers appointments before ten.",
    "Blood pressure to be checked at every visit.",
    "Father had a myocardial infarction at 52.",
    "Takes 5 mg ramipril since spring; tolerates it well.",
    "Needs an interpreter for longer conversations.",
    "Sun damage on both forearms, photographs in the file.",
    "Anxious about needles; lying down helps.",
    "Smoked until 2019, about ten pack-years.",
    "Referral for an exercise ECG sent, result outstanding.",
];

/// A stream of choices that is the same for the same seed everywhere (SplitMix64, Steele et al. 2014); a library's
/// generator may change its stream with a version, and the demo data would change with it.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which must not be zero. The bias of the remainder is far below what a demo shows.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(from.len() as u64)).unwrap_or_default();
        &from[index]
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

/// One invented person.
pub(crate) struct Invented {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) born: NaiveDate,
    pub(crate) notes: String,
}

/// The person of this number: number and seed decide everything, so that row 17 of 300 is row 17 of 100,000.
pub(crate) fn invent(number: u64) -> Invented {
    let mut dice = Dice::new(number.wrapping_mul(0x1_0001) ^ 0xba11_1c4c);
    let (given, family) = (*dice.pick(&GIVEN), *dice.pick(&FAMILY));
    let name =
        if dice.percent(9) { format!("{given} {family}-{}", dice.pick(&FAMILY)) } else { format!("{given} {family}") };
    // The number keeps addresses unique; example.org is reserved for documentation (RFC 2606).
    let email = dice.percent(82).then(|| format!("{}.{number}@example.org", plain(given)));
    let phone = dice.percent(90).then(|| format!("+49 30 5550 {:04}", dice.below(10_000)));
    let oldest = NaiveDate::from_ymd_opt(1934, 1, 1).unwrap_or_default();
    let born = oldest.checked_add_days(Days::new(dice.below(88 * 365))).unwrap_or(oldest);
    let notes = if dice.percent(35) {
        let (first, second) = (*dice.pick(&NOTES), *dice.pick(&NOTES));
        if first == second { first.to_owned() } else { format!("{first}\n{second}") }
    } else {
        String::new()
    };
    Invented { name, email, phone, born, notes }
}

/// Ascii letters only, small: what an address is made of.
fn plain(name: &str) -> String {
    name.chars()
        .filter_map(|c| match c.to_ascii_lowercase() {
            'é' | 'ë' => Some('e'),
            'í' => Some('i'),
            'á' => Some('a'),
            c if c.is_ascii_alphabetic() => Some(c),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_always_invents_the_same_person() {
        let (one, again) = (invent(17), invent(17));
        assert_eq!((one.name, one.email, one.born), (again.name, again.email, again.born));
    }

    #[test]
    fn a_hundred_thousand_people_have_distinct_addresses() {
        let mut seen = std::collections::HashSet::new();
        for email in (0..100_000).filter_map(|n| invent(n).email) {
            assert!(email.is_ascii(), "{email}");
            assert!(seen.insert(email), "an address came twice");
        }
    }
}
