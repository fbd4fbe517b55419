//! Points in time: the forms of ISO 8601 that the W3C note “Date and Time Formats” names, or seconds since
//! the Unix epoch.

/// A point in time, to the nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    seconds: i64,
    nanos: u32,
}

impl Moment {
    /// Reads a date, a date and time, or epoch seconds. Four digits are a year; no zone is UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let is_year = text.len() == 4 && is_digits(text);
        if is_year || text.get(4..5) == Some("-") {
            calendar(text)
        } else {
            epoch(text)
        }
    }
}

fn epoch(text: &str) -> Option<Moment> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = seconds.strip_prefix('-').unwrap_or(seconds);
    if !is_digits(digits) {
        return None;
    }
    let seconds: i64 = seconds.parse().ok()?;
    let nanos = nanos(fraction)?;
    match (text.starts_with('-'), nanos) {
        (true, 1..) => Some(Moment {
            seconds: seconds.checked_sub(1)?,
            nanos: 1_000_000_000 - nanos,
        }),
        _ => Some(Moment { seconds, nanos }),
    }
}

fn calendar(text: &str) -> Option<Moment> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4, 0..=9999)?;
    let month = parts.next().map_or(Some(1), |m| number(m, 2, 1..=12))?;
    let day = parts
        .next()
        .map_or(Some(1), |d| number(d, 2, 1..=days_in(year, month)))?;
    // A time stands only after a whole date.
    if parts.next().is_some() || (time.is_some() && date.len() != 10) {
        return None;
    }
    let (seconds, nanos) = time.map_or(Some((0, 0)), time_of_day)?;
    Some(Moment {
        seconds: days_since_epoch(year, month, day) * 86_400 + seconds,
        nanos,
    })
}

/// Seconds after midnight UTC, which may lie in another day, and nanoseconds of `hh:mm[:ss[.f]][zone]`.
fn time_of_day(text: &str) -> Option<(i64, u32)> {
    let zone_start = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_start);
    let mut parts = clock.split(':');
    let hours = number(parts.next()?, 2, 0..=23)?;
    let minutes = number(parts.next()?, 2, 0..=59)?;
    let (seconds, nanos) = match parts.next() {
        None => (0, 0),
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            (number(whole, 2, 0..=60)?, nanos(fraction)?)
        }
    };
    if parts.next().is_some() {
        return None;
    }
    Some((
        hours * 3_600 + minutes * 60 + seconds - offset(zone)?,
        nanos,
    ))
}

/// Seconds east of UTC of `Z`, `+hh:mm`, `+hhmm` or nothing.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone {
        "" | "Z" | "z" => return Some(0),
        east if east.starts_with('+') => (1, east.get(1..)?),
        west => (-1, west.get(1..)?),
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None => (digits.get(..2)?, digits.get(2..)?),
    };
    Some(sign * (number(hours, 2, 0..=23)? * 3_600 + number(minutes, 2, 0..=59)? * 60))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn number(text: &str, len: usize, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
    let value = (text.len() == len && is_digits(text)).then(|| text.parse().ok())??;
    bounds.contains(&value).then_some(value)
}

/// The fraction of a second, cut after nanoseconds.
fn nanos(fraction: &str) -> Option<u32> {
    if !is_digits(fraction) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0')))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar, counting years from March so that a leap day is a year's last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let months_since_march = (month + 9) % 12;
    let day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    let leap_days =
        shifted_year.div_euclid(4) - shifted_year.div_euclid(100) + shifted_year.div_euclid(400);
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    shifted_year * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        Moment::parse(text).map(|moment| moment.seconds)
    }

    #[test]
    fn every_form_is_read() {
        for (text, expected) in [
            ("1970", 0),
            ("1970-01", 0),
            ("1970-01-02", 86_400),
            ("2020-07-01T00:00Z", 1_593_561_600),
            ("2020-07-01T00:00:00Z", 1_593_561_600),
            ("2020-07-01T02:00:00+02:00", 1_593_561_600),
            ("2020-07-01T02:00:00+0200", 1_593_561_600),
            ("2020-06-30T19:00:00-05:00", 1_593_561_600),
            ("2020-07-01T00:00:00.999Z", 1_593_561_600),
            ("2020-07-01T00:00:00", 1_593_561_600),
            ("1593561600", 1_593_561_600),
            ("2000-02-29", 951_782_400),
            ("2026-11-21", 1_795_219_200),
            ("1969-12-31T23:59:59Z", -1),
            ("-1", -1),
            ("-0.5", -1),
            ("0", 0),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn fractions_order() {
        let ascending = ["-1", "-0.5", "0", "0.25", "1970-01-01T00:00:00.5Z", "1"];
        let moments: Vec<_> = ascending
            .iter()
            .map(|text| Moment::parse(text).unwrap())
            .collect();
        assert!(moments.is_sorted());
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in [
            "",
            "now",
            "2020-13",
            "2020-00",
            "2021-02-29",
            "1900-02-29",
            "2020-07-32",
            "2020-7-1",
            "2020-07T00:00Z",
            "2020-07-01T24:00Z",
            "2020-07-01T00",
            "2020-07-01T00:00:00+2",
            "2020-07-01 00:00:00",
            "2020-07-01T00:00:00.Z",
            "1593561600.",
            "0x10",
            "99999999999999999999",
            "é020-07-01",
        ] {
            assert_eq!(Moment::parse(bad), None, "{bad:?} was taken");
        }
    }
}
