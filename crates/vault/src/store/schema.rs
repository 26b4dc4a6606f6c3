//! Is the file laid out as its version says? Every table and index of the file against those that the migrations make.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::migrate;
use crate::error::Error;

/// Kind and name, and the SQL that made it without its blanks.
type Objects = BTreeMap<(String, String), String>;

fn objects(connection: &Connection) -> Result<Objects, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT type, name, coalesce(sql, '') FROM main.sqlite_schema
         WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let rows = statement.query_map([], |row| {
        let sql: String = row.get(2)?;
        Ok(((row.get(0)?, row.get(1)?), sql.split_whitespace().collect()))
    })?;
    rows.collect()
}

/// What differs from the schema of this version, a line each. The names come from the file, so they may be anybody's.
pub(crate) fn differences(connection: &Connection) -> Result<Vec<String>, Error> {
    let mut fresh = Connection::open_in_memory()?;
    migrate::up(&mut fresh)?;
    let (wanted, found) = (objects(&fresh)?, objects(connection)?);
    let named =
        |(kind, name): &(String, String)| format!("the {} {}", kind.escape_debug(), name.escape_debug());
    let mut lines = Vec::new();
    for (object, sql) in &wanted {
        match found.get(object) {
            None => lines.push(format!("{} is missing", named(object))),
            Some(other) if other != sql => {
                lines.push(format!("{} is not laid out as this version has it", named(object)));
            }
            Some(_) => {}
        }
    }
    let foreign = found.keys().filter(|object| !wanted.contains_key(*object));
    lines.extend(foreign.map(|object| format!("{} is none of Sealpost's", named(object))));
    Ok(lines)
}
