//! What the template says of the tables.

const TEMPLATE: &str = include_str!("../../../../../infra/template.yaml");

/// The partition key and the sort key of the table with this name in the template.
pub fn keys(table: &str) -> [&'static str; 2] {
    ["HASH", "RANGE"].map(|kind| {
        let wanted = format!("KeyType: {kind}");
        let mut lines = lines(table);
        let key = lines.find_map(|line| line.contains(&wanted).then(|| attribute(line))?);
        key.unwrap_or_else(|| panic!("`{table}` has no `{wanted}` in the template"))
    })
}

/// The attribute by which the table removes items.
pub fn time_to_live(table: &str) -> &'static str {
    let mut specification =
        lines(table).skip_while(|line| line.trim() != "TimeToLiveSpecification:");
    let attribute = specification.find_map(attribute);
    attribute.unwrap_or_else(|| panic!("`{table}` has no time to live in the template"))
}

fn lines(resource: &str) -> impl Iterator<Item = &'static str> {
    let header = format!("  {resource}:");
    TEMPLATE
        .lines()
        .skip_while(move |line| *line != header)
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with("   "))
}

fn attribute(line: &'static str) -> Option<&'static str> {
    let (_, rest) = line.split_once("AttributeName: ")?;
    rest.split([',', ' ', '}']).next()
}
