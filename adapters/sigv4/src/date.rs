//! `X-Amz-Date`: a moment to the second, in ISO 8601's basic form.

use std::{
    str,
    time::{Duration, SystemTime},
};

use time::{
    Date, Month, OffsetDateTime, Time, format_description::BorrowedFormatItem,
    macros::format_description,
};

const LENGTH: usize = "20130524T000000Z".len();
const DAY_LENGTH: usize = "20130524".len();
const BASIC: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// A moment as requests spell it: `20130524T000000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AmzDate {
    /// INVARIANT: ASCII digits, `T` and `Z` only.
    text: [u8; LENGTH],
    moment: SystemTime,
}

impl AmzDate {
    /// Reads the one form that AWS documents; anything else is `None`.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let text: [u8; LENGTH] = text.try_into().ok()?;
        let [
            y0,
            y1,
            y2,
            y3,
            m0,
            m1,
            d0,
            d1,
            b'T',
            h0,
            h1,
            n0,
            n1,
            s0,
            s1,
            b'Z',
        ] = text
        else {
            return None;
        };
        let year = i32::from(two(y0, y1)?) * 100 + i32::from(two(y2, y3)?);
        let month = Month::try_from(two(m0, m1)?).ok()?;
        let date = Date::from_calendar_date(year, month, two(d0, d1)?).ok()?;
        let time = Time::from_hms(two(h0, h1)?, two(n0, n1)?, two(s0, s1)?).ok()?;
        let seconds = date.with_time(time).assume_utc().unix_timestamp();
        let moment = SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))?;
        Some(Self { text, moment })
    }

    /// The moment `now`, to the second; `None` before 1970 and after 9999.
    pub(crate) fn at(now: SystemTime) -> Option<Self> {
        let since = now.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        let moment = OffsetDateTime::from_unix_timestamp(since.as_secs().try_into().ok()?).ok()?;
        Self::parse(moment.format(BASIC).ok()?.as_bytes())
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// The day, as the credential scope spells it: `20130524`.
    pub(crate) fn day(&self) -> &str {
        self.as_str().get(..DAY_LENGTH).unwrap_or_default()
    }

    /// The day's eight digits.
    pub(crate) fn day_bytes(&self) -> [u8; DAY_LENGTH] {
        let [y0, y1, y2, y3, m0, m1, d0, d1, ..] = self.text;
        [y0, y1, y2, y3, m0, m1, d0, d1]
    }

    /// The moment it names.
    pub(crate) fn moment(&self) -> SystemTime {
        self.moment
    }
}

/// The number that two ASCII digits spell.
fn two(tens: u8, ones: u8) -> Option<u8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_basic_form() {
        let date = AmzDate::parse(b"20130524T000102Z").expect("valid");
        assert_eq!(date.day(), "20130524");
        assert_eq!(
            date.moment(),
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_662)
        );
    }

    #[test]
    fn writes_what_it_reads() {
        for seconds in [0, 1, 1_369_353_662, 253_402_300_799] {
            let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            let written = AmzDate::at(moment + Duration::from_millis(999)).expect("a date");
            assert_eq!(written.moment(), moment);
        }
        let too_late = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_800);
        assert_eq!(AmzDate::at(too_late), None);
    }

    #[test]
    fn refuses_every_other_form() {
        for text in [
            "",
            "20130524",
            "20130524T000000",
            "20130524T000000z",
            "20130524T000000+",
            "2013-05-24T00:00",
            "20131324T000000Z",
            "20130230T000000Z",
            "20130524T240000Z",
            "20130524T000060Z",
            "19691231T235959Z",
            "+0130524T000000Z",
            "20130524T000000Z ",
            "２０１３",
        ] {
            assert_eq!(AmzDate::parse(text.as_bytes()), None, "{text}");
        }
    }
}
