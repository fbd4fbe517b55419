//! The modification date of an entry, as zip spells it twice.

use crate::Timestamp;

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;

/// A point in time in MS-DOS's fields, in UTC: from 1980 to 2107, in steps of two seconds.
///
/// What lies outside becomes the first or the last that fits, so the same object always has the same stamp,
/// wherever its zip is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DosStamp {
    pub time: u16,
    pub date: u16,
}

impl DosStamp {
    const FIRST: Self = Self {
        time: 0,
        date: (1 << 5) | 1,
    };
    const LAST: Self = Self {
        time: (23 << 11) | (59 << 5) | 29,
        date: (127 << 9) | (12 << 5) | 31,
    };

    pub fn of(at: Timestamp) -> Self {
        let (year, month, day) = civil_date(at.as_secs() / SECONDS_PER_DAY);
        let Some(year) = year.checked_sub(1980) else {
            return Self::FIRST;
        };
        if year > 127 {
            return Self::LAST;
        }
        let second_of_day = at.as_secs() % SECONDS_PER_DAY;
        let (hour, minute) = (second_of_day / 3_600, second_of_day / 60 % 60);
        let pack = |fields: u64| u16::try_from(fields).unwrap_or(u16::MAX);
        Self {
            time: pack((hour << 11) | (minute << 5) | (second_of_day % 60 / 2)),
            date: pack((year << 9) | (month << 5) | day),
        }
    }
}

/// Seconds since the Unix epoch as the extended timestamp holds them (a signed 32-bit number), or `None` from
/// 19 January 2038 on, when the field is left out.
pub(super) fn unix_seconds(at: Timestamp) -> Option<i32> {
    i32::try_from(at.as_secs()).ok()
}

/// Year, month and day of the day `days` after 1 January 1970 in the proleptic Gregorian calendar.
///
/// Years are counted from March, so that a leap day is a year's last; 400 years have 146,097 days.
fn civil_date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        for (days, date) in [
            (0, (1970, 1, 1)),
            (58, (1970, 2, 28)),
            (59, (1970, 3, 1)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (20_778, (2026, 11, 21)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ] {
            assert_eq!(civil_date(days), date);
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut before = civil_date(0);
        for days in 1..80_000 {
            let date = civil_date(days);
            let (year, month, day) = before;
            let successors = [
                (year, month, day + 1),
                (year, month + 1, 1),
                (year + 1, 1, 1),
            ];
            assert!(successors.contains(&date), "{before:?} then {date:?}");
            before = date;
        }
    }

    #[test]
    fn stamps_are_in_utc_and_keep_within_their_range() {
        let stamp = |seconds: u64| DosStamp::of(Timestamp::from_millis(seconds * 1_000));
        assert_eq!(stamp(0), DosStamp::FIRST);
        assert_eq!(stamp(315_532_799), DosStamp::FIRST);
        assert_eq!(stamp(315_532_800), DosStamp::FIRST);
        // 21 November 2026, 03:04:05.
        let at = 20_778 * SECONDS_PER_DAY + 3 * 3_600 + 4 * 60 + 5;
        let expected = DosStamp {
            time: (3 << 11) | (4 << 5) | 2,
            date: (46 << 9) | (11 << 5) | 21,
        };
        assert_eq!(stamp(at), expected);
        // 31 December 2107, 23:59:59, and a second later.
        assert_eq!(stamp(4_354_819_199), DosStamp::LAST);
        assert_eq!(stamp(4_354_819_200), DosStamp::LAST);
        assert_eq!(
            DosStamp::of(Timestamp::from_millis(u64::MAX)),
            DosStamp::LAST
        );
    }

    #[test]
    fn the_extended_timestamp_ends_in_2038() {
        let last = Timestamp::from_millis(0x7FFF_FFFF * 1_000 + 999);
        assert_eq!(unix_seconds(last), Some(i32::MAX));
        assert_eq!(
            unix_seconds(Timestamp::from_millis(0x8000_0000 * 1_000)),
            None
        );
    }
}
