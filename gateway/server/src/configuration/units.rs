//! Durations (`30s`) and sizes (`2MB`) as people write them in configuration files.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

/// A span of time: a number and one of `ms`, `s`, `m`, `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeSpan(pub Duration);

/// A number of bytes: a number and one of `B`, `KB`, `MB`, `GB` (powers of 1024), or a bare number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSize(pub usize);

impl TimeSpan {
    /// So many milliseconds.
    pub const fn milliseconds(milliseconds: u64) -> Self {
        Self(Duration::from_millis(milliseconds))
    }

    /// So many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }
}

impl ByteSize {
    /// So many times 1024 × 1024 bytes.
    pub const fn mebibytes(mebibytes: usize) -> Self {
        Self(mebibytes << 20)
    }
}

const TIME_UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
const SIZE_UNITS: [(&str, u64); 4] = [("B", 1), ("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30)];

fn parse(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim())?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

fn print(amount: u64, units: &[(&str, u64)]) -> String {
    let exact = units
        .iter()
        .rev()
        .find(|(_, factor)| amount.is_multiple_of(*factor));
    let (unit, factor) = exact.copied().unwrap_or(units[0]);
    format!("{}{unit}", amount / factor)
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        formatter.write_str(&print(milliseconds, &TIME_UNITS))
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&print(self.0 as u64, &SIZE_UNITS))
    }
}

impl<'de> Deserialize<'de> for TimeSpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let milliseconds = parse(&text, &TIME_UNITS).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is not a duration: write a number and `ms`, `s`, `m` or `h`, such as `30s`"
            ))
        })?;
        Ok(Self(Duration::from_millis(milliseconds)))
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl FromStr for ByteSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text, &SIZE_UNITS)
            .or_else(|| text.parse().ok())
            .and_then(|bytes| usize::try_from(bytes).ok())
            .map(Self)
            .ok_or_else(|| {
                format!(
                    "`{text}` is not a size: write a number and `B`, `KB`, `MB` or `GB`, such as `2MB`"
                )
            })
    }
}

impl Serialize for TimeSpan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for TimeSpan {
    fn schema_name() -> Cow<'static, str> {
        "TimeSpan".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]+(ms|s|m|h)$",
            "description": "A span of time, such as `500ms`, `30s`, `5m` or `1h`"
        })
    }
}

impl JsonSchema for ByteSize {
    fn schema_name() -> Cow<'static, str> {
        "ByteSize".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "pattern": "^[0-9]+(B|KB|MB|GB)?$",
            "description": "A number of bytes, such as `512KB` or `2MB` (powers of 1024)"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_are_read_in_every_unit() {
        assert_eq!(parse("250ms", &TIME_UNITS), Some(250));
        assert_eq!(parse("2m", &TIME_UNITS), Some(120_000));
        assert_eq!(parse("3MB", &SIZE_UNITS), Some(3 << 20));
        assert_eq!(parse("3", &TIME_UNITS), None);
        assert_eq!(parse("3 parsecs", &TIME_UNITS), None);
        assert_eq!(parse("99999999999999999999GB", &SIZE_UNITS), None);
    }

    #[test]
    fn durations_and_sizes_print_in_their_largest_exact_unit() {
        assert_eq!(TimeSpan::seconds(30).to_string(), "30s");
        assert_eq!(TimeSpan::seconds(120).to_string(), "2m");
        assert_eq!(TimeSpan(Duration::from_millis(1500)).to_string(), "1500ms");
        assert_eq!(ByteSize::mebibytes(2).to_string(), "2MB");
        assert_eq!(ByteSize(1000).to_string(), "1000B");
    }
}
