//! The meanings that words have in dates, and the languages in which they have them.

/// A set of languages, one bit for each.
pub(super) type Languages = u128;

/// All languages.
pub(super) const ANY: Languages = Languages::MAX;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Decade,
}

/// A meaning that a word may have in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// A month, from 1.
    Month(u32),
    /// A month of the Persian solar calendar, from 1.
    PersianMonth(u32),
    /// A day of the week, from Monday = 0.
    Weekday(u8),
    Unit(Unit),
    /// The word for a unit means several of it, so that alone it does not say how many.
    Plural,
    /// Makes an amount of time past: `ago`.
    Ago,
    /// Makes an amount of time future: `in`.
    In,
    /// Days from today, negative for the past.
    DaysFromToday(i8),
    Now,
    Am,
    Pm,
    /// A part of a day, as the hour in its middle or at its beginning.
    DayPart(u32),
    /// A part of today, with its hour: `tonight`.
    PartOfToday(u32),
    Noon,
    Midnight,
    /// Stands before a time.
    At,
    /// Stands after the hour of a time: 14 Uhr 30.
    HourMark,
    MinuteMark,
    SecondMark,
    YearMark,
    MonthMark,
    DayMark,
    /// Stands before the number of a month.
    MonthPrefix,
    /// Has no meaning inside a date: `of`.
    Filler,
    /// The ending of a day's number: `th`.
    Ordinal,
    Number(u32),
    Amount(u32, Unit),
    And,
    About,
    /// The word for the day of a month: `eighth`.
    OrdinalDay(u32),
    /// Makes a week, month or year the present one.
    This,
    /// Makes a weekday, week, month or year the last one.
    Last,
    /// Makes a weekday that of the week before.
    LastWeek,
    /// The name of an era, with the number that is added to its years.
    EraBase(i32),
    /// Stands before a date on listings: `posted on`.
    Posted,
}

impl Sense {
    /// Whether a word with this meaning can be a date without a number beside it.
    pub(super) const fn says_when(self) -> bool {
        !matches!(
            self,
            Self::Filler
                | Self::And
                | Self::At
                | Self::About
                | Self::Posted
                | Self::In
                | Self::Ago
                | Self::Last
                | Self::Plural
                | Self::This
        )
    }
}

/// One meaning of a word, and the languages in which it has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) sense: Sense,
    pub(super) languages: Languages,
}
